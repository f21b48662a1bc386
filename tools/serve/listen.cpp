#include "serve/listen.h"

#include "base/error.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <memory>

namespace imsearch {
namespace {

constexpr int kFirstPassed = 3;  // sd_listen_fds(3)
constexpr unsigned kLastPort = 65535;
constexpr int kBacklog = 4096;  // the system takes its own bound

bool is_loopback(const sockaddr_storage& address) {
  if (address.ss_family == AF_UNIX) return true;
  if (address.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    return ntohl(v4.sin_addr.s_addr) >> 24U == 127;
  }
  const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
  return IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
}

std::string text_of(const sockaddr_storage& address) {
  char host[INET6_ADDRSTRLEN] = {};
  if (address.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    ::inet_ntop(AF_INET, &v4.sin_addr, host, sizeof host);
    return fmt::format("{}:{}", host, ntohs(v4.sin_port));
  }
  const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
  ::inet_ntop(AF_INET6, &v6.sin6_addr, host, sizeof host);
  return fmt::format("[{}]:{}", host, ntohs(v6.sin6_port));
}

/// What is known of a socket that listens.
Listener described(Descriptor socket) {
  sockaddr_storage address = {};
  socklen_t size = sizeof address;
  if (::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address),
                    &size) != 0)
    fail("the socket to listen at: {}", errno_text(errno));
  Listener listener;
  listener.socket = std::move(socket);
  listener.is_local = is_loopback(address);
  if (address.ss_family == AF_UNIX) {
    listener.address =
        std::string("unix:") + reinterpret_cast<sockaddr_un&>(address).sun_path;
  } else {
    listener.address = text_of(address);
    listener.url = "http://" + listener.address;
  }
  return listener;
}

/// Whether systemd passed a socket; it says so to this process alone.
bool is_passed_by_systemd() {
  const char* process = std::getenv("LISTEN_PID");
  const char* count = std::getenv("LISTEN_FDS");
  if (process == nullptr || count == nullptr ||
      process != std::to_string(::getpid()))
    return false;
  if (count != std::string("1"))
    fail("systemd passed {} sockets: one is served", count);
  return true;
}

sockaddr_un unix_address(const std::string& path) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path)
    fail("unix:{}: a path of {} bytes: from 1 to {} can be listened at", path,
         path.size(), sizeof address.sun_path - 1);
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

/// Removes the socket of a service that was killed; not one that answers.
void remove_dead_socket(const std::string& path, const sockaddr_un& address) {
  struct stat file = {};
  if (::lstat(path.c_str(), &file) != 0) return;
  if (!S_ISSOCK(file.st_mode))
    fail("unix:{}: there is a file of that name, which is no socket", path);
  const Descriptor probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address),
                sizeof address) == 0)
    fail("unix:{}: another service listens there", path);
  if (errno == ECONNREFUSED) ::unlink(path.c_str());
}

Listener listen_at_unix(const std::string& path) {
  const sockaddr_un address = unix_address(path);
  remove_dead_socket(path, address);
  Descriptor socket(
      ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket.valid() ||
      ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address),
             sizeof address) != 0 ||
      ::listen(socket.get(), kBacklog) != 0)
    fail("unix:{}: {}", path, errno_text(errno));
  Listener listener = described(std::move(socket));
  listener.file = path;
  return listener;
}

Listener listen_at_tcp(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  std::string host =
      colon == std::string::npos ? "127.0.0.1" : address.substr(0, colon);
  const std::string port =
      colon == std::string::npos ? address : address.substr(colon + 1);
  if (host.size() > 1 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  // getaddrinfo() would take what is beyond 16 bits off a number.
  unsigned number = 0;
  const char* end = port.data() + port.size();
  const auto [stop, wrong] = std::from_chars(port.data(), end, number);
  if (wrong != std::errc() || stop != end || number > kLastPort)
    fail(
        "--listen {}: {} is not a port: behind the last colon comes a number "
        "from 0 to {}",
        address, port, kLastPort);
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  const int error = ::getaddrinfo(host.empty() ? nullptr : host.c_str(),
                                  port.c_str(), &hints, &list);
  if (error != 0)
    fail("--listen {}: {}: HOST:PORT is where a service listens", address,
         ::gai_strerror(error));
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> first(list,
                                                             ::freeaddrinfo);
  Descriptor socket(::socket(first->ai_family,
                             SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int yes = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (!socket.valid() ||
      ::bind(socket.get(), first->ai_addr, first->ai_addrlen) != 0 ||
      ::listen(socket.get(), kBacklog) != 0)
    fail("--listen {}: {}", address, errno_text(errno));
  return described(std::move(socket));
}

}  // namespace

Listener listen_at(const std::string& address) {
  if (is_passed_by_systemd()) {
    ::fcntl(kFirstPassed, F_SETFD, FD_CLOEXEC);
    ::fcntl(kFirstPassed, F_SETFL, O_NONBLOCK);
    return described(Descriptor(kFirstPassed));
  }
  constexpr std::string_view kUnix = "unix:";
  if (address.rfind(kUnix, 0) == 0)
    return listen_at_unix(address.substr(kUnix.size()));
  return listen_at_tcp(address);
}

void notify_systemd(const std::string& state) {
  const char* path = std::getenv("NOTIFY_SOCKET");
  if (path == nullptr || *path == '\0') return;
  sockaddr_un address = unix_address(path);
  const std::size_t length = std::strlen(path);
  if (path[0] == '@') address.sun_path[0] = '\0';  // without a file
  const Descriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  // Nobody can be told where this fails; systemd then waits in vain.
  ::sendto(socket.get(), state.data(), state.size(), MSG_NOSIGNAL,
           reinterpret_cast<const sockaddr*>(&address),
           static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length));
}

}  // namespace imsearch
