# Puts the shared libraries that ${programs} load into lib/imsearch of ${root},
# so that they run where the distribution has others, or none. Only glibc stays
# outside, which belongs to the kernel and the system's settings: it must be as
# new as the programs and libraries ask for, which README says.
#
# The licences of the libraries ask for their notices, and some for a way to their
# sources: both are in share/doc/imsearch/libraries.
file(GLOB bin "${root}/bin")
if(NOT bin)
  message(FATAL_ERROR "${root}/bin: missing: nothing to bundle libraries for")
endif()
set(libraries "${root}/lib/imsearch")
set(notices "${root}/share/doc/imsearch/libraries")
file(MAKE_DIRECTORY "${libraries}" "${notices}")

file(GET_RUNTIME_DEPENDENCIES EXECUTABLES ${programs}
  RESOLVED_DEPENDENCIES_VAR found
  PRE_EXCLUDE_REGEXES
    "^ld-linux" "^lib(c|m|dl|rt|pthread|resolv|util|anl|mvec)\\.so")
set(packages "")
foreach(path IN LISTS found)
  get_filename_component(name "${path}" NAME)
  file(REAL_PATH "${path}" real)
  file(COPY_FILE "${real}" "${libraries}/${name}")
  file(CHMOD "${libraries}/${name}" PERMISSIONS
    OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
  execute_process(COMMAND "${CPACK_IMSEARCH_PATCHELF}" --set-rpath "$ORIGIN"
    "${libraries}/${name}" COMMAND_ERROR_IS_FATAL ANY)
  # dpkg knows a file by its name below /usr or below /.
  string(REGEX REPLACE "^/usr" "" short "${real}")
  execute_process(COMMAND dpkg-query --search "${real}" "${short}"
    OUTPUT_VARIABLE owner ERROR_QUIET)
  if(NOT owner MATCHES "^([^:,\n]+)")
    message(FATAL_ERROR "${real}: no package of this system has it")
  endif()
  list(APPEND packages "${CMAKE_MATCH_1}")
endforeach()
foreach(program IN LISTS programs)
  execute_process(COMMAND "${CPACK_IMSEARCH_PATCHELF}"
    --set-rpath "$ORIGIN/../lib/imsearch" "${program}"
    COMMAND_ERROR_IS_FATAL ANY)
endforeach()

list(SORT packages)
list(REMOVE_DUPLICATES packages)
foreach(package IN LISTS packages)
  file(REAL_PATH "/usr/share/doc/${package}/copyright" copyright)
  configure_file("${copyright}" "${notices}/${package}.copyright" COPYONLY)
endforeach()
# Those notices name the texts of common licences by their place on Debian.
file(COPY /usr/share/common-licenses DESTINATION "${notices}")
execute_process(COMMAND dpkg-query --show --showformat
    "\${binary:Package}\\t\${source:Package}\\t\${source:Version}\\n" ${packages}
  OUTPUT_VARIABLE versions COMMAND_ERROR_IS_FATAL ANY)

# The newest version of glibc that anything asks for.
file(GLOB bundled "${libraries}/*")
execute_process(COMMAND "${CPACK_IMSEARCH_OBJDUMP}" -T ${programs} ${bundled}
  OUTPUT_VARIABLE symbols ERROR_QUIET)
string(REGEX MATCHALL "GLIBC_[0-9.]+" needed "${symbols}")
list(REMOVE_DUPLICATES needed)
list(SORT needed COMPARE NATURAL)
list(POP_BACK needed newest)
string(REPLACE "GLIBC_" "" newest "${newest}")

list(LENGTH bundled count)
file(WRITE "${root}/README"
"imsearch ${CPACK_PACKAGE_VERSION}, for Linux with glibc ${newest} or newer.

Unpack it anywhere, and call bin/imsearch by its path or put bin on PATH:

  bin/imsearch extract ~/Pictures
  bin/imsearch build-index
  bin/imsearch query photo.jpg --sheet answers.jpg

`bin/imsearch help` opens the manual by man(1), `imsearch fetch-weights` needs
curl, and `imsearch eval-recall --plot` needs gnuplot. Networks exported from
PyTorch (`--model`) do not run with it: that needs Debian's package
imsearch-torch, or a build from the source.

Where certificates are not in /etc/ssl/certs, name them: `imsearch push --cacert
/etc/pki/tls/certs/ca-bundle.crt`.

lib/imsearch has ${count} libraries of Debian, each with the notice of its
package in share/doc/imsearch/libraries. common-licenses there has the texts that
are named in these, and versions.tsv the package of each library, its source
package and version: https://snapshot.debian.org keeps them.
")
file(WRITE "${notices}/versions.tsv"
  "package\tsource package\tversion\n${versions}")
