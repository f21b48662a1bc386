// Which members of archives are meant as photos, and what is left aside: by the
// rules for files below folders (io/input_sieve.h). Data sets for training have
// texts beside their images, and archives hold links and other archives; they
// are counted by kind, for one line at the end, however many archives there
// are.
#pragma once

#include "archive/archive_file.h"

#include "io/input_sieve.h"

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace imsearch {

/// One thread at a time.
class MemberSieve {
 public:
  explicit MemberSieve(const InputRules& rules);

  /// Said once an archive is begun, for what is told at the end.
  void begin(const std::string& archive);
  /// Whether the member is an image by its name, or without an ending by its
  /// content, of which `beginning` gives the first 64 bytes. Counts what is
  /// not.
  bool takes(const std::string& archive, const Member& member,
             const std::function<std::string()>& beginning);
  /// One more member of a name that came before.
  void count_repeated() { ++repeated_; }

  /// For people, a line each, as those of ExpandedInputs (io/glob.h).
  std::vector<std::string> warnings() const;
  std::vector<std::string> remarks() const;

 private:
  std::string label() const;

  InputSieve sieve_;
  std::string first_;  // archive
  std::size_t archives_ = 0;
  std::map<std::string, std::size_t> others_;  // by ending
  std::size_t links_ = 0;
  std::size_t special_ = 0;
  std::size_t repeated_ = 0;
  std::size_t nested_ = 0;
};

}  // namespace imsearch
