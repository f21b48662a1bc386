// update's command line.
#pragma once

#include "common/cli11.h"
#include "common/model_options.h"
#include "common/options.h"
#include "update/collection.h"
#include "update/plan.h"
#include "update/record.h"

namespace imsearch {

struct UpdateOptions {
  UpdateRecord record;  // as it is given
  ModelOptions model;
  CollectionPaths paths = {cli::kDefaultVectors, cli::kDefaultNames, "",
                           Separator::kNewline};
  PlanOptions plan;
  bool null = false;
  bool dry_run = false;
  bool compact = false;
  bool allow_empty = false;
  bool force = false;
  bool json = false;
  bool quiet = false;

  void add_to(CLI::App& app);

  /// Throws UsageError for what does not go together. Decides where the index
  /// is.
  void check();

 private:
  void add_steps_to(CLI::App& app);
  static void group(CLI::App& app);
};

}  // namespace imsearch
