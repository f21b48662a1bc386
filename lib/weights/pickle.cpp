// A pickle is a program for a machine with a stack, a list of marks in it, and
// a memo of values to be used again. This one runs the opcodes that make values
// and calls nothing. What a hostile pickle could do is bounded: names beyond
// the given ones are refused, values are counted, and each is made once and
// only pointed to.
#include "weights/pickle.h"

#include "base/error.h"
#include "io/text.h"
#include "weights/numbers.h"

#include <algorithm>
#include <utility>

namespace imsearch {
namespace {

constexpr std::string_view kOrderedDict = "collections.OrderedDict";
constexpr unsigned char kStop = '.';

/// Makes values in `values` and points to them; so neither nesting nor a value
/// that holds itself costs more than a pointer. Throws Error without a place;
/// opcode_at() says it.
class PickleMachine {
 public:
  PickleMachine(std::string_view bytes,
                const std::vector<std::string_view>& globals,
                std::deque<PickleValue>& values)
      : bytes_(bytes), globals_(globals), values_(values) {}

  /// The value that is left at the end. Once.
  const PickleValue* run();

  std::size_t at() const { return at_; }
  std::size_t opcode_at() const { return opcode_at_; }

 private:
  using Kind = PickleValue::Kind;
  using Items = std::vector<const PickleValue*>;
  void step(unsigned char opcode);
  bool step_constant(unsigned char opcode);
  bool step_container(unsigned char opcode);
  bool step_memo(unsigned char opcode);
  std::string_view take(std::uint64_t size);
  std::uint64_t take_unsigned(std::size_t size);
  std::string_view take_line();

  void charge(std::size_t values);
  PickleValue& push(Kind kind);
  void push_number(Kind kind, std::int64_t number);
  void push_text(std::uint64_t size);
  void push_long();
  void push_global();
  void push_items(Kind kind, Items items);

  PickleValue* top();
  PickleValue* pop();
  Items pop_items(std::size_t count);
  Items pop_to_mark();

  void check_protocol();
  void add_items(Kind kind, const Items& items);
  void call();
  void ordered_dict(const Items& arguments);
  void build();
  void put(std::uint64_t index);
  void get(std::uint64_t index);

  std::string_view bytes_;
  const std::vector<std::string_view>& globals_;
  std::deque<PickleValue>& values_;
  std::size_t at_ = 0;
  std::size_t opcode_at_ = 0;
  std::size_t charged_ = 0;
  std::vector<PickleValue*> stack_;
  std::vector<std::size_t> marks_;  // heights of the stack
  std::vector<PickleValue*> memo_;
};

const PickleValue* PickleMachine::run() {
  check_protocol();
  while (true) {
    opcode_at_ = at_;
    const auto opcode = static_cast<unsigned char>(take(1)[0]);
    if (opcode == kStop) break;
    step(opcode);
  }
  const PickleValue* root = pop();
  if (!stack_.empty() || !marks_.empty())
    fail("{} values and {} marks are left", stack_.size(), marks_.size());
  return root;
}

void PickleMachine::check_protocol() {
  const std::string_view head = take(2);
  if (head[0] != '\x80') fail("no pickle of protocol 2");
  if (head[1] != 2)
    fail("protocol {}, only 2 is read, which torch.save writes by itself",
         static_cast<unsigned char>(head[1]));
}

void PickleMachine::step(unsigned char opcode) {
  if (step_constant(opcode) || step_container(opcode) || step_memo(opcode))
    return;
  switch (opcode) {
    case 'c':
      return push_global();
    case 'R':
      return call();
    case 'b':
      return build();
    case 'Q':
      return push_items(Kind::kPersistent, pop_items(1));  // BINPERSID
    default:
      fail("opcode 0x{:02x} is none that data needs: refused", opcode);
  }
}

bool PickleMachine::step_constant(unsigned char opcode) {
  switch (opcode) {
    case 'N':
      push(Kind::kNone);
      break;
    case 0x88:
      push_number(Kind::kBool, 1);
      break;
    case 0x89:
      push_number(Kind::kBool, 0);
      break;
    case 'K':  // BININT1
      push_number(Kind::kInt, signed_little_endian(take(1)) & 0xff);
      break;
    case 'M':  // BININT2
      push_number(Kind::kInt, signed_little_endian(take(2)) & 0xffff);
      break;
    case 'J':  // BININT
      push_number(Kind::kInt, signed_little_endian(take(4)));
      break;
    case 0x8a:
      push_long();
      break;
    case 'G':  // BINFLOAT
      take(sizeof(double));
      push(Kind::kFloat);
      break;
    case 'X':  // BINUNICODE
    case 'T':  // BINSTRING
      push_text(take_unsigned(4));
      break;
    case 'U':
      push_text(take_unsigned(1));
      break;  // SHORT_BINSTRING
    default:
      return false;
  }
  return true;
}

bool PickleMachine::step_container(unsigned char opcode) {
  switch (opcode) {
    case '(':
      marks_.push_back(stack_.size());
      break;
    case ')':
      push(Kind::kTuple);
      break;
    case ']':
      push(Kind::kList);
      break;
    case '}':
      push(Kind::kDict);
      break;
    case 0x85:  // TUPLE1, TUPLE2, TUPLE3
    case 0x86:
    case 0x87:
      push_items(Kind::kTuple, pop_items(opcode - 0x84U));
      break;
    case 't':
      push_items(Kind::kTuple, pop_to_mark());
      break;
    case 'a':
      add_items(Kind::kList, pop_items(1));
      break;  // APPEND
    case 'e':
      add_items(Kind::kList, pop_to_mark());
      break;  // APPENDS
    case 's':
      add_items(Kind::kDict, pop_items(2));
      break;  // SETITEM
    case 'u':
      add_items(Kind::kDict, pop_to_mark());
      break;  // SETITEMS
    default:
      return false;
  }
  return true;
}

bool PickleMachine::step_memo(unsigned char opcode) {
  switch (opcode) {
    case 'q':
      put(take_unsigned(1));
      break;
    case 'r':
      put(take_unsigned(4));
      break;
    case 'h':
      get(take_unsigned(1));
      break;
    case 'j':
      get(take_unsigned(4));
      break;
    default:
      return false;
  }
  return true;
}

/// The next bytes, if there are so many: no length in a pickle is believed.
std::string_view PickleMachine::take(std::uint64_t size) {
  if (size > bytes_.size() - at_)
    fail("{} bytes are wanted, {} are left", size, bytes_.size() - at_);
  const std::string_view taken = bytes_.substr(at_, size);
  at_ += taken.size();
  return taken;
}

std::uint64_t PickleMachine::take_unsigned(std::size_t size) {
  return little_endian(take(size));
}

std::string_view PickleMachine::take_line() {
  const std::size_t end = bytes_.find('\n', at_);
  if (end == std::string_view::npos) fail("a name without an end");
  const std::string_view line = take(end - at_);
  take(1);
  return line;
}

/// For values made, and for those copied: one list may be copied many times.
void PickleMachine::charge(std::size_t values) {
  if (values > Pickle::kMaxValues - charged_)
    fail("more than {} values", Pickle::kMaxValues);
  charged_ += values;
}

PickleValue& PickleMachine::push(Kind kind) {
  charge(1);
  values_.emplace_back().kind = kind;
  stack_.push_back(&values_.back());
  return values_.back();
}

void PickleMachine::push_number(Kind kind, std::int64_t number) {
  push(kind).number = number;
}

void PickleMachine::push_text(std::uint64_t size) {
  const std::string_view text = take(size);
  push(Kind::kText).text = text;
}

/// LONG1: what a number of any size fits, and all that ours need.
void PickleMachine::push_long() {
  const std::uint64_t size = take_unsigned(1);
  if (size > sizeof(std::int64_t))
    fail("a number of {} bytes, at most 8 are expected", size);
  push_number(Kind::kInt, signed_little_endian(take(size)));
}

void PickleMachine::push_global() {
  const std::string_view module = take_line();
  const std::string_view attribute = take_line();
  const std::string name = fmt::format("{}.{}", module, attribute);
  if (name == kOrderedDict) {
    push(Kind::kGlobal).text = kOrderedDict;
    return;
  }
  const auto found = std::find(globals_.begin(), globals_.end(), name);
  if (found == globals_.end())
    fail("names {}, which numbers do not need: refused", printable(name));
  push(Kind::kGlobal).text = *found;
}

void PickleMachine::push_items(Kind kind, Items items) {
  push(kind).items = std::move(items);
}

/// Never below the latest mark: that is another container, not finished yet.
PickleValue* PickleMachine::top() {
  const std::size_t floor = marks_.empty() ? 0 : marks_.back();
  if (stack_.size() == floor) fail("the stack is empty");
  return stack_.back();
}

PickleValue* PickleMachine::pop() {
  PickleValue* value = top();
  stack_.pop_back();
  return value;
}

PickleMachine::Items PickleMachine::pop_items(std::size_t count) {
  Items items(count);
  for (std::size_t i = count; i-- > 0;) items[i] = pop();
  return items;
}

PickleMachine::Items PickleMachine::pop_to_mark() {
  if (marks_.empty()) fail("there is no mark");
  const auto begin =
      stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
  Items items(begin, stack_.end());
  stack_.erase(begin, stack_.end());
  marks_.pop_back();
  return items;
}

/// The container stays on the stack. It was there, and in the memo, before its
/// items: so a value may hold itself.
void PickleMachine::add_items(Kind kind, const Items& items) {
  PickleValue* target = top();
  if (target->kind != kind)
    fail("no {} to add to", kind == Kind::kDict ? "dict" : "list");
  if (kind == Kind::kDict && items.size() % 2 != 0)
    fail("a key without a value");
  target->items.insert(target->items.end(), items.begin(), items.end());
}

/// REDUCE. Only a dict is made; all other calls are left to who reads them.
void PickleMachine::call() {
  const PickleValue* arguments = pop();
  const PickleValue* callee = pop();
  if (callee->kind != Kind::kGlobal || arguments->kind != Kind::kTuple)
    fail("a call of what is not a function");
  if (callee->text == kOrderedDict) return ordered_dict(arguments->items);
  charge(arguments->items.size());
  PickleValue& result = push(Kind::kCall);
  result.text = callee->text;
  result.items = arguments->items;
}

/// Python 3 calls it without arguments, Python 2 with a list of pairs.
void PickleMachine::ordered_dict(const Items& arguments) {
  PickleValue& dict = push(Kind::kDict);
  if (arguments.empty()) return;
  if (arguments.size() != 1 || arguments[0]->kind != Kind::kList)
    fail("an OrderedDict of what is not a list");
  charge(2 * arguments[0]->items.size());
  for (const PickleValue* pair : arguments[0]->items) {
    if (pair->kind != Kind::kList || pair->items.size() != 2)
      fail("an OrderedDict of what are not pairs");
    dict.items.insert(dict.items.end(), pair->items.begin(), pair->items.end());
  }
}

/// BUILD gives an object attributes. A state dict's, its _metadata, are the
/// versions of modules, which say nothing about the numbers.
void PickleMachine::build() {
  pop();
  if (top()->kind != Kind::kDict) fail("attributes for what has none");
}

/// Writers count up, so that a gap is damage, not a need for memory.
void PickleMachine::put(std::uint64_t index) {
  if (index > memo_.size()) fail("memo {} after only {}", index, memo_.size());
  if (index == memo_.size()) memo_.emplace_back();
  memo_[index] = top();
}

void PickleMachine::get(std::uint64_t index) {
  if (index >= memo_.size()) fail("memo {} of {}", index, memo_.size());
  stack_.push_back(memo_[index]);
}

}  // namespace

Pickle::Pickle(std::string_view bytes,
               const std::vector<std::string_view>& globals) {
  PickleMachine machine(bytes, globals, values_);
  try {
    root_ = machine.run();
  } catch (const Error& e) {
    fail("pickle, byte {}: {}", machine.opcode_at(), e.what());
  }
  size_bytes_ = machine.at();
}

const PickleValue* find_key(const PickleValue& dict, std::string_view key) {
  if (dict.kind != PickleValue::Kind::kDict) return nullptr;
  for (std::size_t i = 0; i + 1 < dict.items.size(); i += 2)
    if (dict.items[i]->kind == PickleValue::Kind::kText &&
        dict.items[i]->text == key)
      return dict.items[i + 1];
  return nullptr;
}

}  // namespace imsearch
