"""What a job file means, and what hostile files can do: be refused, fast and small."""

import json
import time
import tracemalloc
from datetime import timedelta
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from gridtie.adapters.tables import load_chips
from gridtie.dispatch import jobfile
from gridtie.dispatch.job import (
    Budget,
    DataUse,
    FileMount,
    JobDocument,
    JobSpec,
    Retry,
    Variant,
    spec_from_json,
    spec_to_json,
)
from gridtie.dispatch.jobfile_keys import GRIDTIE, JOB, RESOURCES
from gridtie.errors import InputTooLarge, InvalidJobFile
from gridtie.market.request import Alternative

CHIPS = load_chips()
SECONDS_MAX = 1.0
MEMORY_MAX = 64 << 20


def read(text: bytes | str, **more: Any) -> JobDocument:
    return jobfile.parse(text, source="job.yaml", chips=CHIPS, **more)


def refused(text: bytes | str) -> list[str]:
    with pytest.raises(InvalidJobFile) as caught:
        read(text)
    return [str(problem) for problem in caught.value.problems]


def test_where_an_input_lies_is_said_by_its_name_and_only_with_its_size() -> None:
    text = "inputs: {s3://a: 2.5, s3://b: 1}\nrun: echo\ngridtie: {data: [{name: s3://a, at: gz}]}\n"
    (spec,) = read(text, hubs=("gz", "nmg")).jobs
    assert (spec.input_gb, spec.data) == (3.5, (DataUse(name="s3://a", at="gz", gb=2.5),))
    assert spec_from_json(json.loads(json.dumps(spec_to_json(spec)))) == spec
    assert refused(text.replace("name: s3://a", "name: s3://c")) == [
        '3:10 how large "s3://c" is must stand under inputs'
    ]
    assert len(refused(text.replace("at: gz}", "at: gz}, {name: s3://a, at: gz}"))) == 1
    with pytest.raises(InvalidJobFile) as caught:
        read(text.replace("at: gz", "at: gzz"), hubs=("gz", "nmg"))
    assert 'Did you mean "gz"?' in str(caught.value.problems[0])


def test_a_misspelt_hub_or_place_is_refused_where_it_stands_with_the_hub_that_was_meant() -> None:
    text = "run: echo\ngridtie:\n  where: {hubs: [gz, csjj], places: [guizhou]}\n"
    text += "  data: {name: d, stays_in: [CN-52, gzz]}\n"
    with pytest.raises(InvalidJobFile) as caught:
        read(text, hubs=("gz", "csjh", "nmg"))
    said = [(p.line, p.column, p.message) for p in caught.value.problems]
    assert said == [
        (3, 22, 'gridtie.where.hubs cannot be "csjj". Did you mean "csjh"?'),
        (3, 38, 'gridtie.where.places[0] must be a place such as CN-52 or CN-520100, not "guizhou"'),
        (4, 37, 'gridtie.data.stays_in cannot be "gzz". Did you mean "gz"?'),
    ]


def test_a_hub_may_be_anything_where_none_is_known() -> None:
    assert read("run: echo\ngridtie: {where: {hubs: [east]}}\n").jobs[0].hubs == ("east",)


# ── meaning ───────────────────────────────────────────────────────────────────────────────────────────────────────
def test_an_unknown_key_is_answered_in_the_agreed_words() -> None:
    assert refused("run: x\nresources:\n  acelerators: 1\n") == [
        '3:3 unknown key "acelerators" under resources. Did you mean "accelerators"?'
    ]


def test_a_chip_nobody_knows_is_answered_with_its_neighbours() -> None:
    (said,) = refused("run: x\nresources: {accelerators: H10O:1}\n")
    assert said.startswith('2:27 no chip is called "H10O". Nearest: ')
    assert "H100" in said


def test_a_value_given_at_submit_wins_and_fills_a_null() -> None:
    text = "envs: {A: old, B: null, C: null}\nworkdir: $A/${B}\nrun: x\n"
    spec = read(text, environment={"A": "new", "B": "b"}).jobs[0]
    assert dict(spec.envs) == {"A": "new", "B": "b"}
    assert spec.envs_required == ("C",)
    assert spec.workdir == "new/b"


def test_a_null_that_comes_as_a_secret_is_a_secret() -> None:
    spec = read("envs: {KEY: null}\nrun: x\n", secrets=("KEY",)).jobs[0]
    assert (spec.envs_required, spec.secrets) == ((), ("KEY",))


def test_the_value_of_a_secret_is_never_part_of_the_stored_job() -> None:
    document = read("secrets: {PASSWORD: hunter2}\nrun: x\n")
    assert document.secret_values == (("PASSWORD", "hunter2"),)
    assert "hunter2" not in json.dumps(spec_to_json(document.jobs[0]))
    assert "hunter2" not in repr(document)
    assert "hunter2" not in "".join(document.notes)


def test_two_jobs_of_a_file_cannot_give_one_secret_two_values() -> None:
    assert "two values" in refused("secrets: {K: a}\nrun: x\n---\nsecrets: {K: b}\nrun: y\n")[0]


def test_money_never_passes_through_a_float() -> None:
    spec = read("run: x\ngridtie: {budget: {max_total: 9007199254.740993}}\n").jobs[0]
    assert spec.budget.max_total == 9007199254740993


def test_sixty_four_and_sixty_four_gb_are_the_same_memory() -> None:
    bare, named = (read(f"run: x\nresources: {{memory: {size}}}\n").jobs[0].alternatives for size in ("64", "64GB"))
    assert bare == named
    assert bare[0].memory_bytes == 64_000_000_000


def test_labels_say_the_same_as_our_own_key() -> None:
    as_labels = read(
        'run: x\nresources: {labels: {gridtie/budget.max_price: "2.5", gridtie/retry.on: "failure, preempted",'
        ' gridtie/certified: "false", gridtie/where.places: "CN-44,CN-52"}}\n'
    ).jobs[0]
    as_keys = read(
        "run: x\nresources: {}\ngridtie: {budget: {max_price: 2.5}, retry: {on: [failure, preempted]},"
        " certified: false, where: {places: [CN-44, CN-52]}}\n"
    ).jobs[0]
    assert as_labels == as_keys


def test_an_alternative_replaces_the_field_it_repeats() -> None:
    text = "run: x\nresources: {accelerators: A100:1, infra: aws, any_of: [{gpus: L4:2}, {infra: gridtie/aurora}]}\n"
    one, other = read(text).jobs[0].alternatives
    assert (one.chip, one.accelerators, one.sites) == ("nv-l4", 2, ())
    assert (other.chip, other.sites) == ("nv-a100-40", ("aurora",))


def test_every_note_tells_its_place_and_explain_prints_them_in_order() -> None:
    document = read("run: x\nservice: {readiness_probe: /}\nresources: {disk_tier: best}\n")
    assert jobfile.explain_notes(document).splitlines() == [
        "2:1 service has no effect here yet (a service with replicas behind one address; its run starts once here,"
        " as a job)",
        "3:13 resources.disk_tier has no effect here yet (speed class of the disk)",
    ]


# ── the stored form ───────────────────────────────────────────────────────────────────────────────────────────────
_text = st.text(max_size=8)
_texts = st.lists(_text, max_size=3).map(tuple)
_pairs = st.lists(st.tuples(_text, _text), max_size=3).map(tuple)
_count = st.integers(0, 1 << 60)
_money = st.none() | _count
_span = st.timedeltas(timedelta(0), timedelta(days=400))
_alternative = st.builds(
    Alternative, chip=_text, accelerators=_count, cpus=_count, cpus_exact=st.booleans(), memory_bytes=_count,
    memory_exact=st.booleans(), disk_bytes=_count, chip_memory_bytes=_count, hubs=_texts, places=_texts, sites=_texts,
    max_hourly_cost=_money, use_spot=st.booleans(), rank=_count)  # fmt: skip
_spec = st.builds(
    JobSpec, name=_text, run=_text, setup=_text, machines=_count, envs=_pairs, envs_required=_texts, secrets=_texts,
    alternatives=st.lists(_alternative, max_size=3).map(tuple), workdir=st.none() | _text, outputs=_texts,
    file_mounts=st.lists(st.builds(FileMount, target=_text, source=_text, mode=_text), max_size=2).map(tuple),
    data=st.lists(st.builds(DataUse, name=_text, target=_text, stays_in=_texts), max_size=2).map(tuple),
    input_gb=st.floats(0, 1e12), image=st.none() | _text,
    variants=st.lists(st.builds(Variant, stack=_text, setup=st.none() | _text, envs=_pairs), max_size=2).map(tuple),
    budget=st.builds(Budget, max_price=_money, max_total=_money, pay_with=_texts), hubs=_texts, places=_texts,
    max_latency_us=st.none() | _count, isolation=_text, network=_text, certified=st.booleans(),
    retry=st.builds(Retry, on=_texts, limit=_count), on_disconnect=_text, time_limit=st.none() | _span, expected=_span,
    deadline=st.none() | _text, mode=_text, priority=st.integers(), purpose=_text,
    ports=st.lists(_count, max_size=3).map(tuple))  # fmt: skip


@given(_spec)
@settings(max_examples=60)
def test_a_stored_job_comes_back_exactly(spec: JobSpec) -> None:
    assert spec_from_json(json.loads(json.dumps(spec_to_json(spec)))) == spec


# ── hostile files ─────────────────────────────────────────────────────────────────────────────────────────────────
def survives(raw: bytes | str) -> None:
    """Whatever it is: a document, or a refusal with places; in time."""
    began = time.thread_time()
    try:
        read(raw)
        found = 1
    except InvalidJobFile as refusal:
        found = len(refusal.problems)
    except InputTooLarge:
        found = 1
    assert 1 <= found <= 50
    assert time.thread_time() - began < SECONDS_MAX


@given(st.binary(max_size=400))
@settings(max_examples=300)
def test_random_bytes_are_read_or_refused(raw: bytes) -> None:
    survives(raw)


@given(st.text(alphabet="ab:-[]{},&*!|>'\"#%@`\n\t 0129~=.?+_$\\", max_size=200))
@settings(max_examples=400)
def test_random_text_of_yaml_signs_is_read_or_refused(text: str) -> None:
    survives(text)


_KEYS = sorted({*JOB.known, *RESOURCES.known, *GRIDTIE.known, *GRIDTIE.known["budget"].known, "x", "1", ""})  # type: ignore[attr-defined]
_leaf = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=6), st.sampled_from(
        ["H100:8", "8+", "4x", "1e9", "2h", "gridtie/a", "docker:x", "../x", "-1", "0", "9" * 30, "${A}", "a:b", "１"])
)  # fmt: skip
_tree = st.recursive(
    _leaf, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=4),
    max_leaves=25)  # fmt: skip


@given(st.dictionaries(st.sampled_from(_KEYS), _tree, max_size=8))
@settings(max_examples=500)
def test_random_trees_of_known_keys_are_read_or_refused(tree: dict[str, Any]) -> None:
    survives(yaml.safe_dump(tree))


@given(st.lists(st.text(alphabet="#SBATCH -=abcNJtG:,0123456789\"'\\%\n", max_size=60), max_size=8))
@settings(max_examples=300)
def test_random_scripts_are_read_or_refused(lines: list[str]) -> None:
    survives("#!/bin/bash\n" + "\n".join(f"#SBATCH {line}" for line in lines) + "\ntrue\n")


HOSTILE = {
    "billion laughs": "a: &a [x,x,x,x,x,x,x,x,x]\n"
    + "".join(f"{b}: &{b} [{','.join(['*' + a] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)),
    "deep lists": "run: " + "[" * 100_000,
    "deep mappings": "{a: " * 60_000,
    "deep blocks": "".join(" " * i + "a:\n" for i in range(700)),
    "many documents": "---\n" * 60_000,
    "many jobs": "run: x\n---\n" * 5_000,
    "many unknown keys": "".join(f"keyy{i}: 1\n" for i in range(9_000)),
    "many unknown chips": "resources: {accelerators: [" + ", ".join(f"H1O{i}" for i in range(9_000)) + "]}",
    "many alternatives": "resources: {any_of: [" + ", ".join(["{accelerators: {H100: 1, L4: 1}}"] * 3_000) + "]}",
    "many ports": "resources: {ports: [" + ", ".join(["1-65535"] * 9_000) + "]}",
    "one long key": "k" * 250_000 + ": 1",
    "one long number": "num_nodes: " + "9" * 250_000,
    "one long float": "gridtie: {budget: {max_total: 1e" + "9" * 200_000 + "}}",
    "one long chip": "resources: {accelerators: " + "h" * 200_000 + "}",
    "names that multiply": "envs: {A: " + "x" * 120_000 + "}\nworkdir: " + "$A" * 60_000,
    "mounts that multiply": "envs: {A: " + "x" * 4_000 + "}\nfile_mounts:\n"
    + "".join(f"  {'$A' * 200}{i}: x\n" for i in range(400)),
    "long quotes": "#!/bin/sh\n#SBATCH " + "\"'" * 120_000 + "\ntrue\n",
    "huge array": "#!/bin/sh\n#SBATCH --array=0-9999999\ntrue\n",
    "huge gang": "#!/bin/sh\n#SBATCH -n 999999 --ntasks-per-node=1\ntrue\n",
    "calendar": "run: x\ngridtie: {deadline: 0001-01-01T00:00:00+23:59}\n",
    "endless": "run: x\ngridtie: {expected: 999999999w}\n",
    "surrogate": "run: \ud800",
    "tagged": "run: !!python/object/apply:os.system [date]",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_fast_and_small(name: str) -> None:
    text = HOSTILE[name]
    began = time.thread_time()
    with pytest.raises((InvalidJobFile, InputTooLarge)):
        read(text)
    assert time.thread_time() - began < SECONDS_MAX
    tracemalloc.start()
    with pytest.raises((InvalidJobFile, InputTooLarge)):
        read(text)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < MEMORY_MAX


def test_a_line_of_nothing_but_escapes_is_read_in_time() -> None:
    survives("#!/bin/sh\n#SBATCH -J " + "\\" * 240_000 + "\ntrue\n")


def test_ten_megabytes_are_refused_unread() -> None:
    raw = b"run: x\n# " + b"y" * 10_000_000
    began = time.thread_time()
    with pytest.raises(InputTooLarge):
        read(raw)
    assert time.thread_time() - began < 0.05


def test_the_largest_file_allowed_is_still_read() -> None:
    head = "run: |\n  "
    assert read(head + "x" * (256 * 1024 - len(head))).jobs[0].run
    with pytest.raises(InputTooLarge):
        read(head + "é" * (128 * 1024))


@pytest.mark.parametrize(
    "text", [r'name: "a\e[2Jb"', r'name: "a\0"', r'name: "\x9b2J"', r'run: "echo \0"', r'envs: {A: "\ud800"}']
)
def test_what_no_terminal_program_or_store_should_get_cannot_be_written_as_an_escape(text: str) -> None:
    with pytest.raises(InvalidJobFile) as refused:
        read(text + ("" if text.startswith("run") else "\nrun: echo"))
    assert refused.value.problems[0].line == 1


def test_a_script_may_still_hold_the_escapes_that_colour_its_output() -> None:
    assert read(r'run: "echo \e[31mred"').jobs[0].run == "echo \x1b[31mred"
