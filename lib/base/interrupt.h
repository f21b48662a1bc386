// ^C without half-written files: the first SIGINT (or SIGTERM) asks the work to
// stop at its next row, so that destructors remove temporary files; a second
// one ends the process at once.
#pragma once

namespace imsearch {

/// Installs the handler. Tools that run long call it once, first thing.
void catch_interrupts();

/// True from the first signal on. Any thread.
bool interrupted();

/// Throws Interrupted from the first signal on. Any thread.
void check_interrupt();

/// The number of the signal that came, 0 before.
int interrupt_signal();

}  // namespace imsearch
