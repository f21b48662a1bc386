// One run of extract: a list of images to files of vectors and names.
#pragma once

#include "extract_model.h"
#include "options.h"

#include "io/fnames.h"

#include <functional>
#include <string>
#include <vector>

namespace imsearch {

struct ExtractJob {
  std::vector<std::string> inputs;  // as expand_inputs() takes them
  std::string files_from;           // empty: none
  bool null = false;                // names lists end names with NUL
  std::string vectors = cli::kDefaultVectors;
  std::string names = cli::kDefaultNames;
  unsigned threads = 0;  // 0: all CPUs
  bool strict = false;   // the first bad image is an error
  bool quiet = false;
  bool json = false;  // print a summary

  /// What ends a name in lists of names.
  Separator separator() const {
    return null ? Separator::kNul : Separator::kNewline;
  }
};

/// Does it, reporting on stderr. Gives the exit code. Throws Error, then
/// leaving no file, Interrupted likewise. `load_model` is called once it is
/// clear that there are images and that the files can be written.
int run_extract(const ExtractJob& job,
                const std::function<Model()>& load_model);

}  // namespace imsearch
