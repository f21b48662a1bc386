// The least effort that is enough.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>

namespace imsearch {

/// A number n of [low, high] for which `is_enough(n)` was true, and for which
/// `is_enough(n - 1)` was false unless n is low. With an `is_enough` that stays
/// true once it is, that is the smallest such number. None if it was false for
/// low, 2 low, 4 low … and high. 1 <= low <= high. Asks for no number twice.
std::optional<std::size_t> find_smallest(
    std::size_t low, std::size_t high,
    const std::function<bool(std::size_t)>& is_enough);

}  // namespace imsearch
