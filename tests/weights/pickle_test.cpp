#include "weights/pickle.h"

#include "weights/pickle_writer.h"

#include "base/error.h"
#include "support/contains.h"

#include <doctest/doctest.h>

#include <limits>
#include <set>

using namespace imsearch;
using imsearch::test::contains;
using namespace imsearch::test;
using Kind = PickleValue::Kind;

namespace {

const std::vector<std::string_view> kGlobals = {"torch.FloatStorage", "m.f"};

/// A pickle and the bytes that it looks into.
struct Read {
  explicit Read(const std::string& program)
      : bytes(program), pickle(bytes, kGlobals) {}
  const PickleValue& root() const { return pickle.root(); }

  std::string bytes;
  Pickle pickle;
};

Read read_value(const std::string& value) {
  return Read(pickled(value));
}

std::string error_of(const std::string& program) {
  try {
    const Read read(program);
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

std::string value_error(const std::string& value) {
  return error_of(pickled(value));
}

std::string repeated(const std::string& part, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += part;
  return all;
}

}  // namespace

TEST_SUITE("embed") {
  TEST_CASE("numbers of every width are read from a pickle") {
    const std::int64_t values[] = {0,
                                   255,
                                   256,
                                   65535,
                                   65536,
                                   -1,
                                   -129,
                                   2'147'483'647,
                                   -2'147'483'648,
                                   2'147'483'648,
                                   std::numeric_limits<std::int64_t>::min(),
                                   std::numeric_limits<std::int64_t>::max()};
    for (const std::int64_t value : values) {
      const Read read = read_value(number(value));
      CHECK(read.root().kind == Kind::kInt);
      CHECK(read.root().number == value);
    }
    // LONG1 of 0, 1 and 3 bytes, as Python writes it.
    using namespace std::string_literals;
    CHECK(read_value("\x8a\0"s).root().number == 0);
    CHECK(read_value("\x8a\1\xff"s).root().number == -1);
    CHECK(read_value("\x8a\3\0\0\x80"s).root().number == -0x80'0000);
    CHECK(read_value(boolean(true)).root().number == 1);
    CHECK(read_value(boolean(false)).root().kind == Kind::kBool);
    CHECK(read_value(kNone).root().kind == Kind::kNone);
    CHECK(read_value("G" + std::string(8, '?')).root().kind == Kind::kFloat);
  }

  TEST_CASE("texts of Python 2 and 3 are read from a pickle") {
    CHECK(read_value(text("a\nb")).root().text == "a\nb");
    CHECK(read_value("U\3abc").root().text == "abc");
    CHECK(read_value("T" + little(3, 4) + "abc").root().text == "abc");
    CHECK(read_value(text("")).root().kind == Kind::kText);
  }

  TEST_CASE("containers are read from a pickle") {
    for (std::size_t size = 0; size < 5; ++size) {
      const Read read = read_value(tuple(Parts(size, number(7))));
      CHECK(read.root().kind == Kind::kTuple);
      CHECK(read.root().items.size() == size);
    }
    const Read items = read_value(list({number(1), text("b"), tuple({})}));
    REQUIRE(items.root().items.size() == 3);
    CHECK(items.root().items[0]->number == 1);
    CHECK(items.root().items[1]->text == "b");
    const Parts pairs = {text("a"), number(1), text("b"), number(2)};
    for (const std::string& made :
         {dict(pairs), ordered_dict(pairs), ordered_dict_of_pairs(pairs)}) {
      const Read read = read_value(made);
      CHECK(read.root().kind == Kind::kDict);
      REQUIRE(find_key(read.root(), "b") != nullptr);
      CHECK(find_key(read.root(), "b")->number == 2);
      CHECK(find_key(read.root(), "c") == nullptr);
    }
    CHECK(find_key(items.root(), "b") == nullptr);
    // The attributes of a dict are passed over.
    const Read built_dict = read_value(built(dict(pairs), dict({})));
    CHECK(built_dict.root().items.size() == 4);
  }

  TEST_CASE("a call stays what would be called with what") {
    const Read read =
        read_value(call(global("m", "f"), {number(1), global("m", "f")}));
    CHECK(read.root().kind == Kind::kCall);
    CHECK(read.root().text == "m.f");
    REQUIRE(read.root().items.size() == 2);
    CHECK(read.root().items[1]->kind == Kind::kGlobal);
    const Read id = read_value(persistent(tuple({text("storage")})));
    CHECK(id.root().kind == Kind::kPersistent);
    CHECK(id.root().items[0]->items[0]->text == "storage");
  }

  TEST_CASE("a pickle ends at its stop, whatever follows") {
    const Read read(pickled(number(1)) + pickled(number(2)));
    CHECK(read.root().number == 1);
    CHECK(read.pickle.size_bytes() == pickled(number(1)).size());
    CHECK(read.pickle.values().size() == 1);
  }

  TEST_CASE("a name that data does not need is refused by its name") {
    const auto refused = [](const char* module, const char* name) {
      return value_error(call(global(module, name), {text("true")}));
    };
    CHECK(contains(refused("os", "system"),
                   "byte 2: names os.system, which numbers do not need"));
    CHECK(contains(refused("builtins", "eval"), "builtins.eval"));
    CHECK(contains(refused("__builtin__", "eval"), "__builtin__.eval"));
    CHECK(contains(refused("torch", "load"), "torch.load"));
    CHECK(contains(refused("torch.FloatStorage", "from_file"),
                   "torch.FloatStorage.from_file"));
    CHECK(contains(refused("torch", "FloatStorage "), "refused"));
    CHECK(contains(refused("torch", ""), "torch."));
    CHECK(contains(refused("collections", "OrderedDict.fromkeys"), "refused"));
    // Nothing of the file reaches a terminal as it is.
    CHECK(contains(refused("\x1b[2J", "\xff"), "names ?[2J.?,"));
    CHECK(refused("os", std::string(1'000'000, 'x').c_str()).size() < 200);
    CHECK(contains(value_error("cos"), "a name without an end"));
  }

  TEST_CASE("every opcode that data does not need is refused") {
    const std::string known =
        "NKMJGXTU()]}taesuqrhjcRbQ.\x88\x89\x8a\x85\x86"
        "\x87";
    const std::set<char> read(known.begin(), known.end());
    for (int opcode = 0; opcode < 256; ++opcode) {
      const char byte = static_cast<char>(opcode);
      const std::string error =
          value_error(std::string(1, byte) + std::string(300, 'x'));
      INFO(opcode);
      const std::string refusal = fmt::format(
          "byte 2: opcode 0x{:02x} is none that data needs", opcode);
      CHECK(contains(error, refusal) == (read.count(byte) == 0));
    }
    // Those by which pickles of later protocols name, make and import.
    for (const char* opcode : {"\x93", "\x81", "\x92", "i", "o", "P", "\x82"})
      CHECK(contains(value_error(text("os") + text("system") + opcode),
                     "refused"));
    CHECK(contains(error_of("\x80\x04\x95........."), "protocol 4"));
    CHECK(contains(error_of("(lp0\n."), "no pickle of protocol 2"));
  }

  TEST_CASE("a pickle cut anywhere is an error") {
    const std::string whole = pickled(
        ordered_dict({text("a"), call(global("m", "f"), {number(70'000)}),
                      text("b"), list({tuple({number(-1), boolean(true)})})}));
    REQUIRE(error_of(whole).empty());
    for (std::size_t size = 0; size < whole.size(); ++size) {
      INFO(size);
      CHECK_FALSE(error_of(whole.substr(0, size)).empty());
    }
  }

  TEST_CASE("counts beyond the pickle are an error, not memory") {
    CHECK(contains(value_error("X\xff\xff\xff\xff"),
                   "4294967295 bytes are wanted, 1 are left"));
    CHECK(contains(value_error("T\xff\xff\xff\xffx"), "4294967295 bytes"));
    CHECK(contains(value_error("\x8a\xff" + std::string(255, '\1')),
                   "a number of 255 bytes"));
    CHECK(contains(value_error(repeated("N", Pickle::kMaxValues + 1)),
                   "more than 200000 values"));
    CHECK(contains(value_error(repeated("}", Pickle::kMaxValues + 1)),
                   "more than 200000 values"));
  }

  TEST_CASE("the stack and its marks are kept") {
    CHECK(contains(value_error(""), "the stack is empty"));
    CHECK(contains(value_error("t"), "there is no mark"));
    CHECK(contains(value_error("N(\x85"), "the stack is empty"));
    CHECK(contains(value_error("](a"), "the stack is empty"));
    CHECK(contains(value_error("NN"), "1 values and 0 marks are left"));
    CHECK(contains(value_error("(N"), "0 values and 1 marks are left"));
    CHECK(contains(value_error("NNa"), "no list to add to"));
    CHECK(contains(value_error("NNNs"), "no dict to add to"));
    CHECK(contains(value_error("}(Nu"), "a key without a value"));
    CHECK(contains(value_error("N)R"), "a call of what is not a function"));
    CHECK(contains(value_error(global("m", "f") + "NR"), "not a function"));
    CHECK(contains(value_error("N}b"), "attributes for what has none"));
    const std::string ordered = global("collections", "OrderedDict");
    CHECK(contains(value_error(call(ordered, {kNone})), "not a list"));
    CHECK(contains(value_error(call(ordered, {list({kNone})})), "not pairs"));
    CHECK(contains(value_error(call(ordered, {list({list({kNone})})})),
                   "not pairs"));
  }

  TEST_CASE("the memo grows by what is put there") {
    const Read read =
        read_value("K\5q" + little(0, 1) + "r" + little(1, 4) + "h" +
                   little(0, 1) + "j" + little(1, 4) + "\x87");
    REQUIRE(read.root().items.size() == 3);
    CHECK(read.root().items[0] == read.root().items[2]);
    CHECK(read.pickle.values().size() == 2);
    CHECK(contains(value_error("Nr\xff\xff\xff\xff"),
                   "memo 4294967295 after only 0"));
    CHECK(contains(value_error("Nq\1"), "memo 1 after only 0"));
    CHECK(contains(value_error("j\xff\xff\xff\x7f"), "memo 2147483647 of 0"));
    CHECK(contains(value_error("q" + little(0, 1)), "the stack is empty"));
  }

  TEST_CASE("values that share, hold themselves or nest deeply cost little") {
    const std::string put_0 = "q" + little(0, 1);
    const std::string get_0 = "h" + little(0, 1);
    // Each tuple holds the one before twice: 2^1000 leaves, 1001 values.
    const Read shared =
        read_value(text("x") + repeated(put_0 + get_0 + "\x86", 1000));
    CHECK(shared.pickle.values().size() == 1001);
    const Read endless = read_value("]" + put_0 + get_0 + "a");
    CHECK(endless.root().items[0] == &endless.root());
    const Read deep = read_value("N" + repeated("\x85", 190'000));
    CHECK(deep.root().items.size() == 1);
    CHECK(contains(value_error("N" + repeated("\x85", 1'000'000)),
                   "more than 200000 values"));
  }

  TEST_CASE("copies of a long list or tuple count as values") {
    const std::string put_0 = "q" + little(0, 1);
    const std::string put_1 = "q" + little(1, 1);
    const std::string pairs = list(Parts(1000, list({kNone, kNone}))) + put_0 +
                              global("collections", "OrderedDict") + put_1;
    const std::string copy = "h" + little(1, 1) + "h" + little(0, 1) + "\x85R";
    CHECK(contains(value_error(pairs + repeated(copy, 200)),
                   "more than 200000 values"));
    const std::string arguments =
        tuple(Parts(1000, kNone)) + put_0 + global("m", "f") + put_1;
    const std::string call_again =
        "h" + little(1, 1) + "h" + little(0, 1) + "R";
    CHECK(contains(value_error(arguments + repeated(call_again, 200)),
                   "more than 200000 values"));
  }
}
