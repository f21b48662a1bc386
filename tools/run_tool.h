// Another tool of ours, run for what it prints.
#pragma once

#include <string>
#include <vector>

namespace imsearch {

/// Runs the sibling `tool` with these arguments, waits, and gives its standard
/// output; its standard error goes where ours goes. Throws Error if it cannot
/// be started or fails, Interrupted after a signal to us (base/interrupt.h),
/// which ends the tool, too.
std::string run_tool(const std::string& tool,
                     const std::vector<std::string>& arguments);

}  // namespace imsearch
