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
  Paths glob(const std::string& pattern) const {
    const std::string prefix = dir_.path() + "/";
    Paths paths = imsearch::glob(prefix + pattern);
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
  // wherever no other is said.
  TEST_CASE("the reference's pattern finds photos at any depth") {
    const Tree tree({"deepfashion1/a/1.jpg", "deepfashion2/0.jpg",
                     "deepfashion2/c/d/e.jpg", "other/a/2.jpg",
                     "deepfashion1/a/x.png", "deepfashion.jpg"});
    CHECK(tree.glob("deepfashion*/**/*.jpg") ==
          Paths{"deepfashion1/a/1.jpg", "deepfashion2/0.jpg",
                "deepfashion2/c/d/e.jpg"});
  }

  TEST_CASE("matches are sorted by bytes") {
    const Tree tree({"b", "a/x", "B", "\xC3\xA9", "a-b/x"});
    CHECK(tree.glob("*") == Paths{"B", "a", "a-b", "b", "\xC3\xA9"});
    CHECK(tree.glob("**/x") == Paths{"a-b/x", "a/x"});
  }

  TEST_CASE("names that start with a dot need a pattern that does") {
    const Tree tree({".h.jpg", "a.jpg", ".hd/b.jpg", "d/.hd/c.jpg"});
    CHECK(tree.glob("*.jpg") == Paths{"a.jpg"});
    CHECK(tree.glob("**/*.jpg") == Paths{"a.jpg"});
    CHECK(tree.glob("[.]*") == Paths{});
    CHECK(tree.glob(".*") == Paths{".h.jpg", ".hd"});
    CHECK(tree.glob("**/.hd/*") == Paths{".hd/b.jpg", "d/.hd/c.jpg"});
  }

  TEST_CASE("case decides") {
    const Tree tree({"a.jpg", "b.JPG"});
    CHECK(tree.glob("*.jpg") == Paths{"a.jpg"});
    CHECK(tree.glob("*.[jJ][pP][gG]") == Paths{"a.jpg", "b.JPG"});
  }

  TEST_CASE("a folder that is called x.jpg is a match like any other") {
    const Tree tree({"x.jpg/y.jpg"});
    CHECK(tree.glob("**/*.jpg") == Paths{"x.jpg", "x.jpg/y.jpg"});
  }

  TEST_CASE("two stars are special only as a whole component") {
    const Tree tree({"a.jpg", "d/b.jpg", "**/q"});
    CHECK(tree.glob("**.jpg") == Paths{"a.jpg"});
    CHECK(tree.glob("d**") == Paths{"d"});
    CHECK(tree.glob("[*][*]/q") == Paths{"**/q"});
  }

  TEST_CASE("two stars stand for the folder itself and all below it") {
    const Tree tree({"d/b.jpg", "d/e/c.jpg"});
    CHECK(tree.glob("d/**") == Paths{"d/", "d/b.jpg", "d/e", "d/e/c.jpg"});
    CHECK(tree.glob("d/**/") == Paths{"d/", "d/e/"});
    CHECK(tree.glob("d/**/**/*.jpg") == Paths{"d/b.jpg", "d/e/c.jpg"});
    CHECK(tree.glob("**/e/**/c.jpg") == Paths{"d/e/c.jpg"});
    // Newer Pythons; 3.11 gives "none/".
    CHECK(tree.glob("none/**") == Paths{});
  }

  TEST_CASE("each match comes once, whatever ways lead to it") {
    const Tree tree({"a/b/c/x.jpg"});
    CHECK(tree.glob("**/*/**/x.jpg") == Paths{"a/b/c/x.jpg"});
  }

  TEST_CASE("a last slash asks for folders") {
    const Tree tree({"d/x", "f"});
    tree.link("d", "l");
    CHECK(tree.glob("*/") == Paths{"d/", "l/"});
    CHECK(tree.glob("*//") == Paths{"d/", "l/"});
    CHECK(tree.glob("?/x") == Paths{"d/x", "l/x"});
  }

  TEST_CASE("links to folders are followed") {
    const Tree tree({"real/a.jpg"});
    tree.link("real", "link");
    CHECK(tree.glob("**/*.jpg") == Paths{"link/a.jpg", "real/a.jpg"});
    CHECK(tree.glob("*/a.jpg") == Paths{"link/a.jpg", "real/a.jpg"});
  }

  TEST_CASE("a link to nothing is a match") {
    const Tree tree({});
    tree.link("nowhere", "lost.jpg");
    CHECK(tree.glob("*.jpg") == Paths{"lost.jpg"});
    CHECK(tree.glob("**/lost.jpg") == Paths{"lost.jpg"});
    CHECK(tree.glob("lost.jpg") == Paths{"lost.jpg"});
  }

  // Python goes on for 40 levels.
  TEST_CASE("a link that leads back is not entered again") {
    const Tree tree({"a/1.jpg", "b/2.jpg"});
    tree.link(".", "a/self");
    tree.link("..", "a/up");
    tree.link("../b", "a/to_b");
    tree.link("../a", "b/to_a");
    CHECK(tree.glob("**/*.jpg") ==
          Paths{"a/1.jpg", "a/to_b/2.jpg", "b/2.jpg", "b/to_a/1.jpg"});
  }

  TEST_CASE("names of any bytes are found") {
    const Tree tree({"sp ace/x y.jpg", "nl\n/t\t.jpg", "\xFF/\xFE.jpg"});
    CHECK(tree.glob("**/*.jpg") ==
          Paths{"nl\n/t\t.jpg", "sp ace/x y.jpg", "\xFF/\xFE.jpg"});
    CHECK(tree.glob("?/?.jpg") == Paths{"\xFF/\xFE.jpg"});
  }

  TEST_CASE("brackets that are part of a name are written as sets") {
    const Tree tree({"[x]/1.jpg", "x/2.jpg", "w[y"});
    CHECK(tree.glob("[x]/*.jpg") == Paths{"x/2.jpg"});
    CHECK(tree.glob("[[]x]/*.jpg") == Paths{"[x]/1.jpg"});
    CHECK(tree.glob("w[y") == Paths{"w[y"});
  }

  TEST_CASE("what is no pattern matches what is there") {
    const Tree tree({"d/x"});
    CHECK(tree.glob("d/x") == Paths{"d/x"});
    CHECK(tree.glob("d//x") == Paths{"d//x"});
    CHECK(tree.glob("d/") == Paths{"d/"});
    CHECK(tree.glob("d/x/") == Paths{});
    CHECK(tree.glob("none") == Paths{});
    CHECK(imsearch::glob("") == Paths{});
  }

  TEST_CASE("relative patterns give relative paths") {
    const Tree tree({"a.jpg", "d/b.jpg"});
    const WorkingFolder inside(tree.dir().path());
    CHECK(glob("*.jpg") == Paths{"a.jpg"});
    CHECK(glob("**/*.jpg") == Paths{"a.jpg", "d/b.jpg"});
    CHECK(glob("./**/*.jpg") == Paths{"./a.jpg", "./d/b.jpg"});
    CHECK(glob("d/../*.jpg") == Paths{"d/../a.jpg"});
    CHECK(glob("*/../*.jpg") == Paths{"d/../a.jpg"});
    CHECK(glob("d//*.jpg") == Paths{"d/b.jpg"});
    CHECK(glob("**") == Paths{"a.jpg", "d", "d/b.jpg"});
    CHECK(glob("**/") == Paths{"d/"});
  }

  TEST_CASE("the root folder can be matched") {
    CHECK(glob("/de[v]/nul[l]") == Paths{"/dev/null"});
  }

  TEST_CASE("files and missing folders on the way match nothing") {
    const Tree tree({"f"});
    CHECK(tree.glob("f/*") == Paths{});
    CHECK(tree.glob("none/*/x") == Paths{});
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
