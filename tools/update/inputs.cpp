#include "update/inputs.h"

#include "common/cli.h"
#include "common/progress_line.h"

#include "archive/archive_name.h"
#include "base/error.h"
#include "image/decode.h"
#include "io/file.h"
#include "io/glob.h"
#include "io/path_pattern.h"

#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

namespace imsearch {
namespace {

bool starts_with(std::string_view text, std::string_view head) {
  return text.substr(0, head.size()) == head;
}

/// What the collection has of an input that is away.
enum class Behind { kNothing, kItself, kImagesBelow };

Behind what_is_behind(const std::string& input, const Collection& collection) {
  Behind behind = Behind::kNothing;
  const auto is_below = [&](std::string_view name) {
    if (name == input) behind = Behind::kItself;
    return starts_with(name, input + "/");
  };
  for (std::size_t row = 0; row < collection.names.size(); ++row)
    if (!collection.is_gone(row) && is_below(collection.names[row]))
      return Behind::kImagesBelow;
  for (const BadImage& bad : collection.ledger.bad) is_below(bad.name);
  return behind;
}

std::string without_end_slash(std::string input) {
  while (input.size() > 1 && input.back() == '/') input.pop_back();
  return input;
}

std::vector<std::string> recorded_inputs(const UpdateOptions& opt) {
  std::vector<std::string> inputs;
  if (const std::optional<UpdateRecord> last = read_record(opt.paths.vectors))
    for (const std::string& input : last->inputs)
      inputs.push_back(without_end_slash(input));
  return inputs;
}

/// Inputs that are there. A file that is away is one whose image is gone; a
/// folder may be a disk that is not mounted. What no earlier update has known
/// and no image came from is a slip of the pen, which must not be taken for all
/// that is left of the collection.
std::vector<std::string> present_inputs(const UpdateOptions& opt,
                                        const UpdateRecord& record,
                                        const Collection* collection) {
  std::vector<std::string> present;
  const std::vector<std::string> before = recorded_inputs(opt);
  for (const std::string& given : record.inputs) {
    const std::string input = without_end_slash(given);
    if (collection == nullptr || file_exists(input) || has_wildcards(input)) {
      present.push_back(input);
      continue;
    }
    if (const int why = why_out_of_reach(input); why != 0)
      fail("{}: {}", input, errno_text(why));
    const Behind behind = what_is_behind(input, *collection);
    if (behind == Behind::kNothing) {
      if (std::find(before.begin(), before.end(), input) == before.end())
        fail("{}: {}", input, errno_text(ENOENT));
      // Its images went once, as they were allowed to.
      if (!opt.quiet)
        cli::say(fmt::format("{}: {}, and {} has no images from it", input,
                             errno_text(ENOENT), opt.paths.vectors));
    }
    if (behind == Behind::kImagesBelow && !opt.allow_empty)
      fail(
          "{}: no such {}, and {} has images from it: is a disk not mounted? "
          "--allow-empty takes its images for gone",
          input, has_archive_ending(input) ? "archive" : "folder",
          opt.paths.vectors);
  }
  return present;
}

/// Throws Error for a folder or a pattern that no image comes from any more.
void refuse_empty(const UpdateOptions& opt,
                  const std::vector<std::string>& inputs,
                  const InputRules& rules, const ExpandedInputs& expanded) {
  const std::vector<std::string>& files = expanded.paths;
  for (const std::string& input : inputs) {
    bool empty = false;
    if (is_directory(input)) {
      empty = true;
      for (std::size_t i = 0; i < files.size() && empty; ++i)
        empty = !starts_with(files[i], input + "/") && input != ".";
    } else if (has_wildcards(input) && !file_exists(input)) {
      const ExpandedInputs of_it = expand_inputs({input}, rules);
      empty = of_it.paths.empty() && of_it.unreadable.empty();
    }
    if (!empty || opt.allow_empty) continue;
    if (const auto out = expanded.left_out.find(input);
        out != expanded.left_out.end())
      fail(
          "{}: no images: --exclude leaves out {}; --allow-empty takes those "
          "that {} has from it for gone",
          input, out->second, opt.paths.vectors);
    fail(
        "{}: no images there any more: is a disk not mounted? --allow-empty "
        "takes them for gone",
        input);
  }
}

/// What was an archive is one as long as it is a file of that name: it may be
/// one that cannot be read now, whose images stay.
InputRules rules_of(const UpdateRecord& record, const Collection* collection) {
  InputRules rules;
  rules.exclude = record.exclude;
  rules.all = record.all;
  rules.looks_like_image = looks_like_image;
  auto known = std::make_shared<std::unordered_set<std::string>>();
  if (collection != nullptr)
    for (const ReadArchive& archive : collection->ledger.archives)
      known->insert(archive.name);
  rules.looks_like_archive = [known](const std::string& path,
                                     std::string_view beginning) {
    return looks_like_archive(path, beginning) || known->count(path) != 0;
  };
  rules.has_archive_ending = has_archive_ending;
  return rules;
}

ExpandedInputs expand_files(const UpdateOptions& opt,
                            const UpdateRecord& record,
                            const Collection* collection) {
  const InputRules rules = rules_of(record, collection);
  const std::vector<std::string> inputs =
      present_inputs(opt, record, collection);
  ExpandedInputs expanded = expand_inputs(inputs, rules);
  if (collection == nullptr && expanded.paths.empty() &&
      !expanded.warnings.empty())
    fail("{}", expanded.warnings.back());
  if (!opt.quiet) {
    for (const std::string& warning : expanded.warnings) cli::say(warning);
    for (const std::string& remark : expanded.remarks) cli::say(remark);
  }
  if (collection != nullptr)
    refuse_empty(opt, inputs, rules, expanded);
  else if (expanded.paths.empty())
    fail("{}: no images", record.inputs.front());
  return expanded;
}

}  // namespace

Names list_files(const UpdateOptions& opt, const UpdateRecord& record,
                 const Collection* collection) {
  Names names;
  for (const std::string& path : expand_files(opt, record, collection).paths)
    names.append(path);
  return names;
}

Listing list_images(const UpdateOptions& opt, const UpdateRecord& record,
                    const Collection* collection) {
  const cli::ProgressLine line("looks for images", 0, opt.quiet);
  const bool anew = opt.plan.checksum || has_other_rules(opt, record);
  return list_members(expand_files(opt, record, collection),
                      rules_of(record, collection), collection, anew,
                      opt.quiet);
}

bool has_other_rules(const UpdateOptions& opt, const UpdateRecord& record) {
  const std::optional<UpdateRecord> last = read_record(opt.paths.vectors);
  return !last || last->exclude != record.exclude || last->all != record.all;
}

}  // namespace imsearch
