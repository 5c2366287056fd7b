// Replies that are pages: a body under the head of a 200, or an error page, sent at once or late.
// To a HEAD request goes the head alone.
//
// A refusal is counted where it is written, and its page closes the connection: a client that asks
// for what is not here has no further business. Thread: the loop's.
#pragma once

#include <string_view>

#include "dump/requester.h"
#include "net/stream.h"
#include "protocol/http_reply.h"
#include "tracker/statistics.h"

namespace ot {

struct Refusal {
  ErrorPage page;
  HttpError error;  // the counter it adds to
};

// What goes out of a whole reply: all of it, or the head alone.
[[nodiscard]] inline ByteView as_asked(const Requester& to, ByteView reply) {
  return to.head_only ? head_of(reply) : reply;
}

// At once: to the output of the requester's connection, whose capacity must be enough.
void write_page(OutputBuffer& out, const Requester& to, std::string_view body,
                const Content& content);
void write_refusal(OutputBuffer& out, Requester& to, Statistics& statistics,
                   const Refusal& refusal);

// Late: through the requester's port, as its whole reply.
void send_page(const Requester& to, std::string_view body, const Content& content);
void send_refusal(Requester to, Statistics& statistics, const Refusal& refusal);

}  // namespace ot
