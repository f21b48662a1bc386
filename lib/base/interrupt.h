// ^C without half-written files. The first SIGINT (or SIGTERM, SIGHUP) asks the
// work to stop at its next row, so that destructors remove temporary files; a
// second one ends the process at once. SIGPIPE likewise: the failed write is an
// error, and the tool's frame ends by the signal once all is cleaned up.
#pragma once

namespace imsearch {

/// Installs the handler, but for a signal that the caller of this process has
/// set to be ignored. SIGXFSZ is ignored from then on: a write past the limit
/// of file sizes is an error like any other. Tools that run long or write files
/// call it once, first thing.
void catch_interrupts();

/// Waits until `fd` has bytes, or is at its end, or a signal comes; one that
/// came before counts, however shortly. Any thread.
void wait_readable(int fd);

/// True from the first signal on. Any thread.
bool interrupted();

/// Throws Interrupted from the first signal on. Any thread.
void check_interrupt();

/// The number of the signal that came, 0 before.
int interrupt_signal();

}  // namespace imsearch
