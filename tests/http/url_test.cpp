// SPDX-License-Identifier: MIT
// tests/http/url_test.cpp: URLs, their parts, relative references and queries.
#include <doctest/doctest.h>

#include <nurt/http/errors.hpp>
#include <nurt/http/query.hpp>
#include <nurt/http/url.hpp>

#include <string>
#include <string_view>

using namespace nurt::http;
using namespace std::string_literals;

namespace {

std::string normal(std::string_view text) {
    return url(text).str();
}

std::string why_not(std::string_view text) {
    CHECK_FALSE(url::try_parse(text).has_value());
    try {
        return "accepted " + normal(text);
    } catch (const invalid_url& error) {
        return error.what();
    }
}

}  // namespace

TEST_CASE("a URL has parts") {
    const url where("HTTP://LocalHost:8000/a/b?c=d&e#f");
    CHECK(where.str() == "http://localhost:8000/a/b?c=d&e#f");
    CHECK(where.scheme() == "http");
    CHECK(where.host() == "localhost");
    CHECK(where.port() == 8000);
    CHECK(where.authority() == "localhost:8000");
    CHECK(where.origin() == "http://localhost:8000");
    CHECK(where.path() == "/a/b");
    CHECK(where.query() == "c=d&e");
    CHECK(where.target() == "/a/b?c=d&e");
    CHECK(where.fragment() == "f");
}

TEST_CASE("a URL is complete: port and path are never missing") {
    const url plain("http://a");
    CHECK(plain.str() == "http://a/");
    CHECK(plain.port() == 80);
    CHECK(plain.target() == "/");
    const url secure("https://a?b");
    CHECK(secure.is_https());
    CHECK(secure.port() == 443);
    CHECK(secure.target() == "/?b");
    CHECK(url("http://a#f").target() == "/");
    CHECK(normal("http://a/?") == "http://a/?");
}

TEST_CASE("the scheme's own port is not written") {
    CHECK(normal("http://a:80/") == "http://a/");
    CHECK(normal("http://a:/") == "http://a/");
    CHECK(normal("https://a:443/") == "https://a/");
    CHECK(normal("https://a:80/") == "https://a:80/");
    CHECK(normal("http://a:0080/") == "http://a/");
    CHECK(url("http://a:65535/").port() == 65535);
}

TEST_CASE("an IPv6 host loses its brackets only in host()") {
    const url where("http://[2001:DB8::1]:81/");
    CHECK(where.host() == "2001:db8::1");
    CHECK(where.authority() == "[2001:db8::1]:81");
    CHECK(url("http://[::]").host() == "::");
    CHECK(url("http://[::ffff:1.2.3.4]/").host() == "::ffff:1.2.3.4");
    CHECK(url("http://[1:2:3:4:5:6:7:8]/").authority() == "[1:2:3:4:5:6:7:8]");
    CHECK(url("http://[1:2:3:4:5:6:7::]/").port() == 80);
}

TEST_CASE("an impossible IPv6 host is refused") {
    for (const char* text :
         {"[]", "[:]", "[:::]", "[1]", "[1:2:3:4:5:6:7]", "[1:2:3:4:5:6:7:8:9]", "[1::2::3]",
          "[12345::]", "[g::]", "[::1.2.3]", "[::1.2.3.256]", "[1.2.3.4::]", "[::1%25eth0]", "[::1",
          "[::1]x", "[1:2:3:4:5:6:7:8::]", "[1:2:3:4:5:6:7:1.2.3.4]"}) {
        CAPTURE(text);
        CHECK_FALSE(url::try_parse("http://"s + text + "/").has_value());
    }
}

TEST_CASE("what does not belong in a path or query is percent-encoded once") {
    CHECK(normal("http://a/b c") == "http://a/b%20c");
    CHECK(normal("http://a/b%20c") == "http://a/b%20c");
    CHECK(normal("http://a/\xc5\xbc") == "http://a/%C5%BC");
    CHECK(normal("http://a/?q=\"<\xc5\xbc>[]{}|\\^`") ==
          "http://a/?q=%22%3C%C5%BC%3E%5B%5D%7B%7D%7C%5C%5E%60");
    CHECK(normal("http://a/!$&'()*+,;=:@-._~/?/?") == "http://a/!$&'()*+,;=:@-._~/?/?");
    CHECK(normal(normal("http://a/b c?d e#f g")) == "http://a/b%20c?d%20e#f%20g");
}

TEST_CASE("dot segments are resolved, escaped slashes are not") {
    CHECK(normal("http://a/b/../c") == "http://a/c");
    CHECK(normal("http://a/./b/.") == "http://a/b/");
    CHECK(normal("http://a/../../b") == "http://a/b");
    CHECK(normal("http://a/b/..") == "http://a/");
    CHECK(normal("http://a/b/%2e%2E/c") == "http://a/c");
    CHECK(normal("http://a/b/..%2fc") == "http://a/b/..%2fc");
    CHECK(normal("http://a/...") == "http://a/...");
    CHECK(normal("http://a//b/../c") == "http://a//c");
    CHECK(normal("http://a/b?c/../d") == "http://a/b?c/../d");
}

TEST_CASE("errors about URLs say what was tried and why it failed") {
    CHECK(why_not("") == "url '': it is empty");
    CHECK(why_not("localhost:8000/x") ==
          "url 'localhost:8000/x': it does not begin with http:// or https://");
    CHECK(why_not("ftp://a/") == "url 'ftp://a/': its scheme is neither http nor https");
    CHECK(why_not("http://a:b/") == "url 'http://a:b/': the port is not a number");
    CHECK(why_not("http://a/\r\nX: y") ==
          "url 'http://a/\\x0d\\x0aX: y': it has a line end or another control byte");
    CHECK(why_not("http://user:pw@a/").find("user name or password") != std::string::npos);
}

TEST_CASE("a URL with an impossible host or port is refused") {
    for (const char* text :
         {"http://",          "http:///a",          "http://:80",         "http://a:65536",
          "http://a:0",       "http://a:-1",        "http://a:8 0",       "http://a b/",
          "http://a,b/",      "http://a%41/",       "http://\xc3\xbc/",   "http://a..b/",
          "http://.a/",       "http://1.2.3/",      "http://1.2.3.4.5/",  "http://127.1/",
          "http://0x7f.1/",   "http://0x7f000001/", "http://2130706433/", "http://1.2.3.256/",
          "http://01.2.3.4/", "http://u@a",         "http://@a",          "http://a\\b/"}) {
        CAPTURE(text);
        CHECK_FALSE(url::try_parse(text).has_value());
    }
    CHECK_FALSE(url::try_parse("http://" + std::string(64, 'a') + "/").has_value());
    CHECK(url::try_parse("http://" + std::string(63, 'a') + "/").has_value());
}

TEST_CASE("text that is not a whole URL is refused") {
    for (const char* text :
         {"a", "/a", "//a", "http:", "http:a", "http:/a", "javascript:alert(1)", "http://a/%",
          "http://a/%2", "http://a/%zz", "http://a/?%", "http://a/#%g0", " http://a", "http://a ",
          "http://a/\t", "http://a/\x7f"}) {
        CAPTURE(text);
        CHECK_FALSE(url::try_parse(text).has_value());
    }
    CHECK_FALSE(url::try_parse("http://a/\0"s).has_value());
}

TEST_CASE("names that only look odd are accepted") {
    CHECK(url("http://1.2.3.4/").host() == "1.2.3.4");
    CHECK(url("http://example.org./").host() == "example.org.");
    CHECK(url("http://a_b/").host() == "a_b");
    CHECK(url("http://1.example/").host() == "1.example");
    CHECK(url("http://xn--bcher-kva.example/").host() == "xn--bcher-kva.example");
}

TEST_CASE("relative references are resolved as RFC 3986 section 5.4 shows") {
    const url base("http://a/b/c/d;p?q");
    const auto join = [&base](std::string_view text) { return base.join(text).str(); };
    CHECK(join("g") == "http://a/b/c/g");
    CHECK(join("./g") == "http://a/b/c/g");
    CHECK(join("g/") == "http://a/b/c/g/");
    CHECK(join("/g") == "http://a/g");
    CHECK(join("//g") == "http://g/");
    CHECK(join("?y") == "http://a/b/c/d;p?y");
    CHECK(join("g?y") == "http://a/b/c/g?y");
    CHECK(join("#s") == "http://a/b/c/d;p?q#s");
    CHECK(join("g?y#s") == "http://a/b/c/g?y#s");
    CHECK(join(";x") == "http://a/b/c/;x");
    CHECK(join("") == "http://a/b/c/d;p?q");
    CHECK(join(".") == "http://a/b/c/");
    CHECK(join("..") == "http://a/b/");
    CHECK(join("../g") == "http://a/b/g");
    CHECK(join("../../../g") == "http://a/g");
    CHECK(join("/../g") == "http://a/g");
    CHECK(join("g;x=1/../y") == "http://a/b/c/y");
    CHECK(join("g?y/../x") == "http://a/b/c/g?y/../x");
}

TEST_CASE("a redirect may leave the host but not HTTP") {
    const url base("https://a:1/b");
    CHECK(base.join("http://c/d").str() == "http://c/d");
    CHECK(base.join("//c/d").str() == "https://c/d");
    CHECK(base.join("/to?url=http://x").str() == "https://a:1/to?url=http://x");
    CHECK_THROWS_AS(base.join("ftp://c/"), invalid_url);
    CHECK_THROWS_AS(base.join("mailto:a"), invalid_url);
    CHECK_THROWS_AS(base.join("http:c"), invalid_url);
    CHECK_THROWS_AS(base.join("/\r\nX: y"), invalid_url);
    CHECK_THROWS_AS(base.join("//u@c/"), invalid_url);
}

TEST_CASE("parameters are appended before the fragment") {
    url where("http://a/b#f");
    where.add_param("q", "c++ & d").add_param("\xc5\xbc", "");
    CHECK(where.str() == "http://a/b?q=c%2B%2B+%26+d&%C5%BC=#f");
    CHECK(where.target() == "/b?q=c%2B%2B+%26+d&%C5%BC=");
    CHECK(where.fragment() == "f");
    CHECK(url("http://a/?x").add_param("y", "1").str() == "http://a/?x&y=1");
    CHECK(url("http://a/?").add_param("y", "1").str() == "http://a/?y=1");
}

TEST_CASE("a query is read into names and values") {
    const query_params params = parse_query("a=1&b=c+d&&a=%C5%BC&e&=f&g=h=i&j=%2&k=%zz%41");
    const query_params expected = {{"a", "1"}, {"b", "c d"}, {"a", "\xc5\xbc"}, {"e", ""},
                                   {"", "f"},  {"g", "h=i"}, {"j", "%2"},       {"k", "%zzA"}};
    CHECK(params == expected);
    CHECK(parse_query("").empty());
    CHECK(parse_query("a=%2541") == query_params{{"a", "%41"}});
}

TEST_CASE("a query that was made is read back") {
    std::string query;
    std::string all;
    for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
    append_param(query, all, all);
    append_param(query, "b", "");
    CHECK(parse_query(query) == query_params{{all, all}, {"b", ""}});
}

TEST_CASE("percent-encoding is undone once") {
    CHECK(percent_encode("a/b c%~") == "a%2Fb%20c%25~");
    CHECK(percent_decode("a%2Fb%20c%25~+") == "a/b c%~+");
    CHECK(percent_decode("%2541") == "%41");
    CHECK_FALSE(percent_decode("%").has_value());
    CHECK_FALSE(percent_decode("a%4").has_value());
    CHECK_FALSE(percent_decode("%4x").has_value());
}

TEST_CASE("an escaped slash and NUL stay in their path segment") {
    CHECK(decode_path("/a%2Fb/%c5%bc/%00/%2e%2e") == "/a%2Fb/\xc5\xbc/%00/..");
    CHECK_FALSE(decode_path("/%").has_value());
}
