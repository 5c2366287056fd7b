#include "lists/journal_file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>

#include "unit/support/scratch_folder.h"

namespace ot {
namespace {

using Change = DynamicSet::Change;

InfoHash hash_of(uint8_t digit) {
  InfoHash info_hash;
  info_hash.bytes.fill(static_cast<uint8_t>(digit * 0x11));
  return info_hash;
}

std::string line_of(char sign, char digit) { return sign + std::string(40, digit) + "\n"; }

JournalEntry added(uint8_t digit) { return {hash_of(digit), Change::added}; }
JournalEntry deleted(uint8_t digit) { return {hash_of(digit), Change::deleted}; }

std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string journal(std::string_view lines) {
  return std::string(kJournalHead) + std::string(lines);
}

// Lets no file grow beyond `bytes` while it lives.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    before_signal_ = std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit small{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;
  ~FullDisk() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, before_signal_);
  }

 private:
  rlimit before_{};
  void (*before_signal_)(int);
};

class JournalFileTest : public testing::Test {
 protected:
  // What is wrong with the file; empty if nothing.
  std::string open() {
    file_.emplace(path_);
    EXPECT_TRUE(file_->lock());
    found_.clear();
    auto opened = file_->open([this](const JournalEntry& entry) { found_.push_back(entry); });
    if (!opened) return opened.error();
    opened_ = *opened;
    return "";
  }
  std::string write(std::string_view text) { return folder_.write("journal", text); }
  [[nodiscard]] ino_t inode() const {
    struct stat status = {};
    EXPECT_EQ(::stat(path_.c_str(), &status), 0);
    return status.st_ino;
  }
  auto compact(const AccessList* list) {
    return file_->compact(list, [] { return false; });
  }

  ScratchFolder folder_;
  const std::string path_ = folder_.path("journal");
  const SecretHash secret_{SecretHash::from_seed(1)};
  std::optional<JournalFile> file_;
  JournalFile::Opened opened_;
  std::vector<JournalEntry> found_;
};

TEST_F(JournalFileTest, MakesAFileThatIsMissingOrEmpty) {
  EXPECT_EQ(open(), "");
  EXPECT_TRUE(opened_.is_new);
  EXPECT_EQ(text_of(path_), kJournalHead);
  write("");
  EXPECT_EQ(open(), "");
  EXPECT_TRUE(opened_.is_new);
  EXPECT_EQ(text_of(path_), kJournalHead);
}

TEST_F(JournalFileTest, ReadsBackWhatItAppended) {
  ASSERT_EQ(open(), "");
  const std::vector<JournalEntry> entries{added(0xa), deleted(0xb), {hash_of(0xa), Change::none}};
  ASSERT_TRUE(file_->append(std::span(entries).first(1)));
  ASSERT_TRUE(file_->append(std::span(entries).subspan(1)));
  EXPECT_EQ(file_->lines(), 3U);
  EXPECT_EQ(text_of(path_), journal(line_of('+', 'A') + line_of('-', 'B') + line_of('=', 'A')));
  ASSERT_EQ(open(), "");
  EXPECT_FALSE(opened_.is_new);
  EXPECT_EQ(found_, entries);
  EXPECT_EQ(file_->lines(), 3U);
}

TEST_F(JournalFileTest, CutsADamagedTail) {
  write(journal(line_of('+', 'A') + "-BBBB"));
  ASSERT_EQ(open(), "");
  EXPECT_EQ(opened_.damaged_line, 3U);
  EXPECT_EQ(opened_.cut_bytes, 5U);
  EXPECT_EQ(text_of(path_), journal(line_of('+', 'A')));
  ASSERT_TRUE(file_->append({{added(0xc)}}));
  EXPECT_EQ(text_of(path_), journal(line_of('+', 'A') + line_of('+', 'C')));
}

TEST_F(JournalFileTest, RefusesAndKeepsWhatIsNoJournal) {
  for (const std::string& other :
       {std::string(40, 'A') + "\n", std::string("opentracker journal 2\n"), std::string("x")}) {
    write(other);
    EXPECT_NE(open().find(path_ + ": is not a journal of the tracker"), std::string::npos) << other;
    EXPECT_FALSE(JournalFile::judge(path_)) << other;
    EXPECT_EQ(text_of(path_), other);
  }
}

TEST_F(JournalFileTest, RefusesWhatIsNoRegularFile) {
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  EXPECT_NE(open().find("is not a regular file"), std::string::npos);
  std::filesystem::remove(path_);
  std::filesystem::create_directory(path_);
  EXPECT_NE(open().find("is not a regular file"), std::string::npos);
  std::filesystem::remove(path_);
  std::filesystem::create_symlink(folder_.write("elsewhere", kJournalHead), path_);
  EXPECT_NE(open().find("is a symbolic link"), std::string::npos);
  std::filesystem::remove(path_);
  write(kJournalHead);
  std::filesystem::resize_file(path_, JournalFile::kMaxBytes + 1);
  EXPECT_NE(open().find("is larger than 256 MiB"), std::string::npos);
}

TEST_F(JournalFileTest, JudgesWithoutMakingAnything) {
  EXPECT_TRUE(JournalFile::judge(path_));
  EXPECT_FALSE(std::filesystem::exists(path_));
  EXPECT_TRUE(JournalFile::judge(write("")));
  EXPECT_EQ(text_of(path_), "");
}

TEST_F(JournalFileTest, LeavesOutOtherProcesses) {
  ASSERT_EQ(open(), "");
  JournalFile second(path_);
  const auto locked = second.lock();
  ASSERT_FALSE(locked);
  EXPECT_TRUE(FileLock::is_busy(locked.error()));
}

TEST_F(JournalFileTest, IsUnchangedByAFailedWriteAndTakesTheNext) {
  ASSERT_EQ(open(), "");
  ASSERT_TRUE(file_->append({{added(0xa)}}));
  const std::string before = text_of(path_);
  {
    const FullDisk full(before.size() + 10);
    const auto failed = file_->append({{added(0xb)}});
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().message(), "write " + path_ + ": File too large");
    EXPECT_EQ(text_of(path_), before);
    EXPECT_EQ(file_->lines(), 1U);
  }
  ASSERT_TRUE(file_->append({{added(0xc)}}));
  EXPECT_EQ(text_of(path_), before + line_of('+', 'C'));
}

TEST_F(JournalFileTest, CompactionKeepsTheLastChangeOfEachHashInTheirOrder) {
  write(journal(line_of('+', 'A') + line_of('+', 'B') + line_of('-', 'A') + line_of('+', 'C') +
                line_of('=', 'C') + line_of('+', '0')));
  ASSERT_EQ(::chmod(path_.c_str(), 0640), 0);
  ASSERT_EQ(open(), "");
  const auto held = compact(nullptr);
  ASSERT_TRUE(held);
  EXPECT_TRUE(held->empty());
  EXPECT_EQ(text_of(path_), journal(line_of('+', 'B') + line_of('-', 'A') + line_of('+', '0')));
  EXPECT_EQ(file_->lines(), 3U);
  struct stat status = {};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0640U);
  const ino_t before = inode();
  ASSERT_TRUE(compact(nullptr));
  EXPECT_EQ(inode(), before);  // nothing was left to drop
  ASSERT_TRUE(file_->append({{deleted(0xb)}}));
  EXPECT_EQ(file_->lines(), 4U);
}

TEST_F(JournalFileTest, CompactionDropsWhatTheListHolds) {
  write(journal(line_of('+', 'A') + line_of('+', 'B') + line_of('-', 'C') + line_of('-', 'D')));
  ASSERT_EQ(open(), "");
  const std::array listed{hash_of(0xa), hash_of(0xd)};
  const AccessList list(listed, secret_);
  const auto held = compact(&list);
  ASSERT_TRUE(held);
  EXPECT_EQ(*held, (std::vector<JournalEntry>{added(0xa), deleted(0xc)}));
  EXPECT_EQ(text_of(path_), journal(line_of('+', 'B') + line_of('-', 'D')));
}

TEST_F(JournalFileTest, IsUnchangedByACompactionThatFailsOrIsCancelled) {
  const std::string before = journal(line_of('+', 'A') + line_of('-', 'A'));
  write(before);
  ASSERT_EQ(open(), "");
  std::filesystem::create_directory(path_ + ".new");
  EXPECT_FALSE(compact(nullptr));
  std::filesystem::remove(path_ + ".new");
  const auto cancelled = file_->compact(nullptr, [] { return true; });
  ASSERT_FALSE(cancelled);
  EXPECT_EQ(cancelled.error().code, ECANCELED);
  EXPECT_EQ(text_of(path_), before);
  EXPECT_TRUE(compact(nullptr));
  EXPECT_EQ(text_of(path_), journal(line_of('-', 'A')));
  EXPECT_FALSE(std::filesystem::exists(path_ + ".new"));
}

TEST_F(JournalFileTest, IsWrittenAnewIfItWasRemoved) {
  write(journal(line_of('+', 'A')));
  ASSERT_EQ(open(), "");
  std::filesystem::remove(path_);
  ASSERT_TRUE(file_->append({{added(0xb)}}));
  EXPECT_EQ(text_of(path_), journal(line_of('+', 'A') + line_of('+', 'B')));
}

TEST_F(JournalFileTest, LeavesAFileAloneThatAnotherProgramHasChanged) {
  ASSERT_EQ(open(), "");
  const std::string longer = journal(line_of('+', 'A'));
  write(longer);
  const auto refused = file_->append({{added(0xb)}});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message().find("was changed by another program"), std::string::npos);
  EXPECT_FALSE(compact(nullptr));
  EXPECT_EQ(text_of(path_), longer);
  std::filesystem::remove(path_);
  ASSERT_EQ(::rename(folder_.write("other", "other\n").c_str(), path_.c_str()), 0);
  EXPECT_FALSE(file_->append({{added(0xb)}}));
  EXPECT_EQ(text_of(path_), "other\n");
}

}  // namespace
}  // namespace ot
