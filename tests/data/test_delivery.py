"""Which files of a version a delivery has: a mask over their digests that is as good as the list of them."""

from hypothesis import given
from hypothesis import strategies as st
from tests.data.made import part, version

from gridtie.data.delivery import Layout, Taken

DIGESTS = [f"{number * 7919 % 50:064x}" for number in range(50)]


@given(st.sets(st.sampled_from(DIGESTS)), st.sets(st.sampled_from(DIGESTS)))
def test_it_holds_what_was_added_in_whatever_order(one: set[str], other: set[str]) -> None:
    layout = Layout(version(*(part(f"{digest}.txt", sha256=digest) for digest in (*DIGESTS, *DIGESTS[:3]))))
    made = Taken(layout.digests).plus(one).plus(other)
    assert set(made) == one | other
    assert len(made) == len(one | other)
    assert [digest in made for digest in DIGESTS] == [digest in one | other for digest in DIGESTS]
    assert "f" * 64 not in made
    assert made == Taken(layout.digests, made.mask)
