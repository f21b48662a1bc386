// CLI11's classes by name. Its own header takes five seconds to compile, so
// only the sources that register options include that.
#pragma once

namespace CLI {
class App;
class FormatterBase;
class Option;
class Validator;
}  // namespace CLI
