# Read by CPack for each kind of package, before that is made.
if(CPACK_GENERATOR STREQUAL "TGZ")
  # For other distributions: without what needs libtorch.
  set(CPACK_INSTALL_CMAKE_PROJECTS
    "${CPACK_IMSEARCH_BINARY_DIR}" imsearch imsearch /)
  set(CPACK_PACKAGE_FILE_NAME "${CPACK_IMSEARCH_ARCHIVE_NAME}")
  set(CPACK_PACKAGING_INSTALL_PREFIX /)
  set(CPACK_INCLUDE_TOPLEVEL_DIRECTORY ON)
else()
  # Else it would be the first line of each package's description, which has one
  # of its own.
  unset(CPACK_PACKAGE_DESCRIPTION_SUMMARY)
endif()
