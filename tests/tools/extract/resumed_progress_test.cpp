// What a resumed run of extract shows on a terminal while it works.
#include "extract/row_writer.h"

#include "support/contains.h"
#include "support/temp_dir.h"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <pty.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

TEST_SUITE_BEGIN("tools");

using namespace imsearch;
using imsearch::test::contains;
using imsearch::test::TempDir;

namespace {

/// Standard error is a terminal of 80 columns meanwhile.
class ErrorTerminal {
 public:
  ErrorTerminal() {
    winsize size = {};
    size.ws_col = 80;
    int its_end = -1;
    REQUIRE(::openpty(&end_, &its_end, nullptr, nullptr, &size) == 0);
    before_ = ::dup(STDERR_FILENO);
    ::dup2(its_end, STDERR_FILENO);
    ::close(its_end);
    ::setenv("TERM", "xterm", 1);
  }
  ~ErrorTerminal() {
    ::dup2(before_, STDERR_FILENO);
    ::close(before_);
    ::close(end_);
  }
  ErrorTerminal(const ErrorTerminal&) = delete;
  ErrorTerminal& operator=(const ErrorTerminal&) = delete;

  /// All up to and with `part`, for which it waits.
  std::string read_until(const std::string& part) const {
    std::string text;
    char byte = 0;
    while (!contains(text, part) && ::read(end_, &byte, 1) == 1) text += byte;
    return text;
  }

 private:
  int end_ = -1;
  int before_ = -1;
};

constexpr const char* kIdentity = R"({"run":1})";

ExtractJob job_in(const TempDir& dir) {
  ExtractJob job;
  job.vectors = dir / "v.bin";
  job.names_path = dir / "n.txt";
  return job;
}

ImageList five_images() {
  ImageList images;
  for (const char* name : {"a", "b", "c", "d", "e"}) images.names.append(name);
  return images;
}

/// A run that ends behind two of the images, of which one is bad.
void interrupted_run(ExtractJob job, const ImageList& images) {
  job.quiet = true;
  ExtractOutput output(job.vectors, job.names_path, job.separator());
  RowWriter rows(job, images, 1, output);
  rows.start(kIdentity);
  const float row = 1;
  rows.good({"a", 0}, &row, {});
  rows.bad({"b", 1}, "broken", {});
}

}  // namespace

TEST_CASE("a resumed run counts the images of the whole list") {
  const TempDir dir;
  ExtractJob job = job_in(dir);
  const ImageList images = five_images();
  const ErrorTerminal terminal;
  interrupted_run(job, images);
  job.resume = true;
  ExtractOutput output(job.vectors, job.names_path, job.separator());
  RowWriter rows(job, images, 1, output);
  CHECK(rows.start(kIdentity).images() == 2);
  terminal.read_until("2 of 5 images were done by an earlier run");
  // Of this run nothing is done yet: it has no rate.
  CHECK(contains(terminal.read_until("\x1b[K"), ": images: 2 of 5 (40 %)\x1b"));
  const float row = 1;
  rows.good({"c", 2}, &row, {});
  CHECK(contains(terminal.read_until("left\x1b[K"), "images: 3 of 5 (60 %), "));
}

TEST_SUITE_END();
