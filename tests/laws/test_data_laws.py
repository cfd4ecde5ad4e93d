"""Terms of several datasets at once: the strictest of each, in whatever order they come, and never wider than one."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from gridtie.data.terms import COMPUTE, COPY, READ, RUN, Release, Terms, Use, common_places, denied, together

AT = datetime(2026, 5, 1, tzinfo=UTC)
PLACES = ("CN", "CN-52", "CN-520000", "CN-5201", "CN-15", "DE", "gz", "nmg")


def some(*names: str) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(names), max_size=3).map(tuple)


times = st.none() | st.integers(-3, 3).map(lambda days: AT + timedelta(days=days))
counts = st.none() | st.integers(0, 3)
releases = st.builds(Release, files=some("*.json", "m.json", "r/*.csv"), files_max=st.integers(1, 5),
                     bytes_max=st.integers(1, 99), figures=st.booleans())  # fmt: skip
terms = st.builds(
    Terms, purposes=some("training", "research"), recipients=some("lab", "clinic"), places=some(*PLACES),
    not_before=times, not_after=times, count=counts, delivery=st.sampled_from((COPY, COMPUTE)), derive=st.booleans(),
    redistribute=st.booleans(), delete_after_days=counts, release=releases,
)  # fmt: skip
uses = st.builds(
    Use, action=st.sampled_from((READ, RUN)), purpose=st.sampled_from(("", "training", "research", "-")),
    recipient=st.sampled_from(("lab", "clinic", "other")),
    place=st.sampled_from(("CN-520100", "CN-150100", "DE-BE", "")),
    hub=st.sampled_from(("gz", "nmg", "")), at=times.filter(bool), used=st.integers(0, 4),
)  # fmt: skip


@given(terms, terms, terms)
def test_the_order_of_datasets_and_one_named_twice_change_nothing(a: Terms, b: Terms, c: Terms) -> None:
    assert together([a, b]) == together([b, a])
    assert together([together([a, b]), c]) == together([a, together([b, c])]) == together([c, a, b])
    assert together([a, a]) == together([a])
    assert together([a, b, a]) == together([a, b])


@given(st.lists(terms, max_size=3), uses)
def test_what_one_forbids_all_of_them_forbid(many: list[Terms], use: Use) -> None:
    if denied(together(many), use) is None:
        assert [denied(one, use) for one in many] == [None] * len(many)


def test_two_purposes_that_share_nothing_allow_no_purpose_of_whatever_name() -> None:
    none = together([Terms(purposes=("training",)), Terms(purposes=("research",))])
    for purpose in (*none.purposes, "training", "research", ""):
        use = Use(action=RUN, purpose=purpose, recipient="lab", place="", hub="", at=AT, used=0)
        assert denied(none, use) is not None


@given(terms, terms)
def test_no_release_is_wider_than_any_of_those_it_comes_from(a: Terms, b: Terms) -> None:
    whole = together([a, b])
    for one in (a, b):
        if one.delivery == COMPUTE:
            assert whole.delivery == COMPUTE
            assert {*whole.release.files} <= {*one.release.files, "-"}
            assert whole.release.files_max <= one.release.files_max
            assert whole.release.bytes_max <= one.release.bytes_max
            assert whole.release.figures or not one.release.figures


def test_of_two_limits_of_place_the_narrower_holds_and_of_two_that_share_nothing_no_place_does() -> None:
    assert common_places(("CN",), ("CN-52", "DE")) == ("CN-52",)
    assert common_places(("CN-52",), ("CN-15",)) == ("-",)
    assert common_places(("-",), ("CN",)) == ("-",)
    assert common_places((), ("CN", "CN-52")) == ("CN",)
