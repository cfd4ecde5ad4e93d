"""All ranks of one run on a Ray cluster: `driver.py FOLDER`. Copied beside the run; wants Ray and the standard library.

Ray starts it as the entrypoint of a job, on its head or wherever it likes. It claims the run, reserves all machines
with one placement group, and has rank.py run in a task on each: first the setups, then the commands. When a rank fails
or is lost, when it is told to stop or the lease is over, it ends them all.

FOLDER is as rank.py describes it, with `job/gang.json` (one bundle for each rank) and, written here, `job/claim` and
`job/driver.json`: the phase (waiting, running, ended), whether any rank was started, and of the end its
reason and exit code.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import select
import signal
import subprocess
import sys
import time
from typing import Any

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import ray
from rank import Lease, reserve, write_json
from ray.exceptions import OutOfMemoryError, RayError, TaskCancelledError
from ray.util.placement_group import PlacementGroup, placement_group, placement_group_table, remove_placement_group
from ray.util.scheduling_strategies import PlacementGroupSchedulingStrategy

LOOK_S = 0.25
GROUP_LOOK_S = 2.0
STOP_S = 13.0  # for all ranks to end after they were told: more than rank.py's own grace
CLAIMED = 75
FAILED = 1
TOLD_CODE = 143


def run_rank(folder: str, phase: str, rank: int) -> int:
    """On the rank's node, in a worker of Ray's. Its exit code."""
    guard = subprocess.Popen(
        [sys.executable, "-I", "-S", os.path.join(folder, "guard.py"), folder, phase, str(rank)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "GRIDTIE_PYTHON": sys.executable},
    )  # fmt: skip
    assert guard.stdin is not None
    assert guard.stdout is not None
    while True:
        try:
            if select.select([guard.stdout], [], [], LOOK_S)[0]:
                return int(guard.stdout.read() or b"1")
        except (KeyboardInterrupt, TaskCancelledError):
            guard.stdin.close()


class Gang:
    def __init__(self, folder: str) -> None:
        self._folder, self._job = folder, os.path.join(folder, "job")
        with open(os.path.join(self._job, "gang.json"), encoding="utf-8") as file:
            self._what: dict[str, Any] = json.load(file)
        self._word, self._last = (os.path.join(self._job, name) for name in ("driver.json", "last"))
        self._lease = Lease(os.path.join(folder, "lease"))
        self._said: dict[str, Any] = {}
        self._stopped = self._ran = False
        self._code = 0
        self._reason = self._detail = ""
        self._told_at: float | None = None
        self._looked_at = 0.0

    def claim(self) -> bool:
        """Only one process can make the file, also over NFS."""
        try:
            descriptor = os.open(os.path.join(self._job, "claim"), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return False
        os.close(descriptor)
        reserve(self._last)
        return True

    def say(self, phase: str, detail: str = "") -> None:
        """On a shared disk that is full nothing new is said until there is room; for the end there is, from the
        beginning."""
        said = {"phase": phase, "detail": detail, "reason": self._reason, "exit_code": self._code, "ran": self._ran}
        if said == self._said:
            return
        if phase == "ended":
            os.replace(f"{self._last}.new", f"{self._word}.new")
        try:
            write_json(self._word, said)
            self._said = said
        except OSError as cause:
            if phase == "ended" or cause.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            os.unlink(f"{self._word}.new")

    def work(self) -> int:
        self.say("waiting", "its driver has started")
        ray.init(address="auto", log_to_driver=False, logging_level="ERROR")
        signal.signal(signal.SIGTERM, self._stop)
        group = placement_group(
            self._what["bundles"], strategy=self._what["strategy"], name=os.path.basename(self._folder)
        )
        if self._placed(group):
            self._ran = True
            self.say("running")
            for phase in self._what["phases"]:
                if not self._reason:
                    self._run(group, phase)
        with contextlib.suppress(RayError):
            remove_placement_group(group)
        self.say("ended", self._detail)
        return FAILED if self._reason else 0

    def _stop(self, *_: object) -> None:
        self._stopped = True

    def _placed(self, group: PlacementGroup) -> bool:
        while not group.wait(LOOK_S):
            if self._over():
                return False
            self.say("waiting", str(placement_group_table(group)["stats"]["scheduling_state"]))
        return not self._over()

    def _over(self) -> bool:
        """Whether nothing more may run; the first reason stands."""
        if not self._lease.look():
            self._end("lease", 137)
        elif self._stopped:
            self._end("stopped", TOLD_CODE)
        return bool(self._reason)

    def _check(self, group: PlacementGroup) -> None:
        """Of a dead node Ray tells the group within seconds, and the tasks that ran there after minutes."""
        if time.monotonic() - self._looked_at > GROUP_LOOK_S:
            self._looked_at = time.monotonic()
            state = str(placement_group_table(group)["state"])
            if state != "CREATED":
                self._end("lost", FAILED, f"a machine of the run is lost, its placement group is {state}")

    def _end(self, reason: str, code: int, detail: str = "") -> None:
        if not self._reason:
            self._reason, self._code, self._detail = reason, code, detail

    def _run(self, group: PlacementGroup, phase: str) -> None:
        """Until all ranks have ended, or do not although they were told to."""
        left = {self._start(group, phase, rank): rank for rank in range(len(self._what["bundles"]))}
        while left:
            done, _ = ray.wait(list(left), timeout=LOOK_S)
            for reference in done:
                self._take(reference, left.pop(reference))
            self._check(group)
            if not self._over():
                continue
            if self._told_at is None:
                self._told_at = time.monotonic()
                for reference in left:
                    ray.cancel(reference, force=False)
            elif time.monotonic() - self._told_at > STOP_S:
                for reference in left:
                    ray.cancel(reference, force=True)
                return

    def _start(self, group: PlacementGroup, phase: str, rank: int) -> Any:
        bundle = self._what["bundles"][rank]
        there = PlacementGroupSchedulingStrategy(placement_group=group, placement_group_bundle_index=rank)
        others = {name: amount for name, amount in bundle.items() if name not in ("CPU", "GPU", "memory")}
        task = ray.remote(run_rank).options(
            num_cpus=bundle["CPU"], num_gpus=bundle.get("GPU", 0), memory=bundle["memory"], resources=others,
            scheduling_strategy=there, max_retries=0, name=f"rank {rank}, {phase}",
        )  # fmt: skip
        return task.remote(self._folder, phase, rank)

    def _take(self, reference: Any, rank: int) -> None:
        """One that ended. Where all were to end, it did for that reason."""
        self._over()
        try:
            code = ray.get(reference)
        except TaskCancelledError:
            code = TOLD_CODE
        except OutOfMemoryError as cause:
            self._end("out_of_memory", 137, f"rank {rank}: {_short(cause)}")
            return
        except RayError as cause:  # its worker, its node or the cluster's head is gone
            self._end("lost", FAILED, f"rank {rank}: {_short(cause)}")
            return
        if code and not os.path.exists(os.path.join(self._job, f"begun-{rank}")):
            self._end("lost", FAILED, f"rank {rank} never began: its node may not see {self._folder}")
        elif code:
            self._end("exit", min(255, code), f"rank {rank} ended with {code}")


def _short(cause: BaseException) -> str:
    lines = [line.strip() for line in str(cause).splitlines() if line.strip()]
    return f"{type(cause).__name__}: {lines[0] if lines else ''}"[:250]


def main(folder: str) -> int:
    gang = Gang(folder)
    return gang.work() if gang.claim() else CLAIMED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
