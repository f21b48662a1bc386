// serve: an index that answers over HTTP.
//
//   serve -i photos.index --name photos
//
// Requests come in by http_server.h; site.h says what each is answered. This
// thread waits for signals; one more looks whether an index file has been
// replaced. Manual: man/imsearch-serve.1.
#include "common/cli.h"
#include "common/index_remarks.h"
#include "common/version.h"
#include "serve/http_server.h"
#include "serve/index_watch.h"
#include "serve/listen.h"
#include "serve/options.h"
#include "serve/pictures.h"
#include "serve/site.h"

#include "base/error.h"
#include "base/parallel_for.h"
#include "base/progress.h"
#include "io/text.h"
#include "protocol/search_api.h"
#include "remote/index_meta.h"

#include <CLI/CLI.hpp>

#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace imsearch;

/// What is running is finished within this time.
constexpr std::chrono::seconds kDrainTime(10);

/// The signals that this thread waits for; no other thread gets them.
sigset_t hold_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int number : {SIGTERM, SIGINT, SIGHUP})
    sigaddset(&signals, number);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return signals;
}

/// As many files as the system lets a process have: a connection is one.
void raise_file_limit() {
  rlimit files = {};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
}

/// Pictures and large answers give their memory back at once. Left alone, the
/// allocator learns from the first of them to keep such pieces, and each thread
/// ends up with some that no other can use.
void give_back_memory() {
  constexpr int kLarge = 256 << 10;
  ::mallopt(M_MMAP_THRESHOLD, kLarge);
}

ServedIndexes open_indexes(const ServeOptions& opt) {
  ServedIndexes indexes;
  for (std::size_t i = 0; i < opt.indexes.size(); ++i) {
    indexes.push_back(
        std::make_unique<ServedIndex>(opt.names[i], opt.indexes[i]));
    const Index& index = indexes.back()->current()->index();
    cli::say_foreign_changes(index);
    cli::say_missing_vectors(index);
  }
  return indexes;
}

/// Says so where pictures will not be shown, as the first of each index tells.
void check_pictures(const ServedIndexes& indexes,
                    const std::vector<std::string>& roots) {
  for (std::size_t i = 0; i < indexes.size(); ++i) {
    const auto opened = indexes[i]->current();
    if (opened->index().rows() == 0) continue;
    const std::string name(opened->index().name(0));
    try {
      Pictures::check(roots[i], name);
    } catch (const RequestError& e) {
      cli::say(fmt::format(
          "{}: {} will not be shown: {}: --root says which folder names count "
          "from, --no-images shows none",
          indexes[i]->name(), printable(name), e.what()));
    }
  }
}

/// Throws Error where anybody could ask.
void check_safety(const ServeOptions& opt, const Listener& listener) {
  if (listener.is_local || opt.insecure || !opt.token_file.empty()) return;
  fail(
      "{} can be reached from other machines: --token-file asks them for a "
      "token, --insecure answers everybody",
      listener.address);
}

SiteParams site_params(const ServeOptions& opt) {
  SiteParams params;
  params.shown.find.space = space_from_text(opt.space);
  params.shown.find.ef = opt.ef;
  params.shown.vector_field = opt.field;
  params.shown.version = IMSEARCH_VERSION;
  if (!opt.token_file.empty()) params.guard.token = read_token(opt.token_file);
  if (!opt.no_images) params.roots = opt.roots;
  params.weights = opt.weights;
  params.model = opt.model;
  params.guard.hosts = opt.hosts;
  params.guard.origins = opt.origins;
  params.log = opt.log == "json"   ? LogFormat::kJson
               : opt.log == "text" ? LogFormat::kText
                                   : LogFormat::kNone;
  return params;
}

HttpParams http_params(const ServeOptions& opt) {
  HttpParams params;
  params.threads = opt.threads == 0 ? usable_cpus() : opt.threads;
  params.connections = static_cast<unsigned>(opt.connections);
  params.line = opt.line;
  return params;
}

void say_ready(const ServedIndexes& indexes, const Listener& listener) {
  for (const auto& served : indexes)
    cli::say(fmt::format(
        "{}/{}: {}", listener.url.empty() ? listener.address : listener.url,
        served->name(), counted(served->current()->found_rows(), "row")));
}

/// Waits for the signal that ends the service; SIGHUP has indexes looked at.
int wait_for_end(const sigset_t& signals, IndexWatch& watch) {
  for (;;) {
    const int number = ::sigwaitinfo(&signals, nullptr);
    if (number == SIGHUP)
      watch.look_now();
    else if (number > 0)
      return number;
    else if (errno != EINTR)
      fail("sigwaitinfo: {}", errno_text(errno));
  }
}

int serve_indexes(ServeOptions& opt) {
  opt.finish();
  const sigset_t signals = hold_signals();
  raise_file_limit();
  give_back_memory();
  const ServedIndexes indexes = open_indexes(opt);
  Listener listener = listen_at(opt.listen);
  check_safety(opt, listener);
  Site site(indexes, site_params(opt));
  HttpServer server(listener.socket.release(), http_params(opt), site.hooks());
  site.set_server(server);
  IndexWatch watch(indexes);
  if (!opt.quiet) say_ready(indexes, listener);
  if (!opt.quiet && !opt.no_images) check_pictures(indexes, opt.roots);
  notify_systemd("READY=1");
  const int number = wait_for_end(signals, watch);
  notify_systemd("STOPPING=1");
  // From here on a second signal ends the process at once.
  ::pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  if (!listener.file.empty()) ::unlink(listener.file.c_str());
  if (!server.drain(kDrainTime)) {
    cli::say("requests that are still running after 10 s are given up");
    // Their threads still use all that would be destroyed.
    ::_exit(cli::kDone);
  }
  return number == SIGINT ? 128 + SIGINT : cli::kDone;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Answer searches of index files over HTTP."};
  ServeOptions opt;
  opt.add_to(app);
  return cli::run(app, argc, argv, [&] { return serve_indexes(opt); });
}
