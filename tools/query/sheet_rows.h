// Answers as a contact sheet.
#pragma once

#include "query/questions.h"

#include "view/contact_sheet.h"

#include <string>
#include <vector>

namespace imsearch {

/// One answer: the question's picture, then those of its neighbours.
SheetRow sheet_row(const Question& question, const Answer& answer);

/// Says on stderr how many pictures are not there, if any: they will be grey.
void say_missing(const std::vector<SheetRow>& rows);

/// write_contact_sheet(), but never over one of the pictures in it. Throws
/// Error.
void write_sheet(const std::vector<SheetRow>& rows, const std::string& path);

}  // namespace imsearch
