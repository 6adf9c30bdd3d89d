# SPDX-License-Identifier: MIT
# What `cmake --install` puts where: headers, libraries, the nurt program, a CMake package with a component
# for each library, and a .pc file for each.
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/nurt)
# The .pc files find the prefix from their own place, so that it may be chosen when installing.
set(pc_dir ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH PC_TO_PREFIX /${pc_dir} /)
string(REGEX REPLACE "/$" "" PC_TO_PREFIX ${PC_TO_PREFIX})

# The .pc files say what a static library needs, because the default build makes static ones.
function(nurt_install_library name)
  cmake_parse_arguments(arg "" "PC;DESCRIPTION;REQUIRES;LIBS" "" ${ARGN})
  get_target_property(short ${name} EXPORT_NAME)
  get_target_property(type ${name} TYPE)
  set(PC_FLAG "")
  if(NOT type STREQUAL "INTERFACE_LIBRARY")
    get_target_property(file ${name} OUTPUT_NAME)
    set(PC_FLAG "-l${file}")
  endif()
  set(PC_NAME ${arg_PC})
  set(PC_DESCRIPTION ${arg_DESCRIPTION})
  set(PC_REQUIRES ${arg_REQUIRES})
  set(PC_LIBS ${arg_LIBS})
  configure_file(cmake/nurt.pc.in ${PROJECT_BINARY_DIR}/${arg_PC}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/${arg_PC}.pc DESTINATION ${pc_dir})
  install(TARGETS ${name} EXPORT nurt_${short}_targets)
  install(EXPORT nurt_${short}_targets NAMESPACE nurt:: DESTINATION ${package_dir}
    FILE nurt-${short}-targets.cmake)
endfunction()

nurt_install_library(nurt_nurt PC nurt LIBS -pthread REQUIRES libcares
  DESCRIPTION "asyncio for C++: coroutines, tasks, an event loop, sockets")
if(TARGET nurt_tls)
  nurt_install_library(nurt_tls PC nurt-tls REQUIRES "nurt openssl"
    DESCRIPTION "TLS for clients and servers of nurt")
  nurt_install_library(nurt_http PC nurt-http REQUIRES "nurt-json nurt-tls nurt"
    DESCRIPTION "HTTP client and server of nurt")
endif()
nurt_install_library(nurt_json PC nurt-json REQUIRES "nurt simdjson"
  DESCRIPTION "JSON values, parser and writer of nurt")
nurt_install_library(nurt_sim PC nurt-sim REQUIRES "nurt"
  DESCRIPTION "Simulated time and network of nurt")

# Private headers too: templates of public ones may need them.
install(DIRECTORY nurt DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.hpp")
if(TARGET nurt)
  install(TARGETS nurt)
endif()

configure_package_config_file(cmake/nurtConfig.cmake.in ${PROJECT_BINARY_DIR}/nurtConfig.cmake
  INSTALL_DESTINATION ${package_dir})
# Before 1.0 a minor release may break; SameMinorVersion says so to find_package.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/nurtConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/nurtConfig.cmake ${PROJECT_BINARY_DIR}/nurtConfigVersion.cmake
  cmake/Findcares.cmake DESTINATION ${package_dir})
