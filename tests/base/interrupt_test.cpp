#include "base/interrupt.h"

#include "base/error.h"
#include "base/parallel_for.h"

#include <sys/wait.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include <csignal>
#include <functional>

using namespace imsearch;

namespace {

/// Signals are a matter of the whole process: each case has its own. Gives its
/// wait status.
int in_child(const std::function<int()>& body) {
  const pid_t child = ::fork();
  if (child == 0) {
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGTERM, SIG_DFL);
    ::_exit(body());
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

int exit_code(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace

TEST_SUITE("base") {
  TEST_CASE("the first signal is noted and makes checks throw") {
    for (const int number : {SIGINT, SIGTERM}) {
      CAPTURE(number);
      CHECK(exit_code(in_child([number] {
              catch_interrupts();
              check_interrupt();
              if (interrupted() || interrupt_signal() != 0) return 1;
              std::raise(number);
              if (!interrupted() || interrupt_signal() != number) return 2;
              try {
                check_interrupt();
              } catch (const Interrupted&) {
                return 0;
              }
              return 3;
            })) == 0);
    }
  }

  TEST_CASE("the second signal ends the process") {
    CHECK(exit_code(in_child([] {
            catch_interrupts();
            std::raise(SIGINT);
            std::raise(SIGINT);
            return 0;
          })) == -SIGINT);
  }

  TEST_CASE("a signal that the caller ignores stays ignored") {
    CHECK(exit_code(in_child([] {
            std::signal(SIGINT, SIG_IGN);
            catch_interrupts();
            std::raise(SIGINT);
            return interrupted() ? 1 : 0;
          })) == 0);
  }

  TEST_CASE("a signal ends a read that waits") {
    CHECK(exit_code(in_child([] {
            catch_interrupts();
            int ends[2];
            if (::pipe(ends) != 0) return 1;
            const pid_t parent = ::getpid();
            if (::fork() == 0) {
              ::usleep(50000);
              ::_exit(::kill(parent, SIGINT));
            }
            char byte = 0;
            return ::read(ends[0], &byte, 1) < 0 && interrupted() ? 0 : 2;
          })) == 0);
  }

  TEST_CASE("a parallel loop ends with Interrupted") {
    CHECK(exit_code(in_child([] {
            catch_interrupts();
            std::size_t blocks = 0;
            try {
              parallel_for(1000, 1, 1, [&](std::size_t, std::size_t, unsigned) {
                if (++blocks == 10) std::raise(SIGINT);
              });
            } catch (const Interrupted&) {
              return blocks == 10 ? 0 : 1;
            }
            return 2;
          })) == 0);
  }
}
