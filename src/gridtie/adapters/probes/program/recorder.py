"""Keeps the time of everything, and writes down why something was not measured."""

import contextlib
import hashlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")


class NotMeasured(Exception):
    """This machine cannot do this test; the text says why."""


class Test:
    """One phase: its timed samples, and what becomes of them."""

    def __init__(self, folder: Path) -> None:
        self.samples_s: list[float] = []
        self.unit, self.amount = "s", 0.0
        self.details: dict[str, Any] = {}
        self.results: list[dict[str, Any]] = []
        self._folder = folder

    def time(self, work: Callable[[], T], after: Callable[[], None] | None = None) -> T:
        """Runs `work`, then waits in `after` for the device; both count."""
        began = time.perf_counter()
        value = work()
        if after is not None:
            after()
        self.samples_s.append(max(time.perf_counter() - began, 1e-9))
        return value

    def answer(self, name: str, content: bytes) -> bytes:
        """Keeps a result file; its SHA-256."""
        digest = hashlib.sha256(content)
        (self._folder / name).write_bytes(content)
        self.results.append({"path": f"results/{name}", "sha256": digest.hexdigest(), "size": len(content)})
        return digest.digest()


class Recorder:
    def __init__(self, output: Path) -> None:
        self._began = time.perf_counter()
        self.folder = output / "results"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.phases: list[dict[str, Any]] = []
        self.items: list[dict[str, Any]] = []

    @property
    def elapsed_s(self) -> float:
        return time.perf_counter() - self._began

    @contextlib.contextmanager
    def test(self, name: str) -> Iterator[Test]:
        """Whatever goes wrong inside becomes a test not measured, with its reason; the others go on."""
        test, begin = Test(self.folder), self.elapsed_s
        print(f"{name} …", flush=True)  # noqa: T201  the job's log
        try:
            yield test
        except NotMeasured as why:
            self.skip(name, str(why))
        except Exception as error:  # noqa: BLE001  outermost loop of a test; frameworks raise anything
            self.skip(name, f"{type(error).__name__}: {error}")
        else:
            end = self.elapsed_s
            timed = sum(test.samples_s)
            self.phases.append({"name": name, "begin_s": begin, "end_s": end})
            self.items.append({
                "name": name, "status": "measured", "unit": test.unit, "phase": name, "amount": test.amount,
                "samples_s": test.samples_s, "untimed_s": max(0.0, end - begin - timed), "details": test.details,
                "results": test.results,
            })  # fmt: skip

    def skip(self, name: str, why: str) -> None:
        print(f"{name}: not measured: {why}", flush=True)  # noqa: T201
        self.items.append({"name": name, "status": "not-measured", "reason": why[:400] or "no reason given"})
