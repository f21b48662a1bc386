# Run by CPack on the installed files, in ${root}, before they are packed.
set(root "${CPACK_TEMPORARY_INSTALL_DIRECTORY}")

# What file(1) calls an executable or a library begins so.
function(is_elf path result)
  file(READ "${path}" magic LIMIT 4 HEX)
  string(COMPARE EQUAL "${magic}" 7f454c46 equal)
  set(${result} ${equal} PARENT_SCOPE)
endfunction()

file(GLOB_RECURSE files LIST_DIRECTORIES OFF "${root}/*")
set(programs "")
foreach(path IN LISTS files)
  is_elf("${path}" elf)
  if(elf)
    list(APPEND programs "${path}")
    execute_process(COMMAND "${CPACK_IMSEARCH_STRIP}" --strip-all
      --remove-section=.comment --remove-section=.note "${path}"
      COMMAND_ERROR_IS_FATAL ANY)
    # HDF5's pkg-config names a folder that no library is loaded from.
    file(RPATH_REMOVE FILE "${path}")
  endif()
endforeach()

if(CPACK_GENERATOR STREQUAL "TGZ")
  include("${CMAKE_CURRENT_LIST_DIR}/bundle_libraries.cmake")
endif()
