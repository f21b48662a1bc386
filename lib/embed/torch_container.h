// The two containers that torch.save writes: where the pickle and the storages
// lie in the file.
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

#include "embed/torch_state_dict.h"

#include <memory>
#include <string_view>

namespace imsearch {

/// What a file that torch.save wrote begins with.
inline constexpr std::string_view kTorchZipMagic{"PK\x03\x04", 4};
inline constexpr std::string_view kTorchLegacyMagic{
    "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19\x2e", 15};

/// One thread at a time. Every function throws Error without the file's name.
class TorchContainer {
 public:
  virtual ~TorchContainer() = default;

  /// The saved object. Valid as long as this.
  virtual const Pickle& object() const = 0;

  /// torch_storages(object()).
  virtual const TorchStorages& storages() const = 0;

  /// The elements of one of them, all of them. Valid until the next call.
  virtual std::string_view read(std::string_view key) = 0;
};

/// Open what `bytes` holds, which must outlive it (torch_zip.cpp,
/// torch_legacy.cpp).
std::unique_ptr<TorchContainer> open_torch_zip(std::string_view bytes);
std::unique_ptr<TorchContainer> open_torch_legacy(std::string_view bytes);

}  // namespace imsearch
