# SPDX-License-Identifier: MIT
# The compiler flags of our own sources. None of them reaches a user of the installed library.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

if(PROJECT_IS_TOP_LEVEL)
  if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "Release or Debug" FORCE)
  endif()
  # -g1: line tables only. Async stack traces and the watchdog want them, and they cost no speed.
  set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1 -DNDEBUG")
  # A function nobody calls and a library nobody uses do not get into a program.
  add_compile_options(-ffunction-sections -fdata-sections)
  add_link_options(-Wl,--gc-sections -Wl,--as-needed)
  # The standard library checks its own preconditions in every build that has assertions.
  add_compile_definitions($<$<CONFIG:Debug>:_GLIBCXX_ASSERTIONS>)
  if(NURT_SANITIZE)
    # No vptr check: it opens a pipe to look at memory, and calls every object bad in the tests that run
    # out of descriptors.
    add_compile_options(-fsanitize=${NURT_SANITIZE} -fno-sanitize=vptr -fno-sanitize-recover=all
                        -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${NURT_SANITIZE})
  endif()
endif()

# -Wconversion is the expensive one and finds the bugs: every length that leaves for the kernel or comes
# from the wire is narrowed on purpose or not at all. Left out: -Wswitch-default contradicts -Wswitch (an
# enumeration is covered without a default); -Weffc++ asks for what the style forbids; of
# -Wnon-virtual-dtor g++ takes a friend for access to a protected destructor, and what would be wrong is
# found by -Wdelete-non-virtual-dtor, a part of -Wall.
add_library(nurt_warnings INTERFACE)
target_compile_options(nurt_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wold-style-cast
  -Wimplicit-fallthrough $<$<BOOL:${NURT_WERROR}>:-Werror>)
