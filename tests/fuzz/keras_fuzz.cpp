// Any bytes are either an HDF5 file whose layers, as Keras names them, can be
// read, or make its reader throw Error. The library itself crashes on some, so
// it is asked in a process of its own, as read_keras_weights() does it; and
// once more here where that went well, so that the fuzzer sees which way it
// went.
#include "base/error.h"
#include "weights/hdf5_file.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace imsearch;
constexpr std::size_t kMaxNames = 20;
constexpr std::size_t kMaxNameBytes = 100;
constexpr std::size_t kMaxValues = 10'000;

/// A file with a name, which HDF5 insists on: one in memory alone has none.
class NamedFile {
 public:
  NamedFile() : path_(std::filesystem::temp_directory_path() / "fuzz-XXXXXX") {
    file_ = ::mkstemp(path_.data());
    if (file_ < 0) std::abort();
  }
  ~NamedFile() {
    ::close(file_);
    ::unlink(path_.c_str());
  }
  NamedFile(const NamedFile&) = delete;
  NamedFile& operator=(const NamedFile&) = delete;

  const std::string& holding(std::string_view bytes) const {
    if (::ftruncate(file_, 0) != 0 ||
        ::pwrite(file_, bytes.data(), bytes.size(), 0) !=
            static_cast<ssize_t>(bytes.size()))
      std::abort();
    return path_;
  }

 private:
  std::string path_;
  int file_;
};

template <typename Read>
void expect_value_or_error(const Read& read) {
  try {
    read();
  } catch (const Error&) {
    return;
  }
}

void read_floats(const Hdf5File& file, const std::string& dataset) {
  std::size_t count = 1;
  for (const std::size_t extent : file.shape(dataset)) {
    if (extent > kMaxValues) return;
    count *= extent;
    if (count > kMaxValues) return;
  }
  file.floats(dataset, count);
}

/// What the reader of weights does, of fewer layers.
void read_layers(const Hdf5File& file, const std::string& root) {
  if (!file.has_attribute(root, "layer_names")) return;
  for (const std::string& name :
       file.strings(root, "layer_names", kMaxNames, kMaxNameBytes))
    expect_value_or_error([&] {
      for (const std::string& weight :
           file.strings(root + name, "weight_names", kMaxNames, kMaxNameBytes))
        expect_value_or_error(
            [&] { read_floats(file, root + name + "/" + weight); });
    });
}

void read(const std::string& path) {
  expect_value_or_error([&] {
    const Hdf5File file(path);
    expect_value_or_error([&] { read_layers(file, "/"); });
    expect_value_or_error([&] { read_layers(file, "/model_weights/"); });
  });
}

/// A process that reads first; another takes its place when it has died.
class Taster {
 public:
  explicit Taster(std::string path) : path_(std::move(path)) {}

  /// Whether it lived to tell.
  bool survives() {
    if (child_ < 0) start();
    char answer = 0;
    if (::write(question_, &answer, 1) == 1 && ::read(answer_, &answer, 1) == 1)
      return true;
    ::close(question_);
    ::close(answer_);
    ::waitpid(child_, nullptr, 0);
    child_ = -1;
    return false;
  }

 private:
  void start() {
    int questions[2];
    int answers[2];
    if (::pipe(questions) != 0 || ::pipe(answers) != 0) std::abort();
    child_ = ::fork();
    if (child_ < 0) std::abort();
    if (child_ == 0) taste(questions, answers);
    ::close(questions[0]);
    ::close(answers[1]);
    question_ = questions[1];
    answer_ = answers[0];
  }

  [[noreturn]] void taste(const int* questions, const int* answers) const {
    ::close(questions[1]);
    ::close(STDERR_FILENO);
    for (const int signal : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGALRM})
      ::signal(signal, SIG_DFL);
    char byte = 0;
    while (::read(questions[0], &byte, 1) == 1) {
      ::alarm(kSeconds);
      read(path_);
      if (::write(answers[1], &byte, 1) != 1) break;
    }
    ::_exit(0);
  }

  static constexpr unsigned kSeconds = 20;

  std::string path_;
  pid_t child_ = -1;
  int question_ = -1;
  int answer_ = -1;
};

}  // namespace

// HDF5 forgets memory where a file is broken, in a process that then ends.
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libhdf5\n";
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  static const NamedFile file_of_input;
  const std::string& path = file_of_input.holding(bytes);
  // A dead one's pipe must not end us.
  static const auto ignored = ::signal(SIGPIPE, SIG_IGN);
  static_cast<void>(ignored);
  static Taster taster(path);
  if (taster.survives()) read(path);
  return 0;
}
