// An answer as a line of the contact sheet.
#pragma once

#include "question.h"

#include "base/hit.h"
#include "index/index.h"
#include "view/contact_sheet.h"

namespace imsearch {

SheetRow sheet_row(const Index& index, const Question& question,
                   const Hits& hits);

}  // namespace imsearch
