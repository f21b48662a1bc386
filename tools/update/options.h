// The options of update, beside what CLI11 does with them.
#pragma once

#include "common/file_names.h"
#include "common/model_options.h"
#include "common/options.h"
#include "update/collection.h"
#include "update/plan.h"
#include "update/record.h"

namespace CLI {
class App;
}

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
  /// Throws UsageError for what CLI11 cannot see; sets what follows from
  /// others.
  void check();

 private:
  static void group(CLI::App& app);
};

}  // namespace imsearch
