"""The simulated machine itself: one thread of control, in an order that a seed decides."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from faults.site import GRACE_S, Host, Rank, SimulatedSite
from faults.weave import Deadlock, Process, SimLoop, Weave, machinery


def test_the_loop_jumps_to_its_next_timer_instead_of_waiting() -> None:
    loop = SimLoop(1)
    begun = loop.time()
    loop.run_until_complete(asyncio.sleep(86_400))
    assert loop.time() - begun == pytest.approx(86_400)
    loop.close()


def test_a_world_in_which_nothing_can_happen_any_more_says_so() -> None:
    loop = SimLoop(1)
    with pytest.raises(Deadlock):
        loop.run_until_complete(loop.create_future())
    loop.close()


def _order(seed: int) -> list[int]:
    weave, seen = Weave(seed), list[int]()
    time = machinery(weave)["time"]

    def work(number: int) -> None:
        for _ in range(3):
            seen.append(number)
            time.sleep(1.0)

    process = Process(weave, "three")
    for number in range(3):
        process.spawn(lambda number=number: work(number), str(number))  # type: ignore[misc]
    weave.loop.run_until_complete(asyncio.sleep(10))
    weave.loop.close()
    return seen


def test_threads_take_turns_in_an_order_that_the_seed_decides() -> None:
    orders = {tuple(_order(seed)) for seed in range(8)}
    assert len(orders) > 1
    assert all(_order(seed) == _order(seed) for seed in range(3))


def test_a_killed_process_does_nothing_more_and_a_stopped_one_not_until_it_goes_on() -> None:
    weave, seen = Weave(1), list[tuple[str, float]]()
    time = machinery(weave)["time"]

    def work(name: str) -> None:
        while True:
            seen.append((name, round(weave.loop.time() - begun)))
            time.sleep(10.0)

    begun = weave.loop.time()
    killed, stopped = Process(weave, "killed"), Process(weave, "stopped")
    killed.spawn(lambda: work("killed"), "")
    stopped.spawn(lambda: work("stopped"), "")
    weave.loop.call_later(15, killed.kill)
    weave.loop.call_later(15, stopped.stop)
    weave.loop.call_later(45, stopped.go_on)
    weave.loop.run_until_complete(asyncio.sleep(52))
    stopped.kill()
    weave.loop.run_until_complete(asyncio.sleep(1))
    weave.loop.close()
    assert [at for name, at in seen if name == "killed"] == [0, 10]
    assert [at for name, at in seen if name == "stopped"] == [0, 10, 45]


def test_events_locks_and_joins_wake_whom_they_should() -> None:
    weave, seen = Weave(1), list[str]()
    threading, time = machinery(weave)["threading"], machinery(weave)["time"]

    def main() -> None:
        bell, lock = threading.Event(), threading.Lock()

        def ring() -> None:
            with lock:
                time.sleep(5.0)
            bell.set()

        other = threading.Thread(target=ring, name="other", daemon=True)
        other.start()
        assert not bell.wait(1.0)
        with lock:
            seen.append(f"locked at {weave.loop.time() - begun:.0f}")
        assert bell.wait(60.0)
        other.join(1.0)
        assert not other.is_alive()
        seen.append("joined")

    begun = weave.loop.time()
    Process(weave, "main").spawn(main, "main")
    weave.loop.run_until_complete(asyncio.sleep(20))
    weave.loop.close()
    assert weave.fault is None
    assert seen == ["locked at 5", "joined"]


def test_a_rank_that_is_asked_to_end_rings_when_it_does_and_not_at_each_asking() -> None:
    """Else an agent that asks whenever it is woken wakes itself, and the world's time stands still."""
    weave, rung = Weave(1), list[int]()
    host = Host(weave, "host")
    start: Any = SimpleNamespace(plan=SimpleNamespace(time_limit_us=None))
    folder = Path("rank")
    host.ranks[folder] = Rank(start, 60, 0, lease=float("inf"), born=host.clock(), began=None)

    def ask() -> None:
        for _ in range(3):
            SimulatedSite(host).stop([folder], how="cancel")
        rung.append(host.rung)

    host.process().spawn(ask, "agent")
    weave.loop.run_until_complete(asyncio.sleep(GRACE_S + 1.0))
    weave.loop.close()
    assert weave.fault is None
    assert (rung, host.rung) == ([0], 1)
