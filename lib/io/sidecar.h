// fvecs.bin.json: what the vectors beside it are.
//
// Optional. Without it dim comes from --dim, the model is unknown, and nothing
// tells that rows are missing. The index keeps the same object, without what is
// about one file: rows, list and shard. Specification: man/imsearch-formats.5.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace imsearch {

/// ModelIdentity::precision of 8-bit integers.
inline constexpr const char* kInt8Precision = "int8";

/// Which network made the vectors, from which pixels. All empty: unknown.
struct ModelIdentity {
  std::string architecture;    // "mobilenet_v2", "torchscript"
  std::string variant;         // "keras", "torchvision"
  std::string weights;         // the file's name, for people
  std::string weights_sha256;  // 64 hex digits: what identity is judged by
  std::size_t input_size = 0;  // pixels, square
  std::string preprocessing;   // "squash-bilinear-tf x/127.5-1"
  bool exif = false;           // images were first turned as EXIF says
  /// Where the weights' or the module's file was, absolute: a hint for finding
  /// it again, which holds only where the file has weights_sha256. Empty: not
  /// known, as in what older versions wrote.
  std::string weights_path = {};
  /// "int8" where the network ran in 8-bit integers; empty: in float32.
  std::string precision = {};

  bool known() const { return !weights_sha256.empty(); }
};

/// Equal as far as both are known: same weights, pixels and precision, wherever
/// the weights lie.
bool same_model(const ModelIdentity& a, const ModelIdentity& b);

/// "mobilenet_v2 keras weights.h5 (sha256 0123456789ab)", then ", images turned
/// by EXIF" if they are, and ", in int8" if they were; or "unknown model".
std::string describe(const ModelIdentity& model);

/// describe(), with ", in float32" where `other` is told to be in int8: what
/// sets them apart is then said of both.
std::string describe_beside(const ModelIdentity& other,
                            const ModelIdentity& model);

/// The first digits of a hash, for people.
std::string short_sha256(const std::string& sha256);

/// The list of images that one run of extract was given, good and bad ones: of
/// a shard, the whole list.
struct ImageListId {
  std::size_t images = 0;
  std::uint64_t checksum = 0;  // XXH3 of the names, each ended by NUL
};

bool operator==(const ImageListId& a, const ImageListId& b);
bool operator!=(const ImageListId& a, const ImageListId& b);

/// Which part of a list: shard `index`, from 1, of `count`, at least 2.
struct ListPart {
  std::size_t index = 0;
  std::size_t count = 0;
};

/// Since when rows were only added to a file: all that has written to it from
/// the one modification time to the other is `extract --append`. By that,
/// whoever knew its rows at a time between the two knows them still. A file
/// that was last modified at another time has been written to by something
/// else, which may have changed any row.
struct AppendedRows {
  std::int64_t since_ns = 0;  // since 1970, as MappedFile's FileState
  std::int64_t until_ns = 0;
};

struct Sidecar {
  std::size_t dim = 0;
  ModelIdentity model;
  std::string tool_version;
  // Empty where they are not known: older versions wrote none of them.
  std::optional<std::size_t> rows = {};  // of the file
  std::optional<ImageListId> list = {};  // that all its rows are from
  std::optional<ListPart> shard = {};    // empty: rows of the whole list
  std::optional<AppendedRows> appended = {};
};

/// Whether rows alone were added to a file between those two times at which it
/// was last modified, as far as its sidecar says.
bool only_appended_between(const Sidecar& sidecar, std::int64_t then_ns,
                           std::int64_t now_ns);

/// "fvecs.bin" -> "fvecs.bin.json".
std::string sidecar_path(const std::string& vectors_path);

/// JSON text, ended by a newline; the same content gives the same bytes.
std::string to_json(const Sidecar& sidecar);
/// `where` names the text's origin in errors. Throws Error on malformed text,
/// also on a shard without its list.
Sidecar sidecar_from_json(const std::string& text, const std::string& where);

/// As sidecar_from_json(), of an object within other JSON that has been parsed
/// already: an index and a service keep a sidecar so.
Sidecar sidecar_in(const nlohmann::ordered_json& object,
                   const std::string& where);

/// The sidecar beside `vectors_path`, if there is one. Throws Error if it is
/// there and cannot be read.
std::optional<Sidecar> read_sidecar(const std::string& vectors_path);

}  // namespace imsearch
