// A file that PyTorch's torch.save wrote: named tensors (.pth, .pt).
#pragma once

#include "embed/torch_container.h"
#include "io/mapped_file.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace imsearch {

/// A read-only file with a state dict, in either container (torch_container.h).
/// Nothing that the file says is run, and what is not of a state dict is
/// refused by its name (pickle.h). Whatever it holds, reading it takes memory
/// in proportion to its size. One thread at a time.
class TorchFile {
 public:
  /// Throws Error naming the file and what is wrong in it.
  explicit TorchFile(const std::string& path);

  const std::map<std::string, TorchTensor>& entries() const { return tensors_; }
  const std::string& path() const { return file_.path(); }

  /// The tensor as float32, row-major, whatever its strides. Throws Error if
  /// it is not there, is not of float32, float16, bfloat16 or float64, or its
  /// storage is damaged.
  std::vector<float> floats(const std::string& name) const;

 private:
  MappedFile file_;
  std::unique_ptr<TorchContainer> container_;
  std::map<std::string, TorchTensor> tensors_;
};

}  // namespace imsearch
