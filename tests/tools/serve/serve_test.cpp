#include "serve/access_log.h"
#include "serve/guard.h"
#include "serve/metrics.h"
#include "serve/options.h"
#include "serve/pictures.h"
#include "serve/work_line.h"
#include "support/temp_dir.h"

#include "common/cli.h"

#include <doctest/doctest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <future>

TEST_SUITE_BEGIN("serve");

using namespace imsearch;
using test::TempDir;

namespace {

RequestHead head(const std::string& host, const std::string& origin = "",
                 const std::string& authorization = "") {
  RequestHead made;
  made.host = host;
  made.has_host = true;
  made.origin = origin;
  made.has_origin = !origin.empty();
  made.authorization = authorization;
  return made;
}

bool opens(const std::string& root, const std::string& name) {
  try {
    return open_below(root, name).valid();
  } catch (const RequestError& e) {
    CHECK(e.status == 404);
    return false;
  }
}

}  // namespace

TEST_CASE("names of indexes come from their files") {
  CHECK(name_of_file("a/Photos.bin.hnsw.index") == "photos");
  CHECK(name_of_file("fvecs.bin.hnsw.index") == "fvecs");
  CHECK(name_of_file("my photos (1).index") == "my-photos--1-");
  CHECK(name_of_file("_x.index") == "x");
  CHECK(name_of_file(".index") == "index");
  CHECK(name_of_file("healthz.index") == "index");
}

TEST_CASE("indexes and names go together") {
  ServeOptions options;
  options.finish();
  CHECK(options.names == std::vector<std::string>{"fvecs"});
  for (const auto& names : std::vector<std::vector<std::string>>{
           {"A"}, {""}, {"_a"}, {"a/b"}, {"metrics"}, {"a", "b"}}) {
    ServeOptions wrong;
    wrong.names = names;
    CHECK_THROWS_AS(wrong.finish(), cli::UsageError);
  }
}

TEST_CASE("quantiles are known to within a step") {
  Latencies latencies;
  CHECK(latencies.quantile(.5) == 0);
  for (int i = 1; i <= 1000; ++i) latencies.add(i * 1e-5);
  CHECK(latencies.count() == 1000);
  CHECK(latencies.quantile(.5) == doctest::Approx(5e-3).epsilon(.08));
  CHECK(latencies.quantile(.99) == doctest::Approx(9.9e-3).epsilon(.08));
  CHECK(latencies.sum() == doctest::Approx(5.005));
  latencies.add(1e9);  // more than there are steps for
  latencies.add(-1);
  CHECK(latencies.count() == 1002);
}

TEST_CASE("hosts, origins and tokens") {
  const Guard open({"", {"photos.home"}, {}});
  for (const char* host : {"localhost", "LOCALHOST:80", "127.0.0.1:9201",
                           "[::1]:9201", "photos.home", "10.0.0.7"})
    CHECK_FALSE(open.refusal(head(host), "GET"));
  for (const char* host : {"evil.example", "localhost.evil.example", "", "[::1",
                           "photos.home.", "127.0.0.1.nip.io"})
    CHECK(open.refusal(head(host), "GET")->status == 403);
  CHECK_FALSE(open.refusal(head("10.0.0.7", "http://10.0.0.7"), "GET"));
  CHECK(open.refusal(head("10.0.0.7", "http://10.0.0.8"), "GET")->status ==
        403);
  const Guard closed({"0123456789abcdef", {}, {"*"}});
  CHECK(closed.refusal(head("localhost"), "GET")->status == 401);
  for (const char* sent : {"Bearer 0123456789abcdef", "bearer 0123456789abcdef",
                           "Basic bWU6MDEyMzQ1Njc4OWFiY2RlZg=="})
    CHECK_FALSE(closed.refusal(head("localhost", "", sent), "GET"));
  for (const char* sent : {"Bearer 0123456789abcde", "Bearer", "Bearer ",
                           "Bearer 0123456789abcdef0", "Basic !!", "x"})
    CHECK(closed.refusal(head("localhost", "", sent), "GET")->status == 401);
  Reply reply;
  closed.allow_origin(head("localhost", "https://a.example"), reply);
  CHECK(reply.headers.front().second == "https://a.example");
}

TEST_CASE("files are opened below their root alone, wherever links lead") {
  const TempDir dir;
  ::mkdir((dir / "root").c_str(), 0700);
  ::mkdir((dir / "root/a").c_str(), 0700);
  ::mkdir((dir / "rootless").c_str(), 0700);
  dir.write("root/a/in.jpg", "x");
  dir.write("out.jpg", "x");
  dir.write("rootless/x.jpg", "x");
  ::symlink("../../out.jpg", (dir / "root/a/out.jpg").c_str());
  ::symlink("a/in.jpg", (dir / "root/link.jpg").c_str());
  ::mkfifo((dir / "root/pipe").c_str(), 0600);
  const std::string root = dir / "root";
  CHECK(opens(root, "a/in.jpg"));
  CHECK(opens(root, "link.jpg"));
  CHECK(opens(root, root + "/a/in.jpg"));
  CHECK(opens(root, "a/../a/in.jpg"));
  for (const std::string& name :
       {std::string("a/out.jpg"), std::string("../out.jpg"), dir / "out.jpg",
        dir / "rootless/x.jpg", std::string("a"), std::string("pipe"),
        std::string(""), std::string("/dev/zero"), std::string("none"),
        std::string("a/in.jpg\0x", 10)})
    CHECK_FALSE(opens(root, name));
}

TEST_CASE("a line of work takes no more than it may") {
  std::promise<void> go;
  const std::shared_future<void> gone = go.get_future().share();
  std::atomic<int> done{0};
  {
    WorkLine line(1, 2);
    std::promise<void> begun;
    CHECK(line.take([&] {
      begun.set_value();
      gone.wait();
      ++done;
    }));
    begun.get_future().wait();
    CHECK(line.working() == 1);
    CHECK(line.take([&] { ++done; }));
    CHECK(line.take([&] { ++done; }));
    CHECK_FALSE(line.take([&] { ++done; }));
    CHECK(line.waiting() == 2);
    go.set_value();
  }
  CHECK(done == 3);
}

TEST_CASE("a line of the log has no control characters") {
  Exchange exchange;
  exchange.head.target = "/a\x1b[31m\n\"";
  exchange.request.method = "GET";
  const std::string text = log_line(LogFormat::kText, exchange);
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(text.find('\n') == text.size() - 1);
  const std::string json = log_line(LogFormat::kJson, exchange);
  CHECK(json.find(R"(/a\u001b[31m\u000a\")") != std::string::npos);
  CHECK(log_line(LogFormat::kNone, exchange).empty());
}

TEST_SUITE_END();
