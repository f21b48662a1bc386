#include "cli/made_up.h"

#include <algorithm>
#include <random>

namespace imsearch::test {

std::string float_bytes(const std::vector<float>& values) {
  return {reinterpret_cast<const char*>(values.data()),
          values.size() * sizeof(float)};
}

std::string clustered_vectors(std::size_t rows, std::size_t dim,
                              unsigned seed) {
  constexpr std::size_t kClusters = 40;
  std::mt19937 random(seed);
  const auto next = [&] {
    return static_cast<float>(random() % 2000) / 1000.0F - 1.0F;
  };
  std::vector<float> centres(kClusters * dim);
  for (float& value : centres) value = next();
  std::vector<float> values(rows * dim);
  for (std::size_t i = 0; i < rows; ++i) {
    const std::size_t centre = random() % kClusters;
    for (std::size_t j = 0; j < dim; ++j)
      values[i * dim + j] = centres[centre * dim + j] + 0.7F * next();
  }
  return float_bytes(values);
}

std::string mixed_vectors(const std::string& bytes, std::size_t dim,
                          std::size_t count, unsigned seed) {
  std::vector<float> rows(bytes.size() / sizeof(float));
  std::copy_n(bytes.data(), bytes.size(), reinterpret_cast<char*>(rows.data()));
  std::mt19937 random(seed);
  const auto share = [&] {
    return static_cast<float>(random() % 1000) / 1000.0F;
  };
  std::vector<float> values(count * dim);
  for (std::size_t i = 0; i < count; ++i) {
    const float* a = rows.data() + random() % (rows.size() / dim) * dim;
    const float* b = rows.data() + random() % (rows.size() / dim) * dim;
    const float part = share();
    for (std::size_t j = 0; j < dim; ++j)
      values[i * dim + j] =
          (part * a[j] + (1 - part) * b[j]) * (0.9F + 0.2F * share());
  }
  return float_bytes(values);
}

std::string numbered_names(std::size_t count, const std::string& prefix,
                           char end) {
  std::string names;
  for (std::size_t i = 0; i < count; ++i)
    names += prefix + std::to_string(i) + ".jpg" + end;
  return names;
}

}  // namespace imsearch::test
