# What service.sh runs: Java, and the servers as Maven's central repository has
# them. Expects: home, scripts, service, version, say, fail. Sourced by service.sh.
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # set for, and by, service.sh

maven_plugin=org.apache.maven.plugins:maven-dependency-plugin:3.8.1

# The number in `java -version`, nothing if it is no Java.
java_version() {
  "$1/bin/java" -version 2>&1 |
    sed -n '1s/.* version "\([0-9]*\)[."].*/\1/p' || true
}

# find_java MINIMUM MAXIMUM: prints the folder of the oldest Java between these,
# which is what a server was most likely tried with; fails if there is none.
find_java() {
  local folder number best='' best_number
  best_number=$(($2 + 1))
  for folder in "${JAVA_HOME:-}" "$(command -v java | xargs -r readlink -f |
    sed 's,/bin/java$,,')" /usr/lib/jvm/*; do
    [[ -n $folder && -x $folder/bin/java ]] || continue
    number=$(java_version "$folder")
    if [[ -n $number && $number -ge $1 && $number -lt $best_number ]]; then
      best=$folder best_number=$number
    fi
  done
  [[ -n $best ]] && echo "$best"
}

# The first and last Java that a version runs on. OpenSearch 2 needs the security
# manager, which Java 24 no longer has.
java_range() {
  case $1-${2%%.*} in
    opensearch-2) echo 17 23 ;;
    elasticsearch-8) echo 17 99 ;;
    *) echo 21 99 ;;
  esac
}

choose_version() {
  [[ -z $version ]] || return 0
  if [[ $service == elasticsearch ]]; then
    version=8.19.21
  elif find_java 21 99 >/dev/null; then
    version=3.6.0
  else
    say "no Java of at least 21: OpenSearch 2.19"
    version=2.19.6
  fi
}

install_packages() {
  "$scripts/install-packages.sh" service >&2 ||
    fail "$1 is missing, and Debian's packages cannot be installed: is there a network?"
}

# Sets `java`.
require_java() {
  local range
  read -r -a range < <(java_range "$service" "$version")
  java=$(find_java "${range[@]}") && return
  [[ ${range[0]} -gt 17 ]] || install_packages Java
  java=$(find_java "${range[@]}") ||
    fail "$service $version needs a Java from ${range[0]} to ${range[1]}: set JAVA_HOME"
}

require_commands() {
  local command
  for command; do
    command -v "$command" >/dev/null || install_packages "$command"
    command -v "$command" >/dev/null || fail "$command is missing"
  done
}

# maven ARGUMENT...: what it says is shown when it fails.
maven() {
  mvn -q -B -Dstyle.color=never "$@" >"$new/maven.log" 2>&1 || {
    grep -m 2 ERROR "$new/maven.log" >&2
    fail "$service $version cannot be fetched by Maven: is there such a version, and a network?"
  }
}

# fetch GROUP ARTIFACT VERSION FOLDER: an archive, unpacked there.
fetch() {
  say "fetching $2 $3"
  maven "$maven_plugin:copy" -Dartifact="$1:$2:$3:zip" \
    -DoutputDirectory="$new/archives"
  unzip -q "$new/archives/$2-$3.zip" -d "$4"
  rm "$new/archives/$2-$3.zip"
}

# The archive of OpenSearch 2.19 lacks the module lang-painless, which k-NN
# extends: made here of its parts.
fetch_painless() {
  local painless=$1/modules/lang-painless
  [[ ! -d $painless ]] || return 0
  say "fetching lang-painless $version"
  cat >"$new/pom.xml" <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>imsearch</groupId><artifactId>painless</artifactId><version>1</version>
  <dependencies><dependency>
    <groupId>org.opensearch.plugin</groupId>
    <artifactId>lang-painless</artifactId><version>$version</version>
  </dependency></dependencies>
</project>
POM
  local parts=lang-painless,opensearch-scripting-painless-spi,antlr4-runtime
  parts+=,asm,asm-util,asm-tree,asm-commons,asm-analysis
  maven -f "$new/pom.xml" "$maven_plugin:copy-dependencies" \
    -DoutputDirectory="$painless" -DincludeArtifactIds="$parts"
  cat >"$painless/plugin-descriptor.properties" <<PROPERTIES
description=painless
version=$version
name=lang-painless
classname=org.opensearch.painless.PainlessPlugin
java.version=11
opensearch.version=$version
custom.foldername=
extended.plugins=
has.native.controller=false
PROPERTIES
  cat >"$painless/plugin-security.policy" <<'POLICY'
grant {
  permission java.lang.RuntimePermission "createClassLoader";
  permission java.lang.RuntimePermission "getClassLoader";
};
POLICY
}

# Sets `distribution`, the folder of an unpacked server, which all clusters share.
require_distribution() {
  distribution=$home/distributions/$service-$version
  [[ ! -d $distribution ]] || return 0
  require_commands mvn unzip
  mkdir -p "$home/distributions"
  new=$(mktemp -d "$home/distributions/new.XXXXXX")
  trap 'rm -rf "$new"' EXIT
  local root=$new/$service-$version
  fetch "org.$service.distribution.integ-test-zip" "$service" "$version" "$new"
  chmod a+x "$root/bin/$service"*
  if [[ $service == opensearch ]]; then
    fetch org.opensearch.plugin opensearch-knn "$version.0" \
      "$root/plugins/opensearch-knn"
    fetch_painless "$root"
  fi
  chmod -R a+rX "$root"
  mv -T "$root" "$distribution"
  rm -rf "$new"
  trap - EXIT
}
