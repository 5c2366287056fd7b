"""The UDP rows: CPU per reply, growth, bursts, a shared core, latency, memory and pauses."""

import signal
import statistics
import subprocess
import time

from processes import SERVER_CPU, Server, SystemCalls, free_port, words
from table import Result

CROWD = ("--torrents", "1000000", "--peers", "2000000")
# The tail of the law is the same for every crowd: 10M peers are in nearly all torrents.
BIG = ("--torrents", "1000000", "--peers")
BIG_LEVELS = (8264000, 9091000, 10000000, 11000000, 12100000)


def spread(values):
    return f"median of {len(values)}, {min(values):.3g} to {max(values):.3g}"


def median_ns(runs):
    return statistics.median(run["cpu_ns_per_reply"] for run in runs)


class Crowd:
    """Ours and the reference with 2M peers, and the floor."""

    def __init__(self, bench):
        white = bench.whitelist(*CROWD)
        self.bench = bench
        self.ours = bench.ours(white)
        self.reference = bench.reference(white)
        self.floor = bench.floor(keep=False)
        for server in (self.ours, self.reference):
            bench.load("udp", server, "--fill", *CROWD)

    def rounds(self, count, seconds):
        """Runs interleaved rounds, each beginning with a different server; {server: its runs}."""
        order = [("ours", self.ours), ("reference", self.reference), ("floor", self.floor)]
        runs = {name: [] for name, _ in order}
        for i in range(count):
            for name, server in order[i % 3 :] + order[: i % 3]:
                runs[name].append(
                    self.bench.load("udp", server, *CROWD, "--seconds", seconds, "--label", name)
                )
        return runs


def ratios(runs, of, to):
    return [a["cpu_ns_per_reply"] / b["cpu_ns_per_reply"] for a, b in zip(runs[of], runs[to])]


def cpu_per_reply(crowd, count, seconds):
    """Rows 1 and 2; also our CPU time per reply in ns.

    Each requested round is split into three, because the host's speed changes within seconds and
    runs that are compared should be close together in time.
    """
    runs = crowd.rounds(3 * count, f"{float(seconds) / 3:.2f}")
    ours = median_ns(runs["ours"])
    to_reference, to_floor = ratios(runs, "ours", "reference"), ratios(runs, "ours", "floor")
    peers = statistics.median(run["peers_per_reply"] for run in runs["ours"])
    generator = statistics.median(run["load_ns_per_reply"] for run in runs["floor"])
    white = "with" if crowd.bench.takes_whitelist else "without (it has none yet)"
    return ours, {
        "1": Result(
            statistics.median(to_reference),
            f"ours {ours / 1000:.2f} µs, reference {median_ns(runs['reference']) / 1000:.2f} µs; "
            f"{spread(to_reference)}; {peers:.1f} peers per reply; ours {white} the white list",
        ),
        "2": Result(
            statistics.median(to_floor),
            f"floor {median_ns(runs['floor']) / 1000:.2f} µs; {spread(to_floor)}; the generator "
            f"itself spends {generator / 1000:.2f} µs per reply of the floor",
        ),
    }


def calls_per_reply(bench, server, population):
    with SystemCalls(bench, server) as calls:
        run = bench.load("udp", server, *population, "--warm-up", "0", "--seconds", "2")
    # The replies to connects before the run count too; those still missing at its end hardly matter.
    return calls.total / (run["sent"] + 256)


def system_calls(crowd):
    """Row 6."""
    calls = calls_per_reply(crowd.bench, crowd.ours, CROWD)
    return {"6 UDP": Result(calls, "strace -c; batches of 32 fill up")}


def burst(crowd):
    """Row 8."""
    best, told = 0, []
    for size in (10000, 20000, 30000):
        run = crowd.bench.load("udp", crowd.ours, *CROWD, "--burst", str(size), "--repeat", "3")
        told.append(f"3 × {size}: {run['lost']:.0f} lost")
        if run["lost"]:
            break
        best = size
    return {"8": Result(best, "; ".join(told))}


def shared_core(crowd, ours_ns, seconds):
    """Row 9: goodput on half a core, with a tenth more load than half a core can serve."""
    fair = 1e9 / ours_ns / 2
    goodputs = []
    for _ in range(3):
        spinner = crowd.bench.start(["sh", "-c", "while :; do :; done"], SERVER_CPU)
        options = ("--rate", f"{fair * 1.1:.0f}", "--seconds", seconds, "--warm-up", "1")
        run = crowd.bench.load("udp", crowd.ours, *CROWD, *options)
        crowd.bench.stop(spinner, signal.SIGKILL)
        goodputs.append(100 * run["replies_per_s"] / fair)
    return {
        "9": Result(
            min(statistics.median(goodputs), 100.0),
            f"fair half {fair:.0f} replies/s, offered a tenth more; {spread(goodputs)} %",
        )
    }


def half_capacity(crowd, ours_ns, seconds):
    """Row 14, and the floor under the same load, whose delays no server can avoid."""
    rate = 1e9 / ours_ns / 2
    options = (*CROWD, "--rate", f"{rate:.0f}", "--seconds", seconds)
    ours, floor = [], []
    for _ in range(7):
        ours.append(crowd.bench.load("udp", crowd.ours, *options))
        floor.append(crowd.bench.load("udp", crowd.floor, *options))
    p99, p99_floor = ([run["p99_us"] / 1000 for run in runs] for runs in (ours, floor))
    last = ours[-1]
    detail = (
        f"{rate:.0f} requests/s; {spread(p99)} ms; last run p50 {last['p50_us']:.0f} µs, "
        f"p99.9 {last['p999_us']:.0f} µs, p99.99 {last['p9999_us']:.0f} µs, lost {last['lost']:.0f}; "
        f"the floor's p99 {statistics.median(p99_floor):.3g} ms ({spread(p99_floor)}); "
        + machine_alone(crowd.bench, seconds)
    )
    return {"14": Result(statistics.median(p99), detail)}


def machine_alone(bench, seconds):
    alone = bench.spin(seconds)
    return (
        f"a thread that only reads the clock for {seconds} s on that core: {alone['gaps']:.0f} gaps over "
        f"0.1 ms, longest {alone['max_us'] / 1000:.2f} ms of wall time, {alone['cpu_max_us'] / 1000:.2f} "
        "ms of its CPU clock"
    )


def grown_ratio(crowd, big, seconds, big_first):
    """CPU per reply with 10M peers ÷ CPU per reply with 2M."""
    runs = [
        lambda: crowd.bench.load("udp", crowd.ours, *CROWD, "--seconds", seconds),
        lambda: crowd.bench.load("udp", big, *BIG, "10000000", "--seconds", seconds),
    ]
    times = [run()["cpu_ns_per_reply"] for run in (reversed(runs) if big_first else runs)]
    return times[0] / times[1] if big_first else times[1] / times[0]


def growth(crowd, count, seconds):
    """Rows 7 and 12: another server, filled up to 12M peers and measured at several levels."""
    bench, server = crowd.bench, crowd.bench.ours()
    empty, filled, per_peer, results = server.rss_bytes(), 0, [], {}
    for level in BIG_LEVELS:
        bench.load("udp", server, *BIG, str(level), "--fill", "--first", str(filled))
        filled = level
        per_peer.append((server.rss_bytes() - empty) / level)
        if level != 10000000:
            continue
        pairs = [grown_ratio(crowd, server, seconds, big_first=i % 2) for i in range(count)]
        percent = [100 * (pair - 1) for pair in pairs]
        results["7"] = Result(statistics.median(percent), spread(percent) + " %")
    bench.stop(server.process)
    told = ", ".join(f"{b:.1f} B at {p / 1e6:.1f}M" for b, p in zip(per_peer, BIG_LEVELS))
    results["12"] = Result(max(per_peer), f"RSS less that of the empty server: {told}")
    return results


def long_tail(bench):
    """Row 13."""
    crowd = ("--law", "uniform", "--torrents", "1500000", "--peers", "1500000")
    server = bench.ours()
    empty = server.rss_bytes()
    bench.load("udp", server, *crowd, "--fill")
    torrents = int(bench.run([bench.built / "load", "count", *crowd]))
    held = server.rss_bytes() - empty
    bench.stop(server.process)
    return {"13": Result(held / torrents, f"{held / 2**20:.1f} MiB for {torrents} torrents")}


class Observed:
    """The instrumented server: the program's parts with an observed event loop.

    `instead` replaces the program's parts: "nothing", or "counting" and a number of nanoseconds.
    """

    def __init__(self, bench, *instead):
        self.bench = bench
        port = free_port()
        command = [bench.built / "observed_server", port, *instead]
        process = bench.start(command, SERVER_CPU, stdout=subprocess.PIPE, text=True)
        time.sleep(0.5)
        self.server = Server(process, port, "none" if instead else "strict")

    def passes(self):
        self.server.process.send_signal(signal.SIGUSR2)
        line = self.server.process.stdout.readline()
        self.bench.log.write("observed " + line)
        return words(line)

    def grow(self):
        """The passes while 2M peers are announced for the first time."""
        self.passes()
        self.bench.load("udp", self.server, *CROWD, "--fill")
        seen = self.passes()
        self.bench.stop(self.server.process)
        return seen

    def expire(self):
        """The passes while a million peers expire, and the load meanwhile."""
        crowd = ("--torrents", "500000", "--peers", "1000000")
        self.bench.load("udp", self.server, *crowd, "--fill")
        self.passes()
        self.server.process.send_signal(signal.SIGUSR1)
        # A sweep takes a minute. The load is light, so that latency shows the sweep and little else.
        self.bench.load("udp", self.server, *crowd, "--rate", "20000", "--seconds", "65")
        seen = self.passes()
        self.bench.stop(self.server.process)
        return seen


def observe(bench, run):
    """Runs ours, a server that does nothing, and one that counts in registers for as long as ours
    works.
    """
    ours = run(Observed(bench))
    nothing = run(Observed(bench, "nothing"))
    return ours, nothing, run(Observed(bench, "counting", f"{ours['own_mean_ns']:.0f}"))


def pause_results(row, ours, nothing, counting, detail):
    """The Result for the durations of passes, with those of the two servers without logic."""

    def milliseconds(runs, word):
        values = [run[word] / 1000 for run in runs]
        return statistics.median(values), f"{statistics.median(values):.3g} ms ({spread(values)})"

    def result(word, told=""):
        value, ours_told = milliseconds(ours, word)
        return Result(
            value,
            f"{told}{ours_told}; a server that does nothing: {milliseconds(nothing, word)[1]}; one that "
            f"counts in registers for as long as ours works: {milliseconds(counting, word)[1]}",
        )

    return {
        f"16 {row}": result("wall_p9999_us", f"{detail}, {ours[-1]['passes']:.0f} passes; "),
        f"16 {row} CPU": result("cpu_max_us"),
        f"16 {row} own": result("own_max_us"),
    }


def pauses(bench):
    """Row 16: the passes of the loop while the table grows, then while a million peers expire."""
    results = {}
    for row, rounds, run, detail in (
        ("growth", 5, Observed.grow, "2M announces of new peers, 192 in flight"),
        ("expiry", 3, Observed.expire, "1M peers expire beside 20 000 requests/s"),
    ):
        seen = [observe(bench, run) for _ in range(rounds)]
        results.update(pause_results(row, *zip(*seen), detail))
    results["16 expiry"].detail += "; " + machine_alone(bench, "20")
    return results
