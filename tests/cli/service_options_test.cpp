// --url and what goes with it, as far as no service is needed.
#include "cli/collection.h"
#include "support/contains.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

TEST_SUITE_BEGIN("cli");

using imsearch::test::contains;
using imsearch::test::RunOptions;
using imsearch::test::RunResult;

namespace {

using Command = std::vector<std::string>;

// Port 9, discard: nobody listens there.
const std::string kUrl = "http://127.0.0.1:9/photos";

/// The three tools, asking at that URL, with more options.
std::vector<Command> commands(const std::string& url,
                              const Command& options = {}) {
  std::vector<Command> all = {
      {"query", "--id", "1"}, {"eval-recall"}, {"bench"}};
  for (Command& command : all) {
    command.insert(command.end(), {"--url", url});
    command.insert(command.end(), options.begin(), options.end());
  }
  return all;
}

/// Whatever proxy the machine has.
RunResult run(const Command& command,
              std::vector<std::string> environment = {}) {
  RunOptions options;
  options.environment = std::move(environment);
  options.environment.emplace_back("no_proxy=*");
  return imsearch::test::run(command, options);
}

void check_refused(const Command& command, int status,
                   const std::string& words) {
  CAPTURE(command);
  const RunResult result = run(command);
  CAPTURE(result.err);
  CHECK(result.status == status);
  CHECK(result.out.empty());
  CHECK(contains(result.err, words));
}

}  // namespace

TEST_CASE("options of an index file do not go with --url") {
  for (const Command& options : std::vector<Command>{
           {"-i", "x.index"}, {"--rerank", "30"}, {"--rerank-codes", "30"}})
    for (const Command& command : commands(kUrl, options))
      check_refused(command, 2, "excludes --url");
  check_refused({"bench", "--url", kUrl, "--load"}, 2, "--load excludes --url");
}

TEST_CASE("options of a service do not go without --url") {
  for (const char* tool : {"query", "eval-recall", "bench"})
    for (const char* option : {"--cacert", "--aws-region"})
      check_refused({tool, option, "x"}, 2, "requires --url");
  check_refused({"query", "--id", "1", "--filter", "{}"}, 2,
                "--filter requires --url");
  check_refused({"eval-recall", "--truth", "x.bin"}, 2,
                "--truth requires --url");
}

TEST_CASE("more than a service gives is refused") {
  for (const Command& command : commands(kUrl, {"-k", "10000"}))
    check_refused(command, 2, "9999 neighbours at most beside");
  for (const Command& command :
       commands(kUrl, {"-k", "10001", "--vectors", "q.bin"}))
    check_refused(command, 2, "neighbours at most");
  check_refused({"query", "--url", kUrl, "--vectors", "q.bin", "-k", "10001"},
                2, "-k 10001: a service gives 10000 neighbours at most");
  for (const Command& command : commands(kUrl, {"--ef", "10001"}))
    check_refused(command, 2, "10000 candidates at most");
}

TEST_CASE("a URL that cannot be an index is a wrong command line") {
  for (const Command& command : commands("http://127.0.0.1:9"))
    check_refused(command, 2, "names no index");
  for (const Command& command : commands("photos"))
    check_refused(command, 2, "not a URL such as http://host:9200/INDEX");
  for (const Command& command :
       commands("http://me:secret@127.0.0.1:9/photos")) {
    check_refused(command, 2, "do not belong into a URL");
    CHECK_FALSE(contains(run(command).err, "secret"));
  }
}

TEST_CASE("a filter must be a JSON object") {
  for (const char* filter : {"{\"term\":", "[]", "name", "{},\"k\":1"})
    check_refused({"query", "--id", "1", "--url", kUrl, "--filter", filter}, 2,
                  "not a JSON object");
}

TEST_CASE("fault 16: a filter of endless depth is a wrong command line") {
  const std::string deep =
      "{\"a\":" + std::string(60'000, '[') + std::string(60'000, ']') + "}";
  check_refused({"query", "--id", "1", "--url", kUrl, "--filter", deep}, 2,
                "not a JSON object");
}

TEST_CASE("a host that nobody answers at is named") {
  for (const Command& command : commands(kUrl))
    check_refused(command, 1, "http://127.0.0.1:9: ");
}

TEST_CASE("certificates that are not there are named") {
  for (const Command& command : commands(kUrl, {"--cacert", "nowhere.pem"}))
    check_refused(command, 1, "nowhere.pem: no such file of certificates");
}

TEST_CASE("a secret over an open line is warned of, but not on this machine") {
  const std::vector<std::string> password = {"IMSEARCH_USER=me",
                                             "IMSEARCH_PASSWORD=secret"};
  // This machine, too, but by an address that does not say so.
  const Command away = {"query", "--id", "1", "--url",
                        "http://0.0.0.0:9/photos"};
  const Command here = {"query", "--id", "1", "--url", kUrl};
  const std::string warning =
      "http is not encrypted: others can read user me's";
  CHECK(contains(run(away, password).err, warning));
  CHECK_FALSE(contains(run(here, password).err, warning));
  CHECK_FALSE(contains(run(away).err, "not encrypted"));
}

TEST_CASE("fault 22: a service on this machine is not asked through a proxy") {
  // Nobody listens at either port: the error says which was tried.
  const std::vector<std::string> environment = {
      "http_proxy=http://127.0.0.1:1", "https_proxy=http://127.0.0.1:1",
      "all_proxy=http://127.0.0.1:1",  "IMSEARCH_USER=me",
      "IMSEARCH_PASSWORD=secret",      "no_proxy="};
  const auto error = [&](const std::string& root) {
    RunOptions options;
    options.environment = environment;
    return imsearch::test::run(
               {"query", "--id", "1", "--url", root + "/photos"}, options)
        .err;
  };
  for (const char* root :
       {"http://127.0.0.1:9", "https://127.0.0.1:9", "http://localhost:9",
        "http://LocalHost:9", "http://127.1:9", "http://127.8.9.1:9",
        "http://[::1]:9", "http://[0:0:0:0:0:0:0:1]:9"}) {
    CAPTURE(root);
    CHECK(contains(error(root), "onnect"));
    CHECK_FALSE(contains(error(root), "port 1 "));
  }
  CHECK(contains(error("http://host.invalid:9"), "port 1 "));
  CHECK(contains(error("http://host.invalid:9"),
                 "http is not encrypted: others can read user me's"));
}

TEST_SUITE_END();
