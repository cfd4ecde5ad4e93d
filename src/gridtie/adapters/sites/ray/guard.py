"""Stands between a worker of Ray and rank.py: `guard.py FOLDER PHASE RANK`. Copied beside the run; standard library.

When a worker ends, however it ends, Ray kills the processes below it, but not what those started in sessions of their
own: a rank's processes would stay. So this program steps out of the worker's family. Its standard input ends when the
worker ends or wants it to; then rank.py is told to end, which takes everything of the rank along. The exit code goes
to the standard output.
"""

from __future__ import annotations

import contextlib
import os
import select
import subprocess
import sys

LOOK_S = 0.2


def guard(folder: str, phase: str, rank: str) -> int:
    child = subprocess.Popen(
        [sys.executable, "-I", "-S", os.path.join(folder, "rank.py"), folder, phase, rank],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    watched = [0]
    while child.poll() is None:
        if select.select(watched, [], [], LOOK_S)[0]:
            child.terminate()
            watched = []
    return child.returncode if child.returncode >= 0 else 128 - child.returncode


if __name__ == "__main__":
    if os.fork() == 0:
        os.setsid()
        code = guard(*sys.argv[1:])
        with contextlib.suppress(OSError):  # the worker may be gone
            os.write(1, b"%d\n" % code)
