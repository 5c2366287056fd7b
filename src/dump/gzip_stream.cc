#include "dump/gzip_stream.h"

#define ZLIB_CONST
#include <zlib.h>

#include <cassert>

namespace ot {
namespace {

constexpr int kLevel = 1;
constexpr int kMemoryLevel = 9;
constexpr int kWindowBits = 15;
constexpr int kGzipHeader = 16;  // added to the bits of the window: gzip, not zlib

}  // namespace

struct GzipStream::State {
  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { deflateEnd(&stream); }

  z_stream stream{};
};

std::unique_ptr<GzipStream> GzipStream::create() {
  auto state = std::make_unique<State>();
  const int code = deflateInit2(&state->stream, kLevel, Z_DEFLATED, kWindowBits + kGzipHeader,
                                kMemoryLevel, Z_DEFAULT_STRATEGY);
  if (code != Z_OK) return nullptr;
  return std::unique_ptr<GzipStream>(new GzipStream(std::move(state)));
}

GzipStream::GzipStream(std::unique_ptr<State> state) : state_(std::move(state)) {}

GzipStream::~GzipStream() = default;

void GzipStream::write(ByteView text, std::vector<uint8_t>& out) {
  assert(!finished_);
  state_->stream.next_in = text.data();
  state_->stream.avail_in = static_cast<uInt>(text.size());
  deflate_into(out, Z_NO_FLUSH);
}

void GzipStream::finish(std::vector<uint8_t>& out) {
  assert(!finished_);
  finished_ = true;
  deflate_into(out, Z_FINISH);
}

// deflateBound() counts only the text of this call; text of earlier calls may come out as well.
void GzipStream::deflate_into(std::vector<uint8_t>& out, int flush) {
  z_stream& stream = state_->stream;
  const size_t step = deflateBound(&stream, stream.avail_in);
  do {
    const size_t before = out.size();
    out.resize(before + step);
    stream.next_out = out.data() + before;
    stream.avail_out = static_cast<uInt>(step);
    [[maybe_unused]] const int code = deflate(&stream, flush);
    assert(code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR);
    out.resize(before + step - stream.avail_out);
  } while (stream.avail_out == 0);
}

}  // namespace ot
