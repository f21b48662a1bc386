#include "cli.h"

int main() { return imsearch::cli::kFailed; }
