#include "app/start_report.h"

#include <gtest/gtest.h>

namespace ot {
namespace {

TEST(StartReport, SaysWhoRunsWhere) {
  EXPECT_EQ(describe(Standing{"nobody", 65534, 65533, "/srv", true}),
            "running as user nobody (uid 65534, gid 65533), in a chroot at /srv");
  EXPECT_EQ(describe(Standing{"", 1000, 100, "/home", false}),
            "running as uid 1000, gid 100, in /home");
}

TEST(StartReport, SaysWhichTorrentsAreServed) {
  EXPECT_EQ(describe_access(AccessMode::open, ""),
            "serving every torrent: no white or black list is configured");
  EXPECT_EQ(describe_access(AccessMode::white, "good.txt"),
            "serving the torrents of the white list good.txt");
  EXPECT_EQ(describe_access(AccessMode::black, "bad.txt"),
            "serving every torrent but those of the black list bad.txt");
  EXPECT_EQ(describe_access(AccessMode::white, ""),
            "serving no torrent: this build has white lists only, and none is configured");
  EXPECT_EQ(describe_access(AccessMode::black, ""),
            "serving every torrent: no black list is configured");
}

}  // namespace
}  // namespace ot
