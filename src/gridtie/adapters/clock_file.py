"""What the clock of an exchange said, kept for its next process: how long nobody counted is then known to it.

Without it time would go on from the newest fact where somebody set the wall clock back, and runs that went on while the
exchange was away would be counted shorter than they were.
"""

import contextlib
import os
from datetime import datetime
from pathlib import Path

from gridtie.clock import Clock
from gridtie.values.period import from_us, to_us

EVERY_S = 10.0  # the clock follows the wall clock by 0.05 %, so an older word is hardly worse
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class ClockFile:
    """One line: the machine's boot, seconds since it, microseconds of time. None where boots have no name."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path, self._clock = path, clock
        self._boot = _boot()
        self._kept_at = float("-inf")

    def resumed(self) -> datetime | None:
        """Now, by the word of an earlier process on this boot; None when there is none."""
        try:
            boot, since_boot, then_us = self._path.read_text(encoding="ascii").split()
            passed, then = self._clock.monotonic() - float(since_boot), int(then_us)
        except (OSError, ValueError):  # there is none, or it was torn; the newest fact still bounds the time
            return None
        if not self._boot or boot != self._boot or passed < 0:
            return None
        return from_us(then + round(passed * 1_000_000))

    def keep(self) -> None:
        """Every so often; a full disk is no reason to stop. Not flushed: what a crash of the machine loses it ends."""
        since_boot = self._clock.monotonic()
        if not self._boot or since_boot - self._kept_at < EVERY_S:
            return
        self._kept_at = since_boot
        new = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        with contextlib.suppress(OSError):
            new.write_text(f"{self._boot} {since_boot!r} {to_us(self._clock.now())}\n", encoding="ascii")
            new.replace(self._path)


def _boot() -> str:
    try:
        return BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return ""
