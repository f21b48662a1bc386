// Chooses the nearest, drops what is near it, chooses the nearest of those that
// remain, and so on: each choice compares one code with many.
#include "index/link_selection.h"

#include <algorithm>

namespace imsearch {
/// Moves the open candidates that are near `chosen` to the dropped ones.
void LinkSelection::drop_near(std::uint32_t chosen) {
  rows_.clear();
  for (const Hit& hit : open_) rows_.push_back(hit.row);
  distances_.resize(open_.size());
  l2sq_i8_rows_(codes_ + chosen * width_, codes_, width_, width_, rows_.data(),
                rows_.size(), distances_.data());
  std::size_t kept = 0;
  for (std::size_t i = 0; i < open_.size(); ++i) {
    if (kRelaxedRule * static_cast<float>(distances_[i]) < open_[i].l2sq)
      dropped_.push_back(open_[i]);
    else
      open_[kept++] = open_[i];
  }
  open_.resize(kept);
}

void LinkSelection::select(Hits& candidates, std::size_t least,
                           std::size_t most) {
  open_.assign(candidates.begin(), candidates.end());
  candidates.clear();
  dropped_.clear();
  while (!open_.empty() && candidates.size() < most) {
    candidates.push_back(open_.front());
    open_.erase(open_.begin());
    drop_near(candidates.back().row);
  }
  if (candidates.size() >= least) return;
  const std::size_t more = std::min(least - candidates.size(), dropped_.size());
  const auto last = dropped_.begin() + static_cast<std::ptrdiff_t>(more);
  std::partial_sort(dropped_.begin(), last, dropped_.end());
  candidates.insert(candidates.end(), dropped_.begin(), last);
}

}  // namespace imsearch
