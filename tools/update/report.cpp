#include "update/report.h"

#include "common/cli.h"
#include "common/standard_streams.h"

#include "base/error.h"
#include "base/progress.h"
#include "io/file.h"
#include "io/ledger.h"
#include "io/text.h"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace imsearch {

void say_out_of_reach(const Plan& plan) {
  if (plan.out_of_reach == 0) return;
  const std::string& first = plan.first_out_of_reach;
  const std::string more =
      plan.out_of_reach == 1
          ? ""
          : fmt::format(" and {} more", grouped(plan.out_of_reach - 1));
  cli::say(fmt::format("{}{}: {}: {} as {}", escape_field(first), more,
                       errno_text(why_out_of_reach(first)),
                       more.empty() ? "it stays" : "they stay",
                       more.empty() ? "it was" : "they were"));
}

void print_plan(const Plan& plan, const Collection& collection) {
  std::string text;
  const auto add = [&](const char* what, std::string_view name,
                       std::string_view old) {
    text += what;
    text += '\t' + escape_field(name);
    if (!old.empty()) text += '\t' + escape_field(old);
    text += '\n';
  };
  for (const std::string& name : plan.added) add("new", name, "");
  for (const std::string& name : plan.changed) add("changed", name, "");
  for (const std::uint32_t row : plan.gone)
    add("gone", collection.names[row], "");
  for (const MovedImage& image : plan.moved)
    add("moved", image.name, collection.names[image.row]);
  for (const MovedImage& image : plan.back) add("back", image.name, "");
  print(text);
}

void print_summary(const UpdateOptions& opt, const Summary& done,
                   const Collection& collection, double seconds) {
  const std::size_t rows = collection.names.size();
  const std::size_t alive = rows - gone_rows(collection.ledger).size();
  const BadCounts bad = count_bad(collection.ledger);
  if (opt.json) {
    const nlohmann::ordered_json object = {{"images", alive},
                                           {"new", done.added},
                                           {"changed", done.changed},
                                           {"gone", done.gone},
                                           {"moved", done.moved},
                                           {"back", done.back},
                                           {"bad", bad.images},
                                           {"damaged_archives", bad.archives},
                                           {"rows", rows},
                                           {"seconds", seconds}};
    print(object.dump() + "\n");
  }
  if (opt.quiet) return;
  const std::string back =
      done.back == 0 ? "" : fmt::format(", {} back", grouped(done.back));
  const std::string archives =
      bad.archives == 0 ? "" : ", " + counted(bad.archives, "damaged archive");
  cli::say(fmt::format(
      "{} new, {} changed, {} gone, {} moved{}: {}, {} bad{}, {}",
      grouped(done.added), grouped(done.changed), grouped(done.gone),
      grouped(done.moved), back, counted(alive, "image"), grouped(bad.images),
      archives, human_duration(seconds)));
}

}  // namespace imsearch
