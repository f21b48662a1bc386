// Any bytes are a log of extract of which some entries, perhaps none, can be
// read, and whose identity is told from another's.
#include "base/error.h"
#include "extract/identity.h"
#include "extract/log.h"
#include "support/memory_file.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace imsearch;
using imsearch::test::memory_file;

constexpr std::size_t kDim = 2;
constexpr const char* kIdentity =
    R"({"images":3,"list_xxh3":"00","shard":"none","dim":2,)"
    R"("model":{"variant":"keras"}})";

void compare(const std::string& identity) {
  if (!is_run_identity(identity)) return;
  try {
    identity_difference(identity, kIdentity);
    if (!identity_difference(identity, identity).empty()) std::abort();
  } catch (const Error&) {
    return;
  }
}

void read(const std::string& text) {
  LogReader log(text);
  compare(log.identity());
  LogEntry entry;
  std::size_t before = log.position();
  while (log.next(entry)) {
    if (log.position() <= before || log.position() > text.size()) std::abort();
    before = log.position();
  }
}

/// The rows are the last bytes of the text.
void read_with_rows(const std::string& text) {
  const std::string& rows =
      memory_file(std::string_view(text).substr(text.size() - text.size() / 4));
  LogReader log(text);
  const OlderRun older = read_older_run(log, rows, kDim, text.size());
  if (older.bad() > older.images() || older.log_bytes > text.size())
    std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  read(text);
  compare(text);
  read_with_rows(text);
  return 0;
}
