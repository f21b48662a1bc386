// Builds an index, or answers queries and takes the time: see peer.h.
#include "peer.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <stdexcept>

namespace {

using namespace peers;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kWarmUp = 200;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

std::vector<float> read_floats(const std::string& path) {
  std::vector<float> floats(std::filesystem::file_size(path) / sizeof(float));
  std::ifstream in(path, std::ios::binary);
  in.read(reinterpret_cast<char*>(floats.data()),
          static_cast<std::streamsize>(floats.size() * sizeof(float)));
  if (!in || floats.size() % kDim != 0)
    throw std::runtime_error(path + ": cannot be read as rows of " +
                             std::to_string(kDim) + " floats");
  return floats;
}

void write_ids(const std::string& path, const std::vector<std::int64_t>& ids) {
  std::ofstream out(path, std::ios::binary);
  out.write(reinterpret_cast<const char*>(ids.data()),
            static_cast<std::streamsize>(ids.size() * sizeof(std::int64_t)));
  if (!out.flush()) throw std::runtime_error(path + ": cannot be written");
}

long resident_bytes() {
  long all = 0;
  long resident = 0;
  std::ifstream("/proc/self/statm") >> all >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

void build(Engine& engine, const std::string& rows_path, int threads,
           const std::string& folder) {
  const std::vector<float> rows = read_floats(rows_path);
  const Clock::time_point begin = Clock::now();
  engine.build(rows, threads);
  std::cout << seconds_since(begin) << std::endl;
  engine.save(folder + "/index");
}

/// Microseconds a query, each in a call of its own; the first `count`.
double time_singles(Engine& engine, const std::vector<float>& queries,
                    std::size_t count, std::vector<std::int64_t>& ids) {
  ids.resize(count * kTop);
  const Clock::time_point begin = Clock::now();
  for (std::size_t q = 0; q < count; ++q)
    engine.search(&queries[q * kDim], &ids[q * kTop]);
  return seconds_since(begin) * 1e6 / static_cast<double>(count);
}

/// Microseconds a query, all in one call; "-" where there is none.
std::string time_batch(Engine& engine, const std::vector<float>& queries) {
  const std::size_t count = queries.size() / kDim;
  std::vector<std::int64_t> ids(count * kTop);
  const Clock::time_point begin = Clock::now();
  if (!engine.search_all(queries.data(), count, ids.data())) return "-";
  return std::to_string(seconds_since(begin) * 1e6 /
                        static_cast<double>(count));
}

void serve(Engine& engine, const std::string& folder,
           const std::string& queries_path) {
  const std::vector<float> queries = read_floats(queries_path);
  const std::size_t count = queries.size() / kDim;
  const long before = resident_bytes();
  engine.load(folder + "/index");
  // A call from C++ costs nothing worth telling.
  std::cout << "ready\t0" << std::endl;

  std::size_t ef = 0;
  std::string answers;
  std::vector<std::int64_t> ids;
  while (std::cin >> ef >> answers) {
    engine.set_ef(ef);
    time_singles(engine, queries, std::min(kWarmUp, count), ids);
    const double single_us = time_singles(engine, queries, count, ids);
    const std::string batch_us = time_batch(engine, queries);
    write_ids(answers, ids);
    std::cout << single_us << '\t' << batch_us << '\t'
              << resident_bytes() - before << std::endl;
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> args(argv + 1, argv + argc);
  try {
    const std::unique_ptr<Engine> engine =
        args.size() < 2 ? nullptr : make_engine(args[1]);
    if (engine == nullptr) throw std::runtime_error("no such engine");
    if (args[0] == "build" && args.size() == 5)
      build(*engine, args[2], std::stoi(args[3]), args[4]);
    else if (args[0] == "serve" && args.size() == 4)
      serve(*engine, args[2], args[3]);
    else
      throw std::runtime_error("wrong command line: see peer.py");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
