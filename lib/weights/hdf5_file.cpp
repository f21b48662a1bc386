// Just enough of HDF5 for a Keras weights file, by the HDF5 library, with its
// error stack turned into one line. The library has identifiers instead of
// objects, each of which must be given back by a function of its own kind: a
// Handle does that. Sizes that the file states are checked before memory is
// taken for them.
#include "weights/hdf5_file.h"

#include "base/error.h"

#include <hdf5.h>

#include <algorithm>
#include <utility>

namespace imsearch {
namespace {

/// An HDF5 identifier and the function that gives it back.
class Handle {
 public:
  Handle(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {}
  ~Handle() {
    if (id_ >= 0) close_(id_);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  bool ok() const { return id_ >= 0; }
  hid_t id() const { return id_; }

 private:
  hid_t id_;
  herr_t (*close_)(hid_t);
};

/// HDF5 prints its error stack on stderr unless told not to.
void silence() {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

herr_t keep_text(unsigned, const H5E_error2_t* error, void* text) {
  if (error->desc != nullptr) *static_cast<std::string*>(text) = error->desc;
  return 0;
}

/// The innermost entry of the error stack: what really went wrong.
std::string last_reason() {
  std::string text = "unreadable";
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_DOWNWARD, keep_text, &text);
  return text;
}

/// A string of fixed length ends at its first NUL, or has none and fills its
/// room.
std::string trimmed(const char* bytes, std::size_t size) {
  const std::string text(bytes, size);
  return text.substr(0, text.find('\0'));
}

// A list of strings is one block of equal size, padded with NUL, or a list of
// pointers that HDF5 allocates. h5py has written either, depending on its
// version.
std::vector<std::string> read_fixed(hid_t attribute, hid_t type,
                                    std::size_t count) {
  const std::size_t size = H5Tget_size(type);
  std::string bytes(count * size, '\0');
  std::vector<std::string> texts;
  if (H5Aread(attribute, type, bytes.data()) < 0) return texts;
  for (std::size_t i = 0; i < count; ++i)
    texts.push_back(trimmed(bytes.data() + i * size, size));
  return texts;
}

std::vector<std::string> read_variable(hid_t attribute, hid_t type, hid_t space,
                                       std::size_t count) {
  std::vector<char*> pointers(count, nullptr);
  std::vector<std::string> texts;
  if (H5Aread(attribute, type, pointers.data()) < 0) return texts;
  for (const char* text : pointers) texts.emplace_back(text ? text : "");
  // The strings are HDF5's: it frees them.
  H5Dvlen_reclaim(type, space, H5P_DEFAULT, pointers.data());
  return texts;
}

}  // namespace

Hdf5File::Hdf5File(const std::string& path) : path_(path) {
  silence();
  file_ = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  if (file_ < 0) fail("{}: broken HDF5: {}", path, last_reason());
}

Hdf5File::~Hdf5File() {
  if (file_ >= 0) H5Fclose(file_);
}

void Hdf5File::fail_at(const std::string& object) const {
  fail("{}: broken HDF5: {}: {}", path_, object, last_reason());
}

bool Hdf5File::has_attribute(const std::string& group,
                             const std::string& name) const {
  // H5Aexists_by_name() fails, with an error, where the group itself is
  // missing.
  if (group != "/" && H5Lexists(file_, group.c_str(), H5P_DEFAULT) <= 0)
    return false;
  return H5Aexists_by_name(file_, group.c_str(), name.c_str(), H5P_DEFAULT) > 0;
}

std::vector<std::string> Hdf5File::strings(const std::string& group,
                                           const std::string& name,
                                           std::size_t max_count,
                                           std::size_t max_bytes) const {
  const std::string object = group + " " + name;
  const Handle attribute(H5Aopen_by_name(file_, group.c_str(), name.c_str(),
                                         H5P_DEFAULT, H5P_DEFAULT),
                         H5Aclose);
  if (!attribute.ok()) fail_at(object);
  const Handle type(H5Aget_type(attribute.id()), H5Tclose);
  const Handle space(H5Aget_space(attribute.id()), H5Sclose);
  if (!type.ok() || !space.ok()) fail_at(object);
  const hssize_t count = H5Sget_simple_extent_npoints(space.id());
  if (H5Tget_class(type.id()) != H5T_STRING || count < 0 ||
      static_cast<std::size_t>(count) > max_count)
    fail("{}: {} is not a list of at most {} names", path_, object, max_count);
  const auto size = static_cast<std::size_t>(count);
  // Strings of fixed length are read into one buffer of that size times their
  // number; those of variable length HDF5 allocates, within the child's memory.
  const bool variable = H5Tis_variable_str(type.id()) > 0;
  if (!variable && H5Tget_size(type.id()) > max_bytes)
    fail("{}: {} has names of {} bytes, at most {} are expected", path_, object,
         H5Tget_size(type.id()), max_bytes);
  std::vector<std::string> texts =
      variable ? read_variable(attribute.id(), type.id(), space.id(), size)
               : read_fixed(attribute.id(), type.id(), size);
  if (texts.size() != size) fail_at(object);
  return texts;
}

std::vector<std::size_t> Hdf5File::shape(const std::string& dataset) const {
  const Handle data(H5Dopen2(file_, dataset.c_str(), H5P_DEFAULT), H5Dclose);
  if (!data.ok()) fail_at(dataset);
  const Handle type(H5Dget_type(data.id()), H5Tclose);
  if (H5Tget_class(type.id()) != H5T_FLOAT)
    fail("{}: {}: no floating point numbers", path_, dataset);
  const Handle space(H5Dget_space(data.id()), H5Sclose);
  const int rank = H5Sget_simple_extent_ndims(space.id());
  if (rank < 0) fail_at(dataset);
  std::vector<hsize_t> extents(static_cast<std::size_t>(rank));
  if (H5Sget_simple_extent_dims(space.id(), extents.data(), nullptr) < 0)
    fail_at(dataset);
  return {extents.begin(), extents.end()};
}

std::vector<float> Hdf5File::floats(const std::string& dataset,
                                    std::size_t count) const {
  const Handle data(H5Dopen2(file_, dataset.c_str(), H5P_DEFAULT), H5Dclose);
  if (!data.ok()) fail_at(dataset);
  const Handle space(H5Dget_space(data.id()), H5Sclose);
  // The caller has compared the shape, but only what is read here counts: the
  // buffer is as large as `count`.
  const hssize_t present = H5Sget_simple_extent_npoints(space.id());
  if (present < 0 || static_cast<std::size_t>(present) != count)
    fail("{}: {}: {} values, expected {}", path_, dataset, present, count);
  std::vector<float> values(count);
  if (H5Dread(data.id(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT,
              values.data()) < 0)
    fail_at(dataset);
  return values;
}

}  // namespace imsearch
