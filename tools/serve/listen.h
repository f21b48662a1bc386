// Where a service listens, and what systemd says and wants to be told.
#pragma once

#include "io/descriptor.h"

#include <string>

namespace imsearch {

/// A listening socket.
struct Listener {
  Descriptor socket;
  std::string address;    // "127.0.0.1:9201", "unix:run/imsearch.sock"
  std::string url;        // "http://127.0.0.1:9201"; empty: no TCP
  bool is_local = false;  // no other machine can reach it
  std::string file;       // of a Unix socket that we made; empty: none
};

/// The socket that systemd listens at for us (LISTEN_FDS), where there is one,
/// else a new one at `address`: "HOST:PORT", "[::1]:PORT", "PORT" or
/// "unix:PATH". A port of 0 is any that is free. Throws Error.
Listener listen_at(const std::string& address);

/// Tells systemd "READY=1", or whatever `state` says, where it started us with
/// Type=notify.
void notify_systemd(const std::string& state);

}  // namespace imsearch
