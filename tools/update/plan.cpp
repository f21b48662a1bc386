#include "update/plan.h"

#include "base/error.h"
#include "base/interrupt.h"
#include "base/parallel_for.h"
#include "io/file.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace imsearch {
namespace {

/// Files asked about at a time by a thread.
constexpr std::size_t kGrain = 256;

/// Size and time, without content.
std::vector<FileFacts> ask_about(const Listing& listing, unsigned threads) {
  const Names& images = listing.images;
  std::vector<FileFacts> facts(images.size());
  parallel_for(images.size(), kGrain, threads,
               [&](std::size_t begin, std::size_t end, unsigned) {
                 for (std::size_t i = begin; i < end; ++i)
                   facts[i] = listing.is_archived(i)
                                  ? listing.archived_facts(i)
                                  : facts_of_status(std::string(images[i]));
               });
  return facts;
}

/// An image that its row does not suit, or that has none.
struct LooseImage {
  std::size_t image = 0;  // in the list
  bool had_row = false;   // by its name
  FileFacts facts;        // with content, once it was read
};

class Planner {
 public:
  Planner(const Collection& collection, const Listing& listing,
          const PlanOptions& options, const OnProgress& on_progress)
      : collection_(collection),
        listing_(listing),
        images_(listing.images),
        options_(options),
        on_progress_(on_progress),
        status_(ask_about(listing, options.threads)),
        contents_(listing) {}

  Plan make() {
    compare_by_name();
    match_by_content();
    settle();
    return std::move(plan_);
  }

 private:
  void compare_by_name();
  bool is_out_of_reach(std::size_t image);
  void compare(std::size_t image, std::uint32_t row);
  bool is_as_bad(const BadImage& bad, std::size_t image) const;
  void look_at_unknown(std::size_t image);
  void read_contents();
  void match_by_content();
  bool can_be_named(std::size_t image) const;
  using Content = std::pair<std::array<std::uint64_t, 2>, std::uint64_t>;
  using RowsOfContent = std::multimap<Content, std::uint32_t>;
  void give_rows(RowsOfContent rows);
  void match(const LooseImage& loose, std::uint32_t row);
  void settle();

  const Collection& collection_;
  const Listing& listing_;
  const Names& images_;
  const PlanOptions& options_;
  const OnProgress& on_progress_;
  std::vector<FileFacts> status_;
  ContentReader contents_;
  std::unordered_map<std::string_view, std::uint32_t> row_of_;
  std::unordered_map<std::string_view, const BadImage*> bad_of_;
  std::vector<bool> listed_;  // of each row: it has its image, or another one
  std::vector<std::uint32_t> loose_rows_;
  std::vector<std::uint32_t> gone_rows_;  // since an earlier update
  std::vector<LooseImage> loose_;
  std::unordered_set<std::string_view> bad_listed_;
  std::unordered_set<std::string_view> back_;  // names of images that came back
  Plan plan_;
};

void Planner::compare_by_name() {
  const Ledger& ledger = collection_.ledger;
  row_of_.reserve(ledger.rows.size());
  for (std::uint32_t row = 0; row < ledger.rows.size(); ++row)
    if (!ledger.rows[row].gone) row_of_[collection_.names[row]] = row;
  for (const BadImage& bad : ledger.bad) bad_of_[bad.name] = &bad;
  listed_.resize(ledger.rows.size());
  for (std::size_t image = 0; image < images_.size(); ++image) {
    check_interrupt();
    const auto found = row_of_.find(images_[image]);
    if (found == row_of_.end())
      look_at_unknown(image);
    else
      compare(image, found->second);
    if (on_progress_) on_progress_(image + 1);
  }
  for (std::uint32_t row = 0; row < ledger.rows.size(); ++row)
    if (ledger.rows[row].gone)
      gone_rows_.push_back(row);
    else if (!listed_[row])
      loose_rows_.push_back(row);
}

/// Whether the file is there, as far as is known, but nobody may ask about it.
bool Planner::is_out_of_reach(std::size_t image) {
  if (status_[image].known || listing_.is_archived(image)) return false;
  std::string name(images_[image]);
  if (why_out_of_reach(name) == 0) return false;
  if (plan_.out_of_reach++ == 0) plan_.first_out_of_reach = std::move(name);
  return true;
}

void Planner::compare(std::size_t image, std::uint32_t row) {
  const LedgerRow& entry = collection_.ledger.rows[row];
  if (listing_.unreadable.count(image) != 0 || is_out_of_reach(image)) {
    listed_[row] = true;
    ++plan_.kept;
    return;
  }
  const FileFacts& now = status_[image];
  // A file that cannot be asked about is read, and is then a bad image; so is
  // what only its content tells from another.
  if (!now.known) {
    loose_.push_back({image, true, {}});
    return;
  }
  if (!entry.facts.known) {
    // Extracted before there was a ledger: unchanged if older than its row.
    if (now.modified_ns > collection_.modified_ns) {
      loose_.push_back({image, true, {}});
      return;
    }
    plan_.refreshed.push_back({row, contents_.facts_of(image)});
  } else if (!same_status(entry.facts, now) ||
             (options_.checksum &&
              !same_content(entry.facts, contents_.facts_of(image)))) {
    loose_.push_back({image, true, {}});
    return;
  }
  listed_[row] = true;
  ++plan_.kept;
}

/// Of what could not be opened nothing is known: it is the same until it can
/// be.
bool Planner::is_as_bad(const BadImage& bad, std::size_t image) const {
  if (bad.facts.known) return same_status(bad.facts, status_[image]);
  return !listing_.is_archived(image) && !is_readable(bad.name);
}

void Planner::look_at_unknown(std::size_t image) {
  const auto bad = bad_of_.find(images_[image]);
  if (bad != bad_of_.end()) {
    bad_listed_.insert(images_[image]);
    if (listing_.unreadable.count(image) != 0 ||
        (!options_.retry && is_as_bad(*bad->second, image))) {
      ++plan_.still_bad;
      return;
    }
  }
  loose_.push_back({image, false, {}});
}

/// extract reports those that cannot, and leaves them out.
bool Planner::can_be_named(std::size_t image) const {
  return images_[image].find(static_cast<char>(options_.separator)) ==
         std::string_view::npos;
}

/// Only of files that have the size of a row whose image is missing.
void Planner::read_contents() {
  if (loose_.empty()) return;
  std::unordered_set<std::uint64_t> sizes;
  for (const auto* rows : {&loose_rows_, &gone_rows_})
    for (const std::uint32_t row : *rows)
      if (collection_.ledger.rows[row].facts.known)
        sizes.insert(collection_.ledger.rows[row].facts.bytes);
  for (LooseImage& loose : loose_) {
    const FileFacts& status = status_[loose.image];
    const bool may_be_same = status.known ? sizes.count(status.bytes) != 0
                                          : listing_.is_archived(loose.image);
    if (!may_be_same || !can_be_named(loose.image)) continue;
    try {
      loose.facts = contents_.facts_of(loose.image);
    } catch (const Interrupted&) {
      throw;
    } catch (const Error&) {
      // It cannot be read: extracting it will say so.
    }
  }
}

/// Rows whose images are missing now come before those that are gone.
void Planner::match_by_content() {
  read_contents();
  for (const auto* numbers : {&loose_rows_, &gone_rows_}) {
    RowsOfContent rows;
    for (const std::uint32_t row : *numbers) {
      const FileFacts& facts = collection_.ledger.rows[row].facts;
      if (same_content(facts, facts))
        rows.emplace(Content(facts.content, facts.bytes), row);
    }
    give_rows(std::move(rows));
  }
}

void Planner::give_rows(RowsOfContent rows) {
  // Twice, so that of several equal files each keeps the row of its name.
  for (const bool by_name : {true, false})
    for (LooseImage& loose : loose_) {
      if (!loose.facts.known) continue;
      const auto [begin, end] =
          rows.equal_range({loose.facts.content, loose.facts.bytes});
      const auto same = std::find_if(begin, end, [&](const auto& entry) {
        return !by_name ||
               collection_.names[entry.second] == images_[loose.image];
      });
      if (same == end) continue;
      match(loose, same->second);
      rows.erase(same);
      loose.image = images_.size();  // done
      loose.facts.known = false;
    }
}

void Planner::match(const LooseImage& loose, std::uint32_t row) {
  listed_[row] = true;
  bad_listed_.erase(images_[loose.image]);  // it has a row now
  if (collection_.ledger.rows[row].gone) {
    plan_.back.push_back({row, std::string(images_[loose.image]), loose.facts});
    back_.insert(images_[loose.image]);
  } else if (collection_.names[row] == images_[loose.image]) {
    plan_.refreshed.push_back({row, loose.facts});
    ++plan_.kept;
  } else {
    plan_.moved.push_back(
        {row, std::string(images_[loose.image]), loose.facts});
  }
}

/// What is left has no match.
void Planner::settle() {
  std::unordered_set<std::string_view> again;
  for (const LooseImage& loose : loose_) {
    if (loose.image == images_.size()) continue;
    const std::string name(images_[loose.image]);
    // An image whose row went to another name is new, not changed.
    const auto row = row_of_.find(images_[loose.image]);
    const bool changed = row != row_of_.end() && !listed_[row->second];
    const bool archive = listing_.damaged.count(name) != 0;
    (archive   ? plan_.damaged
     : changed ? plan_.changed
               : plan_.added)
        .push_back(name);
    if (changed) again.insert(images_[loose.image]);
  }
  for (const std::uint32_t row : loose_rows_) {
    if (listed_[row]) continue;
    const bool replaced = again.count(collection_.names[row]) != 0 ||
                          back_.count(collection_.names[row]) != 0;
    (replaced ? plan_.replaced : plan_.gone).push_back(row);
  }
  for (const auto& [name, bad] : bad_of_)
    if (bad_listed_.count(name) == 0) plan_.forgotten.emplace_back(name);
  std::sort(plan_.forgotten.begin(), plan_.forgotten.end());
}

}  // namespace

Plan make_plan(const Collection& collection, const Listing& listing,
               const PlanOptions& options, const OnProgress& on_progress) {
  return Planner(collection, listing, options, on_progress).make();
}

bool enter(const Plan& plan, Collection& collection) {
  std::vector<LedgerRow>& rows = collection.ledger.rows;
  for (const std::uint32_t row : plan.gone) rows[row].gone = true;
  for (const std::uint32_t row : plan.replaced) rows[row].gone = true;
  // What was seen of the picture holds for the same content.
  const auto refresh = [&](std::uint32_t row, FileFacts facts) {
    facts.picture = rows[row].facts.picture;
    rows[row].facts = facts;
  };
  for (const RefreshedRow& row : plan.refreshed) refresh(row.row, row.facts);
  std::unordered_map<std::uint32_t, std::string_view> renamed;
  for (const auto* images : {&plan.moved, &plan.back})
    for (const MovedImage& image : *images) {
      refresh(image.row, image.facts);
      rows[image.row].gone = false;
      if (collection.names[image.row] != image.name)
        renamed[image.row] = image.name;
    }
  std::vector<BadImage>& bad = collection.ledger.bad;
  const auto is_forgotten = [&](const BadImage& image) {
    return std::binary_search(plan.forgotten.begin(), plan.forgotten.end(),
                              image.name);
  };
  bad.erase(std::remove_if(bad.begin(), bad.end(), is_forgotten), bad.end());
  if (renamed.empty()) return false;
  Names names;
  for (std::uint32_t row = 0; row < collection.names.size(); ++row) {
    const auto found = renamed.find(row);
    names.append(found == renamed.end() ? collection.names[row]
                                        : found->second);
  }
  collection.names = std::move(names);
  return true;
}

}  // namespace imsearch
