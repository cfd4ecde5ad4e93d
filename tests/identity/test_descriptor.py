"""The signed record: strict to read, silent about what names one piece of hardware."""

import json
from typing import Any

import pytest

from gridtie.errors import InvalidInput
from gridtie.identity.descriptor import SOURCES, STATISTICS, Metric, from_payload, payload


def test_a_record_is_read_back_as_it_was_written(world: Any) -> None:
    record = world.record()
    assert from_payload(json.loads(json.dumps(payload(record)))) == record


def test_what_names_a_piece_of_hardware_is_left_out_at_any_depth(world: Any) -> None:
    hardware = {
        "uuids": ["GPU-1"],
        "cards": [{"model": "A100", "uuid": "GPU-2", "parts": ({"serial": "S1", "cores": 4},)}],
        "links": {"eth0": {"address": "aa:bb", "speed": 100}},
    }
    text = json.dumps(payload(world.record(hardware=hardware)))
    for hidden in ("GPU-1", "GPU-2", "S1", "aa:bb"):
        assert hidden not in text
    assert '"cores": 4' in text


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"sequence": "7"}, "sequence"),
        ({"sequence": True}, "sequence"),
        ({"sequence": -1}, "sequence"),
        ({"status": "asleep"}, "status 'asleep'"),
        ({"chip": None}, "chip"),
        ({"total": {"accelerators": 1.5}}, "total.accelerators"),
        ({"total": []}, "descriptor"),
        ({"available": {"accelerators": 1}}, "at"),
        ({"certificate": 3}, "certificate"),
        ({"metrics": [{"name": "fp16"}]}, "metric has no"),
        ({"valid_until": "2020-01-01T00:00:00Z"}, "ends before it begins"),
        ({"valid_from": "2020-01-01T00:00:00"}, "time zone"),
        ({"identifier": "cn.demo/aurora"}, "descriptor"),
        ({"price": 3}, "cannot have 'price'"),
    ],
)
def test_a_field_of_the_wrong_kind_is_named(world: Any, changed: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        from_payload({**payload(world.record()), **changed})
    assert words in str(refused.value.problems[0])


def test_an_identifier_is_written_in_one_way(world: Any) -> None:
    with pytest.raises(InvalidInput):
        from_payload({**payload(world.record()), "identifier": world.name.upper()})


@pytest.mark.parametrize("name", ["identifier", "status", "metrics", "available", "hardware", "certificate"])
def test_a_missing_field_is_named(world: Any, name: str) -> None:
    data = payload(world.record())
    del data[name]
    with pytest.raises(InvalidInput) as refused:
        from_payload(data)
    assert name in str(refused.value.problems[0])


@pytest.mark.parametrize(
    "changed", [{"source": "hearsay"}, {"statistics": "median"}, {"density": "half"}, {"source": ""}]
)
def test_a_figure_says_where_it_comes_from_in_the_words_of_cats(changed: dict[str, str]) -> None:
    fields = {"name": "fp16", "value": 1.0, "unit": "TFLOP/s", "source": SOURCES[2], "statistics": STATISTICS[2]}
    Metric(**fields)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="fp16"):
        Metric(**{**fields, **changed})  # type: ignore[arg-type]
