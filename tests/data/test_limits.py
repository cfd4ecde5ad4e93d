"""Terms compiled into a job: never wider than the job's own limits or the terms of any of its data."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridtie.data.contract import Contract
from gridtie.data.dataset import Card, Dataset, Part, Price, Version
from gridtie.data.limits import Brought, clashes, files_of, in_words, limited, objections
from gridtie.data.terms import COMPUTE, COPY, Release, Terms
from gridtie.dispatch.job import DataUse, JobSpec
from gridtie.market.request import Alternative
from gridtie.registry.places import inside
from gridtie.registry.resource import ISOLATIONS
from gridtie.values.ids import ContractId, DatasetId, OrganisationId
from gridtie.values.money import Micros
from gridtie.values.period import from_text

AT = datetime(2026, 5, 1, tzinfo=UTC)
GB = 1_000_000_000


def brought(number: int = 0, *, terms: Terms | None = None, held_by: str = "", days: int = 90, size: int = 5,
            stays_in: tuple[str, ...] = (), own: bool = False) -> Brought:  # fmt: skip
    terms, name, owner = terms or Terms(), f"d{number}", OrganisationId("org_lab")
    card = Card(title=name, description="", licence="CC0")
    dataset = Dataset(id=DatasetId(f"ds_{number}"), owner=owner, owner_name="lab", name=name, terms=terms,
                      price=Price(), card=card)  # fmt: skip
    part = Part(path="p.jsonl", sha256=f"{number:064x}", size=size, media="", held_by=held_by)
    contract = Contract(
        id=ContractId(f"ctr_{number}"), dataset=dataset.id, dataset_name=dataset.full_name, provider=owner,
        consumer=OrganisationId("org_b"), consumer_name="b", purpose="", place="", hub="", terms=terms, price=Price(),
        start=AT, end=AT + timedelta(days=days), state="active",
    )  # fmt: skip
    return Brought(number=number, use=DataUse(name=f"lab/{name}", stays_in=stays_in), dataset=dataset, own=own,
                   version=Version(number=3, parts=(part,), made_at=AT, digest=""), site="s" if held_by else "",
                   contract=None if own else contract)  # fmt: skip


def spec_of(*data: Brought, **more: object) -> JobSpec:
    return replace(JobSpec(run="true", data=tuple(one.use for one in data)), **more)  # type: ignore[arg-type]


_places = st.lists(st.sampled_from(("CN", "CN-52", "CN-5201", "CN-15")), max_size=2).map(tuple)
_terms = st.builds(Terms, places=_places, delivery=st.sampled_from((COPY, COMPUTE)),
                   not_after=st.none() | st.just(AT + timedelta(days=10)))  # fmt: skip


_given = st.lists(st.tuples(_terms, _places, st.integers(1, 90)), min_size=1, max_size=3)
_deadlines = st.none() | st.sampled_from(("2026-05-02T00:00:00Z", "2027-05-02T00:00:00Z"))


@given(_given, st.sampled_from(ISOLATIONS), _deadlines)
def test_a_job_is_never_wider_than_itself_nor_than_the_terms_of_its_data(
    given_: list[tuple[Terms, tuple[str, ...], int]], isolation: str, deadline: str | None
) -> None:
    data = [brought(n, terms=one, stays_in=own, days=days) for n, (one, own, days) in enumerate(given_)]
    spec = spec_of(*data, isolation=isolation, deadline=deadline)
    bounded = limited(spec, data)
    for one, use in zip(data, bounded.data, strict=True):
        for limit in (one.terms.places, one.use.stays_in):
            assert all(any(inside(place, wide) for wide in limit) for place in use.stays_in if limit and place != "-")
    assert bounded.deadline is not None
    assert all(from_text(bounded.deadline) <= one.contract.end for one in data if one.contract)
    assert deadline is None or from_text(bounded.deadline) <= from_text(deadline)
    assert ISOLATIONS.index(bounded.isolation) >= ISOLATIONS.index(isolation)
    away = any(one.terms.delivery == COMPUTE for one in data)
    assert (bounded.release is not None) == away
    assert not away or ISOLATIONS.index(bounded.isolation) >= ISOLATIONS.index("sandbox")


def test_what_a_site_holds_never_leaves_whatever_its_terms_say_and_its_owner_may_do_as_he_likes() -> None:
    held = brought(terms=Terms(places=("CN",)), held_by="site_1")
    assert limited(spec_of(held), [held]).release == Release()
    own = brought(terms=Terms(places=("CN",), delivery=COMPUTE), held_by="site_1", own=True)
    bounded = limited(spec_of(own, network="host"), [own])
    assert (bounded.release, bounded.deadline, bounded.isolation) == (None, None, "sandbox")
    assert (bounded.data[0].stays_in, bounded.data[0].held_by) == (("CN",), "site_1")
    assert objections(spec_of(own, network="host"), [own]) == []


def test_data_at_two_sites_is_refused_with_both_names() -> None:
    data = [brought(0, held_by="site_1"), brought(1, held_by="site_2")]
    assert [str(one) for one in objections(spec_of(*data), data)] == [
        "no job can read lab/d0 at s and lab/d1 at s: neither leaves its site"
    ]


def test_its_data_has_room_on_its_disk_or_the_job_hears_how_much_it_takes() -> None:
    large = brought(size=40 * GB)
    small = spec_of(large, alternatives=(Alternative(chip="cpu", disk_bytes=10 * GB),))
    assert [one.path for one in objections(small, [large])] == ["resources.disk_size"]
    (wanted,) = limited(spec_of(large), [large]).alternatives
    assert wanted.disk_bytes == 41 * GB


def test_files_lie_below_the_folder_named_and_two_of_one_path_are_refused() -> None:
    one = brought(held_by="site_1")
    files = files_of("in", "d0", one.version.parts)
    assert [file.path for file in files] == ["in/p.jsonl"]
    assert files[0].places == ("d0/p.jsonl", "p.jsonl", f"{0:064x}")
    assert "in/p.jsonl is there twice" in str(clashes([*files, *files], [])[0])
    assert clashes(files, ["in/other"]) == []


@pytest.mark.parametrize("own", [False, True])
def test_a_quote_says_what_the_terms_make_of_the_job(own: bool) -> None:
    one = brought(terms=Terms(places=("CN-52",), delivery=COMPUTE), own=own)
    told = "\n".join(in_words([one]))
    assert "data: it stays in CN-52" in told
    assert ("no network and its output stays at the site" in told) != own
    assert ("your own" if own else "contract ctr_0") in told
    assert "from the balance" not in told


def test_a_quote_says_what_the_data_costs_besides() -> None:
    one = brought()
    assert one.contract is not None
    paid = replace(one, contract=replace(one.contract, price=Price(kind="access", amount=Micros(2_500_000))))
    assert "lab/d0@v3, 5 bytes (contract ctr_0, 2.50 from the balance" in in_words([paid])[0].replace(" B ", " bytes ")
