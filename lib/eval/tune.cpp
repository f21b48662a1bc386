#include "eval/tune.h"

namespace imsearch {

std::optional<std::size_t> find_smallest(
    std::size_t low, std::size_t high,
    const std::function<bool(std::size_t)>& is_enough) {
  std::size_t too_small = low - 1;
  std::size_t enough = low;
  while (!is_enough(enough)) {
    if (enough == high) return std::nullopt;
    too_small = enough;
    enough = enough > high / 2 ? high : enough * 2;
  }
  while (enough - too_small > 1) {
    const std::size_t middle = too_small + (enough - too_small) / 2;
    (is_enough(middle) ? enough : too_small) = middle;
  }
  return enough;
}

}  // namespace imsearch
