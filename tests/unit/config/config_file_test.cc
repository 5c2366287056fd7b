#include "config/config_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>

namespace ot {
namespace {

// "1: key=value", "2! fault", a line each.
std::string read(std::string_view text) {
  std::string out;
  for (const ConfigLine& line : parse_config(text)) {
    out += std::to_string(line.number);
    out += line.fault.empty() ? ": " + std::string(line.key) + "=" + std::string(line.value)
                              : "! " + line.fault;
    out += "\n";
  }
  return out;
}

TEST(ConfigFile, HasAKeyAndAValueOnEachLine) {
  EXPECT_EQ(read("a 1\nb 2\n"), "1: a=1\n2: b=2\n");
  EXPECT_EQ(read("tracker.user    _opentracker\n"), "1: tracker.user=_opentracker\n");
}

TEST(ConfigFile, NeedsNoNewlineAtItsEnd) { EXPECT_EQ(read("a 1\nb 2"), "1: a=1\n2: b=2\n"); }

TEST(ConfigFile, AcceptsCrLfAndAByteOrderMark) {
  EXPECT_EQ(read("\xef\xbb\xbf"
                 "a 1\r\n\r\nb 2\r"),
            "1: a=1\n3: b=2\n");
}

TEST(ConfigFile, IgnoresBlankLinesCommentsAndSurroundingWhiteSpace) {
  EXPECT_EQ(read(""), "");
  EXPECT_EQ(read("\n\n  \n\t\n#\n # a 1\n\t#b\n"), "");
  EXPECT_EQ(read(" \t a \t 1 \t \n"), "1: a=1\n");
}

TEST(ConfigFile, EndsAValueAtANumberSignAfterWhiteSpace) {
  EXPECT_EQ(read("a 1 # one\n"), "1: a=1\n");
  EXPECT_EQ(read("a 1\t#one\n"), "1: a=1\n");
  EXPECT_EQ(read("a http://h/#top # page\n"), "1: a=http://h/#top\n");
  EXPECT_EQ(read("a # 1\n"), "1: a=\n");
}

TEST(ConfigFile, KeepsBlanksInsideAValue) { EXPECT_EQ(read("a my list\n"), "1: a=my list\n"); }

TEST(ConfigFile, ShowsAKeyWithoutAValue) { EXPECT_EQ(read("a\nb \n"), "1: a=\n2: b=\n"); }

TEST(ConfigFile, NamesTheColumnOfAControlCharacter) {
  EXPECT_EQ(read(std::string_view("a 1\nb\0c 2\n", 10)),
            "1: a=1\n2! the line contains a NUL byte in column 2; a configuration file must be "
            "plain text\n");
  EXPECT_EQ(read("a \x1b[2J\n"),
            "1! the line contains a control character in column 3; a configuration file must be "
            "plain text\n");
  EXPECT_EQ(read("a 1\rb 2\n"),
            "1! the line contains a control character in column 4; a configuration file must be "
            "plain text\n");
  EXPECT_EQ(read("a 1\x7f"),
            "1! the line contains a control character in column 4; a configuration file must be "
            "plain text\n");
}

TEST(ConfigFile, AllowsAnythingButNulBytesInComments) {
  EXPECT_EQ(read("# \x0c\x1b page\na 1\n"), "2: a=1\n");
  EXPECT_EQ(
      read(std::string_view("# a\0b\n", 6)),
      "1! the line contains a NUL byte in column 4; a configuration file must be plain text\n");
}

TEST(ConfigFile, RefusesLinesThatAreTooLongAndContinues) {
  const std::string longest = "a " + std::string(kMaxConfigLine - 2, 'x');
  EXPECT_EQ(read(longest + "\nb 2\n"),
            "1: a=" + std::string(kMaxConfigLine - 2, 'x') + "\n2: b=2\n");
  EXPECT_EQ(read(longest + "y\nb 2\n"),
            "1! the line is 8193 bytes long; the maximum is 8192\n2: b=2\n");
}

class ConfigFileOnDisk : public testing::Test {
 protected:
  ConfigFileOnDisk() : path_(testing::TempDir() + "ot_config_file." + std::to_string(::getpid())) {}
  ~ConfigFileOnDisk() override { ::unlink(path_.c_str()); }

  void write(std::string_view text) { std::ofstream(path_) << text; }

  const std::string path_;
};

TEST_F(ConfigFileOnDisk, IsReadWhole) {
  write("a 1\n");
  EXPECT_EQ(*read_config_file(path_), "a 1\n");
  const std::string full(kMaxConfigFile, '#');
  write(full);
  EXPECT_EQ(read_config_file(path_)->size(), full.size());
}

TEST_F(ConfigFileOnDisk, IsNamedWhenItCannotBeRead) {
  EXPECT_EQ(read_config_file(path_).error().message(),
            "open " + path_ + ": No such file or directory");
  EXPECT_EQ(read_config_file("/").error().message(), "read /: Is a directory");
}

TEST_F(ConfigFileOnDisk, IsRefusedIfItIsTooLarge) {
  write(std::string(kMaxConfigFile + 1, '#'));
  EXPECT_EQ(read_config_file(path_).error().code, EFBIG);
  EXPECT_EQ(read_config_file("/dev/zero").error().code, EFBIG);
}

}  // namespace
}  // namespace ot
