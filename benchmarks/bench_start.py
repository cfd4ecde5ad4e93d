"""From submit to the first line of output on an idle process site: `python benchmarks/bench_start.py`.

Both times are the exchange's own: when it acknowledged the job, and when the first bytes of output arrived. The
baseline in the same run is what a user has without an exchange: the same command in the same sandbox by hand.
"""

import os
import subprocess
import time
from datetime import datetime

from stage import JOB, agents, exchange, median, quantile, table, wait_for

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "100"))


def main() -> None:
    with exchange() as running, agents(running, ["solo"]):
        spans = []
        for _ in range(ROUNDS):
            [job] = running.client.submit(JOB)
            wait_for(lambda job=job: job.refresh().state == "succeeded")
            run = job.data["runs"][-1]
            created = datetime.fromisoformat(job.data["created_at"])
            spans.append((datetime.fromisoformat(run["first_output_at"]) - created).total_seconds())
    bare = [by_hand() for _ in range(20)]
    ratio = f"ratio {median(spans) / median(bare):.1f} ×"
    table(
        f"Submit to first output line, {ROUNDS} jobs one after the other, empty work directory",
        [
            ("p50", f"{median(spans) * 1000:.0f} ms", "goal 500 ms"),
            ("p99", f"{quantile(spans, 0.99) * 1000:.0f} ms", "goal 1500 ms"),
            ("by hand in a sandbox, p50", f"{median(bare) * 1000:.0f} ms", ratio),
        ],
        "No rival runs plain processes; SkyPilot and dstack report minutes from launch to running on clouds.",
    )  # fmt: skip


def by_hand() -> float:
    begun = time.perf_counter()
    command = [
        "bwrap",
        "--unshare-all",
        "--ro-bind",
        "/",
        "/",
        "--proc",
        "/proc",
        "--dev",
        "/dev",
        "bash",
        "-c",
        "echo ready",
    ]
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
