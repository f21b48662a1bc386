#include "weights/torch_files.h"

#include "weights/zip_writer.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace imsearch::test {
namespace {

Parts numbers(const std::vector<std::int64_t>& values) {
  Parts parts;
  for (const std::int64_t value : values) parts.push_back(number(value));
  return parts;
}

std::string zip_container(const std::string& value,
                          const std::vector<SavedStorage>& storages) {
  std::vector<ZipEntry> entries;
  entries.push_back({"archive/data.pkl", pickled(value)});
  entries.push_back({"archive/byteorder", "little"});
  for (const SavedStorage& storage : storages)
    entries.push_back({"archive/data/" + storage.key, storage.bytes});
  entries.push_back({"archive/version", "3\n"});
  return zip_of(entries);
}

std::string legacy_container(const std::string& value,
                             std::vector<SavedStorage> storages) {
  const auto before = [](const auto& a, const auto& b) {
    return a.key < b.key;
  };
  std::sort(storages.begin(), storages.end(), before);
  Parts keys;
  std::string contents;
  for (const SavedStorage& storage : storages) {
    keys.push_back(text(storage.key));
    contents += little(storage.elements, 8) + storage.bytes;
  }
  const std::string sizes = dict({text("short"), number(2), text("int"),
                                  number(4), text("long"), number(4)});
  return pickled("\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19") +
         pickled(number(1001)) +
         pickled(dict({text("protocol_version"), number(1001),
                       text("little_endian"), boolean(true), text("type_sizes"),
                       sizes})) +
         pickled(value) + pickled(list(keys)) + contents;
}

}  // namespace

SavedStorage float_storage(const std::string& key,
                           const std::vector<float>& values) {
  std::string bytes(values.size() * sizeof(float), '\0');
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return {key, "FloatStorage", values.size(), bytes};
}

std::string storage_id(const SavedStorage& storage) {
  return persistent(tuple(
      {text("storage"), global("torch", storage.type), text(storage.key),
       text("cpu"), number(static_cast<std::int64_t>(storage.elements))}));
}

std::string tensor(const SavedStorage& storage, const SavedView& view) {
  return call(
      global("torch._utils", "_rebuild_tensor_v2"),
      {storage_id(storage), number(view.offset), tuple(numbers(view.shape)),
       tuple(numbers(view.stride)), boolean(false), ordered_dict({})});
}

std::string whole(const SavedStorage& storage,
                  const std::vector<std::int64_t>& shape) {
  std::vector<std::int64_t> stride(shape.size());
  std::int64_t step = 1;
  for (std::size_t axis = shape.size(); axis-- > 0;) {
    stride[axis] = step;
    step *= shape[axis];
  }
  return tensor(storage, {0, shape, stride});
}

std::string torch_file(Container container, const std::string& value,
                       const std::vector<SavedStorage>& storages) {
  return container == Container::kZip ? zip_container(value, storages)
                                      : legacy_container(value, storages);
}

std::string torch_weights(Container container,
                          const std::map<std::string, WeightTensor>& tensors,
                          const std::string& prefix) {
  std::vector<SavedStorage> storages;
  Parts items;
  for (const auto& [name, weight] : tensors) {
    storages.push_back(
        float_storage(std::to_string(storages.size()), weight.values));
    items.push_back(text(prefix + name));
    items.push_back(
        whole(storages.back(), {weight.shape.begin(), weight.shape.end()}));
  }
  storages.push_back({std::to_string(storages.size()), "LongStorage", 1,
                      std::string(8, '\0')});
  items.push_back(text(prefix + "features.0.1.num_batches_tracked"));
  items.push_back(whole(storages.back(), {}));
  const std::string metadata =
      dict({text("_metadata"),
            ordered_dict({text(""), dict({text("version"), number(1)})})});
  return torch_file(container, built(ordered_dict(items), metadata), storages);
}

}  // namespace imsearch::test
