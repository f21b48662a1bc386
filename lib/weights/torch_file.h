// A file that PyTorch's torch.save wrote: named tensors (.pth, .pt), in one of
// two containers, which say where the pickle and the storages (the numbers that
// tensors are views of) lie in the file.
//
//   zip     NAME/data.pkl, NAME/data/KEY for each storage, NAME/byteorder from
//           PyTorch 2.1 on; NAME is any folder. The default since 1.6 (2020).
//   legacy  five pickles end to end (a magic number, the version, the machine,
//           the object, the list of keys), then for each key an int64 count of
//           elements and the elements.
//
// All numbers are little-endian. Sources: PyTorch 1.13,
// torch/serialization.py, caffe2/serialize/inline_container.cc.
#pragma once

#include "io/mapped_file.h"
#include "weights/torch_state_dict.h"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace imsearch {

/// What a file that torch.save wrote begins with.
inline constexpr std::string_view kTorchZipMagic{"PK\x03\x04", 4};
inline constexpr std::string_view kTorchLegacyMagic{
    "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19\x2e", 15};

class TorchContainer;  // where the parts of one lie (torch_file.cpp)

/// A read-only file with a state dict, in either container.
/// Nothing that the file says is run, and what is not of a state dict is
/// refused by its name (pickle.h). Whatever it holds, reading it takes memory
/// in proportion to its size. One thread at a time.
class TorchFile {
 public:
  /// Throws Error naming the file and what is wrong in it.
  explicit TorchFile(const std::string& path);
  ~TorchFile();

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
