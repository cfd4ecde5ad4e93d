"""1,000 queued jobs over 50 sites' agents on this machine: `python benchmarks/bench_drain.py`.

BENCH_JOBS and BENCH_SITES make it smaller. States the time to drain, CPU per job of exchange and agents, and how every
job ended; one lock error, or one job that did not succeed, makes it fail.
"""

import os
import time
from collections import Counter

from stage import JOB, agents, cpu_seconds, exchange, table

JOBS = int(os.environ.get("BENCH_JOBS", "1000"))
SITES = int(os.environ.get("BENCH_SITES", "50"))


def main() -> None:
    most = 16 * (os.cpu_count() or 1)  # one-core slices, each core lent at most sixteen times
    if most < SITES:
        print(f"note: {SITES} one-core slices are more than 1600 % of this host; {most} are used")
    sites = min(SITES, most)
    with exchange(slice_overcommit_percent="1600") as running, agents(running, [f"s{n}" for n in range(sites)]) as pids:
        before = running.cpu_s, sum(cpu_seconds(pid) for pid in pids)
        begun = time.monotonic()
        for _ in range(JOBS):
            running.client.submit(JOB)
        queued = time.monotonic() - begun
        counts: Counter[str] = Counter()
        while sum(counts[s] for s in ("succeeded", "failed", "cancelled")) < JOBS and time.monotonic() - begun < 900:
            time.sleep(0.5)
            counts = Counter(row["state"] for row in running.client.jobs(limit=500))
        spent = time.monotonic() - begun
        exchange_cpu = running.cpu_s - before[0]
        agents_cpu = sum(cpu_seconds(pid) for pid in pids) - before[1]
        locks = (running.home / "serve.log").read_text().count("locked")
    table(
        f"Draining {JOBS} jobs over {sites} sites",
        [
            ("submitted in", f"{queued:.1f} s", ""),
            (
                "drained in",
                f"{spent:.1f} s",
                f"{JOBS / spent:.1f} jobs/s; SkyPilot reports 10 managed jobs in about 40 s",
            ),
            ("ended", ", ".join(f"{n} {s}" for s, n in counts.items()), f"{locks} lock errors"),
            ("CPU of the exchange per job", f"{exchange_cpu / JOBS * 1000:.0f} ms", ""),
            ("CPU of the agents per job", f"{agents_cpu / JOBS * 1000:.0f} ms", "keepers and sandboxes not counted"),
        ],
    )
    if counts["succeeded"] != JOBS or locks:
        raise SystemExit("not every job succeeded, or a lock error was seen")


if __name__ == "__main__":
    main()
