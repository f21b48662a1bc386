// Images of the same bytes are one image from the start, by the first of them
// that can be used. Then blocks of images in the order of preference are asked
// about, in two steps: threads ask the graph and the table of hashes for a few
// partners of each image that is not yet a duplicate; then, one after the
// other, an image that still is not becomes one to keep, asks for all of its
// partners if there may be more, and makes them its duplicates.
//
// What a search finds from one side may be missed from the other. So an image
// that finds one which is kept becomes a duplicate of that one, whoever comes
// first; and as this and all else is decided in the order of images, blocks and
// threads do not matter.
#include "duplicates/finder.h"

#include "base/interrupt.h"
#include "base/parallel_for.h"
#include "duplicates/partners.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace imsearch {
namespace {

using Folders = DuplicateCandidates::Folders;

constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t kBlock = 4096;  // images asked about at once

/// Images of the same bytes, or a single one. Where folders or references
/// matter, only those that agree in these.
struct KnownImage {
  std::vector<std::uint32_t> rows;  // in the order of preference
  std::uint32_t leader = kNone;     // the first that can be used, once asked
  bool reference = false;
  std::uint32_t folder = 0;
  bool asked = false;
  bool kept = false;
  std::uint32_t keeper = kNone;  // the image that it is a duplicate of
  Duplicate as_partner;          // how: row is that of this image's leader
};

class Finder {
 public:
  Finder(const Index& index, const DuplicateCandidates& candidates,
         const DuplicateParams& params)
      : candidates_(candidates),
        params_(params),
        tables_(index, candidates.marks, params.thresholds),
        image_of_(index.rows(), kNone) {
    gather_images();
    const unsigned threads =
        params.threads == 0 ? usable_cpus() : params.threads;
    for (unsigned t = 0; t < threads; ++t)
      searches_.push_back(std::make_unique<PartnerSearch>(tables_));
  }

  std::vector<DuplicateGroup> find();
  std::vector<std::uint32_t> rows_with_partners();

 private:
  using Answers = std::vector<PartnerSearch::Answer>;

  void gather_images();
  bool can_pair(std::uint32_t a, std::uint32_t b) const;
  std::vector<std::pair<std::uint32_t, Duplicate>> images_among(
      std::uint32_t image, const std::vector<Duplicate>& partners) const;
  bool use(std::uint32_t image);
  void ask_block(std::size_t begin, std::size_t end, Answers& answers);
  void decide(std::uint32_t image, PartnerSearch::Answer& answer);
  void decide_by_references(std::uint32_t image, PartnerSearch::Answer& answer);
  void join(std::uint32_t image, std::uint32_t keeper, Duplicate how);
  std::vector<DuplicateGroup> groups();
  void add_copies(DuplicateGroup& group, const KnownImage& image,
                  const Duplicate& how);

  const DuplicateCandidates& candidates_;
  const DuplicateParams& params_;
  PartnerTables tables_;
  std::vector<KnownImage> images_;       // the best to keep first
  std::vector<std::uint32_t> image_of_;  // of each row; kNone: not looked at
  std::vector<std::unique_ptr<PartnerSearch>> searches_;  // one a thread
};

void Finder::gather_images() {
  using Key = std::tuple<std::uint64_t, std::uint32_t, bool>;
  struct Hash {
    std::size_t operator()(const Key& key) const {
      return std::get<0>(key) * 31 + std::uint64_t{std::get<1>(key)} * 2 +
             std::uint64_t{std::get<2>(key)};
    }
  };
  std::unordered_map<Key, std::uint32_t, Hash> known;
  for (const std::uint32_t row : candidates_.rows) {
    auto image = static_cast<std::uint32_t>(images_.size());
    const bool reference =
        !candidates_.references.empty() && candidates_.references[row];
    if (const std::uint64_t content = candidates_.marks[row].content;
        content != 0 && !reference) {
      const std::uint32_t folder =
          candidates_.compared == Folders::kAny ? 0 : candidates_.folders[row];
      image =
          known.try_emplace({content, folder, reference}, image).first->second;
    }
    if (image == images_.size()) {
      images_.emplace_back();
      images_[image].reference = reference;
      if (candidates_.compared != Folders::kAny)
        images_[image].folder = candidates_.folders[row];
    }
    images_[image].rows.push_back(row);
    image_of_[row] = image;
  }
}

bool Finder::can_pair(std::uint32_t a, std::uint32_t b) const {
  if (candidates_.compared == Folders::kAny) return true;
  const bool same = images_[a].folder == images_[b].folder;
  return same == (candidates_.compared == Folders::kWithin);
}

/// The images of these rows that `image` may be a duplicate of, by number. Of
/// several rows of an image the closest counts.
std::vector<std::pair<std::uint32_t, Duplicate>> Finder::images_among(
    std::uint32_t image, const std::vector<Duplicate>& partners) const {
  std::vector<std::pair<std::uint32_t, Duplicate>> found;
  for (const Duplicate& partner : partners) {
    const std::uint32_t other = image_of_[partner.row];
    if (other != kNone && other != image && can_pair(image, other))
      found.emplace_back(other, partner);
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) {
                     if (a.first != b.first) return a.first < b.first;
                     return is_closer(a.second, b.second);
                   });
  found.erase(std::unique(found.begin(), found.end(),
                          [](const auto& a, const auto& b) {
                            return a.first == b.first;
                          }),
              found.end());
  return found;
}

/// Whether any of its files is there.
bool Finder::use(std::uint32_t number) {
  KnownImage& image = images_[number];
  if (image.asked) return image.leader != kNone;
  image.asked = true;
  auto& rows = image.rows;
  if (candidates_.is_usable)
    rows.erase(std::remove_if(rows.begin(), rows.end(),
                              [&](std::uint32_t row) {
                                return !candidates_.is_usable(row);
                              }),
               rows.end());
  image.leader = rows.empty() ? kNone : rows.front();
  return image.leader != kNone;
}

void Finder::ask_block(std::size_t begin, std::size_t end, Answers& answers) {
  answers.assign(end - begin, {});
  parallel_for(
      end - begin, 16, params_.threads,
      [&](std::size_t from, std::size_t to, unsigned thread) {
        for (std::size_t i = from; i < to; ++i) {
          const KnownImage& image = images_[begin + i];
          if (image.keeper != kNone || image.reference || image.rows.empty())
            continue;
          answers[i] =
              searches_[thread]->find(image.rows[0], params_.neighbours, true);
        }
      });
}

void Finder::join(std::uint32_t number, std::uint32_t keeper, Duplicate how) {
  KnownImage& image = images_[number];
  if (image.keeper != kNone && !is_closer(how, image.as_partner)) return;
  image.keeper = keeper;
  how.row = image.leader;
  image.as_partner = how;
}

void Finder::decide(std::uint32_t number, PartnerSearch::Answer& answer) {
  if (images_[number].keeper != kNone) return;
  if (images_[number].rows.empty()) return;
  // Alone, as most are: nobody asks about its file.
  if (answer.partners.empty() && images_[number].rows.size() == 1) {
    images_[number].kept = true;
    return;
  }
  const std::uint32_t row = images_[number].rows[0];
  if (!use(number)) return;
  images_[number].kept = true;
  if (!answer.complete)
    answer = searches_[0]->find(row, params_.neighbours, false);
  const auto others = images_among(number, answer.partners);
  for (const auto& [other, how] : others)
    if (images_[other].kept && use(other)) {
      images_[number].kept = false;
      join(number, other, how);
    }
  if (!images_[number].kept) return;
  for (const auto& [other, how] : others)
    if (!images_[other].kept && use(other)) join(other, number, how);
}

/// References are kept from the start, and others only if there is one.
void Finder::decide_by_references(std::uint32_t number,
                                  PartnerSearch::Answer& answer) {
  if (images_[number].reference || images_[number].rows.empty()) return;
  const std::uint32_t row = images_[number].rows[0];
  const auto join_best = [&] {
    for (const auto& [other, how] : images_among(number, answer.partners))
      if (images_[other].reference && use(other) && use(number))
        join(number, other, how);
    return images_[number].keeper != kNone;
  };
  if (join_best() || answer.complete) return;
  answer = searches_[0]->find(row, params_.neighbours, false);
  join_best();
}

void Finder::add_copies(DuplicateGroup& group, const KnownImage& image,
                        const Duplicate& how) {
  for (const std::uint32_t row : image.rows)
    if (row != group.keep)
      group.extras.push_back({row, how.similarity, how.verdict});
}

std::vector<DuplicateGroup> Finder::groups() {
  std::vector<DuplicateGroup> groups;
  std::vector<std::uint32_t> group_of(images_.size(), kNone);
  const auto group_at = [&](std::uint32_t number) -> DuplicateGroup& {
    if (group_of[number] == kNone) {
      group_of[number] = static_cast<std::uint32_t>(groups.size());
      groups.push_back({images_[number].leader, {}});
    }
    return groups[group_of[number]];
  };
  const bool copies_count = candidates_.compared != Folders::kAcross;
  for (std::uint32_t i = 0; i < images_.size(); ++i) {
    const KnownImage& image = images_[i];
    if (image.keeper != kNone) {
      const Duplicate& how = image.as_partner;
      add_copies(group_at(image.keeper), image,
                 {how.row, how.similarity, how.verdict});
    } else if (image.kept && image.leader != kNone && image.rows.size() > 1 &&
               copies_count) {
      const bool hashed = tables_.marks(image.leader).phash.has_value();
      add_copies(
          group_at(i), image,
          {0,
           1,
           {Relation::kBytes, hashed ? std::optional<int>(0) : std::nullopt}});
    }
  }
  return groups;
}

std::vector<DuplicateGroup> Finder::find() {
  const bool by_references = !candidates_.references.empty();
  Answers answers;
  for (std::size_t begin = 0; begin < images_.size(); begin += kBlock) {
    const std::size_t end = std::min(begin + kBlock, images_.size());
    ask_block(begin, end, answers);
    for (std::size_t i = begin; i < end; ++i) {
      check_interrupt();
      const auto number = static_cast<std::uint32_t>(i);
      if (by_references)
        decide_by_references(number, answers[i - begin]);
      else
        decide(number, answers[i - begin]);
    }
    if (params_.on_progress) params_.on_progress(end);
  }
  return groups();
}

std::vector<std::uint32_t> Finder::rows_with_partners() {
  std::vector<bool> wanted(images_.size());
  Answers answers;
  for (std::size_t begin = 0; begin < images_.size(); begin += kBlock) {
    const std::size_t end = std::min(begin + kBlock, images_.size());
    ask_block(begin, end, answers);
    for (std::size_t i = begin; i < end; ++i) {
      const auto number = static_cast<std::uint32_t>(i);
      const auto others = images_among(number, answers[i - begin].partners);
      if (!others.empty() || images_[i].rows.size() > 1) wanted[i] = true;
      for (const auto& other : others) wanted[other.first] = true;
    }
    if (params_.on_progress) params_.on_progress(end);
  }
  std::vector<std::uint32_t> rows;
  for (const std::uint32_t row : candidates_.rows)
    if (wanted[image_of_[row]]) rows.push_back(row);
  return rows;
}

}  // namespace

std::vector<std::uint32_t> rows_with_duplicates(
    const Index& index, const DuplicateCandidates& candidates,
    const DuplicateParams& params) {
  return Finder(index, candidates, params).rows_with_partners();
}

std::vector<DuplicateGroup> find_duplicates(
    const Index& index, const DuplicateCandidates& candidates,
    const DuplicateParams& params) {
  std::vector<DuplicateGroup> groups = Finder(index, candidates, params).find();
  // Rows of one image have no order of their own but that of the candidates.
  std::vector<std::uint32_t> places(index.rows());
  for (std::size_t i = 0; i < candidates.rows.size(); ++i)
    places[candidates.rows[i]] = static_cast<std::uint32_t>(i);
  for (DuplicateGroup& group : groups)
    std::sort(group.extras.begin(), group.extras.end(),
              [&](const Duplicate& a, const Duplicate& b) {
                if (is_closer(a, b)) return true;
                if (is_closer(b, a)) return false;
                return places[a.row] < places[b.row];
              });
  return groups;
}

}  // namespace imsearch
