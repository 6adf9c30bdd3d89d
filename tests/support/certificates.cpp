// SPDX-License-Identifier: MIT
// tests/support/certificates.cpp: see the header.
#include "tests/support/certificates.hpp"

#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace nurt_test {

namespace {

struct free_key {
    void operator()(EVP_PKEY* k) const { EVP_PKEY_free(k); }
};
struct free_certificate {
    void operator()(X509* c) const { X509_free(c); }
};
using key_ptr = std::unique_ptr<EVP_PKEY, free_key>;
using certificate_ptr = std::unique_ptr<X509, free_certificate>;

template <class T>
T* made(T* object) {
    if (object == nullptr) throw std::runtime_error("OpenSSL cannot make a certificate");
    return object;
}

template <class Write>
std::string pem_of(Write write) {
    BIO* bio = made(BIO_new(BIO_s_mem()));
    write(bio);
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    std::string text(data, static_cast<std::size_t>(size));
    BIO_free(bio);
    return text;
}

std::string pem_of(X509* c) {
    return pem_of([c](BIO* to) { PEM_write_bio_X509(to, c); });
}

std::string pem_of(EVP_PKEY* k) {
    return pem_of(
        [k](BIO* to) { PEM_write_bio_PrivateKey(to, k, nullptr, nullptr, 0, nullptr, nullptr); });
}

void add_extension(X509* c, X509* issuer, int which, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, c, nullptr, nullptr, 0);
    X509_EXTENSION* e = made(X509V3_EXT_conf_nid(nullptr, &context, which, value.c_str()));
    X509_add_ext(c, e, -1);
    X509_EXTENSION_free(e);
}

certificate_ptr make_certificate(const std::string& name, EVP_PKEY* key, X509* issuer,
                                 peculiarity what) {
    static long serial = 1000;
    certificate_ptr c(made(X509_new()));
    X509_set_version(c.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(c.get()), ++serial);
    constexpr long day = 24 * 3600;
    X509_gmtime_adj(X509_getm_notBefore(c.get()), -30 * day);
    X509_gmtime_adj(X509_getm_notAfter(c.get()), what.expired ? -day : 30 * day);
    X509_set_pubkey(c.get(), key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(c.get()), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    X509* by = issuer != nullptr ? issuer : c.get();
    X509_set_issuer_name(c.get(), X509_get_subject_name(by));
    add_extension(c.get(), by, NID_basic_constraints,
                  what.is_authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
    if (what.is_authority) {
        add_extension(c.get(), by, NID_key_usage, "critical,keyCertSign,cRLSign");
    }
    add_extension(c.get(), by, NID_subject_key_identifier, "hash");
    add_extension(c.get(), by, NID_authority_key_identifier, "keyid:always");
    return c;
}

std::string alternative_names(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& one : names) {
        const bool address = std::isdigit(static_cast<unsigned char>(one.front())) != 0 ||
                             one.find(':') != std::string::npos;
        text += (text.empty() ? "" : ",") + std::string(address ? "IP:" : "DNS:") + one;
    }
    return text;
}

}  // namespace

struct authority::parts {
    key_ptr key{made(EVP_EC_gen("P-256"))};
    certificate_ptr certificate;
};

authority::authority(const std::string& name) : parts_(std::make_unique<parts>()) {
    parts_->certificate =
        make_certificate(name, parts_->key.get(), nullptr, {.is_authority = true});
    X509_sign(parts_->certificate.get(), parts_->key.get(), EVP_sha256());
    pem_ = pem_of(parts_->certificate.get());
}

authority::authority(const authority& parent, const std::string& name)
    : parts_(std::make_unique<parts>()) {
    parts_->certificate = make_certificate(
        name, parts_->key.get(), parent.parts_->certificate.get(), {.is_authority = true});
    X509_sign(parts_->certificate.get(), parent.parts_->key.get(), EVP_sha256());
    pem_ = pem_of(parts_->certificate.get());
    chain_ = pem_ + parent.chain_;
}

authority::~authority() = default;

identity authority::issue(const std::vector<std::string>& names, peculiarity what) const {
    const key_ptr key(made(EVP_EC_gen("P-256")));
    X509* issuer = parts_->certificate.get();
    const certificate_ptr c = make_certificate(names.front(), key.get(), issuer, what);
    add_extension(c.get(), issuer, NID_subject_alt_name, alternative_names(names));
    X509_sign(c.get(), parts_->key.get(), EVP_sha256());
    return {pem_of(c.get()) + chain_, pem_of(key.get())};
}

std::string encrypted(const std::string& key, const std::string& password) {
    BIO* from = made(BIO_new_mem_buf(key.data(), static_cast<int>(key.size())));
    const key_ptr k(made(PEM_read_bio_PrivateKey(from, nullptr, nullptr, nullptr)));
    BIO_free(from);
    return pem_of([&](BIO* to) {
        PEM_write_bio_PrivateKey(to, k.get(), EVP_aes_256_cbc(),
                                 reinterpret_cast<const unsigned char*>(password.data()),
                                 static_cast<int>(password.size()), nullptr, nullptr);
    });
}

temporary_folder::temporary_folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "nurt-test-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = pattern;
}

temporary_folder::~temporary_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

std::string temporary_folder::write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name), std::ios::binary | std::ios::trunc) << text;
    return path(name);
}

}  // namespace nurt_test
