// What torch.save writes, for tests: state dicts in both containers, made with
// pickle_writer.h and zip_writer.h.
#pragma once

#include "weights/pickle_writer.h"
#include "weights/weights.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace imsearch::test {

struct SavedStorage {
  std::string key;
  std::string type;  // "FloatStorage"
  std::uint64_t elements = 0;
  std::string bytes;
};

/// `elements` float32, of the values given.
SavedStorage float_storage(const std::string& key,
                           const std::vector<float>& values);

struct SavedView {
  std::int64_t offset = 0;
  std::vector<std::int64_t> shape;
  std::vector<std::int64_t> stride;
};

/// The reference to a storage, and a call that makes a tensor of it.
std::string storage_id(const SavedStorage& storage);
std::string tensor(const SavedStorage& storage, const SavedView& view);

/// A tensor that is all of its storage, row-major.
std::string whole(const SavedStorage& storage,
                  const std::vector<std::int64_t>& shape);

enum class Container { kZip, kLegacy };

/// A file of `value` (no protocol, no stop) and the storages it refers to.
std::string torch_file(Container container, const std::string& value,
                       const std::vector<SavedStorage>& storages);

/// A state dict of `tensors` as float32, as model.state_dict() gives it, with
/// counts of batches that nobody wants.
std::string torch_weights(Container container,
                          const std::map<std::string, WeightTensor>& tensors,
                          const std::string& prefix = "");

}  // namespace imsearch::test
