// What a library in C++ must do to be compared by scripts/compare/peers.sh. The
// command line and what is printed are those of peer.py, which describes them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace peers {

inline constexpr std::size_t kDim = PEERS_DIM;  // from the compiler's command
inline constexpr std::size_t kTop = 10;

/// An index of one library. Rows and queries are unit vectors, kDim floats
/// each.
class Engine {
 public:
  virtual ~Engine() = default;

  virtual void build(const std::vector<float>& rows, int threads) = 0;
  virtual void save(const std::string& path) const = 0;
  virtual void load(const std::string& path) = 0;

  /// Candidates kept while searching; exact search has none.
  virtual void set_ef(std::size_t ef) = 0;

  /// The kTop rows nearest to `query` into `ids`, on one thread.
  virtual void search(const float* query, std::int64_t* ids) = 0;

  /// The same for `count` queries in one call; false where there is no such
  /// call.
  virtual bool search_all(const float* queries, std::size_t count,
                          std::int64_t* ids) = 0;
};

/// The engine of that name; nullptr if there is none. Each library defines it.
std::unique_ptr<Engine> make_engine(const std::string& name);

}  // namespace peers
