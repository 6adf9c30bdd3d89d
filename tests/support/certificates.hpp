// SPDX-License-Identifier: MIT
// tests/support/certificates.hpp: certificates that are made when a test needs them.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace nurt_test {

struct identity {
    std::string certificate;  // PEM; with the intermediate behind it, if there is one
    std::string key;
};

// What is unusual about a certificate.
struct peculiarity {
    bool expired = false;
    bool is_authority = false;
};

// Signs certificates. Its own is signed by itself, or by another one.
class authority {
public:
    explicit authority(const std::string& name);
    authority(const authority& parent, const std::string& name);
    ~authority();

    // names: "localhost", "*.example.org", "127.0.0.1"; the first is the common name too.
    identity issue(const std::vector<std::string>& names, peculiarity what = {}) const;
    identity issue(const char* name, peculiarity what = {}) const {
        return issue(std::vector<std::string>(1, name), what);
    }
    const std::string& pem() const noexcept { return pem_; }

private:
    struct parts;
    std::unique_ptr<parts> parts_;
    std::string pem_;
    std::string chain_;  // what its certificates need behind them
};

// The key again, sealed with a password.
std::string encrypted(const std::string& key, const std::string& password);

// Files in a folder of their own, which goes with it.
class temporary_folder {
public:
    temporary_folder();
    temporary_folder(const temporary_folder&) = delete;
    temporary_folder& operator=(const temporary_folder&) = delete;
    ~temporary_folder();

    // Writes the file, or writes it anew, and gives its path.
    std::string write(const std::string& name, const std::string& text) const;
    std::string path(const std::string& name) const { return folder_ + '/' + name; }

private:
    std::string folder_;
};

}  // namespace nurt_test
