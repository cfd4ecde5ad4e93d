"""1,000 queued jobs over 50 sites' agents on this machine: `python benchmarks/bench_drain.py`.

BENCH_JOBS and BENCH_SITES make it smaller. States the time to drain, CPU per job of exchange and agents, and how every
job ended; one lock error, or one job that did not succeed, makes it fail.
"""

import os
import time
from collections import Counter

from stage import JOB, agents, cpu_seconds, exchange, offer_all, table

JOBS = int(os.environ.get("BENCH_JOBS", "1000"))
SITES = int(os.environ.get("BENCH_SITES", "50"))


def main() -> None:
    lent = 100 * -(-SITES // (os.cpu_count() or 1))  # per cent of this host: a one-core slice to each site
    names = [f"s{n}" for n in range(SITES)]
    with exchange(slice_overcommit_percent=str(lent)) as running, agents(running, names, offer=False) as pids:
        begun = time.monotonic()
        for _ in range(JOBS):
            running.client.submit(JOB)
        queued = time.monotonic() - begun
        before = running.cpu_s, sum(cpu_seconds(pid) for pid in pids)
        begun = time.monotonic()
        offer_all(running)
        counts: Counter[str] = Counter()
        while sum(counts[s] for s in ("succeeded", "failed", "cancelled")) < JOBS and time.monotonic() - begun < 900:
            time.sleep(0.5)
            counts = Counter(row["state"] for row in running.client.jobs(limit=500))
        spent = time.monotonic() - begun
        exchange_cpu = running.cpu_s - before[0]
        agents_cpu = sum(cpu_seconds(pid) for pid in pids) - before[1]
        locks = (running.home / "serve.log").read_text().count("locked")
    table(
        f"Draining {JOBS} queued jobs over the agents of {SITES} sites",
        [
            ("submitted before, one after the other", f"{queued:.1f} s", ""),
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
