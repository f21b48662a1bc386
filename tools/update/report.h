// What update tells of what it found and did.
#pragma once

#include "update/collection.h"
#include "update/options.h"
#include "update/plan.h"

#include <cstddef>

namespace imsearch {

/// On standard error: images that stay since nobody may ask about them.
void say_out_of_reach(const Plan& plan);

/// The lines of --dry-run.
void print_plan(const Plan& plan, const Collection& collection);

/// What a run has done.
struct Summary {
  std::size_t added = 0;
  std::size_t changed = 0;
  std::size_t gone = 0;
  std::size_t moved = 0;
  std::size_t back = 0;
};

/// The object of --json, and a line on standard error unless --quiet.
void print_summary(const UpdateOptions& opt, const Summary& done,
                   const Collection& collection, double seconds);

}  // namespace imsearch
