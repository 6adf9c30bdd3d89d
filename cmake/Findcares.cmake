# SPDX-License-Identifier: MIT
# Finds c-ares and makes the target c-ares::cares. Newer releases bring a CMake package of their own;
# Debian 12's has only a .pc file, so the library is looked up directly. Installed beside nurtConfig.cmake.

if(TARGET c-ares::cares)
  set(cares_FOUND TRUE)
  return()
endif()
find_path(cares_INCLUDE_DIR ares.h)
find_library(cares_LIBRARY cares)
mark_as_advanced(cares_INCLUDE_DIR cares_LIBRARY)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(cares
  REQUIRED_VARS cares_LIBRARY cares_INCLUDE_DIR
  REASON_FAILURE_MESSAGE "Debian: apt-get install libc-ares-dev")
if(cares_FOUND)
  add_library(c-ares::cares UNKNOWN IMPORTED)
  set_target_properties(c-ares::cares PROPERTIES
    IMPORTED_LOCATION ${cares_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${cares_INCLUDE_DIR})
endif()
