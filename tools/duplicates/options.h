// duplicates' command line.
#pragma once

#include "common/cli11.h"
#include "common/options.h"
#include "duplicates/finder.h"
#include "duplicates/preference.h"
#include "duplicates/thresholds.h"

#include "io/sidecar.h"

#include <optional>
#include <string>
#include <vector>

namespace imsearch {

struct DuplicatesOptions {
  std::string index = cli::kDefaultIndex;
  std::optional<float> threshold;
  bool loose = false;
  bool strict = false;
  std::string keep = "first";
  std::vector<std::string> references;
  std::vector<std::string> only;
  std::vector<std::string> without;
  bool within_folder = false;
  bool across_folders = false;
  bool extras = false;
  std::string page;
  bool null = false;
  bool json = false;
  bool quiet = false;
  unsigned threads = 0;

  void add_to(CLI::App& app);

  /// Throws UsageError for what does not go together.
  void check() const;

  Keep keep_order() const;
  DuplicateCandidates::Folders folders() const;
  /// What the options and the network say. Throws UsageError where neither
  /// does.
  DuplicateThresholds thresholds(const ModelIdentity& model) const;
};

}  // namespace imsearch
