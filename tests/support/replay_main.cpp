// SPDX-License-Identifier: MIT
// tests/support/replay_main.cpp: runs a fuzz target over files instead of a fuzzer's inventions.
//
// Arguments are files and folders; a folder stands for the files in it. The empty input always runs, so that
// a target without a corpus is a test too. Failing means what it means for libFuzzer: the process dies.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

void replay(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(in), {});
    // An exact heap block, so that ASan sees a read past the end.
    const std::vector<std::uint8_t> data(bytes.begin(), bytes.end());
    std::fprintf(stderr, "%s\n",
                 path.c_str());  // the last line printed names the input that killed us
    LLVMFuzzerTestOneInput(data.data(), data.size());
}

}  // namespace

int main(int argc, char** argv) {
    LLVMFuzzerTestOneInput(nullptr, 0);
    int count = 1;
    for (int i = 1; i < argc; ++i) {
        const std::filesystem::path path = argv[i];
        if (!std::filesystem::is_directory(path)) {
            if (std::filesystem::exists(path)) replay(path), ++count;
            continue;
        }
        for (const auto& entry : std::filesystem::directory_iterator(path)) {
            if (entry.is_regular_file()) replay(entry.path()), ++count;
        }
    }
    std::printf("%d inputs\n", count);
}
