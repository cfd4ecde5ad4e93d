"""What is said of a record does not depend on the records beside it."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridtie.adapters.tables import load_rules, names_text
from gridtie.cleaner import work
from gridtie.cleaner.files import Read
from gridtie.cleaning.detectors import Detection
from gridtie.cleaning.document import leaves
from gridtie.cleaning.look import NOTHING, Look, Looker
from gridtie.cleaning.policy import Policy
from gridtie.cleaning.rule import Example
from gridtie.cleaning.scan import Scanner
from gridtie.cleaning.tagger import NamesModel, Tagger

RULES = load_rules()
POLICY = Policy.read("[duplicates]\nnear = 0.8\n", source="policy", kinds=RULES.kinds)
LOOKER = Looker(scanner=Scanner(RULES, Tagger(NamesModel.read(names_text(), source="names"))), policy=POLICY)
TEXTS = st.one_of(
    st.sampled_from([Example.read(hit).text for rule in RULES.rules for hit in rule.hits]),
    st.text(max_size=30),
    st.sampled_from(["", "\0", "王小明", "John Smith", "13800138000", "１３８００１３８０００", "\ud800", "电话"]),
)
NAMES = st.sampled_from(["text", "phone", "电话", "a", "13800138000", "张三", "x@example.org"])
VALUES = st.recursive(
    st.one_of(TEXTS, st.integers(-(10**20), 10**20), st.booleans(), st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=6,
)
RECORDS = st.lists(st.one_of(TEXTS, st.dictionaries(NAMES, VALUES, max_size=4)), max_size=6)


def unlike(one: list[Look], other: list[Look]) -> bool:
    parts = [
        [(str(replace(look, signature=NOTHING)), look.signature.tolist()) for look in some] for some in (one, other)
    ]
    return parts[0] != parts[1]


@given(RECORDS)
def test_records_looked_at_together_are_as_each_by_itself(records: list[Any]) -> None:
    alone = [LOOKER.look(record) for record in records]
    assert not unlike(LOOKER.looks([leaves(record) for record in records], records), alone)
    assert not unlike(LOOKER.looks([leaves(record) for record in records[::-1]], records[::-1]), alone[::-1])


@given(RECORDS, st.integers(1, 4), st.integers(1, 40))
def test_where_a_batch_ends_changes_nothing(records: list[Any], most: int, size: int) -> None:
    told = (Detection(0, 0, 1, "other", "X", 90),)
    read = [(Read(record, "", number), told if number % 3 == 1 else ()) for number, record in enumerate(records)]
    read.insert(len(read) // 2, (Read(None, "broken-json", 99), ()))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(work, "BATCH", most)
        patch.setattr(work, "BLOCK", size)
        found = list(work._looks_at(LOOKER, iter(read)))
    expected = [
        Look(size=0, problem=one.problem) if one.problem else replace(LOOKER.look(one.value), told=others)
        for one, others in read
    ]
    assert [one for one, _ in found] == [one for one, _ in read]
    assert not unlike([look for _, look in found], expected)
