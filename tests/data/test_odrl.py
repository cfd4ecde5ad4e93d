"""Terms as ODRL and back: nothing is lost on the way, and nothing is taken in that would not be kept."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridtie.data.cardfile import read_card
from gridtie.data.contract import Contract
from gridtie.data.dataset import ACCESS, FLAT, FREE, RECORD, Card, Dataset, Price
from gridtie.data.odrl import CURRENCY, ODRL, PROFILE, Policy, agreement, card_terms, offer, read_policy
from gridtie.data.terms import COMPUTE, COPY, Release, Terms
from gridtie.errors import InvalidInput
from gridtie.values.ids import ContractId, DatasetId, OrganisationId
from gridtie.values.money import MICROS_MAX, Micros
from gridtie.values.period import from_us

HUBS = ("gz", "nmg")
BASE = "http://exchange.example:8474"
CARD = Card(title="T", description="D", licence="CC-BY-4.0")
NOTHING = Price()
texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12).filter(
    lambda text: text.strip() == text
)
names = st.lists(texts, max_size=3, unique=True).map(tuple)
places = st.lists(st.sampled_from(["CN", "CN-52", "CN-520100", "DE", *HUBS]), max_size=3, unique=True).map(tuple)
instants = st.integers(0, 2 * 10**15).map(from_us)
whole = st.integers(1, 1 << 40)
releases = st.builds(
    Release,
    files=st.lists(texts, min_size=1, max_size=3, unique=True).map(tuple), files_max=whole, bytes_max=whole,
    figures=st.booleans(),
)  # fmt: skip
amounts = st.integers(1, MICROS_MAX // 10).map(Micros)
prices = st.just(Price()) | st.builds(Price, kind=st.sampled_from([FLAT, ACCESS, RECORD]), amount=amounts)


@st.composite
def all_terms(draw: Any) -> Terms:
    start = draw(st.none() | instants)
    end = draw(st.none() | instants.filter(lambda at: start is None or at > start))
    delivery = draw(st.sampled_from([COPY, COMPUTE]))
    return Terms(
        purposes=draw(names), recipients=draw(names), places=draw(places), not_before=start, not_after=end,
        count=draw(st.none() | whole), delivery=delivery, derive=draw(st.booleans()),
        redistribute=draw(st.booleans()), delete_after_days=draw(st.none() | st.integers(0, 36_500)),
        release=draw(releases) if delivery == COMPUTE else Release(),
    )  # fmt: skip


def dataset(terms: Terms, price: Price = NOTHING) -> Dataset:
    return Dataset(id=DatasetId("ds_1"), owner=OrganisationId("org_1"), owner_name="aurora", name="court", card=CARD,
                   terms=terms, price=price)  # fmt: skip


def printed(terms: Terms, price: Price = NOTHING) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(json.dumps(offer(dataset(terms, price), base=BASE, currency="CNY")))
    return made


def read(document: object) -> Policy:
    return read_policy(document, source="policy", currency="CNY")


def refused(document: object) -> str:
    with pytest.raises(InvalidInput) as caught:
        read(document)
    return "\n".join(str(problem) for problem in caught.value.problems)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(all_terms(), prices)
def test_what_is_printed_reads_back_as_the_same_terms_and_price(terms: Terms, price: Price) -> None:
    assert read(printed(terms, price)) == Policy(terms=terms, price=price)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(all_terms(), prices)
def test_a_card_takes_the_same_terms_from_the_tables_that_are_written_for_it(terms: Terms, price: Price) -> None:
    said = card_terms(Policy(terms=terms, price=price))
    card = read_card(f'title = "T"\ndescription = "D"\nlicence = "L"\n{said}', source="card", hubs=HUBS)
    assert (card.terms, card.price) == (terms, price)


def test_terms_that_limit_nothing_are_a_permission_without_a_constraint() -> None:
    made = printed(Terms(redistribute=True))
    [permission] = made["permission"]
    assert "constraint" not in permission
    assert "duty" not in permission
    assert "prohibition" not in made
    assert [rule["action"] for rule in printed(Terms(derive=False))["prohibition"]] == ["derive", "distribute"]


def test_an_agreement_names_both_sides_and_what_the_contract_narrows() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    terms = Terms(purposes=("training", "research"), not_after=now + timedelta(days=30), count=3)
    contract = Contract(
        id=ContractId("ctr_1"), dataset=DatasetId("ds_1"), dataset_name="aurora/court",
        provider=OrganisationId("org_1"), consumer=OrganisationId("org_2"), consumer_name="bison", purpose="research",
        place="CN-52", hub="gz", terms=terms, price=Price(kind=FLAT, amount=Micros(2_500_000)), start=now,
        end=now + timedelta(days=90),
    )  # fmt: skip
    made = agreement(contract, base=BASE, currency="CNY")
    [permission] = made["permission"]
    assert permission["assigner"] == f"{BASE}/v1/organisations/org_1"
    assert permission["assignee"] == f"{BASE}/v1/organisations/org_2"
    narrowed = replace(terms, purposes=("research",), not_before=now)
    assert read(json.loads(json.dumps(made))) == Policy(terms=narrowed, price=contract.price)


def test_the_spellings_of_json_ld_are_read_alike() -> None:
    made = printed(Terms(purposes=("training",), count=2))
    [rule] = made.pop("permission")
    [purpose, count] = rule["constraint"]
    spelled = {
        "@context": "http://www.w3.org/ns/odrl.jsonld", "type": "Set", "@id": "urn:x", f"{ODRL}permission": {
            "action": {"@id": f"{ODRL}use"},
            "constraint": [{**purpose, "leftOperand": "odrl:purpose", "operator": "eq", "rightOperand": "training"},
                           {**count, "rightOperand": {"@value": "2", "@type": "xsd:integer"}}],
        },
    }  # fmt: skip
    assert read(spelled).terms == Terms(purposes=("training",), count=2, redistribute=True)


WRONG: dict[str, tuple[Any, str]] = {
    "another limit": ({"leftOperand": "percentage", "operator": "lteq", "rightOperand": 10}, "'percentage'"),
    "another operator": ({"leftOperand": "count", "operator": "lt", "rightOperand": 10}, "count is compared by lteq"),
    "none of them": ({"leftOperand": "purpose", "operator": "isNoneOf", "rightOperand": ["x"]}, "'isNoneOf'"),
    "and": ({"and": [{"leftOperand": "count", "operator": "lteq", "rightOperand": 1}]}, "constraint[0].and"),
    "or of others": ({"or": [{"leftOperand": "count", "operator": "lteq", "rightOperand": 1}]}, "or[0]: 'count'"),
    "an end included": ({"leftOperand": "dateTime", "operator": "lteq", "rightOperand": "2026-01-01T00:00:00Z"},
                        "dateTime is compared by gteq or lt"),
    "no zone": ({"leftOperand": "dateTime", "operator": "lt", "rightOperand": "2026-01-01"}, "a time with a zone"),
    "no number": ({"leftOperand": "count", "operator": "lteq", "rightOperand": "many"}, "a whole number"),
    "a unit": ({"leftOperand": "count", "operator": "lteq", "rightOperand": 1, "unit": "x"}, "constraint[0].unit"),
    "no object": ("use", "written as an object"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_constraint_that_could_not_be_kept_is_refused_by_its_name(name: str) -> None:
    constraint, words = WRONG[name]
    made = printed(Terms())
    made["permission"][0]["constraint"] = [constraint]
    assert words in refused(made)


def test_rules_duties_profiles_and_parties_that_could_not_be_kept_are_refused_by_their_names() -> None:
    made = printed(Terms(), Price(kind=ACCESS, amount=Micros(5)))
    assert "obligation" in refused({**made, "obligation": [{"action": "inform"}]})
    assert "inheritFrom" in refused({**made, "inheritFrom": "urn:x"})
    assert PROFILE in refused({**made, "profile": "urn:another"})
    assert "prohibit" in refused({**made, "conflict": "perm"})
    assert "here are 0" in refused({**made, "permission": []})
    assert "here are 2" in refused({**made, "permission": made["permission"] * 2})
    assert "'print'" in refused({**made, "prohibition": {"action": "print"}})
    assert "constraint" in refused({**made, "prohibition": {"action": "derive", "constraint": []}})
    assert "JSON object" in refused([made])
    [permission] = made["permission"]
    assert "recipients" in refused({**made, "permission": {**permission, "assignee": "urn:x"}})
    assert "'print'" in refused({**made, "permission": {**permission, "action": "print"}})
    assert "'attribute'" in refused({**made, "permission": {**permission, "duty": {"action": "attribute"}}})
    assert "elapsedTime" in refused({**made, "permission": {**permission, "duty": {"action": "delete"}}})
    assert "CNY" in refused(json.loads(json.dumps(made).replace(CURRENCY + "CNY", CURRENCY + "EUR")))
    assert "limited twice" in refused({**made, "permission": {**permission, "duty": permission["duty"] * 2}})
    assert len(refused({"@type": "Offer", "x": 1, "y": 2, "permission": {}}).splitlines()) == 3


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.data())
def test_a_policy_with_any_part_of_it_turned_to_something_else_is_read_or_refused_never_a_fault(data: Any) -> None:
    made = printed(Terms(purposes=("a",), places=("CN", "gz"), count=2, delivery=COMPUTE, delete_after_days=3),
                   Price(kind=RECORD, amount=Micros(7)))  # fmt: skip
    spots: list[tuple[Any, Any]] = []

    def walk(node: Any) -> None:
        for key in list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ():
            spots.append((node, key))
            walk(node[key])

    walk({name: value for name, value in made.items() if name != "@context"} and made)
    node, key = data.draw(st.sampled_from(spots))
    node[key] = data.draw(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=3),
                                       lambda inner: st.lists(inner, max_size=2) | st.dictionaries(
                                           st.sampled_from(["@value", "@id", "@list", "or"]), inner, max_size=2),
                                       max_leaves=4))  # fmt: skip
    try:
        found = read(made)
    except InvalidInput:
        return
    assert found.price.kind in (FREE, FLAT, ACCESS, RECORD)
