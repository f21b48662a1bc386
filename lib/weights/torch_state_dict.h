// What torch.save wrote of a state dict, as far as the pickle tells: the names,
// shapes and places of tensors. The numbers lie in storages outside of it.
// Source: PyTorch 1.13, torch/serialization.py and torch/_utils.py.
#pragma once

#include "weights/pickle.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace imsearch {

/// The type of a storage's elements.
struct TorchDtype {
  enum class Kind { kFloat64, kFloat32, kFloat16, kBfloat16, kOther };
  std::string_view storage;  // its class: "torch.FloatStorage"
  Kind kind;
  std::size_t bytes;  // of an element
};

/// A run of elements that tensors are views of.
struct TorchStorage {
  const TorchDtype* dtype = nullptr;
  std::uint64_t elements = 0;

  /// Throws Error if that is more than 2^64.
  std::uint64_t size_bytes() const;
};

struct TorchTensor {
  std::vector<std::size_t> shape;
  std::vector<std::uint64_t> stride;  // in elements
  std::uint64_t offset = 0;           // in elements
  std::string_view storage;           // its key
};

/// By key, a view of the pickle's bytes.
using TorchStorages = std::map<std::string_view, TorchStorage>;

/// The names that a state dict's pickle may use, for Pickle.
const std::vector<std::string_view>& torch_globals();

/// All storages that the pickle speaks of, by key. Throws Error if two speak
/// differently of one.
TorchStorages torch_storages(const Pickle& pickle);

/// The tensors of a dict, or of the one that it holds as "state_dict" or
/// "model", as training scripts save it; "module." before a name, which
/// DataParallel puts there, is left out. What is not a tensor is passed over.
/// Every tensor lies within its storage and has no more elements than it.
/// Throws Error naming the tensor.
std::map<std::string, TorchTensor> torch_tensors(const Pickle& pickle,
                                                 const TorchStorages& storages);

}  // namespace imsearch
