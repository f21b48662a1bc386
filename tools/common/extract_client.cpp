// The other end of extract --serve: paths go in, a frame comes back for each,
// and a child that dies is an error, not a silent end.
//
// A socket pair is used rather than two pipes: one descriptor goes both ways,
// and MSG_NOSIGNAL turns a dead reader into an error where a pipe would raise
// SIGPIPE, which ends the tool.
#include "common/extract_client.h"

#include "common/child_process.h"
#include "common/cli.h"

#include "base/interrupt.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace imsearch {
namespace {

/// The sibling tool, so that a build folder and an installation never mix.
std::vector<std::string> command_line(const ModelOptions& model,
                                      unsigned threads) {
  std::vector<std::string> arguments = model.arguments();
  arguments.insert(arguments.begin(),
                   {cli::sibling_path("extract"), "--serve"});
  if (threads > 0) arguments.push_back("--threads=" + std::to_string(threads));
  return arguments;
}

}  // namespace

ExtractClient::Child::Child(const std::vector<std::string>& command) {
  int ends[2] = {-1, -1};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    fail("socketpair: {}", errno_text(errno));
  socket_.reset(ends[0]);
  const Descriptor other_end(ends[1]);
  // ^C is for us to handle, and the end of the socket ends the process.
  process_ = start_process(command, {other_end.get(), other_end.get(), true});
}

ExtractClient::Child::~Child() {
  socket_.reset();
  if (process_ < 0) return;  // waited for
  // It has nothing to save, and may be in the middle of loading its libraries.
  kill();
  ending();
}

void ExtractClient::Child::kill() {
  if (process_ >= 0) ::kill(process_, SIGKILL);
}

std::string ExtractClient::Child::ending() {
  // Asked again after it has been waited for: how it ended was said then.
  if (process_ < 0) return "some time ago";
  return describe_ending(wait_for(std::exchange(process_, -1)));
}

ExtractClient::ExtractClient(const ModelOptions& model, unsigned threads)
    : child_(command_line(model, threads)) {
  const ServeFrame frame = read_frame();
  if (frame.kind == ServeFrame::Kind::kFailed) throw NoModel(frame.payload);
  if (frame.kind != ServeFrame::Kind::kHello)
    fail("extract --serve did not say hello");
  hello_ = sidecar_from_json(frame.payload, "extract --serve");
}

ExtractClient::~ExtractClient() = default;

std::vector<float> ExtractClient::embed(const std::string& path) {
  submit(path);
  return receive();
}

void ExtractClient::submit(const std::string& path) {
  if (path.find('\0') != std::string::npos)
    fail("a path cannot hold a NUL byte");
  const char* data = path.c_str();  // with the NUL that ends it
  std::size_t left = path.size() + 1;
  while (left > 0) {
    const ssize_t n = ::send(child_.socket(), data, left, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) {
      check_interrupt();
      continue;
    }
    if (n < 0) fail_died();
    data += n;
    left -= static_cast<std::size_t>(n);
  }
}

std::vector<float> ExtractClient::receive() {
  const ServeFrame frame = read_frame();
  if (frame.kind == ServeFrame::Kind::kBad) throw Error(frame.payload);
  std::vector<float> row(dim());
  const std::size_t size = row.size() * sizeof(float);
  // Every later row would be read at the wrong place: nothing to go on with.
  if (frame.kind != ServeFrame::Kind::kRow || frame.payload.size() != size)
    fail("extract --serve sent {} bytes for a row of {} floats",
         frame.payload.size(), row.size());
  std::memcpy(row.data(), frame.payload.data(), size);
  return row;
}

ServeFrame ExtractClient::read_frame() {
  char header[kServeHeaderBytes];
  read_exactly(header, sizeof header);
  ServeFrame frame;
  frame.payload.resize(decode_frame_header(header, frame.kind));
  read_exactly(frame.payload.data(), frame.payload.size());
  return frame;
}

void ExtractClient::read_exactly(char* to, std::size_t size_bytes) {
  while (size_bytes > 0) {
    const ssize_t n = ::recv(child_.socket(), to, size_bytes, 0);
    if (n < 0 && errno == EINTR) {
      check_interrupt();
      continue;
    }
    if (n < 0 && errno == EAGAIN) fail_late();
    if (n <= 0) fail_died();
    to += n;
    size_bytes -= static_cast<std::size_t>(n);
  }
}

void ExtractClient::fail_late() {
  child_.kill();
  child_.ending();
  throw ExtractLate("extract took too long and was ended");
}

void ExtractClient::set_patience(std::chrono::seconds patience) {
  timeval limit = {};
  limit.tv_sec = patience.count();
  if (::setsockopt(child_.socket(), SOL_SOCKET, SO_RCVTIMEO, &limit,
                   sizeof limit) != 0)
    fail("setsockopt: {}", errno_text(errno));
}

void ExtractClient::fail_died() {
  throw ExtractDied(
      fmt::format("extract ended unexpectedly ({})", child_.ending()));
}

}  // namespace imsearch
