// The patterns of expand_inputs().
#include "io/glob.h"

#include "io/folder.h"
#include "support/temp_dir.h"

#include <sys/stat.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include <cerrno>
#include <filesystem>

using namespace imsearch;

namespace {

using Paths = std::vector<std::string>;

/// The inputs that a pattern matches.
Paths matches_of(const std::string& pattern) {
  return expand_inputs({pattern}).paths;
}

/// A temporary folder with empty files in it, seen from inside.
class Tree {
 public:
  explicit Tree(const Paths& files) {
    for (const std::string& file : files) dir_.write(file, "");
  }

  void link(const std::string& target, const std::string& name) const {
    std::filesystem::create_symlink(target, dir_ / name);
  }

  const test::TempDir& dir() const { return dir_; }

  /// What `pattern` below the folder matches, without the folder's name.
  Paths matches(const std::string& pattern) const {
    const std::string prefix = dir_.path() + "/";
    Paths paths = matches_of(prefix + pattern);
    for (std::string& path : paths) {
      REQUIRE(path.compare(0, prefix.size(), prefix) == 0);
      path.erase(0, prefix.size());
    }
    return paths;
  }

 private:
  test::TempDir dir_;
};

/// Changes the working folder and back.
class WorkingFolder {
 public:
  explicit WorkingFolder(const std::string& path)
      : old_(std::filesystem::current_path()) {
    std::filesystem::current_path(path);
  }
  ~WorkingFolder() { std::filesystem::current_path(old_); }
  WorkingFolder(const WorkingFolder&) = delete;
  WorkingFolder& operator=(const WorkingFolder&) = delete;

 private:
  std::filesystem::path old_;
};

}  // namespace

TEST_SUITE("io") {
  // Python 3.11's glob.glob(recursive=True), sorted, gives the same answers
  // but for folders, which are not inputs, and wherever it is said.
  TEST_CASE("the reference's pattern finds photos at any depth") {
    const Tree tree({"deepfashion1/a/1.jpg", "deepfashion2/0.jpg",
                     "deepfashion2/c/d/e.jpg", "other/a/2.jpg",
                     "deepfashion1/a/x.png", "deepfashion.jpg"});
    CHECK(tree.matches("deepfashion*/**/*.jpg") ==
          Paths{"deepfashion1/a/1.jpg", "deepfashion2/0.jpg",
                "deepfashion2/c/d/e.jpg"});
  }

  TEST_CASE("matches are sorted by bytes") {
    const Tree tree({"b", "a/x", "B", "\xC3\xA9", "a-b/x"});
    CHECK(tree.matches("*") == Paths{"B", "b", "\xC3\xA9"});
    CHECK(tree.matches("**/x") == Paths{"a-b/x", "a/x"});
  }

  TEST_CASE("names that start with a dot need a pattern that does") {
    const Tree tree({".h.jpg", "a.jpg", ".hd/b.jpg", "d/.hd/c.jpg"});
    CHECK(tree.matches("*.jpg") == Paths{"a.jpg"});
    CHECK(tree.matches("**/*.jpg") == Paths{"a.jpg"});
    CHECK(tree.matches("[.]*") == Paths{});
    CHECK(tree.matches(".*") == Paths{".h.jpg"});
    CHECK(tree.matches("**/.hd/*") == Paths{".hd/b.jpg", "d/.hd/c.jpg"});
  }

  TEST_CASE("a folder that is called x.jpg is entered, but is not an input") {
    const Tree tree({"x.jpg/y.jpg"});
    CHECK(tree.matches("**/*.jpg") == Paths{"x.jpg/y.jpg"});
  }

  TEST_CASE("two stars are special only as a whole component") {
    const Tree tree({"a.jpg", "d/b.jpg", "**/q", "de"});
    CHECK(tree.matches("**.jpg") == Paths{"a.jpg"});
    CHECK(tree.matches("d**") == Paths{"de"});
    CHECK(tree.matches("[*][*]/q") == Paths{"**/q"});
  }

  TEST_CASE("two stars stand for the folder itself and all below it") {
    const Tree tree({"d/b.jpg", "d/e/c.jpg"});
    CHECK(tree.matches("d/**") == Paths{"d/b.jpg", "d/e/c.jpg"});
    CHECK(tree.matches("d/**/") == Paths{});
    CHECK(tree.matches("d/**/**/*.jpg") == Paths{"d/b.jpg", "d/e/c.jpg"});
    CHECK(tree.matches("**/e/**/c.jpg") == Paths{"d/e/c.jpg"});
    CHECK(tree.matches("none/**") == Paths{});
  }

  TEST_CASE("each match comes once, whatever ways lead to it") {
    const Tree tree({"a/b/c/x.jpg"});
    CHECK(tree.matches("**/*/**/x.jpg") == Paths{"a/b/c/x.jpg"});
  }

  TEST_CASE("a last slash asks for folders, which are not inputs") {
    const Tree tree({"d/x", "f"});
    tree.link("d", "l");
    CHECK(tree.matches("*/") == Paths{});
    CHECK(tree.matches("*//") == Paths{});
    // Python gives the file's other name, too.
    CHECK(tree.matches("?/x") == Paths{"d/x"});
  }

  TEST_CASE("links to folders are followed") {
    const Tree outside({"a.jpg"});
    const Tree tree({"real/b.jpg"});
    tree.link(outside.dir().path(), "link");
    CHECK(tree.matches("**/*.jpg") == Paths{"link/a.jpg", "real/b.jpg"});
    CHECK(tree.matches("*/?.jpg") == Paths{"link/a.jpg", "real/b.jpg"});
  }

  TEST_CASE("a link to nothing is a match") {
    const Tree tree({});
    tree.link("nowhere", "lost.jpg");
    CHECK(tree.matches("*.jpg") == Paths{"lost.jpg"});
    CHECK(tree.matches("**/lost.jpg") == Paths{"lost.jpg"});
    CHECK(tree.matches("lost.jpg") == Paths{"lost.jpg"});
  }

  // Python goes on for 40 levels.
  TEST_CASE("a folder is entered once, whatever links lead to it") {
    const Tree tree({"a/1.jpg", "b/2.jpg"});
    tree.link(".", "a/self");
    tree.link("..", "a/up");
    tree.link("../b", "a/to_b");
    tree.link("../a", "b/to_a");
    CHECK(tree.matches("**/*.jpg") == Paths{"a/1.jpg", "b/2.jpg"});
  }

  TEST_CASE("names of any bytes are found") {
    const Tree tree({"sp ace/x y.jpg", "nl\n/t\t.jpg", "\xFF/\xFE.jpg"});
    CHECK(tree.matches("**/*.jpg") ==
          Paths{"nl\n/t\t.jpg", "sp ace/x y.jpg", "\xFF/\xFE.jpg"});
    CHECK(tree.matches("?/?.jpg") == Paths{"\xFF/\xFE.jpg"});
  }

  TEST_CASE("brackets that are part of a name are written as sets") {
    const Tree tree({"[x]/1.jpg", "x/2.jpg", "w[y"});
    CHECK(tree.matches("[x]/*.jpg") == Paths{"x/2.jpg"});
    CHECK(tree.matches("[[]x]/*.jpg") == Paths{"[x]/1.jpg"});
    CHECK(tree.matches("w[y") == Paths{"w[y"});
  }

  TEST_CASE("what is not a pattern stays as it is spelled") {
    const Tree tree({"d/x"});
    CHECK(tree.matches("d/x") == Paths{"d/x"});
    CHECK(tree.matches("d//x") == Paths{"d//x"});
  }

  TEST_CASE("relative patterns give relative paths") {
    const Tree tree({"a.jpg", "d/b.jpg"});
    const WorkingFolder inside(tree.dir().path());
    CHECK(matches_of("*.jpg") == Paths{"a.jpg"});
    CHECK(matches_of("**/*.jpg") == Paths{"a.jpg", "d/b.jpg"});
    CHECK(matches_of("./**/*.jpg") == Paths{"./a.jpg", "./d/b.jpg"});
    CHECK(matches_of("d/../*.jpg") == Paths{"d/../a.jpg"});
    CHECK(matches_of("*/../*.jpg") == Paths{"d/../a.jpg"});
    CHECK(matches_of("d//*.jpg") == Paths{"d/b.jpg"});
    CHECK(matches_of("**") == Paths{"a.jpg", "d/b.jpg"});
    CHECK(matches_of("**/") == Paths{});
  }

  TEST_CASE("the root folder can be matched") {
    CHECK(matches_of("/de[v]/nul[l]") == Paths{"/dev/null"});
  }

  TEST_CASE("files and missing folders on the way match nothing") {
    const Tree tree({"f"});
    CHECK(tree.matches("f/*") == Paths{});
    CHECK(tree.matches("none/*/x") == Paths{});
  }

  TEST_CASE("entries of a folder come with their kinds") {
    const Tree tree({"f", "d/x"});
    tree.link("d", "link_to_folder");
    tree.link("nowhere", "lost");
    REQUIRE(::mkfifo((tree.dir() / "fifo").c_str(), 0600) == 0);
    const Folder folder(tree.dir().path());
    CHECK(folder.error_number == 0);
    CHECK(folder.entries.size() == 5);
    for (const FolderEntry& entry : folder.entries) {
      CAPTURE(entry.name);
      const bool is_folder = entry.name == "d" || entry.name[0] == 'l';
      if (entry.name == "fifo")
        CHECK(entry.kind == EntryKind::kSpecial);
      else if (is_folder && entry.name != "lost")
        CHECK(entry.kind == EntryKind::kFolder);
      else
        CHECK(entry.kind == EntryKind::kFile);
    }
    CHECK(Folder(tree.dir() / "none").error_number == ENOENT);
  }
}
