// The part of HDF5 that Keras weights need: attributes that are lists of names,
// and datasets of numbers, by the HDF5 library, whose reasons become our
// errors. That library is no match for damaged files: keras.cpp calls this in a
// process of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace imsearch {

/// An HDF5 file, open for reading. HDF5 is not thread-safe: one thread at a
/// time in the whole process. Every function throws Error naming the file, the
/// object and HDF5's own reason; nothing is printed.
class Hdf5File {
 public:
  explicit Hdf5File(const std::string& path);
  ~Hdf5File();
  Hdf5File(const Hdf5File&) = delete;
  Hdf5File& operator=(const Hdf5File&) = delete;

  /// True if `group` ("/" for the root) is there and has this attribute.
  bool has_attribute(const std::string& group, const std::string& name) const;

  /// An attribute that is a list of strings, of fixed or variable length. At
  /// most `max_count` of at most `max_bytes` each.
  std::vector<std::string> strings(const std::string& group,
                                   const std::string& name,
                                   std::size_t max_count,
                                   std::size_t max_bytes) const;

  /// Extents of a dataset of floating point numbers.
  std::vector<std::size_t> shape(const std::string& dataset) const;

  /// Its values as float32, row-major. `count`: how many there must be.
  std::vector<float> floats(const std::string& dataset,
                            std::size_t count) const;

 private:
  [[noreturn]] void fail_at(const std::string& object) const;

  std::string path_;
  std::int64_t file_ = -1;  // hid_t, without HDF5's headers here
};

}  // namespace imsearch
