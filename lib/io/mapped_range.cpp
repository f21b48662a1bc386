#include "io/mapped_range.h"

#include "io/mapped_file.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <mutex>

namespace imsearch {

struct MappedRange {
  std::atomic<std::uintptr_t> begin{0};  // 0: nothing is mapped
  std::atomic<std::uintptr_t> end{0};    // of the last page
  std::string path;
  MappedRange* next = nullptr;
};

namespace {

// The handler reads these on any thread, so they must need no lock.
std::atomic<MappedRange*> first_range{nullptr};
std::atomic<void (*)(const char*)> report_fault{nullptr};
static_assert(std::atomic<MappedRange*>::is_always_lock_free);
static_assert(std::atomic<std::uintptr_t>::is_always_lock_free);

/// Held by those who change the list.
std::mutex& list_mutex() {
  static std::mutex mutex;
  return mutex;
}

/// One that is free, or a new one, which is in the list for ever.
MappedRange* free_range() {
  for (MappedRange* range = first_range; range != nullptr; range = range->next)
    if (range->begin == 0) return range;
  auto* range = new MappedRange;  // the handler may read it until the end
  range->next = first_range;
  first_range = range;
  return range;
}

void on_sigbus(int number, siginfo_t* info, void*) {
  const auto address = reinterpret_cast<std::uintptr_t>(info->si_addr);
  const bool by_access = info->si_code > 0;  // not sent by a process
  for (const MappedRange* range = first_range; by_access && range != nullptr;
       range = range->next)
    if (range->begin != 0 && address >= range->begin && address < range->end)
      report_fault.load()(range->path.c_str());
  ::signal(number, SIG_DFL);
  ::raise(number);  // arrives on return from here
}

}  // namespace

MappedRange* add_mapped_range(const std::byte* begin, std::size_t size_bytes,
                              const std::string& path) {
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const auto first = reinterpret_cast<std::uintptr_t>(begin);
  const std::lock_guard<std::mutex> lock(list_mutex());
  MappedRange* range = free_range();
  range->path = path;
  range->end = (first + size_bytes + page - 1) / page * page;
  range->begin = first;  // last: from now on it is looked at
  return range;
}

void remove_mapped_range(MappedRange* range) {
  const std::lock_guard<std::mutex> lock(list_mutex());
  range->begin = 0;
}

void on_mapping_fault(void (*report)(const char* path)) {
  report_fault = report;
  struct sigaction action = {};
  action.sa_sigaction = on_sigbus;
  action.sa_flags = SA_SIGINFO;
  sigemptyset(&action.sa_mask);
  ::sigaction(SIGBUS, &action, nullptr);
}

}  // namespace imsearch
