#!/usr/bin/python3
# SPDX-License-Identifier: MIT
# tests/real/httpbin_test.py: asks Debian's httpbin and ours the same, and compares the answers.
#
# Status, JSON (parsed) or body, and fields, but for those that belong to the server and the connection.
# Where ours is meant to differ, the line in CASES says which part is compared and why.
import importlib.util
import http.client
import json
import re
import socket
import subprocess
import sys
import time

SKIPPED = 77
IGNORED = {"server", "date", "connection", "content-length", "transfer-encoding", "keep-alive"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PARTS = (b'--b\r\nContent-Disposition: form-data; name="x"\r\n\r\none\r\n'
         b'--b\r\nContent-Disposition: form-data; name="x"\r\n\r\ntwo\r\n'
         b'--b\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\n'
         b'Content-Type: text/plain\r\n\r\nfile text\r\n'
         b'--b\r\nContent-Disposition: form-data; name="g"; filename="a.bin"\r\n\r\n\xff\xfe\r\n--b--\r\n')
MULTIPART = {"Content-Type": "multipart/form-data; boundary=b"}
ALL, HEAD_ONLY, SHAPE = "all", "status and fields", "lengths and kinds"

# method, path, fields, body, what is compared
CASES = [
    ("GET", "/get", {}, None, ALL),
    ("GET", "/get?a=1&a=2&b=&c", {}, None, ALL),
    ("GET", "/get?q=a%20b+c&l=%41%7E&u=%C3%BC", {}, None, ALL),
    ("GET", "/get", {"X-Custom-header": "v", "ACCEPT": "text/html", "x-1a-b": "c"}, None, ALL),
    ("GET", "/get", {"X-Forwarded-For": "10.1.2.3", "Via": "1.1 x"}, None, ALL),
    ("GET", "/get?show_env=1", {"X-Forwarded-For": "10.1.2.3", "Via": "1.1 x"}, None, ALL),
    ("GET", "/get", {"X-Forwarded-Proto": "https"}, None, ALL),
    ("GET", "/get", {"Origin": "http://example.com"}, None, ALL),
    ("HEAD", "/get", {}, None, ALL),
    ("OPTIONS", "/get", {}, None, ALL),
    ("OPTIONS", "/anything", {"Access-Control-Request-Headers": "X-A, X-B"}, None, ALL),
    ("POST", "/get", {}, b"", HEAD_ONLY),  # the pages of errors are our own
    ("GET", "/post", {}, None, HEAD_ONLY),
    ("GET", "/nope", {}, None, HEAD_ONLY),
    ("GET", "/get/", {}, None, HEAD_ONLY),
    ("GET", "/status/", {}, None, HEAD_ONLY),
    ("POST", "/post", {}, b"plain text", ALL),
    ("POST", "/post", {"Content-Type": "application/json"}, b'{"a": [1, 2.5, null, "x"]}', ALL),
    ("POST", "/post", {"Content-Type": "application/json"}, b'{"a": ', ALL),
    ("POST", "/post", FORM, b"a=1&b=two+words&a=3&empty=", ALL),
    ("POST", "/post", {}, b"\xff\xfe\x00binary", ALL),
    ("POST", "/post", MULTIPART, PARTS, ALL),
    ("POST", "/post?x=1", {}, b"", ALL),
    ("PUT", "/put", {}, b"data", ALL),
    ("PATCH", "/patch", {}, b"data", ALL),
    ("DELETE", "/delete", {}, None, ALL),
    ("GET", "/anything", {}, None, ALL),
    ("POST", "/anything/a/b/c?d=e", {}, b"data", ALL),
    ("TRACE", "/anything", {}, None, ALL),
    ("GET", "/anything/", {}, None, HEAD_ONLY),
    ("GET", "/delay/0.01", {}, None, ALL),
    ("GET", "/delay/0?x=y", {}, None, ALL),
    ("GET", "/headers", {"X-A": "1"}, None, ALL),
    ("GET", "/ip", {}, None, ALL),
    ("GET", "/ip", {"X-Forwarded-For": "192.0.2.7"}, None, ALL),
    ("GET", "/user-agent", {"User-Agent": "tester/1.0"}, None, ALL),
    ("GET", "/uuid", {}, None, SHAPE),
    ("GET", "/bytes/0", {}, None, ALL),
    ("GET", "/bytes/100?seed=1", {}, None, ALL),
    ("GET", "/bytes/5000?seed=12345678901", {}, None, ALL),
    ("GET", "/bytes/200000", {}, None, SHAPE),
    ("GET", "/bytes/x", {}, None, HEAD_ONLY),
    ("GET", "/bytes/-1", {}, None, HEAD_ONLY),
    ("GET", "/stream/3?a=b", {}, None, ALL),
    ("GET", "/stream/0", {}, None, ALL),
    ("GET", "/stream/200", {}, None, ALL),
    ("GET", "/status/abc", {}, None, ALL),
    ("GET", "/status/200,x", {}, None, ALL),
    ("GET", "/status/404:0,201:1", {}, None, ALL),
    ("POST", "/status/500", {}, b"", ALL),
    ("GET", "/status/402", {}, None, HEAD_ONLY),  # our own texts
    ("GET", "/status/418", {}, None, HEAD_ONLY),
] + [("GET", f"/status/{code}", {}, None, ALL)
     for code in (200, 201, 204, 300, 301, 302, 303, 304, 305, 307, 308, 400, 401, 404, 406, 407, 429, 503, 599)]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(port, process):
    for _ in range(400):
        if process.poll() is not None:
            sys.exit(f"the server ended: {process.args}")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    sys.exit(f"the server does not answer: {process.args}")


def ask(port, method, path, fields, body):
    """The Host is the same for both, so that answers that tell it are equal."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(method, path, body, {"Host": "httpbin.test", "User-Agent": "compare", **fields})
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, sorted((k.lower(), v) for k, v in answer.getheaders() if k.lower() not in IGNORED), content


def normal(fields):
    """Allow is a set."""
    return [(k, sorted(re.split(", *", v)) if k == "allow" else v) for k, v in fields]


def parsed(fields, content):
    if ("content-type", "application/json") not in fields:
        return content
    return [json.loads(line) for line in content.decode().splitlines()] if content.count(b"\n") > 1 \
        else json.loads(content or b"null")


def shape(fields, content):
    value = parsed(fields, content)
    return sorted((k, len(v)) for k, v in value.items()) if isinstance(value, dict) else len(value)


def compare(theirs, ours, how):
    problems = []
    if theirs[0] != ours[0]:
        problems.append(f"status {theirs[0]} became {ours[0]}")
    if normal(theirs[1]) != normal(ours[1]):
        problems.append(f"fields {theirs[1]} became {ours[1]}")
    look = {ALL: parsed, HEAD_ONLY: lambda *_: None, SHAPE: shape}[how]
    if not problems and look(*theirs[1:]) != look(*ours[1:]):
        problems.append(f"body {look(*theirs[1:])!r} became {look(*ours[1:])!r}")
    return problems


def main():
    if importlib.util.find_spec("httpbin") is None:
        print("python3-httpbin is not installed")
        return SKIPPED
    ports = free_port(), free_port()
    commands = ([sys.executable, "-m", "httpbin.core", "--port", str(ports[0])],
                [sys.argv[1], "httpbin", "--port", str(ports[1])])
    servers = [subprocess.Popen(c, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for c in commands]
    failed = 0
    try:
        for port, server in zip(ports, servers):
            wait_for(port, server)
        for method, path, fields, body, how in CASES:
            theirs, ours = (ask(port, method, path, fields, body) for port in ports)
            for problem in compare(theirs, ours, how):
                failed += 1
                print(f"{method} {path} {fields}: {problem}")
    finally:
        for server in servers:
            server.terminate()
            server.wait(10)
    print(f"{len(CASES)} requests, {failed} differences")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
