// The build switches, as constants.
//
// Only this file names WANT_ macros. Other code chooses with `if constexpr`, so that every build
// compiles the code that is switched off, too. The Makefile's variable FEATURES sets the macros;
// OT_FEATURES_NAMED is set if the builder gave FEATURES a value.
#pragma once

#include <array>

#include "base/feature.h"

// OT_IS_BUILT(WANT_X) is 1 if the compiler was called with -DWANT_X, which defines it as 1;
// otherwise 0.
#define OT_PLACEHOLDER_1 0,
#define OT_TAKE_SECOND(ignored, value, ...) value
#define OT_CHOOSE(maybe_comma) OT_TAKE_SECOND(maybe_comma 1, 0, 0)
#define OT_PASTE(value) OT_CHOOSE(OT_PLACEHOLDER_##value)
#define OT_IS_BUILT(macro) OT_PASTE(macro)

namespace ot {

// Declares a switch: the constant for the code, the macro of the compiler's command line.
#define OT_FEATURE(constant, macro) \
  inline constexpr Feature constant = {#macro, OT_IS_BUILT(macro) != 0}

namespace features {

OT_FEATURE(kV4Only, WANT_V4_ONLY);
OT_FEATURE(kV6Only, WANT_V6);
OT_FEATURE(kGzip, WANT_COMPRESSION_GZIP);
OT_FEATURE(kGzipAlways, WANT_COMPRESSION_GZIP_ALWAYS);
OT_FEATURE(kWhitelist, WANT_ACCESSLIST_WHITE);
OT_FEATURE(kBlacklist, WANT_ACCESSLIST_BLACK);
OT_FEATURE(kDynamicAccesslist, WANT_DYNAMIC_ACCESSLIST);
OT_FEATURE(kLiveSync, WANT_SYNC_LIVE);
OT_FEATURE(kScrapeSync, WANT_SYNC_SCRAPE);
OT_FEATURE(kRestrictStats, WANT_RESTRICT_STATS);
OT_FEATURE(kFullScrape, WANT_FULLSCRAPE);
OT_FEATURE(kModestFullScrapes, WANT_MODEST_FULLSCRAPES);
OT_FEATURE(kIpFromQueryString, WANT_IP_FROM_QUERY_STRING);
OT_FEATURE(kIpFromProxy, WANT_IP_FROM_PROXY);
OT_FEATURE(kKeepAlive, WANT_KEEPALIVE);
OT_FEATURE(kLogNetworks, WANT_LOG_NETWORKS);
OT_FEATURE(kFullLogNetworks, WANT_FULLLOG_NETWORKS);
OT_FEATURE(kSpotWoodpecker, WANT_SPOT_WOODPECKER);
OT_FEATURE(kLogNumwant, WANT_LOG_NUMWANT);
OT_FEATURE(kSyslog, WANT_SYSLOGS);

// The switches with an effect in this version; `-v` lists only these.
inline constexpr std::array kWorking{kV4Only,
                                     kV6Only,
                                     kWhitelist,
                                     kBlacklist,
                                     kDynamicAccesslist,
                                     kKeepAlive,
                                     kRestrictStats,
                                     kIpFromQueryString,
                                     kIpFromProxy,
                                     kGzip,
                                     kGzipAlways,
                                     kFullScrape,
                                     kModestFullScrapes,
                                     kLogNetworks,
                                     kFullLogNetworks,
                                     kSpotWoodpecker,
                                     kLogNumwant,
                                     kSyslog};

static_assert(!kV4Only || !kV6Only,
              "WANT_V4_ONLY and WANT_V6 leave no address family to serve; set only one of them");

// Whether the builder named the switches instead of taking the Makefile's default.
#if defined(OT_FEATURES_NAMED)
inline constexpr bool kNamedByBuilder = true;
#else
inline constexpr bool kNamedByBuilder = false;
#endif

// A builder who names WANT_RESTRICT_STATS wants the statistics closed until access.stats or -A
// opens them. As part of the default set the switch only makes access.stats available.
inline constexpr bool kStatsShutUnlessAllowed = kRestrictStats.built_in && kNamedByBuilder;

// Whether the traffic log (traffic/traffic_log) keeps announces, and whether it keeps anything.
inline constexpr bool kAnnounceLog =
    kLogNumwant.built_in || kSpotWoodpecker.built_in || kSyslog.built_in;
inline constexpr bool kTrafficLog =
    kAnnounceLog || kLogNetworks.built_in || kFullLogNetworks.built_in;

}  // namespace features

#undef OT_FEATURE
#undef OT_IS_BUILT
#undef OT_PASTE
#undef OT_CHOOSE
#undef OT_TAKE_SECOND
#undef OT_PLACEHOLDER_1

}  // namespace ot
