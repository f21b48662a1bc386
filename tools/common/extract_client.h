// One image to a feature row, by the tool `extract` in another process: only
// that process pays for the network's libraries.
#pragma once

#include "common/model_options.h"
#include "common/serve_frame.h"

#include "base/error.h"
#include "io/descriptor.h"
#include "io/sidecar.h"

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace imsearch {

/// The process is gone, so no later image can be answered either.
struct ExtractDied : Error {
  using Error::Error;
};

/// It was ended, because it took too long.
struct ExtractLate : ExtractDied {
  using ExtractDied::ExtractDied;
};

/// extract's own reason for not serving: weights that are missing or broken.
struct NoModel : Error {
  using Error::Error;
};

/// A running `extract --serve`, the sibling of this tool, over a socket. One
/// thread at a time. A process that dies is an error, never a signal to us.
class ExtractClient {
 public:
  /// Starts it with this model; `threads` 0: all CPUs. Throws NoModel if it
  /// cannot serve, Error if the tool itself is missing.
  explicit ExtractClient(const ModelOptions& model, unsigned threads = 1);
  /// Ends it at once.
  ~ExtractClient();
  ExtractClient(const ExtractClient&) = delete;
  ExtractClient& operator=(const ExtractClient&) = delete;

  /// Floats of a row.
  std::size_t dim() const { return hello_.dim; }
  /// Which weights it uses: compare with the model of the index.
  const ModelIdentity& model() const { return hello_.model; }

  /// The feature of one image, dim() floats, not normalised. Throws Error with
  /// the reason alone for a bad image (the next may be good), ExtractDied when
  /// the process is gone, Interrupted on a SIGINT while it waits.
  std::vector<float> embed(const std::string& path);

  /// From now on an image that takes longer ends the process: ExtractLate.
  void set_patience(std::chrono::seconds patience);

  /// embed() in two halves, so that several images are worked on at a time:
  /// receive() answers the submitted paths in their order. At most
  /// kMaxSubmitted may be unanswered: more could block both sides.
  void submit(const std::string& path);
  std::vector<float> receive();

  static constexpr std::size_t kMaxSubmitted = 16;

 private:
  /// Ends the process and waits for that, whatever throws in the constructor.
  class Child {
   public:
    explicit Child(const std::vector<std::string>& command);
    ~Child();
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    int socket() const { return socket_.get(); }
    /// Waits for a process that has closed its end: "exit code 1", "signal 9".
    std::string ending();
    /// Ends it.
    void kill();

   private:
    Descriptor socket_;
    pid_t process_ = -1;
  };

  ServeFrame read_frame();
  void read_exactly(char* to, std::size_t size_bytes);
  [[noreturn]] void fail_died();
  [[noreturn]] void fail_late();

  Child child_;
  Sidecar hello_;
};

}  // namespace imsearch
