# SPDX-License-Identifier: MIT
# The lecture's cells are programs of examples/ and also a part of the nurt program, which is one
# executable wherever it is installed. So their code is read into one source: each in a namespace of its
# own, with its main() under another name and a list of all of them at the end.

function(nurt_lecture_cells result)
  file(GLOB examples CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/examples/lecture_*.cpp)
  set(includes)
  set(bodies)
  set(table)
  foreach(example IN LISTS examples)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${example})
    cmake_path(GET example STEM LAST_ONLY name)
    file(READ ${example} text)
    string(REGEX MATCHALL "#include <[^>]+>" found "${text}")
    list(APPEND includes ${found})
    string(REGEX REPLACE "#include <[^>]+>\n" "" text "${text}")
    string(REGEX REPLACE "\nusing namespace std::chrono_literals;\n" "" text "${text}")
    # Only the real main() may end without a return, so this one gets one.
    string(REGEX REPLACE "\n}\n\n// prints:.*" "\n    return 0;\n}\n" renamed "${text}")
    string(REPLACE "int main()" "int run(int, char**)" renamed "${renamed}")
    string(REPLACE "int main(" "int run(" renamed "${renamed}")
    if(NOT renamed MATCHES "\nint run\\(int.*    return 0;\n}\n$")
      message(FATAL_ERROR "${example} has to end with main() and its block `// prints:`")
    endif()
    string(APPEND bodies "\nnamespace ${name} {\n${renamed}}  // namespace ${name}\n")
    string(APPEND table "    {\"${name}\", ${name}::run},\n")
  endforeach()
  list(REMOVE_DUPLICATES includes)
  list(SORT includes)
  list(JOIN includes "\n" includes)
  set(source ${PROJECT_BINARY_DIR}/lecture_cells/examples.cpp)
  file(CONFIGURE OUTPUT ${source} @ONLY CONTENT "// Made from examples/ by cmake/lecture_cells.cmake.
${includes}

#include \"cli/lecture.hpp\"

namespace nurt::cli {
namespace {

using namespace std::chrono_literals;
${bodies}
constexpr lecture_example examples[] = {
${table}};

}  // namespace

std::span<const lecture_example> lecture_examples() noexcept {
    return examples;
}

}  // namespace nurt::cli
")
  set(${result} ${source} PARENT_SCOPE)
endfunction()
