// Where weights are looked for: the bundled ones, those that were fetched, a
// file; and, by SHA-256, those that an index was made with. Names and paths
// share one option, so names come first, and a file called "keras" is given as
// ./keras. An index is known by a hash alone, since a path means nothing on
// another machine; the path that it also records is only where to look first.
#include "weights/find.h"

#include "base/command.h"
#include "base/error.h"
#include "io/checksum.h"
#include "io/file.h"
#include "io/sidecar.h"

#include <unistd.h>

#include <fmt/ranges.h>

#include <climits>
#include <cstdlib>

namespace imsearch {
namespace {

constexpr const char* kDemoFile = "mobilenet_v2_demo.safetensors";

struct Fetched {
  const char* name;  // as in --weights
  const char* file;  // as scripts/fetch-weights.sh names it
};

constexpr Fetched kFetched[] = {
    {"keras", "mobilenet_v2_keras.h5"},
    {"torchvision", "mobilenet_v2_torchvision.pth"}};

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// Where fetch-weights.sh puts files; empty if there is no home.
std::string fetched_folder() {
  const std::string data = environment("XDG_DATA_HOME");
  if (!data.empty()) return data + "/imsearch";
  const std::string home = environment("HOME");
  return home.empty() ? "" : home + "/.local/share/imsearch";
}

/// Where the demo weights may lie: installed, then in the source tree.
std::vector<std::string> demo_places() {
  std::vector<std::string> places;
  // The running program, whatever it was called by: a link to it, or a search
  // of PATH, would say less.
  char self[PATH_MAX];
  const ssize_t size = ::readlink("/proc/self/exe", self, sizeof self);
  if (size > 0) {
    const std::string binary(self, static_cast<std::size_t>(size));
    // PREFIX/bin/imsearch-extract: the data is in PREFIX/share.
    places.push_back(parent_folder(parent_folder(binary)) + "/share/imsearch/" +
                     kDemoFile);
  }
  places.push_back(std::string(IMSEARCH_DATA_FOLDER) + "/" + kDemoFile);
  return places;
}

std::string find_demo() {
  for (const std::string& place : demo_places())
    if (file_exists(place)) return place;
  fail(
      "{}: the demonstration weights are missing: install imsearch again, or "
      "name a weights file with --weights",
      demo_places().front());
}

std::string place_of(const Fetched& kind) {
  return fetched_folder() + "/" + kind.file;
}

std::string find_fetched(const Fetched& kind) {
  std::string path = place_of(kind);
  if (!file_exists(path))
    fail("--weights {}: {} is not there: get it with '{}'", kind.name, path,
         command(std::string("fetch-weights ") + kind.name));
  return path;
}

/// What IMSEARCH_WEIGHTS names. Errors say so: nothing on the command line
/// tells where the name came from.
std::string find_set(const std::string& name) {
  try {
    return find_weights(name);
  } catch (const Error& e) {
    fail("IMSEARCH_WEIGHTS: {}", e.what());
  }
}

/// Where a file that is known by its hash may lie, the likeliest first.
std::vector<std::string> places_of_model(const std::string& recorded) {
  std::vector<std::string> places;
  const auto add = [&](const std::string& path) {
    for (const std::string& place : places)
      if (place == path) return;
    places.push_back(path);
  };
  // A relative path would mean a file of whoever asks, not of who extracted.
  if (!recorded.empty() && recorded.front() == '/') add(recorded);
  // A file that the variable names; a name that it gives is among the known.
  const std::string set = environment("IMSEARCH_WEIGHTS");
  if (file_exists(set)) add(set);
  for (const std::string& path : known_weights()) add(path);
  for (const Fetched& kind : kFetched) add(place_of(kind));
  return places;
}

/// Why `path` is not the file with this hash, in a few words; empty: it is.
std::string difference(const std::string& path, const std::string& sha256) {
  if (!file_exists(path)) return "not there";
  // Another kind could block or never end.
  if (!is_regular_file(path)) return "not a regular file";
  try {
    const std::string found = sha256_of_file(path);
    return found == sha256 ? "" : "sha256 " + short_sha256(found);
  } catch (const Interrupted&) {
    throw;
  } catch (const Error&) {
    return "cannot be read";
  }
}

}  // namespace

std::string find_weights(const std::string& wanted) {
  if (wanted.empty()) {
    const std::string set = environment("IMSEARCH_WEIGHTS");
    return set.empty() ? find_demo() : find_set(set);
  }
  if (wanted == "demo") return find_demo();
  for (const Fetched& kind : kFetched)
    if (wanted == kind.name) return find_fetched(kind);
  if (!file_exists(wanted))
    fail(
        "{}: no such weights file; --weights takes demo, keras, torchvision "
        "or a file",
        wanted);
  return wanted;
}

std::vector<std::string> known_weights() {
  std::vector<std::string> files;
  // The first place alone: both have the same file.
  for (const std::string& place : demo_places()) {
    if (!file_exists(place)) continue;
    files.push_back(place);
    break;
  }
  for (const Fetched& kind : kFetched) {
    const std::string path = place_of(kind);
    if (file_exists(path)) files.push_back(path);
  }
  return files;
}

WeightsFile find_weights_of_model(const std::string& sha256,
                                  const std::string& recorded) {
  std::vector<std::string> looked;
  for (const std::string& path : places_of_model(recorded)) {
    const std::string why_not = difference(path, sha256);
    if (why_not.empty()) return {path, sha256};
    looked.push_back(fmt::format("{} ({})", path, why_not));
  }
  fail(
      "no weights file with sha256 {} was found: looked at {}: name the file "
      "with --weights or IMSEARCH_WEIGHTS",
      short_sha256(sha256), fmt::join(looked, ", "));
}

bool is_demo(const std::string& path) {
  for (const std::string& place : demo_places())
    if (path == place) return true;
  return false;
}

}  // namespace imsearch
