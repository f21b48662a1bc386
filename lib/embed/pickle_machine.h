// The machine that a pickle is a program for (pickle.cpp's own part).
#pragma once

#include "embed/pickle.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string_view>
#include <vector>

namespace imsearch {

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

}  // namespace imsearch
