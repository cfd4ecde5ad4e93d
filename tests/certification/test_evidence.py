"""Evidence comes from a stranger: anything but a whole, finite, bounded document is refused with a reason."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridtie.certification.evidence import EVIDENCE_BYTES_MAX, SAMPLES_MAX, parse
from gridtie.errors import InvalidEvidence

from .conftest import Case


def test_what_the_program_writes_is_read_whole(case: Case) -> None:
    evidence = parse(json.dumps(case.evidence[0]).encode())
    assert len(evidence.items) + len(evidence.missing) == len(case.evidence[0]["items"])
    assert evidence.digest.startswith("sha256:")


def broken(document: dict[str, Any]) -> str:
    with pytest.raises(InvalidEvidence) as caught:
        parse(json.dumps(document).encode())
    return caught.value.message


@pytest.mark.parametrize("sample", [0, -1, True, "1", None, 1e7, [1], float("nan"), float("inf")])
def test_a_sample_is_a_positive_finite_number(case: Case, sample: Any) -> None:
    case.item("matrix.fp32")["samples_s"][0] = sample
    broken(case.evidence[0])


@pytest.mark.parametrize("samples", [[], [1e-3] * (SAMPLES_MAX + 1), {}, None])
def test_samples_are_some_and_not_too_many(case: Case, samples: Any) -> None:
    case.item("matrix.fp32")["samples_s"] = samples
    assert "samples_s" in broken(case.evidence[0])


def test_an_item_may_not_occur_twice(case: Case) -> None:
    case.evidence[0]["items"].append(case.item("matrix.fp32"))
    assert "twice" in broken(case.evidence[0])


def test_too_much_is_refused_before_it_is_read() -> None:
    with pytest.raises(InvalidEvidence, match="larger"):
        parse(b" " * (EVIDENCE_BYTES_MAX + 1))


@pytest.mark.parametrize(
    "raw", [b"", b"\xff", b"[" * 500_000, b"null", b"[]", b'{"suite":1}', b'{"a":1e999}', b"9" * 9999]
)
def test_what_is_no_evidence_is_refused(raw: bytes) -> None:
    with pytest.raises(InvalidEvidence):
        parse(raw)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


@settings(max_examples=150)
@given(data=st.data())
def test_any_value_anywhere_is_read_or_refused_and_judged_without_a_crash(honest_run: Any, data: st.DataObject) -> None:
    from .conftest import case_of

    case = case_of(honest_run[0], [honest_run[1]])
    place: Any = case.evidence[0]
    while True:
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if isinstance(place[key], dict | list) and place[key] and data.draw(st.booleans()):
            place = place[key]
            continue
        place[key] = data.draw(json_values)
        break
    try:
        case.judged()
    except InvalidEvidence:
        return
