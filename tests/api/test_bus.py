"""Wake-ups: whoever asked for his bell before reading misses nothing, and nobody sleeps through a shutdown."""

import asyncio
import threading
import time

from gridtie.api.bus import EVENTS, Bus
from gridtie.store.journal import Note


def note(subject: str, **data: object) -> Note:
    return Note(1, 0, "a", "run.assigned", None, subject, data)


def test_a_ring_between_asking_and_waiting_is_heard() -> None:
    async def scene() -> tuple[bool, bool]:
        bus = Bus()
        bus.start()
        with bus.listen("site_a") as bell:
            bus.ring("site_a")
            return await bell.wait(5), await bell.wait(0.01)

    assert asyncio.run(scene()) == (True, False)


def test_a_commit_on_the_writers_thread_wakes_those_it_is_about() -> None:
    async def scene() -> list[bool]:
        bus = Bus()
        bus.start()
        topics = ("site_a", "job_a", "kind:run.assigned", EVENTS)
        with bus.listen("site_b") as other:
            bells = [bus.listen(topic) for topic in topics]
            entered = [bell.__enter__() for bell in bells]
            threading.Thread(target=bus.committed, args=([note("run_a", site="site_a", job="job_a")],)).start()
            heard = [await bell.wait(5) for bell in entered]
            heard.append(not await other.wait(0.01))
            for bell in bells:
                bell.__exit__(None, None, None)
        assert bus.waiting == 0
        return heard

    assert all(asyncio.run(scene()))


def test_closing_wakes_everybody_and_nobody_sleeps_again() -> None:
    async def scene() -> float:
        bus = Bus()
        bus.start()
        with bus.listen("x") as bell:
            asyncio.get_running_loop().call_later(0.02, bus.close)
            started = time.monotonic()
            await bell.wait(30)
            await bell.wait(30)
            return time.monotonic() - started

    assert asyncio.run(scene()) < 5
