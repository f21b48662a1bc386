// Pictures that clients send, as vectors. The network runs in programs of their
// own, `extract --serve`, which stay: a picture that a decoder chokes on takes
// one of them along, not the service.
#pragma once

#include "common/extract_client.h"
#include "io/sidecar.h"
#include "protocol/opened_index.h"

#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imsearch {

/// Any thread. Starts a program for each thread that needs one at a time.
class Photos {
 public:
  /// An image that takes longer is given up.
  static constexpr std::chrono::seconds kPatience{30};
  /// Bytes and pixels of a picture.
  static constexpr std::size_t kMostBytes = std::size_t{32} << 20;
  static constexpr std::size_t kMostPixels = 100'000'000;

  /// Where the weights or the module are; empty: where the index says.
  /// `networks`: programs of so many networks are kept.
  Photos(std::string weights, std::string model, std::size_t networks)
      : weights_(std::move(weights)),
        model_(std::move(model)),
        networks_(networks) {}

  /// The feature of an image by the network that made the index. Throws
  /// RequestError: no image (400), too many pixels (413); Error: no network.
  std::vector<float> feature(const OpenedIndex& opened, std::string_view image);

 private:
  struct Program {
    ModelIdentity model;  // what it runs: the index's
    std::unique_ptr<ExtractClient> client;
  };

  std::optional<Program> take_idle(const ModelIdentity& model);
  Program start(const OpenedIndex& opened) const;
  std::vector<float> feature_by(Program program, const std::string& path);
  void give_back(Program program);
  void forget_old_networks();

  std::string weights_;
  std::string model_;
  std::size_t networks_;
  std::mutex mutex_;
  std::vector<Program> idle_;  // the one used last at the end
};

}  // namespace imsearch
