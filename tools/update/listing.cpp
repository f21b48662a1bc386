#include "update/listing.h"

#include "common/cli.h"

#include "archive/archive_images.h"
#include "archive/archive_name.h"
#include "base/error.h"
#include "base/interrupt.h"
#include "io/checksum.h"
#include "io/file.h"
#include "io/folder.h"
#include "io/text.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace imsearch {
namespace {

/// What the ledger has of one archive.
struct KnownMember {
  std::string name;
  FileFacts facts;
};

class Lister {
 public:
  Lister(const ExpandedInputs& files, const InputRules& rules,
         const Collection* collection, bool anew)
      : files_(files), sieve_(rules), collection_(collection), anew_(anew) {
    if (collection != nullptr &&
        !(files.archives.empty() && files.unreadable.empty()))
      look_into_ledger();
  }

  Listing list();
  const MemberSieve& sieve() const { return sieve_; }

 private:
  void look_into_ledger();
  void keep(const std::string& name, const FileFacts& facts);
  void add(const std::string& name, const FileFacts& facts);
  void add_damaged(const std::string& path, const FileFacts& facts);
  void add_archive(const std::string& path);
  void add_known(const std::string& path);
  void keep_as_they_were(const std::string& path, const std::string& reason);
  void add_unreadable_folder(const std::string& path);
  bool is_in_doubt(const ArchivedImage& member, const std::string& path) const;
  void read_archive(const std::string& path, const FileFacts& facts);
  void add_unreadable(const std::string& path, const FileFacts& facts,
                      const std::string& reason);

  const ExpandedInputs& files_;
  MemberSieve sieve_;
  const Collection* collection_;
  bool anew_;
  std::unordered_map<std::string, FileFacts> read_before_;
  std::unordered_set<std::string> bad_;
  std::unordered_map<std::string, std::vector<KnownMember>> members_;
  Listing listing_;
};

void Lister::look_into_ledger() {
  const Ledger& ledger = collection_->ledger;
  for (const ReadArchive& archive : ledger.archives)
    read_before_[archive.name] = archive.facts;
  for (std::size_t row = 0; row < ledger.rows.size(); ++row)
    if (!ledger.rows[row].gone)
      keep(std::string(collection_->names[row]), ledger.rows[row].facts);
  for (const BadImage& bad : ledger.bad) {
    keep(bad.name, bad.facts);
    bad_.insert(bad.name);
  }
}

/// For the archive that it is in, if it is in one of the list, or the folder
/// that cannot be read.
void Lister::keep(const std::string& name, const FileFacts& facts) {
  for (std::size_t at = name.find('/', 1); at <= name.size();
       at = name.find('/', at + 1)) {
    const std::string archive = name.substr(0, at);
    if (files_.archives.count(archive) == 0 &&
        files_.unreadable.count(archive) == 0)
      continue;
    members_[archive].push_back({name, facts});
    return;
  }
  // An archive that was damaged is a bad image itself.
  if (files_.archives.count(name) != 0) members_[name].push_back({name, facts});
}

void Lister::add(const std::string& name, const FileFacts& facts) {
  listing_.archived[listing_.images.size()] = facts;
  listing_.images.append(name);
}

/// extract reads the archive once more, and lists what is wrong with it.
void Lister::add_damaged(const std::string& path, const FileFacts& facts) {
  add(path, facts);
  listing_.damaged.insert(path);
}

void Lister::add_known(const std::string& path) {
  for (const KnownMember& member : members_[path])
    if (member.name == path)
      add_damaged(path, member.facts);
    else
      add(member.name, member.facts);
}

/// Whether nothing is to be taken from what the ledger has of the member: it
/// could not be read, maybe for what was wrong with the archive; or it may have
/// changed since the archive was last read without
/// a later time of its own: times in archives are of whole seconds, in a zip of
/// even ones, and those from before that archive was written tell nothing else.
bool Lister::is_in_doubt(const ArchivedImage& member,
                         const std::string& path) const {
  constexpr std::int64_t kGrain = 2'000'000'000;
  if (anew_) return false;
  const auto before = read_before_.find(path);
  if (bad_.count(member.name) != 0) return true;
  return before != read_before_.end() &&
         member.facts.modified_ns + kGrain >= before->second.modified_ns;
}

/// It may be a passing lack of permission, of libarchive, or a copy that is not
/// finished: what is known of it stays, and it is read again the next time.
void Lister::add_unreadable(const std::string& path, const FileFacts& facts,
                            const std::string& reason) {
  const std::vector<KnownMember>& members = members_[path];
  const bool has_images =
      std::any_of(members.begin(), members.end(),
                  [&](const KnownMember& one) { return one.name != path; });
  // Then extract is to say it.
  if (!has_images) {
    add_damaged(path, facts);
    listing_.archives.push_back({path, {}});
    return;
  }
  keep_as_they_were(path, reason);
  listing_.archives.push_back({path, {}});
}

void Lister::keep_as_they_were(const std::string& path,
                               const std::string& reason) {
  cli::say(fmt::format("{}: {}: its images stay as they were",
                       escape_field(path), reason));
  const std::size_t first = listing_.images.size();
  add_known(path);
  for (std::size_t i = first; i < listing_.images.size(); ++i)
    listing_.unreadable.insert(i);
}

/// A folder that no image is known from is like a bad image, which extract
/// tells of once.
void Lister::add_unreadable_folder(const std::string& path) {
  const auto known = members_.find(path);
  const bool listed = std::find(files_.paths.begin(), files_.paths.end(),
                                path) != files_.paths.end();
  if (known == members_.end()) {
    if (listed) {
      listing_.images.append(path);
      listing_.damaged.insert(path);
    }
    return;
  }
  // Some may be listed by names of their own.
  const std::unordered_set<std::string> files(files_.paths.begin(),
                                              files_.paths.end());
  std::vector<KnownMember>& members = known->second;
  members.erase(std::remove_if(members.begin(), members.end(),
                               [&](const KnownMember& one) {
                                 return files.count(one.name) != 0;
                               }),
                members.end());
  keep_as_they_were(path, errno_text(Folder(path).error_number));
  if (collection_ == nullptr) return;
  for (const ReadArchive& archive : collection_->ledger.archives)
    if (archive.name.rfind(path + "/", 0) == 0 &&
        files_.archives.count(archive.name) == 0)
      listing_.archives.push_back(archive);
}

void Lister::read_archive(const std::string& path, const FileFacts& facts) {
  std::unique_ptr<ArchiveImages> images;
  try {
    images = std::make_unique<ArchiveImages>(path, sieve_);
  } catch (const Interrupted&) {
    throw;
  } catch (const Error& e) {
    return add_unreadable(path, facts, e.what());
  }
  try {
    while (const auto image = images->next())
      add(image->name, is_in_doubt(*image, path) ? FileFacts() : image->facts);
  } catch (const Interrupted&) {
    throw;
  } catch (const Error& e) {
    // Not an archive any more, or damaged from its start.
    if (images->images() == 0) return add_unreadable(path, facts, e.what());
    // The damage may be in the content of the latest image, which was not
    // looked at: as one that nothing is known of, it is read.
    listing_.archived[listing_.images.size() - 1] = FileFacts();
    // extract is to say it, behind the images that came of it.
    add_damaged(path, facts);
  }
  listing_.archives.push_back({path, facts});
}

void Lister::add_archive(const std::string& path) {
  const FileFacts facts = facts_of_status(path);
  const auto before = read_before_.find(path);
  if (anew_ || before == read_before_.end() ||
      !same_status(before->second, facts))
    return read_archive(path, facts);
  add_known(path);
  listing_.archives.push_back({path, facts});
}

Listing Lister::list() {
  for (const std::string& path : files_.paths) {
    check_interrupt();
    if (files_.archives.count(path) != 0)
      add_archive(path);
    else if (files_.unreadable.count(path) == 0)
      listing_.images.append(path);
  }
  for (const std::string& folder : files_.unreadable)
    add_unreadable_folder(folder);
  return std::move(listing_);
}

}  // namespace

Listing list_members(const ExpandedInputs& files, const InputRules& rules,
                     const Collection* collection, bool anew, bool quiet) {
  Lister lister(files, rules, collection, anew);
  Listing listing = lister.list();
  if (quiet) return listing;
  for (const std::string& line : lister.sieve().warnings()) cli::say(line);
  for (const std::string& line : lister.sieve().remarks()) cli::say(line);
  return listing;
}

bool same_archives(const std::vector<ReadArchive>& a,
                   const std::vector<ReadArchive>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (a[i].name != b[i].name ||
        facts_text(a[i].facts) != facts_text(b[i].facts))
      return false;
  return true;
}

FileFacts ContentReader::facts_of(std::size_t image) {
  const std::string name(listing_.images[image]);
  const auto member =
      listing_.is_archived(image) ? member_path(name) : std::nullopt;
  if (!member) return facts_of_file(name);
  if (!cursor_ || cursor_->archive() != member->archive)
    cursor_ = std::make_unique<MemberCursor>(member->archive);
  MemoryTurn turn;
  MemberContent content;
  cursor_->read(member->member, turn, content);
  ContentHash hash;
  hash.add(content.bytes.data(), content.bytes.size());
  content.facts.content = hash.value();
  return content.facts;
}

}  // namespace imsearch
