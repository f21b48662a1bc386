# Everything comes from Debian 12's packages; README says what each is for.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(fmt REQUIRED)
find_package(CLI11 REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(Eigen3 REQUIRED NO_MODULE)
find_package(CURL REQUIRED)
find_package(simdjson REQUIRED)
find_package(GIF REQUIRED)
find_package(JPEG REQUIRED)
find_package(PNG REQUIRED)
find_package(ZLIB REQUIRED)
pkg_check_modules(hdf5 REQUIRED IMPORTED_TARGET hdf5-serial)
pkg_check_modules(zip REQUIRED IMPORTED_TARGET libzip)
pkg_check_modules(stb REQUIRED IMPORTED_TARGET stb)
pkg_check_modules(webp REQUIRED IMPORTED_TARGET libwebp libwebpdemux)
pkg_check_modules(microhttpd REQUIRED IMPORTED_TARGET libmicrohttpd)
pkg_check_modules(nettle REQUIRED IMPORTED_TARGET nettle)
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET libxxhash)
# Its own CMake files ask for OpenCL, which the CPU engine does not use. The
# path where a libtorch of pytorch.org lies has the headers of another oneDNN.
find_path(DNNL_INCLUDE_DIR oneapi/dnnl/dnnl.hpp REQUIRED NO_CMAKE_PATH)
find_library(DNNL_LIBRARY dnnl REQUIRED)

# Only extract-torch needs it, for other people's models: without it everything
# else is built, and extract says what is missing when it is asked for one.
find_package(Torch QUIET)
if(NOT Torch_FOUND)
  message(STATUS "libtorch is missing: extract-torch is not built")
endif()
# The libtorch of pytorch.org has headers of other versions of fmt and oneDNN
# among its own, and exports half of an older libstdc++, whose
# std::filesystem::remove_all() ends in a crash. Debian's come before them.
foreach(torch_include IN LISTS TORCH_INCLUDE_DIRS)
  if(EXISTS "${torch_include}/fmt")
    get_target_property(fmt_include fmt::fmt INTERFACE_INCLUDE_DIRECTORIES)
    set(before_torch "${CMAKE_BINARY_DIR}/before-torch")
    file(MAKE_DIRECTORY "${before_torch}")
    file(CREATE_LINK "${fmt_include}/fmt" "${before_torch}/fmt" SYMBOLIC)
    file(CREATE_LINK "${DNNL_INCLUDE_DIR}/oneapi" "${before_torch}/oneapi" SYMBOLIC)
    set_target_properties(torch PROPERTIES INTERFACE_INCLUDE_DIRECTORIES
      "${before_torch};${TORCH_INCLUDE_DIRS}")
    set_property(TARGET torch APPEND PROPERTY INTERFACE_LINK_OPTIONS
      "SHELL:-Wl,--push-state,--no-as-needed -lstdc++ -Wl,--pop-state")
  endif()
endforeach()

# Formats that not everybody has: lib/image says what is left out.
pkg_check_modules(heif QUIET libheif>=1.15)
pkg_check_modules(jxl QUIET libjxl>=0.7)
pkg_check_modules(tiff QUIET libtiff-4>=4.5)
# The same of archives: lib/archive.
pkg_check_modules(archive QUIET libarchive>=3.6)
# Pictures on terminals that take sixels; the same.
pkg_check_modules(sixel QUIET libsixel>=1.8)
