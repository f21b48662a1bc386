#include "simd/guarded_buffer.h"
#include "simd/tables.h"

#include <doctest/doctest.h>

#include <cmath>
#include <random>
#include <utility>
#include <vector>

using imsearch::simd::Kernels;
using imsearch::test::GuardedBuffer;

namespace {

constexpr std::size_t kMaxLength = 1280;

/// 0 to 130 (all tails, several times round) and a real length.
std::vector<std::size_t> lengths() {
  std::vector<std::size_t> all;
  for (std::size_t n = 0; n <= 130; ++n) all.push_back(n);
  all.push_back(kMaxLength);
  return all;
}

std::vector<float> random_floats(std::size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> distribution(-1, 1);
  std::vector<float> values(count);
  for (float& value : values) value = distribution(random);
  return values;
}

std::vector<std::int8_t> random_bytes(std::size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_int_distribution<int> distribution(-128, 127);
  std::vector<std::int8_t> values(count);
  for (auto& value : values)
    value = static_cast<std::int8_t>(distribution(random));
  return values;
}

/// The order of summation that kernels.h states, written down once more.
float stated_dot(const float* a, const float* b, std::size_t n) {
  float lane[16] = {};
  for (std::size_t i = 0; i < n; ++i)
    lane[i % 16] = std::fma(a[i], b[i], lane[i % 16]);
  for (const std::size_t distance : {8U, 4U, 2U, 1U})
    for (std::size_t j = 0; j < distance; ++j)
      lane[j] = lane[j] + lane[j + distance];
  return lane[0];
}

/// Equal as bits: 0 is not -0.
bool same_bits(float a, float b) {
  return a == b && std::signbit(a) == std::signbit(b);
}

template <typename Body>
void for_each_table(Body body) {
  for (auto table = imsearch::simd::supported(); *table != nullptr; ++table) {
    CAPTURE((*table)->name);
    body(**table);
  }
}

}  // namespace

TEST_SUITE("simd") {
  TEST_CASE("dot products are the same bits in every table") {
    const auto a = random_floats(kMaxLength + 3, 1);
    const auto b = random_floats(kMaxLength + 3, 2);
    for_each_table([&](const Kernels& table) {
      for (const std::size_t n : lengths())
        for (std::size_t offset = 0; offset <= 3; ++offset) {
          CAPTURE(n);
          CAPTURE(offset);
          const float* left = a.data() + offset;
          const float* right = b.data() + (3 - offset);
          CHECK(
              same_bits(table.dot(left, right, n), stated_dot(left, right, n)));
        }
    });
  }

  TEST_CASE("dot products are near the sum in double precision") {
    const auto a = random_floats(kMaxLength, 3);
    const auto b = random_floats(kMaxLength, 4);
    for_each_table([&](const Kernels& table) {
      for (const std::size_t n : lengths()) {
        CAPTURE(n);
        double sum = 0;
        for (std::size_t i = 0; i < n; ++i) sum += double{a[i]} * double{b[i]};
        CHECK(std::fabs(table.dot(a.data(), b.data(), n) - sum) <= 1e-5);
      }
    });
  }

  TEST_CASE("a sum of products that vanish keeps its sign in a tail") {
    // Each product rounds to -0, and so must the sum, whatever the tail.
    const std::vector<float> tiny(40, 1e-30F);
    const std::vector<float> negative(40, -1e-30F);
    for_each_table([&](const Kernels& table) {
      for (std::size_t n = 16; n <= 40; ++n) {
        CAPTURE(n);
        CHECK(same_bits(table.dot(tiny.data(), negative.data(), n), -0.0F));
      }
    });
  }

  TEST_CASE("distances from codes are the same bits in every table") {
    const auto a = random_floats(kMaxLength + 3, 21);
    std::vector<std::int8_t> code(kMaxLength + 3);
    for (std::size_t i = 0; i < code.size(); ++i)
      code[i] = static_cast<std::int8_t>((i * 37) % 255 - 127);
    const float scale = 0.013F;
    for_each_table([&](const Kernels& table) {
      for (const std::size_t n : lengths()) {
        CAPTURE(n);
        const float* left = a.data() + n % 4;
        const std::int8_t* right = code.data() + n % 3;
        float lanes[16] = {};
        double sum = 0;
        for (std::size_t i = 0; i < n; ++i) {
          const float difference =
              std::fma(-scale, static_cast<float>(right[i]), left[i]);
          lanes[i % 16] = std::fma(difference, difference, lanes[i % 16]);
          sum += std::pow(double{left[i]} - double{scale} * right[i], 2);
        }
        for (std::size_t far = 8; far > 0; far /= 2)
          for (std::size_t j = 0; j < far; ++j) lanes[j] += lanes[j + far];
        const float got = table.l2sq_code(left, right, scale, n);
        CHECK(same_bits(got, lanes[0]));
        CHECK(std::fabs(got - sum) <= 1e-5 * (1 + sum));
      }
    });
  }

  TEST_CASE("sums of a unit vector are those of its parts") {
    const auto row = random_floats(kMaxLength + 3, 22);
    const auto query = random_floats(kMaxLength + 3, 23);
    std::vector<std::int8_t> code(kMaxLength + 3);
    for (std::size_t i = 0; i < code.size(); ++i)
      code[i] = static_cast<std::int8_t>((i * 53) % 255 - 127);
    constexpr float kLength = 3.7F;
    constexpr float kScale = 0.013F;
    for_each_table([&](const Kernels& table) {
      for (const std::size_t n : lengths()) {
        CAPTURE(n);
        const float* values = row.data() + n % 4;
        const float* other = query.data() + n % 3;
        const std::int8_t* bytes = code.data() + n % 2;
        std::vector<float> unit(n);
        std::vector<float> decoded(n);
        for (std::size_t i = 0; i < n; ++i) {
          unit[i] = values[i] / kLength;
          decoded[i] = std::fma(-kScale, static_cast<float>(bytes[i]), unit[i]);
        }
        const auto got =
            table.unit_sums(values, kLength, other, bytes, kScale, n);
        CHECK(same_bits(got.square, stated_dot(unit.data(), unit.data(), n)));
        CHECK(same_bits(got.dot, stated_dot(unit.data(), other, n)));
        CHECK(same_bits(got.l2sq_code,
                        stated_dot(decoded.data(), decoded.data(), n)));
      }
    });
  }

  TEST_CASE("dot products of pairs are the single ones") {
    const auto a = random_floats(11 * kMaxLength, 14);
    const auto b = random_floats(11 * kMaxLength, 15);
    for_each_table([&](const Kernels& table) {
      for (const std::size_t n : lengths())
        for (const std::size_t count : {0U, 1U, 3U, 4U, 5U, 11U}) {
          std::vector<const float*> left;
          std::vector<const float*> right;
          for (std::size_t i = 0; i < count; ++i) {
            left.push_back(a.data() + i * 7);
            right.push_back(b.data() + (count - i) * 5);
          }
          std::vector<float> out(count + 1, 77);
          table.dot_pairs(left.data(), right.data(), count, n, out.data());
          bool same = out[count] == 77;
          for (std::size_t i = 0; i < count; ++i)
            same = same && same_bits(out[i], stated_dot(left[i], right[i], n));
          CAPTURE(n);
          CAPTURE(count);
          CHECK(same);
        }
    });
  }

  TEST_CASE("blocks of dot products are the single ones") {
    const auto queries = random_floats(9 * kMaxLength, 5);
    const auto rows = random_floats(11 * kMaxLength, 6);
    for_each_table([&](const Kernels& table) {
      for (const std::size_t n : {0U, 1U, 15U, 16U, 17U, 33U, 1280U})
        for (std::size_t q = 0; q <= 9; ++q)
          for (std::size_t r = 0; r <= 11; ++r) {
            std::vector<float> out(q * r + 1, 77);
            table.dot_block(queries.data(), q, rows.data(), r, n, out.data());
            bool same = out[q * r] == 77;  // nothing behind is written
            for (std::size_t i = 0; i < q * r; ++i)
              same = same &&
                     same_bits(out[i], stated_dot(queries.data() + i / r * n,
                                                  rows.data() + i % r * n, n));
            CAPTURE(n);
            CAPTURE(q);
            CAPTURE(r);
            CHECK(same);
          }
    });
  }

  TEST_CASE("division is correctly rounded, in place too") {
    const auto in = random_floats(kMaxLength + 1, 7);
    for_each_table([&](const Kernels& table) {
      for (const std::size_t n : lengths()) {
        std::vector<float> out(n + 1, 77);
        table.divide(in.data() + 1, 3, out.data(), n);
        bool same = out[n] == 77;
        for (std::size_t i = 0; i < n; ++i)
          same = same && same_bits(out[i], in[i + 1] / 3.0F);
        std::vector<float> self(in.begin() + 1,
                                in.begin() + 1 + std::ptrdiff_t(n));
        table.divide(self.data(), 3, self.data(), n);
        for (std::size_t i = 0; i < n; ++i)
          same = same && same_bits(self[i], out[i]);
        CAPTURE(n);
        CHECK(same);
      }
    });
  }

  TEST_CASE("integer dot products are exact") {
    const auto a = random_bytes(kMaxLength + 3, 8);
    const auto b = random_bytes(kMaxLength + 3, 9);
    for_each_table([&](const Kernels& table) {
      for (const std::size_t n : lengths())
        for (std::size_t offset = 0; offset <= 3; ++offset) {
          std::int32_t sum = 0;
          for (std::size_t i = 0; i < n; ++i)
            sum += a[offset + i] * b[3 - offset + i];
          CAPTURE(n);
          CHECK(table.dot_i8(a.data() + offset, b.data() + 3 - offset, n) ==
                sum);
        }
    });
  }

  TEST_CASE("integer dot products of several rows are those of each") {
    constexpr std::size_t kRows = 9;
    for (const std::size_t n : {64U, 128U, 1280U}) {
      const auto bytes = random_bytes((kRows + 1) * n, 14);
      GuardedBuffer<std::int8_t> left(n);
      GuardedBuffer<std::int8_t> right(kRows * n);
      const std::int8_t* a = left.fill(bytes.data(), n);
      for (std::size_t count = 0; count <= kRows; ++count) {
        const std::int8_t* rows = right.fill(bytes.data() + n, count * n);
        for_each_table([&](const Kernels& table) {
          CAPTURE(n);
          std::vector<std::int32_t> out(count + 1, 77);
          table.dot_i8_block(a, rows, n, count, out.data());
          for (std::size_t r = 0; r < count; ++r)
            CHECK(out[r] == table.dot_i8(a, rows + r * n, n));
          CHECK(out[count] == 77);
        });
      }
    }
  }

  TEST_CASE("distances of codes are exact, one or many, in any order") {
    const std::size_t kRows = 30;
    // Whole codes, and the last 64 values of longer ones.
    const std::pair<std::size_t, std::size_t> sizes[] = {
        {64, 64}, {128, 128}, {192, 192}, {1280, 1280}, {64, 128}, {64, 192}};
    for (const auto& size : sizes) {
      const std::size_t n = size.first;
      const std::size_t stride = size.second;
      const auto query = random_bytes(n, 12);
      GuardedBuffer<std::int8_t> codes(kRows * stride);
      const auto values = random_bytes(kRows * stride, 13);
      const std::int8_t* first =
          codes.fill(values.data(), values.size()) + (stride - n);
      std::vector<std::uint32_t> rows;
      std::vector<std::int32_t> expected;
      for (std::size_t i = 0; i < kRows; ++i) {
        rows.push_back(static_cast<std::uint32_t>(i * 7 % kRows));
        std::int32_t sum = 0;
        for (std::size_t j = 0; j < n; ++j) {
          const int difference = query[j] - first[rows[i] * stride + j];
          sum += difference * difference;
        }
        expected.push_back(sum);
      }
      for_each_table([&](const Kernels& table) {
        CAPTURE(n);
        for (std::size_t count = 0; count <= kRows; ++count) {
          std::vector<std::int32_t> out(count + 1, 77);
          table.l2sq_i8_rows(query.data(), first, n, stride, rows.data(), count,
                             out.data());
          CHECK(std::equal(out.begin(), out.end() - 1, expected.begin()));
          CHECK(out[count] == 77);
        }
        for (std::size_t i = 0; i < kRows; ++i)
          CHECK(table.l2sq_i8(query.data(), first + rows[i] * stride, n) ==
                expected[i]);
      });
    }
  }

  TEST_CASE("the largest integer dot product does not overflow") {
    const std::vector<std::int8_t> least(4 * 65536, -128);
    const std::vector<std::int8_t> most(4 * 65536, 127);
    for_each_table([&](const Kernels& table) {
      std::int32_t sums[4];
      table.dot_i8_block(most.data(), least.data(), 65536, 4, sums);
      for (const std::int32_t sum : sums) CHECK(sum == -65536 * 16256);
      table.dot_i8_block(least.data(), least.data(), 65536, 4, sums);
      for (const std::int32_t sum : sums) CHECK(sum == 65536 * 16384);
      CHECK(table.dot_i8(least.data(), least.data(), 65536) == 65536 * 16384);
      CHECK(table.dot_i8(least.data(), most.data(), 65536) == -65536 * 16256);
    });
  }

  TEST_CASE("nothing past the last value is read or written") {
    const auto a = random_floats(kMaxLength, 10);
    const auto bytes = random_bytes(kMaxLength, 11);
    GuardedBuffer<float> left(kMaxLength);
    GuardedBuffer<float> right(kMaxLength);
    GuardedBuffer<float> out(kMaxLength);
    GuardedBuffer<std::int8_t> left_bytes(kMaxLength);
    GuardedBuffer<std::int8_t> right_bytes(kMaxLength);
    for_each_table([&](const Kernels& table) {
      for (const std::size_t n : lengths()) {
        const float* x = left.fill(a.data(), n);
        const float* y = right.fill(a.data(), n);
        CHECK(same_bits(table.dot(x, y, n), stated_dot(x, y, n)));
        table.dot_block(x, 1, y, 1, n, out.last(1));
        table.divide(x, 2, out.last(n), n);
        const std::int8_t* c = left_bytes.fill(bytes.data(), n);
        const std::int8_t* d = right_bytes.fill(bytes.data(), n);
        CHECK(table.dot_i8(c, d, n) == table.dot_i8(bytes.data(), c, n));
      }
      const float* queries = left.fill(a.data(), 35);  // 5 of 7 values
      const float* rows = right.fill(a.data(), 42);    // 6 of 7 values
      table.dot_block(queries, 5, rows, 6, 7, out.last(30));
      CHECK(same_bits(out.last(1)[0], stated_dot(queries + 28, rows + 35, 7)));
    });
  }
}
