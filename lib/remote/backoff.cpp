// Waits between tries of one request. The longest possible wait doubles from
// try to try, up to a limit, and the wait itself is anything from nothing to
// that: were it the limit itself, all connections that a full queue has refused
// would come back at the same moment and find it full again.
#include "remote/backoff.h"

#include "base/interrupt.h"

#include <algorithm>
#include <chrono>
#include <thread>

namespace imsearch {
namespace {

using Clock = std::chrono::steady_clock;

double now_s() {
  return std::chrono::duration<double>(Clock::now().time_since_epoch()).count();
}

}  // namespace

Backoff::Backoff(const BackoffParams& params)
    : params_(params),
      random_(std::random_device{}()),
      most_s_(params.first_s) {}

// Time is counted from the first failure since the last success, so that a load
// of hours is not given up because of many short failures.
bool Backoff::wait() {
  if (since_s_ < 0) since_s_ = now_s();
  if (now_s() - since_s_ >= params_.give_up_s) return false;
  pause_s(std::uniform_real_distribution<double>(0, most_s_)(random_));
  most_s_ = std::min(most_s_ * 2, params_.longest_s);
  return true;
}

void Backoff::reset() {
  most_s_ = params_.first_s;
  since_s_ = -1;
}

void pause_s(double seconds) {
  constexpr double kStep = 0.1;  // how long a signal may go unnoticed
  const double end = now_s() + seconds;
  for (double left = seconds; left > 0; left = end - now_s()) {
    std::this_thread::sleep_for(
        std::chrono::duration<double>(std::min(left, kStep)));
    check_interrupt();
  }
}

// 429: too many requests; 502, 503, 504: a proxy, or a node, has no one behind
// it for now. Others, 500 above all, mostly mean that the same request will
// fail in the same way.
bool is_passing_status(int http_status) {
  return http_status == 429 || http_status == 502 || http_status == 503 ||
         http_status == 504;
}

}  // namespace imsearch
