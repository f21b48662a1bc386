# How rooms, tools and tests are declared.

# Flags for all our own code. Fused multiply-add is written where it is meant,
# never contracted by the compiler: results are equal on every CPU.
add_library(imsearch_flags INTERFACE)
target_compile_options(imsearch_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -ffp-contract=off)
target_include_directories(imsearch_flags INTERFACE "${PROJECT_SOURCE_DIR}/lib")

# imsearch_compiles_apart(NAME…): rooms of which each source is compiled alone in
# every preset: of some the speed is measured, and of lib/remote programs link what
# they need alone, so that serve, which knows its dialects, is free of libcurl.
function(imsearch_compiles_apart)
  foreach(name IN LISTS ARGN)
    set_target_properties(imsearch_${name} PROPERTIES UNITY_BUILD OFF)
  endforeach()
endfunction()

# imsearch_room(NAME SOURCES file… DEPS target… [PRIVATE target…])
# A library imsearch_NAME. DEPS are the rooms and packages that its headers
# show, PRIVATE those that only its sources use.
function(imsearch_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;DEPS;PRIVATE" ${ARGN})
  add_library(imsearch_${name} STATIC ${ROOM_SOURCES})
  target_link_libraries(imsearch_${name}
    PUBLIC ${ROOM_DEPS} PRIVATE imsearch_flags ${ROOM_PRIVATE})
  target_include_directories(imsearch_${name}
    PUBLIC "${PROJECT_SOURCE_DIR}/lib")
endfunction()

# imsearch_tool(NAME [MAIN file] [COMPONENT name] [SOURCES file…] [LIBS target…])
# The binary NAME from MAIN (tools/NAME.cpp, dashes become underscores, unless
# given) and the other sources, installed with the prefix "imsearch-", since
# Debian has another "extract", by the package COMPONENT (imsearch unless given).
function(imsearch_tool name)
  cmake_parse_arguments(TOOL "" "MAIN;COMPONENT" "SOURCES;LIBS" ${ARGN})
  if(NOT TOOL_COMPONENT)
    set(TOOL_COMPONENT imsearch)
  endif()
  if(NOT TOOL_MAIN)
    string(REPLACE "-" "_" TOOL_MAIN "${name}.cpp")
  endif()
  add_executable(${name} ${TOOL_MAIN} ${TOOL_SOURCES})
  target_link_libraries(${name} PRIVATE imsearch_cli imsearch_flags ${TOOL_LIBS})
  install(PROGRAMS "$<TARGET_FILE:${name}>" COMPONENT ${TOOL_COMPONENT}
    DESTINATION "${CMAKE_INSTALL_BINDIR}" RENAME "imsearch-${name}")
endfunction()

# imsearch_is_for_tests(TARGET): its binary lies apart from the tools, whose
# folder users put on PATH.
function(imsearch_is_for_tests target)
  set_target_properties(${target} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/test-bin")
endfunction()

# imsearch_test(NAME SOURCES file… [LIBS target…] [LABELS label…] [PER_TABLE])
# A doctest binary and its ctest entries; PER_TABLE runs it under each kernel
# table (skipped where the CPU lacks it).
function(imsearch_test name)
  cmake_parse_arguments(TEST "PER_TABLE" "" "SOURCES;LIBS;LABELS" ${ARGN})
  add_executable(test-${name} ${TEST_SOURCES})
  target_link_libraries(test-${name}
    PRIVATE imsearch_test_main imsearch_flags ${TEST_LIBS})
  imsearch_is_for_tests(test-${name})
  set(tables default)
  if(TEST_PER_TABLE)
    set(tables scalar avx2 avx-vnni avx512)
    if(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
      set(tables scalar neon neon-dotprod)
    endif()
  endif()
  foreach(table IN LISTS tables)
    set(test ${name})
    set(environment "IMSEARCH_BIN=${PROJECT_BINARY_DIR}/bin"
      "IMSEARCH_SOURCE=${PROJECT_SOURCE_DIR}")
    if(NOT table STREQUAL default)
      set(test ${name}.${table})
      list(APPEND environment "IMSEARCH_SIMD=${table}")
    endif()
    add_test(NAME ${test} COMMAND test-${name})
    set_tests_properties(${test} PROPERTIES
      LABELS "${TEST_LABELS}" SKIP_RETURN_CODE 77 TIMEOUT 600
      ENVIRONMENT "${environment}")
  endforeach()
endfunction()

# imsearch_script_test(NAME): the ctest entry of NAME_test.sh (dashes become
# underscores) in this folder.
function(imsearch_script_test name)
  string(REPLACE "-" "_" file "${name}")
  add_test(NAME ${name}
    COMMAND bash "${CMAKE_CURRENT_SOURCE_DIR}/${file}_test.sh")
  set_tests_properties(${name} PROPERTIES LABELS cli TIMEOUT 600
    ENVIRONMENT
    "IMSEARCH_BIN=${PROJECT_BINARY_DIR}/bin;IMSEARCH_SOURCE=${PROJECT_SOURCE_DIR}")
endfunction()
