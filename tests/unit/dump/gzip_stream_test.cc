#include "dump/gzip_stream.h"

#include <gtest/gtest.h>

#include <string>

#include "base/random.h"
#include "unit/support/gunzip.h"

namespace ot {
namespace {

std::string compress(std::string_view text, size_t step) {
  std::vector<uint8_t> out;
  const auto stream = GzipStream::create();
  for (; !text.empty(); text.remove_prefix(std::min(step, text.size())))
    stream->write(as_bytes(text.substr(0, step)), out);
  stream->finish(out);
  return std::string(as_text(out));
}

TEST(GzipStream, DecompressesHoweverItWasWritten) {
  Random random(1);
  std::string noise(300'000, '\0');
  for (char& c : noise) c = static_cast<char>(random.next());
  for (const std::string& text :
       {std::string(), std::string("x"), std::string(300'000, 'x'), noise})
    for (const size_t step : {size_t{1000}, size_t{65536}, size_t{1} << 20})
      EXPECT_EQ(gunzip(compress(text, step)), text) << text.size() << " " << step;
}

TEST(GzipStream, MakesTextSmaller) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "d8:completei" + std::to_string(i) + "e";
  EXPECT_LT(compress(text, text.size()).size(), text.size() / 3);
}

TEST(GzipStream, IsIncompleteWithoutItsEnd) {
  const std::string file = compress("text", 4);
  EXPECT_EQ(gunzip(file.substr(0, file.size() - 1)), std::nullopt);
}

}  // namespace
}  // namespace ot
