// SPDX-License-Identifier: MIT
// cli/get.hpp: nurt get: fetch URLs, many at once.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace nurt::cli {

struct get_options {
    std::vector<std::string> urls;     // "127.0.0.1:8000/x" is taken as http
    std::string method;                // "": GET, or POST with data
    std::vector<std::string> headers;  // "Name: value"
    std::string data;
    bool has_data = false;
    std::uint32_t max_concurrency = 100;
    double timeout = 300;    // seconds for each request; 0: no limit
    bool follow = false;     // redirects
    std::string ca_file;     // certificates to trust instead of the machine's
    bool insecure = false;   // no certificate is looked at
    bool include = false;    // print the head of each answer before its body
    std::string output;      // a file instead of standard output; one URL only
    std::string output_dir;  // a file for each URL, "0001-name"
    std::string svg;         // a file for the picture
    bool quiet = false;      // standard error has errors only: no progress, picture or timings
};

// Fetches all URLs. Bodies go to standard output in the order of the URLs; progress, timings, the
// picture and errors to standard error.
//
// Gives the exit code: 0; 1 if a request failed or was answered with a status of 400 or more; 2 if
// the options make no sense; 130 after Ctrl-C. Whatever has been received is written in each case.
int run_get(const get_options& options);

// The name of the file for a URL in an output directory.
std::string file_name_for(const std::string& url, std::size_t index);

// How many connections may be open at once: as many as asked for, and as the process's descriptors
// allow.
std::uint32_t connections_within(std::uint32_t wanted, std::uint64_t descriptors,
                                 std::uint64_t in_use) noexcept;

}  // namespace nurt::cli
