// How this user calls the tools: extract, imsearch-extract or imsearch extract.
//
// Messages that name another tool show it in the form in which this one was
// started, so that it can be typed. Set once, before threads start.
#pragma once

#include <string>

namespace imsearch {

/// Takes the form from what this process was started as, without its folder:
/// "imsearch query" and "imsearch-query" have the prefixes "imsearch " and
/// "imsearch-"; anything else has none.
void set_command_form(const std::string& started_as);

/// The tool `name` ("build-index", or "build-index --verify") in that form.
std::string command(const std::string& name);

}  // namespace imsearch
