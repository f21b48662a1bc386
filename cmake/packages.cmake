# Packages: `cmake --build build --target package` makes, by CPack,
#
#   imsearch_VERSION_ARCH.deb         tools, manuals, demonstration weights
#   imsearch-torch_VERSION_ARCH.deb   what runs on libtorch, where that was found
#   imsearch-VERSION-linux-ARCH.tar.gz  the first with the libraries that it needs
#
# in build/packages. The last needs patchelf and is left out without it.
set(IMSEARCH_MAINTAINER
  "imsearch maintainers <maintainers@users.noreply.r-seed-8c2f0b83.example>"
  CACHE STRING "Who answers for the packages: name and address")

find_program(DPKG_SHLIBDEPS dpkg-shlibdeps)
find_program(PATCHELF patchelf)
mark_as_advanced(DPKG_SHLIBDEPS PATCHELF)

set(components imsearch)
if(Torch_FOUND)
  list(APPEND components torch)
endif()

# Each package documents itself: who may copy it, and what is new.
set(documents "${PROJECT_BINARY_DIR}/documents")
include(package/documents)
foreach(component IN LISTS components)
  set(package imsearch)
  if(component STREQUAL torch)
    set(package imsearch-torch)
  endif()
  install(FILES "${documents}/${package}/copyright" "${documents}/NEWS.gz"
    "${documents}/${package}/changelog.gz" COMPONENT ${component}
    DESTINATION "${CMAKE_INSTALL_DATADIR}/doc/${package}")
endforeach()

set(CPACK_PACKAGE_NAME imsearch)
set(CPACK_PACKAGE_VERSION "${PROJECT_VERSION}")
set(CPACK_PACKAGE_DIRECTORY "${PROJECT_BINARY_DIR}/packages")
set(CPACK_PACKAGE_CONTACT "${IMSEARCH_MAINTAINER}")
set(CPACK_PACKAGE_VENDOR imsearch)
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_COMPONENTS_ALL ${components})
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE
  WORLD_READ WORLD_EXECUTE)
set(CPACK_PRE_BUILD_SCRIPTS
  "${PROJECT_SOURCE_DIR}/cmake/package/before_packing.cmake")
set(CPACK_PROJECT_CONFIG_FILE
  "${PROJECT_SOURCE_DIR}/cmake/package/generator.cmake")
set(CPACK_IMSEARCH_STRIP "${CMAKE_STRIP}")
set(CPACK_IMSEARCH_OBJDUMP "${CMAKE_OBJDUMP}")
set(CPACK_IMSEARCH_PATCHELF "${PATCHELF}")
set(CPACK_IMSEARCH_BINARY_DIR "${PROJECT_BINARY_DIR}")
set(CPACK_IMSEARCH_ARCHIVE_NAME
  "imsearch-${PROJECT_VERSION}-linux-${CMAKE_SYSTEM_PROCESSOR}")

# Debian's packages.
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SECTION graphics)
set(CPACK_DEBIAN_IMSEARCH_PACKAGE_NAME imsearch)
set(CPACK_DEBIAN_IMSEARCH_PACKAGE_RECOMMENDS "ca-certificates, curl, libarchive13, man-db")
set(CPACK_DEBIAN_IMSEARCH_PACKAGE_SUGGESTS "gnuplot-nox | gnuplot, imsearch-torch")
set(CPACK_COMPONENT_IMSEARCH_DESCRIPTION
"image similarity search from the shell
From a folder of photos to the most similar ones: a neural network turns
each image into a vector, an index finds the nearest vectors, and a contact
sheet shows them. Programs read and write plain files and work on one
machine, or hand the vectors over to OpenSearch or Elasticsearch.")
set(CPACK_DEBIAN_TORCH_PACKAGE_NAME imsearch-torch)
set(CPACK_DEBIAN_TORCH_PACKAGE_DEPENDS "imsearch (= ${PROJECT_VERSION})")
set(CPACK_COMPONENT_TORCH_DESCRIPTION
"image similarity search by networks of PyTorch
Lets imsearch extract run networks that PyTorch exported, CLIP or DINO for
example, by its option --model.")

set(CPACK_GENERATOR)
if(DPKG_SHLIBDEPS)
  list(APPEND CPACK_GENERATOR DEB)
endif()
if(PATCHELF)
  list(APPEND CPACK_GENERATOR TGZ)
endif()
# A cross-built package would say that it is for this machine.
if(CPACK_GENERATOR AND NOT CMAKE_CROSSCOMPILING)
  include(CPack)
endif()
