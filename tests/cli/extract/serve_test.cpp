// extract --serve, spoken to by hand and by its client.
#include "cli/extract/files.h"
#include "common/extract_client.h"
#include "common/serve_frame.h"

#include "base/error.h"
#include "io/file.h"

#include <doctest/doctest.h>
#include <signal.h>
#include <unistd.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

using namespace imsearch;
using namespace imsearch::test;
using Kind = ServeFrame::Kind;

using Json = nlohmann::ordered_json;

namespace {

std::vector<ServeFrame> frames_of(const std::string& bytes) {
  std::vector<ServeFrame> frames;
  std::size_t at = 0;
  while (at < bytes.size()) {
    REQUIRE(bytes.size() - at >= kServeHeaderBytes);
    ServeFrame frame;
    const std::size_t size = decode_frame_header(bytes.data() + at, frame.kind);
    at += kServeHeaderBytes;
    REQUIRE(bytes.size() - at >= size);
    frame.payload = bytes.substr(at, size);
    at += size;
    frames.push_back(frame);
  }
  return frames;
}

std::string bytes_of(const std::vector<float>& row) {
  return {reinterpret_cast<const char*>(row.data()),
          row.size() * sizeof(float)};
}

std::string error_of(ExtractClient& client, const std::string& path) {
  try {
    client.embed(path);
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

/// The processes whose parent is this one (proc(5), stat: pid (name) S ppid).
std::vector<pid_t> children() {
  std::vector<pid_t> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::ifstream file(entry.path() / "stat");
    std::string text;
    std::getline(file, text);
    const std::size_t name_end = text.rfind(") ");
    if (name_end == std::string::npos) continue;
    if (std::atoi(text.c_str() + name_end + 4) == ::getpid())
      found.push_back(std::atoi(text.c_str()));
  }
  return found;
}

ModelOptions with_weights(const std::string& weights) {
  ModelOptions options;
  options.weights = weights;
  return options;
}

ModelOptions with_sha256(const std::string& sha256) {
  ModelOptions options;
  options.sha256 = sha256;
  return options;
}

/// The bundled weights, for processes that this one starts.
void use_demo_weights() {
  ::setenv("IMSEARCH_WEIGHTS", "", 1);
}

}  // namespace

TEST_SUITE("cli") {
  TEST_CASE("frames are encoded as specified") {
    const std::string frame = encode_frame(Kind::kBad, "why");
    CHECK(frame == std::string("\1\0\0\0\3\0\0\0why", 11));
    Kind kind = Kind::kRow;
    CHECK(decode_frame_header(frame.data(), kind) == 3);
    CHECK(kind == Kind::kBad);
    CHECK_THROWS_AS(decode_frame_header("\4\0\0\0\0\0\0\0", kind), Error);
    CHECK_THROWS_AS(decode_frame_header("\0\0\0\0\0\0\0\5", kind), Error);
  }

  TEST_CASE("serve answers each path by one frame, bad images too") {
    const TempDir dir;
    dir.write("a.ppm", pattern_ppm(1));
    dir.write("b.ppm", pattern_ppm(2));
    dir.write("bad.ppm", "x");
    REQUIRE(extract_in(dir, {"a.ppm", "b.ppm"}).status == 0);
    const std::vector<std::string> rows = rows_of(dir / "fvecs.bin");
    RunOptions options = demo_in(dir);
    options.input = std::string("b.ppm\0bad.ppm\0\0gone\nx\0a.ppm", 27);
    for (const char* threads : {"-j1", "-j3"}) {
      const RunResult result = extract_in(options, {"--serve", threads});
      CHECK(result.status == 0);
      CHECK(result.err.empty());
      const std::vector<ServeFrame> frames = frames_of(result.out);
      REQUIRE(frames.size() == 6);
      CHECK(frames[0].kind == Kind::kHello);
      // The sidecar without what it says of one file's rows.
      Json sidecar = Json::parse(read_file(dir / "fvecs.bin.json"));
      sidecar.erase("rows");
      sidecar.erase("list");
      CHECK(Json::parse(frames[0].payload) == sidecar);
      CHECK(frames[1].kind == Kind::kRow);
      CHECK(frames[1].payload == rows[1]);
      CHECK(frames[2].kind == Kind::kBad);
      CHECK(frames[2].payload.substr(0, 12) == "not an image");
      CHECK(frames[3].kind == Kind::kBad);
      CHECK(frames[4].payload == "No such file or directory");
      CHECK(frames[5].payload == rows[0]);
    }
  }

  TEST_CASE("serve ends when it fails, though more paths may come") {
    const TempDir dir;
    dir.write("a.ppm", pattern_ppm(1));
    RunOptions options = demo_in(dir);
    options.max_file_bytes = 3000;  // the hello, and no row
    options.environment.push_back("EXTRACT=" + tool_path("extract"));
    const RunResult result =
        run({"/bin/sh", "-c",
             "mkfifo paths && exec 3<>paths && printf 'a.ppm\\0' >&3 && "
             "\"$EXTRACT\" --serve <paths >answers"},
            options);
    CHECK(result.status == 1);
    CHECK(result.err == "extract: standard output: File too large\n");
  }

  TEST_CASE("serve says by a frame why it cannot serve") {
    const TempDir dir;
    const RunResult result = extract_in(dir, {"--serve", "--weights", "gone"});
    CHECK(result.status == 1);
    const std::vector<ServeFrame> frames = frames_of(result.out);
    REQUIRE(frames.size() == 1);
    CHECK(frames[0].kind == Kind::kFailed);
    CHECK(frames[0].payload.substr(0, 26) == "gone: no such weights file");
  }

  TEST_CASE("the client gives the rows that extract writes") {
    use_demo_weights();
    const TempDir dir;
    const std::string a = dir.write("a.ppm", pattern_ppm(1));
    const std::string b = dir.write("b.ppm", pattern_ppm(2));
    REQUIRE(extract_in(dir, {"a.ppm", "b.ppm"}).status == 0);
    const std::vector<std::string> rows = rows_of(dir / "fvecs.bin");
    ExtractClient client({}, 2);
    CHECK(client.dim() == 1280);
    CHECK(client.model().weights == "mobilenet_v2_demo.safetensors");
    CHECK(bytes_of(client.embed(a)) == rows[0]);
    CHECK(error_of(client, dir / "gone") == "No such file or directory");
    CHECK(error_of(client, std::string("a\0b", 3)) ==
          "a path cannot hold a NUL byte");
    for (std::size_t i = 0; i < ExtractClient::kMaxSubmitted; ++i)
      client.submit(i % 2 == 0 ? b : a);
    for (std::size_t i = 0; i < ExtractClient::kMaxSubmitted; ++i)
      CHECK(bytes_of(client.receive()) == rows[i % 2 == 0 ? 1 : 0]);
    const ExtractClient again(with_sha256(client.model().weights_sha256));
    CHECK(same_model(again.model(), client.model()));
  }

  TEST_CASE("the client gives extract's reason for not starting") {
    use_demo_weights();
    CHECK_THROWS_WITH_AS(
        ExtractClient(with_weights("gone")),
        "gone: no such weights file; --weights takes demo, keras, torchvision "
        "or a file",
        Error);
    CHECK_THROWS_AS(ExtractClient(with_sha256(std::string(64, '0'))), Error);
    CHECK(children().empty());
  }

  TEST_CASE("a killed extract is an error of the client, not its end") {
    use_demo_weights();
    const TempDir dir;
    const std::string a = dir.write("a.ppm", pattern_ppm(1));
    ExtractClient client(with_weights("demo"));
    const std::vector<pid_t> processes = children();
    REQUIRE(processes.size() == 1);
    REQUIRE(::kill(processes[0], SIGKILL) == 0);
    CHECK_THROWS_WITH_AS(client.embed(a),
                         "extract ended unexpectedly (signal 9)", ExtractDied);
    CHECK_THROWS_AS(client.embed(a), ExtractDied);
  }
}
