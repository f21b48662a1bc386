// Pictures that clients send, as vectors. The network runs in programs of their
// own, `extract --serve`, which stay: a picture that a decoder chokes on takes
// one of them along, not the service.
#pragma once

#include "common/extract_client.h"
#include "protocol/opened_index.h"

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace imsearch {

/// Any thread. Starts a program for each thread that needs one at a time.
class Photos {
 public:
  /// Bytes and pixels of a picture.
  static constexpr std::size_t kMostBytes = std::size_t{32} << 20;
  static constexpr std::size_t kMostPixels = 100'000'000;

  /// Where the weights or the module are; empty: where the index says.
  Photos(std::string weights, std::string model)
      : weights_(std::move(weights)), model_(std::move(model)) {}

  /// The feature of an image by the network that made the index. Throws
  /// RequestError: no image (400), too many pixels (413); Error: no network.
  std::vector<float> feature(const OpenedIndex& opened, std::string_view image);

 private:
  struct Program {
    std::string model;  // what it runs: describe() of the index's
    std::unique_ptr<ExtractClient> client;
  };

  Program borrow(const OpenedIndex& opened);
  void give_back(Program program);

  std::string weights_;
  std::string model_;
  std::mutex mutex_;
  std::vector<Program> idle_;
};

}  // namespace imsearch
