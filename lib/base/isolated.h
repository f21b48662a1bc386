// Work that another library does on untrusted bytes, in a process of its own.
//
// Some libraries that we need for a format were not made for files that someone
// damaged on purpose: they read and write outside of their memory. In a child
// process that ends only the child.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

namespace imsearch {

/// Calls `work` in a copy of this process and gives what it returns. An Error
/// that it throws is thrown here. Throws Error, too: no process can be made,
/// it takes more than a minute of CPU time, returns more than `max_bytes`, or
/// dies: "WHERE: WHAT crashed on it (signal 11)". `work` may use no thread of
/// this process, and leaves no trace here but its result. Nothing that it
/// prints on standard error is seen.
std::string call_isolated(const std::string& where, const std::string& what,
                          std::size_t max_bytes,
                          const std::function<std::string()>& work);

}  // namespace imsearch
