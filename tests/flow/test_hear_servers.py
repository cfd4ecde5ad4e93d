"""What servers tell each other in words that may be lost or come from two syncs: whole or not at all."""

import orjson
from hypothesis import given
from hypothesis import strategies as st

from gridtie.dispatch.site import Room, SiteCapacity
from gridtie.flow.hear_servers import CapacityParts, words_of
from gridtie.store.backend import WORD_MAX
from gridtie.values.ids import SiteId

SITE = SiteId("site_1")


def lending(machines: int, cpus: int) -> SiteCapacity:
    rooms = {f"{'m' * 75}{n:04d}": Room(cpus, 2**53 - 1, 1024) for n in range(machines)}
    return SiteCapacity(machines=rooms, queue_wait_s=9, note="n" * 100)


@given(st.integers(0, 200), st.data())
def test_of_two_syncs_some_words_of_which_are_lost_only_whole_ones_are_heard(
    machines: int, data: st.DataObject
) -> None:
    told = [lending(machines, 1), lending(machines, 2)]
    words = [orjson.dumps(word) for at, one in enumerate(told) for word in words_of(SITE, one, at)]
    kept = data.draw(st.lists(st.booleans(), min_size=len(words), max_size=len(words)))
    parts = CapacityParts()
    heard = [parts.take(orjson.loads(word)) for word, came in zip(words, kept, strict=True) if came]
    assert max(map(len, words)) < WORD_MAX - 200
    whole = [one for one in heard if one is not None]
    assert all(one == (SITE, told[0]) or one == (SITE, told[1]) for one in whole)
    half = len(words) // 2
    assert [one[1] for one in whole] == [
        one for one, came in zip(told, (kept[:half], kept[half:]), strict=True) if all(came)
    ]
