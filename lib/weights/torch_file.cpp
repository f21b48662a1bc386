#include "weights/torch_file.h"

#include "base/error.h"
#include "weights/half.h"

#include <string_view>

namespace imsearch {
namespace {

/// Calls `body`, and puts the path before the text of what it throws.
template <typename Body>
auto naming(const std::string& path, const Body& body) {
  try {
    return body();
  } catch (const Error& e) {
    fail("{}: {}", path, e.what());
  }
}

std::unique_ptr<TorchContainer> open_container(const MappedFile& file) {
  const std::string_view bytes(reinterpret_cast<const char*>(file.data()),
                               file.size());
  if (bytes.substr(0, kTorchZipMagic.size()) == kTorchZipMagic)
    return open_torch_zip(bytes);
  if (bytes.substr(0, kTorchLegacyMagic.size()) == kTorchLegacyMagic)
    return open_torch_legacy(bytes);
  fail("not written by torch.save");
}

/// The tensor's elements, row-major, out of those of its storage.
template <typename T>
std::vector<float> gather(const TorchTensor& tensor, std::string_view storage) {
  std::size_t count = 1;
  for (const std::size_t extent : tensor.shape) count *= extent;
  std::vector<float> values(count);
  std::vector<std::size_t> index(tensor.shape.size());
  std::uint64_t at = tensor.offset;
  for (float& value : values) {
    value = float_at<T>(storage.data(), at);
    for (std::size_t axis = index.size(); axis-- > 0;) {
      at += tensor.stride[axis];
      if (++index[axis] < tensor.shape[axis]) break;
      at -= tensor.stride[axis] * tensor.shape[axis];
      index[axis] = 0;
    }
  }
  return values;
}

}  // namespace

TorchFile::TorchFile(const std::string& path) : file_(path) {
  naming(path, [&] {
    container_ = open_container(file_);
    tensors_ = torch_tensors(container_->object(), container_->storages());
  });
}

std::vector<float> TorchFile::floats(const std::string& name) const {
  const auto found = tensors_.find(name);
  if (found == tensors_.end()) fail("{}: no tensor {}", path(), name);
  const TorchTensor& tensor = found->second;
  return naming(path() + ": " + name, [&] {
    const TorchDtype& dtype = *container_->storages().at(tensor.storage).dtype;
    const std::string_view storage = container_->read(tensor.storage);
    switch (dtype.kind) {
      case TorchDtype::Kind::kFloat32:
        return gather<float>(tensor, storage);
      case TorchDtype::Kind::kFloat64:
        return gather<double>(tensor, storage);
      case TorchDtype::Kind::kFloat16:
        return gather<Half>(tensor, storage);
      case TorchDtype::Kind::kBfloat16:
        return gather<Bfloat16>(tensor, storage);
      case TorchDtype::Kind::kOther:
        break;
    }
    fail("{}, expected floating point numbers", dtype.storage);
  });
}

}  // namespace imsearch
