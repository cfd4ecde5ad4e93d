"""One thread of control for everything: a loop whose time we move, and threads that run only when it is their turn.

The loop jumps to its next timer when nothing can run, and picks among what can run by a seeded chance. A `Fiber` is a
real thread that holds the baton only between two waits, so code written for threads (the agent) runs unchanged and
still in one order that a seed decides. `Process` is what dies, stops and goes on as one.
"""

import asyncio
import heapq
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextvars import Context
from random import Random
from typing import Any

from greenlet import getcurrent, greenlet

START_S = 1_000_000.0  # a boot clock that begins at zero would hide what takes zero for "never"


class Deadlock(AssertionError):
    """Nothing can run and no timer is set."""


class SimLoop(asyncio.BaseEventLoop):
    """Virtual time and no input or output. Uses BaseEventLoop's own queues; tests/faults/test_weave.py holds that."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self._now = START_S
        self._dice = Random(seed)
        self._clock_resolution = 1e-9
        self.steps = 0

    def time(self) -> float:
        return self._now

    def _process_events(self, event_list: object) -> None:
        pass

    def _write_to_self(self) -> None:
        pass

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> "asyncio.Future[Any]":  # type: ignore[override]
        """At once, on this thread: what is handed to a thread elsewhere is one step here."""
        done: asyncio.Future[Any] = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as cause:  # noqa: BLE001  carried to whoever awaits it, as an executor does
            done.set_exception(cause)
        return done

    def _run_once(self) -> None:
        scheduled: list[Any] = self._scheduled  # type: ignore[attr-defined]
        ready: deque[Any] = self._ready  # type: ignore[attr-defined]
        while scheduled and scheduled[0]._cancelled:
            heapq.heappop(scheduled)._scheduled = False
        if not ready:
            if not scheduled:
                raise Deadlock("nothing can run and no timer is set")
            self._now = max(self._now, scheduled[0]._when)
        while scheduled and scheduled[0]._when <= self._now:
            handle = heapq.heappop(scheduled)
            handle._scheduled = False
            if not handle._cancelled:
                ready.append(handle)
        if ready:
            at = self._dice.randrange(len(ready)) if len(ready) > 1 else 0
            ready.rotate(-at)
            handle = ready.popleft()
            ready.rotate(at)
            if not handle._cancelled:
                self.steps += 1
                handle._run()


class Killed(BaseException):
    """Unwinds the threads of a process that was killed; nothing it does on its way out has any effect."""


class Process:
    """Threads and tasks that die together. `drift` is how much faster than true time its clocks run."""

    def __init__(self, weave: "Weave", name: str, *, drift: float = 0.0) -> None:
        self.weave, self.name, self.drift = weave, name, drift
        self.offset_s: Callable[[], float] = lambda: 0.0  # of its wall clock
        self.alive = True
        self._stopped = False
        self._waiting: list[Fiber] = []  # woken while we were stopped
        self.fibers: dict[Fiber, None] = {}

    def boot_clock(self) -> float:
        return self.weave.loop.time() * (1.0 + self.drift)

    def spawn(self, target: Callable[[], None], name: str) -> "Fiber":
        fiber = Fiber(self, target, name)
        self.fibers[fiber] = None
        fiber.wake()
        return fiber

    def kill(self) -> None:
        """As kill -9: at whatever point each of its threads is."""
        if not self.alive:
            return
        self.alive, self._stopped = False, False
        for fiber in list(self.fibers):
            fiber.wake()

    def stop(self) -> None:
        """As SIGSTOP: its clocks go on, its threads do not."""
        self._stopped = self.alive

    def go_on(self) -> None:
        self._stopped = False
        woken, self._waiting = self._waiting, []
        for fiber in woken:
            fiber.wake()

    def check(self) -> None:
        """Raises Killed in a thread that outlived its process."""
        if not self.alive:
            raise Killed

    def _holds_back(self, fiber: "Fiber") -> bool:
        if self._stopped:
            self._waiting.append(fiber)
        return self._stopped


class Fiber:
    """A thread of a process, as a greenlet. `wake` may be called any number of times from the loop or another fiber."""

    def __init__(self, process: Process, target: Callable[[], None], name: str) -> None:
        self.process, self.name, self._target = process, name, target
        self._weave = process.weave
        self._planned = False
        self.over = False
        self.joining: dict[Fiber, None] = {}
        self._greenlet = greenlet(self._run)

    def wake(self) -> None:
        if not self._planned and not self.over:
            self._planned = True
            self._weave.loop.call_soon(self._turn)

    def _turn(self) -> None:
        """On the loop: goes on with the fiber until it waits again or ends."""
        self._planned = False
        if self.over or self.process._holds_back(self):
            return
        self._weave.current = self
        self._greenlet.parent = getcurrent()
        self._greenlet.switch()
        self._weave.current = None
        if self.over:
            self.process.fibers.pop(self, None)
            if self._weave.fault is not None:
                raise self._weave.fault

    def _run(self) -> None:
        try:
            self.process.check()
            self._target()
        except Killed:
            pass
        except BaseException as cause:  # noqa: BLE001  a thread that ends by an error is a finding
            if self.process.alive:
                self._weave.fault = cause
        finally:
            self.over = True
            for other in self.joining:
                other.wake()

    def wait(self) -> None:
        """Lets the loop go on until woken. Raises Killed when the process died meanwhile."""
        parent = self._greenlet.parent
        assert parent is not None
        parent.switch()
        self.process.check()


class Weave:
    """Everything of one world: its loop, its chance, whose turn it is."""

    def __init__(self, seed: int) -> None:
        self.loop = SimLoop(seed)
        self.dice = Random(seed ^ 0x5EED)
        self.current: Fiber | None = None
        self.fault: BaseException | None = None

    @property
    def process(self) -> Process:
        assert self.current is not None, "only inside a fiber"
        return self.current.process

    def wait_until(self, done: Callable[[], bool], timeout: float | None, waiters: dict[Fiber, None]) -> bool:
        """Parks the current fiber among `waiters` until `done`, at most `timeout` seconds of its own clock."""
        fiber = self.current
        assert fiber is not None
        fiber.process.check()
        if done() or (timeout is not None and timeout <= 0):
            return done()
        ended = False

        def late() -> None:
            nonlocal ended
            ended = True
            fiber.wake()

        timer = None if timeout is None else self.loop.call_later(timeout / (1.0 + fiber.process.drift), late)
        waiters[fiber] = None
        try:
            while not done() and not ended:
                fiber.wait()
        finally:
            waiters.pop(fiber, None)
            if timer is not None:
                timer.cancel()
        return done()

    def sleep(self, seconds: float) -> None:
        self.wait_until(lambda: False, max(seconds, 1e-6), {})

    def until_done(self, future: "Future[Any]", timeout: float) -> bool:
        fiber = self.current
        assert fiber is not None
        future.add_done_callback(lambda _: fiber.wake())
        return self.wait_until(future.done, timeout, {})


# ── what stands in for the standard library's modules ─────────────────────────────────────────────────────────────────
def machinery(weave: Weave) -> Mapping[str, Any]:
    """Stand-ins for `threading`, `time`, `random` and `secrets`, as far as the agent uses them."""

    class Event:
        def __init__(self) -> None:
            self._set = False
            self._waiters: dict[Fiber, None] = {}

        def is_set(self) -> bool:
            return self._set

        def set(self) -> None:
            self._set = True
            for fiber in list(self._waiters):
                fiber.wake()

        def clear(self) -> None:
            self._set = False

        def wait(self, timeout: float | None = None) -> bool:
            return weave.wait_until(self.is_set, timeout, self._waiters)

    class Lock:
        def __init__(self) -> None:
            self._held = False
            self._waiters: dict[Fiber, None] = {}

        def __enter__(self) -> None:
            if weave.current is not None:
                weave.wait_until(lambda: not self._held, None, self._waiters)
            self._held = True

        def __exit__(self, *_: object) -> None:
            self._held = False
            for fiber in list(self._waiters):
                fiber.wake()

    class Thread:
        def __init__(
            self, target: Callable[..., Any] | None = None, args: tuple[Any, ...] = (), name: str = "",
            daemon: bool | None = None,
        ) -> None:  # fmt: skip
            self._target, self._args = target, args
            self.name, self.daemon = name, daemon
            self._fiber: Fiber | None = None

        def run(self) -> None:
            if self._target is not None:
                self._target(*self._args)

        def start(self) -> None:
            self._fiber = weave.process.spawn(self.run, self.name)

        def is_alive(self) -> bool:
            return self._fiber is not None and not self._fiber.over

        def join(self, timeout: float | None = None) -> None:
            if self._fiber is not None:
                weave.wait_until(lambda: not self.is_alive(), timeout, self._fiber.joining)

    class Executor:
        """Inline: what it is given is done when `submit` returns."""

        def __init__(self, *_: object, **__: object) -> None: ...
        def __enter__(self) -> "Executor":
            return self

        def __exit__(self, *_: object) -> None: ...
        def shutdown(self, *_: object, **__: object) -> None: ...
        def map(self, work: Callable[..., Any], *rows: Any) -> list[Any]:
            return list(map(work, *rows))

        def submit(self, work: Callable[..., Any], *args: Any) -> "Future[Any]":
            done: Future[Any] = Future()
            try:
                done.set_result(work(*args))
            except Exception as cause:  # noqa: BLE001  as an executor does
                done.set_exception(cause)
            return done

    names = {
        "threading": {"Event": Event, "Lock": Lock, "RLock": Lock, "Thread": Thread},
        "time": {
            "monotonic": lambda: weave.process.boot_clock(),
            "time": lambda: weave.process.boot_clock(),
            "sleep": weave.sleep,
            "clock_gettime": lambda _: weave.process.boot_clock(),
            "CLOCK_BOOTTIME": 7,
        },
        "random": {"uniform": weave.dice.uniform, "random": weave.dice.random},
        "secrets": {"token_hex": lambda count: weave.dice.randbytes(count).hex()},
        "concurrent.futures": {"ThreadPoolExecutor": Executor},
    }
    return {name: type(name, (), {key: staticmethod(v) if callable(v) and not isinstance(v, type) else v
                                  for key, v in given.items()}) for name, given in names.items()}  # fmt: skip


def in_context(loop: SimLoop, work: Callable[..., Any], *args: Any) -> None:
    """In a fresh context, so that nothing of the caller's request is carried into it."""
    loop.call_soon(work, *args, context=Context())
