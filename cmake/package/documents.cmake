# The documents of packages, in ${documents}: copyright, changelog.gz, NEWS.gz.

# Of these libraries headers are compiled in, and of the font the file: their
# licences ask for their notices to come along. Debian's packages have them.
set(compiled_in libeigen3-dev libcli11-dev nlohmann-json3-dev
  libfmt-dev fonts-dejavu-core)
set(notices "")
foreach(package IN LISTS compiled_in)
  set(file "/usr/share/doc/${package}/copyright")
  if(EXISTS "${file}")
    file(READ "${file}" notice)
    string(APPEND notices "\n\n======== ${package} ========\n\n${notice}")
  endif()
endforeach()
file(READ "${PROJECT_SOURCE_DIR}/cmake/package/copyright.in" copyright)
foreach(package IN ITEMS imsearch imsearch-torch)
  file(CONFIGURE OUTPUT "${documents}/${package}/copyright"
    CONTENT "${copyright}@notices@" @ONLY)
endforeach()

# The release's day is the one in CHANGELOG.md: builds of it are alike.
file(STRINGS "${PROJECT_SOURCE_DIR}/CHANGELOG.md" heading LIMIT_COUNT 1
  REGEX "^## ${PROJECT_VERSION} ")
string(REGEX MATCH "[0-9]+-[0-9]+-[0-9]+$" day "${heading}")
if(NOT day)
  message(FATAL_ERROR "CHANGELOG.md: there is no line "
    "'## ${PROJECT_VERSION} of YEAR-MONTH-DAY', the release's day")
endif()
set_property(DIRECTORY "${PROJECT_SOURCE_DIR}" APPEND PROPERTY
  CMAKE_CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/CHANGELOG.md")
execute_process(COMMAND env LC_ALL=C date --utc --rfc-email "--date=${day}"
  OUTPUT_VARIABLE day OUTPUT_STRIP_TRAILING_WHITESPACE
  COMMAND_ERROR_IS_FATAL ANY)
foreach(package IN ITEMS imsearch imsearch-torch)
  file(CONFIGURE OUTPUT "${documents}/${package}/changelog" CONTENT
"imsearch (@PROJECT_VERSION@) unstable; urgency=medium

  * Release @PROJECT_VERSION@; NEWS.gz says what is new.

 -- @IMSEARCH_MAINTAINER@  @day@
" @ONLY)
  execute_process(COMMAND gzip -9 -n --keep --force
    "${documents}/${package}/changelog" COMMAND_ERROR_IS_FATAL ANY)
endforeach()
configure_file("${PROJECT_SOURCE_DIR}/CHANGELOG.md" "${documents}/NEWS" COPYONLY)
execute_process(COMMAND gzip -9 -n --keep --force "${documents}/NEWS"
  COMMAND_ERROR_IS_FATAL ANY)
