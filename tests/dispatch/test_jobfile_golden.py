"""Every file in tests/golden/jobfiles reads as recorded beside it. GRIDTIE_UPDATE_GOLDEN=1 records anew."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from gridtie.adapters.tables import load_chips
from gridtie.dispatch import jobfile, jobfile_keys
from gridtie.dispatch.job import JobSpec, spec_from_json, spec_to_json
from gridtie.dispatch.jobfile_shape import Each, Keys, OneOf, Shape
from gridtie.errors import InvalidJobFile

GOLDEN = Path(__file__).parent.parent / "golden" / "jobfiles"
EXAMPLES = Path(__file__).parent.parent.parent / "examples" / "jobs"
GOOD = sorted(path for path in (GOLDEN / "good").iterdir() if path.suffix != ".json")
BAD = sorted(path for path in (GOLDEN / "bad").iterdir() if path.suffix != ".txt")
CHIPS = load_chips()
PLAIN = spec_to_json(JobSpec())


def told(raw: bytes) -> dict[str, Any]:
    """A document as it is recorded: only what differs from an empty job."""
    document = jobfile.parse(raw, source="job", chips=CHIPS)
    jobs = []
    for spec in document.jobs:
        stored = json.loads(json.dumps(spec_to_json(spec)))
        assert spec_from_json(stored) == spec
        jobs.append({key: value for key, value in stored.items() if value != json.loads(json.dumps(PLAIN.get(key)))})
    found = {"kind": document.kind, "name": document.name, "jobs": jobs, "notes": list(document.notes)}
    return found | (
        {"secret_values": [list(pair) for pair in document.secret_values]} if document.secret_values else {}
    )


def recorded(path: Path, text: str) -> str:
    if os.environ.get("GRIDTIE_UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.name)
def test_a_good_file_reads_as_recorded(path: Path) -> None:
    text = json.dumps(told(path.read_bytes()), indent=1, ensure_ascii=False) + "\n"
    assert text == recorded(path.with_name(path.name + ".json"), text)


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.name)
def test_a_bad_file_is_refused_with_every_problem_at_its_place(path: Path) -> None:
    with pytest.raises(InvalidJobFile) as caught:
        jobfile.parse(path.read_bytes(), source="job", chips=CHIPS)
    text = "".join(f"{problem}\n" for problem in caught.value.problems)
    text = re.sub(r"Nearest: .*", "Nearest: …", text)  # the registry's business
    assert text == recorded(path.with_name(path.name + ".txt"), text)
    assert all(problem.line >= 1 and problem.column >= 1 for problem in caught.value.problems)


def test_the_files_use_every_key_there_is() -> None:
    everything = "\n".join(path.read_text(encoding="utf-8") for path in GOOD)
    missing = [key for key in sorted(keys_of(jobfile_keys.JOB) | keys_of(jobfile_keys.HEADER)) if key not in everything]
    assert missing in ([], ["dtk"]) or set(missing) <= set(jobfile_keys.STACKS)
    assert len(GOOD) >= 40


def keys_of(shape: Shape) -> set[str]:
    match shape:
        case Keys():
            inner = [*shape.known.values(), *([shape.others] if shape.others else [])]
            return set(shape.known).union(*(keys_of(value) for value in inner))
        case OneOf():
            return set().union(*(keys_of(value) for value in shape.shapes))
        case Each():
            return keys_of(shape.item)
        case _:
            return set()


def test_the_published_schema_is_the_one_the_parser_checks_by() -> None:
    path = Path(jobfile_keys.__file__).with_name("jobfile.schema.json")
    text = json.dumps(jobfile_keys.published_schema(), indent=1, ensure_ascii=False) + "\n"
    assert text == recorded(path, text)


def test_the_published_schema_accepts_the_good_files_and_refuses_an_unknown_key() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    yaml = pytest.importorskip("yaml")
    check = jsonschema.Draft202012Validator(jobfile_keys.published_schema())
    check.check_schema(jobfile_keys.published_schema())
    for path in GOOD:
        if path.suffix == ".yaml" and not path.name.startswith(("chain", "group", "envs-norway", "gridtie-all")):
            assert not list(check.iter_errors(yaml.safe_load(path.read_text(encoding="utf-8")))), path.name
    assert list(check.iter_errors({"run": "x", "colour": "blue"}))


@pytest.mark.parametrize("path", sorted(EXAMPLES.iterdir()), ids=lambda path: path.name)
def test_the_examples_load(path: Path) -> None:
    if path.suffix in (".yaml", ".sbatch"):
        assert jobfile.parse(path.read_bytes(), source=path.name, chips=CHIPS).jobs[0].run
