// Answers as a contact sheet.
#pragma once

#include "question.h"

#include "base/hit.h"
#include "index/index.h"
#include "view/contact_sheet.h"

#include <string>
#include <vector>

namespace imsearch {

/// One answer: the question's picture, then those of its hits.
SheetRow sheet_row(const Index& index, const Question& question,
                   const Hits& hits);

/// write_contact_sheet(), but never over one of the pictures in it. Throws
/// Error.
/// Says on stderr how many pictures are not there, if any: they will be grey.
void say_missing(const std::vector<SheetRow>& rows);

void write_sheet(const std::vector<SheetRow>& rows, const std::string& path);

}  // namespace imsearch
