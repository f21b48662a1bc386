// Cells are summed in one pass over the rows of the picture: the rows of a cell
// are added up column by column, channel by channel, which compilers make
// vector instructions of, and what is left, a row of column sums for each row
// of cells, is weighed and added across. Luma is linear, so that it is taken of
// the sums.
//
// Along a side, a pixel's share in a cell is an integer: in 32nds of a pixel,
// or one of the two halves of a place. So all sums are exact, and those of a
// mirrored or turned picture are the same numbers in other places.
#include "image/perceptual_hash.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace imsearch {
namespace {

constexpr std::size_t kCells = 32;        // a side
constexpr std::size_t kPlaces = 512;      // a longer side is averaged over
constexpr std::size_t kFrequencies = 9;   // 0 to 8
constexpr std::int64_t kCellSteps = 256;  // of a level
constexpr std::int64_t kLumaParts = 1000;
constexpr std::array<std::int64_t, kChannels> kLuma = {299, 587, 114};
constexpr std::int64_t kLeastDeviation = 2 * kCellSteps;

/// What a pixel of a side counts in a cell.
struct Share {
  std::size_t pixel;
  std::uint32_t weight;
};
/// The shares of one cell; their weights add up to the same in every cell.
using Cell = std::vector<Share>;

std::vector<Cell> cells_by_area(std::size_t side) {
  std::vector<Cell> cells(kCells);
  for (std::size_t c = 0; c < kCells; ++c) {
    // In 32nds of a pixel, of which a cell has `side`.
    const std::size_t begin = c * side;
    const std::size_t end = begin + side;
    for (std::size_t pixel = begin / kCells; pixel * kCells < end; ++pixel) {
      const std::size_t from = std::max(begin, pixel * kCells);
      const std::size_t to = std::min(end, (pixel + 1) * kCells);
      cells[c].push_back({pixel, static_cast<std::uint32_t>(to - from)});
    }
  }
  return cells;
}

std::vector<Cell> cells_by_places(std::size_t side) {
  std::vector<Cell> cells(kCells);
  for (std::size_t place = 0; place < kPlaces; ++place) {
    const std::size_t twice = (2 * place + 1) * side;  // in 1024ths of a pixel
    const std::size_t right = twice / (2 * kPlaces);
    const std::size_t left = (twice - 1) / (2 * kPlaces);
    Cell& cell = cells[place / (kPlaces / kCells)];
    if (left == right) {
      cell.push_back({left, 2});
    } else {
      cell.push_back({left, 1});
      cell.push_back({right, 1});
    }
  }
  return cells;
}

std::vector<Cell> cells_of(std::size_t side) {
  return side <= kPlaces ? cells_by_area(side) : cells_by_places(side);
}

Places places_of(std::size_t side) {
  Places places;
  for (const Cell& cell : cells_of(side))
    for (const Share& share : cell) places.push_back(share.pixel);
  return distinct(std::move(places));
}

/// The cells of a side where only the pixels at places_of(side) are there.
std::vector<Cell> picked_cells(std::size_t side) {
  const Places places = places_of(side);
  std::vector<Cell> cells = cells_of(side);
  for (Cell& cell : cells)
    for (Share& share : cell) share.pixel = rank_of(places, share.pixel);
  return cells;
}

std::int64_t weight_of(const Cell& cell) {
  std::int64_t sum = 0;
  for (const Share& share : cell) sum += share.weight;
  return sum;
}

/// The sum of a cell's rows, column by column, in two parts: rows that count in
/// full, as most do, of which 16 bits hold the sum of 257, and others.
class ColumnSums {
 public:
  explicit ColumnSums(std::size_t size) : full_(size), rest_(size) {}

  /// `image`: its rows are size() long. A row counts in full where its weight
  /// is `whole`.
  void add(const Image& image, const Cell& cell, std::uint32_t whole) {
    std::fill(full_.begin(), full_.end(), std::uint16_t{0});
    std::fill(rest_.begin(), rest_.end(), 0U);
    for (const Share& share : cell) {
      const std::uint8_t* row = image.rgb.data() + share.pixel * full_.size();
      if (share.weight == whole)
        for (std::size_t i = 0; i < full_.size(); ++i)
          full_[i] = static_cast<std::uint16_t>(full_[i] + row[i]);
      else
        for (std::size_t i = 0; i < rest_.size(); ++i)
          rest_[i] += row[i] * share.weight;
    }
    for (std::size_t i = 0; i < rest_.size(); ++i) rest_[i] += full_[i] * whole;
  }

  const std::vector<std::uint32_t>& sums() const { return rest_; }

 private:
  std::vector<std::uint16_t> full_;
  std::vector<std::uint32_t> rest_;
};

std::uint32_t full_weight(std::size_t side) {
  return side <= kPlaces ? kCells : 2;
}

using Cells = std::array<std::array<std::int64_t, kCells>, kCells>;

/// Luma in steps of 1 / kCellSteps.
Cells average(const Image& image, const std::vector<Cell>& down,
              const std::vector<Cell>& across) {
  const std::size_t row_bytes = image.width * kChannels;
  const std::int64_t weight =
      weight_of(down[0]) * weight_of(across[0]) * kLumaParts;
  ColumnSums columns(row_bytes);
  Cells cells;
  for (std::size_t y = 0; y < kCells; ++y) {
    columns.add(image, down[y], full_weight(image.height));
    const std::vector<std::uint32_t>& sums = columns.sums();
    for (std::size_t x = 0; x < kCells; ++x) {
      // Below 2^27: 512 in each direction, and 255.
      std::array<std::uint32_t, kChannels> channels = {};
      for (const Share& share : across[x])
        for (std::size_t c = 0; c < kChannels; ++c)
          channels[c] += share.weight * sums[share.pixel * kChannels + c];
      std::int64_t luma = 0;
      for (std::size_t c = 0; c < kChannels; ++c)
        luma += kLuma[c] * std::int64_t{channels[c]};
      cells[y][x] = luma * kCellSteps / weight;
    }
  }
  return cells;
}

/// Whether the cells deviate from their mean by less than kLeastDeviation.
bool is_flat(const Cells& cells) {
  constexpr std::int64_t kCount = kCells * kCells;
  std::int64_t sum = 0;
  std::int64_t squares = 0;
  for (const auto& row : cells)
    for (const std::int64_t cell : row) {
      sum += cell;
      squares += cell * cell;
    }
  return kCount * squares - sum * sum <
         kCount * kCount * kLeastDeviation * kLeastDeviation;
}

using Cosines = std::array<std::array<std::int64_t, kCells>, kFrequencies>;

/// cos(pi (2 i + 1) k / 64) in steps of 2^-14. The second half mirrors the
/// first to the bit, whatever the library's cosine does.
Cosines make_cosines() {
  constexpr double kPi = 3.14159265358979323846;
  constexpr double kOne = 1 << 14;
  Cosines cosines = {};
  for (std::size_t k = 0; k < kFrequencies; ++k)
    for (std::size_t i = 0; i < kCells / 2; ++i) {
      const auto angle = static_cast<double>((2 * i + 1) * k);
      cosines[k][i] = std::lround(kOne * std::cos(kPi * angle / (2 * kCells)));
      cosines[k][kCells - 1 - i] = k % 2 == 0 ? cosines[k][i] : -cosines[k][i];
    }
  return cosines;
}

using Coefficients =
    std::array<std::array<std::int64_t, kFrequencies>, kFrequencies>;

/// Below 2^54: 32 x 32 cells of 16 bits, and two cosines of 14.
Coefficients transform(const Cells& cells) {
  static const Cosines cosines = make_cosines();
  Coefficients coefficients = {};
  for (std::size_t y = 0; y < kCells; ++y)
    for (std::size_t u = 0; u < kFrequencies; ++u) {
      std::int64_t sum = 0;
      for (std::size_t x = 0; x < kCells; ++x)
        sum += cells[y][x] * cosines[u][x];
      for (std::size_t v = 0; v < kFrequencies; ++v)
        coefficients[v][u] += sum * cosines[v][y];
    }
  return coefficients;
}

constexpr std::uint64_t kOddColumns = 0xAAAAAAAAAAAAAAAA;
constexpr std::uint64_t kOddRows = 0xFF00FF00FF00FF00;

std::uint64_t transposed(std::uint64_t hash) {
  std::uint64_t result = 0;
  for (int v = 0; v < 8; ++v)
    for (int u = 0; u < 8; ++u)
      result |= (hash >> (8 * u + v) & 1U) << (8 * v + u);
  return result;
}

std::optional<std::uint64_t> hash_of(const Cells& cells) {
  if (is_flat(cells)) return std::nullopt;
  const Coefficients coefficients = transform(cells);
  std::uint64_t hash = coefficients[8][8] > 0 ? 1 : 0;
  for (std::size_t bit = 1; bit < 64; ++bit)
    if (coefficients[bit / 8][bit % 8] > 0) hash |= std::uint64_t{1} << bit;
  return hash;
}

}  // namespace

std::optional<std::uint64_t> perceptual_hash(const Image& image) {
  return hash_of(average(image, cells_of(image.height), cells_of(image.width)));
}

PixelGrid hash_grid(std::size_t width, std::size_t height) {
  return {places_of(height), places_of(width)};
}

std::optional<std::uint64_t> perceptual_hash(const Image& picked,
                                             std::size_t width,
                                             std::size_t height) {
  return hash_of(average(picked, picked_cells(height), picked_cells(width)));
}

std::uint64_t turned_hash(std::uint64_t hash, int orientation) {
  const bool columns_back = orientation == 2 || orientation == 3 ||
                            orientation == 7 || orientation == 8;
  const bool rows_back = orientation == 3 || orientation == 4 ||
                         orientation == 6 || orientation == 7;
  if (columns_back) hash ^= kOddColumns;
  if (rows_back) hash ^= kOddRows;
  return orientation >= 5 ? transposed(hash) : hash;
}

int hash_distance(std::uint64_t a, std::uint64_t b) {
  return static_cast<int>(std::bitset<64>(a ^ b).count());
}

}  // namespace imsearch
