// What one run of extract is asked to do.
#pragma once

#include "common/options.h"
#include "extract/shard.h"
#include "io/fnames.h"
#include "io/glob.h"

#include <optional>
#include <string>
#include <vector>

namespace imsearch {

struct ExtractJob {
  std::vector<std::string> inputs;  // as expand_inputs() takes them
  InputRules rules;                 // of these
  std::string files_from;           // empty: none
  bool null = false;                // names lists end names with NUL
  std::string vectors = cli::kDefaultVectors;
  std::string names = cli::kDefaultNames;
  unsigned threads = 0;  // 0: all CPUs
  bool strict = false;   // the first bad image is an error
  bool quiet = false;
  bool json = false;           // print a summary
  std::optional<Shard> shard;  // this block of the images alone
  bool resume = false;         // go on from the parts of an earlier run
  bool append = false;         // add to vectors and names that are there
  bool force = false;          // also replace what an index was built from

  Separator separator() const {
    return null ? Separator::kNul : Separator::kNewline;
  }
};

}  // namespace imsearch
