// When to try again: randomised exponential back-off ("full jitter", Marc
// Brooker, AWS Architecture Blog, 2015), so that clients which were refused
// together do not come back together.
#pragma once

#include <cstdint>
#include <random>

namespace imsearch {

struct BackoffParams {
  double first_s = 0.25;   // the most to wait before the second try
  double longest_s = 15;   // the most to wait at any time
  double give_up_s = 300;  // without success since the first failure
};

/// The waits between the tries of one request. One thread at a time.
class Backoff {
 public:
  explicit Backoff(const BackoffParams& params = {});

  /// Sleeps before the next try; false, without sleep, once it is time to give
  /// up. Throws Interrupted soon after a signal.
  bool wait();

  /// After a success: the next failure starts anew.
  void reset();

 private:
  BackoffParams params_;
  std::mt19937_64 random_;
  double most_s_;
  double since_s_ = -1;  // the first failure, on the monotonic clock
};

/// Sleeps. Throws Interrupted soon after a signal.
void pause_s(double seconds);

/// True for statuses after which another try may do better: 429, 502, 503, 504.
bool is_passing_status(int http_status);

}  // namespace imsearch
