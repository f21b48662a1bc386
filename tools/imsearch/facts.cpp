#include "imsearch/facts.h"

#include "common/cli.h"
#include "common/index_options.h"
#include "common/machine.h"
#include "common/version.h"

#include "base/error.h"
#include "base/parallel_for.h"
#include "embed/load_input.h"
#include "image/image.h"
#include "image/preprocess_text.h"
#include "io/checksum.h"
#include "io/file.h"
#include "io/fvecs.h"
#include "io/memory.h"
#include "simd/kernels.h"
#include "weights/find.h"

#include <gnu/libc-version.h>
#include <sys/utsname.h>
#include <nlohmann/json.hpp>

#include <cstdint>

namespace imsearch {
namespace {

using Json = nlohmann::ordered_json;

Json system_facts() {
  utsname system = {};
  ::uname(&system);
  return {{"kernel", std::string(system.sysname) + " " + system.release},
          {"machine", system.machine},
          {"libc", ::gnu_get_libc_version()}};
}

Json cpu_facts() {
  Json tables = Json::array();
  for (auto table = simd::supported(); *table != nullptr; ++table)
    tables.push_back((*table)->name);
  return {{"model", cpu_model()},
          {"usable", usable_cpus()},
          {"kernel_tables", tables},
          {"kernel_table", simd::active().name}};
}

/// The weights that names stand for, and the ones that are used without
/// --weights.
Json weights_facts() {
  Json found = Json::object();
  for (const char* name : {"demo", "keras", "torchvision", ""}) {
    Json& entry = found[*name == '\0' ? "default" : name];
    try {
      const std::string path = find_weights(name);
      entry = {{"file", path}, {"sha256", sha256_of_file(path)}};
    } catch (const Error& e) {
      entry = {{"missing", e.what()}};
    }
  }
  return found;
}

}  // namespace

std::string facts_json() {
  Json engines = {"onednn"};
  if (file_exists(cli::sibling_path("extract-torch")))
    engines.push_back("torch");
  const Json facts = {{"version", IMSEARCH_VERSION},
                      {"compiler", __VERSION__},
                      {"build", build_type()},
                      {"system", system_facts()},
                      {"cpu", cpu_facts()},
                      {"memory_bytes_available", available_memory_bytes()},
                      {"engines", engines},
                      {"weights", weights_facts()},
                      {"limits",
                       {{"rows", (std::uint64_t{1} << 31) - 1},
                        {"dim", kMaxDim},
                        {"candidates", cli::kMaxCandidates},
                        {"image_file_bytes", kMaxImageFileBytes},
                        {"image_pixel_bytes", kMaxPixelBytes},
                        {"input_size", kMaxInputSize}}}};
  return facts.dump(2);
}

}  // namespace imsearch
