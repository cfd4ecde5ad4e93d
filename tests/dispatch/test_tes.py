"""A TES task becomes a job, or every problem at its place."""

import shlex
import subprocess
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridtie.adapters.tables import load_chips, load_places
from gridtie.dispatch import jobfile
from gridtie.dispatch.job import spec_from_json, spec_to_json
from gridtie.dispatch.tes import STATES, Terms, is_result, job_states, parse, state_of, tags_match
from gridtie.dispatch.tes_script import commands, staging
from gridtie.dispatch.tes_shape import Executor, Input, Output
from gridtie.errors import InvalidTask
from gridtie.lifecycle import JOB

TERMS = Terms(chips=load_chips(), hubs=load_places().hubs, folders=("/shared/lab",))
ECHO = {"image": "alpine", "command": ["echo", "hi"]}
SHA = "ab" * 32


def task(**more: Any) -> dict[str, Any]:
    return {"executors": [ECHO], **more}


def problems(document: Any) -> list[str]:
    with pytest.raises(InvalidTask) as refused:
        parse(document, TERMS)
    return [str(problem) for problem in refused.value.problems]


@pytest.mark.parametrize("asked", [{"accelerators": "A100-80GB:0.50"}, {"gpu_model": "A100-80GB", "gpu": "0.5"}])
def test_a_task_may_ask_for_a_part_of_a_card(asked: dict[str, str]) -> None:
    parsed = parse(task(resources={"cpu_cores": 2, "backend_parameters": {**asked, "site": "aurora"}}), TERMS)
    [spec] = jobfile.parse("resources: {accelerators: {A100-80GB: 0.5}}\nrun: x", source="job", chips=TERMS.chips).jobs
    found = [(shape.chip, shape.accelerators, shape.rank) for shape in parsed.spec.alternatives]
    assert found == [(shape.chip, shape.accelerators, shape.rank) for shape in spec.alternatives]
    assert {(shape.cpus, shape.sites) for shape in parsed.spec.alternatives} == {(2, ("aurora",))}
    assert parsed.document["resources"]["cpu_cores"] == 2


def test_more_than_one_card_is_asked_for_in_whole_ones() -> None:
    [problem] = problems(task(resources={"backend_parameters": {"accelerators": "H100:1.5"}}))
    assert "below 1 for a part of one" in problem


def test_what_a_task_asks_for_becomes_the_jobs_resources_places_and_limits() -> None:
    parsed = parse(
        task(
            name="align\tone",
            resources={
                "cpu_cores": 4, "ram_gb": 7.5, "disk_gb": 20, "zones": ["gz", "nmg"], "preemptible": True,
                "backend_parameters": {"GPU_Model": "H100", "gpu": "2", "max_price": "2.50", "time_limit": "2h",
                                       "voucher": "AI-2026", "site": "aurora", "VmSize": "huge"},
            },
        ),
        TERMS,
    )  # fmt: skip
    spec = parsed.spec
    [shape] = spec.alternatives
    assert (shape.chip, shape.accelerators, shape.cpus) == (TERMS.chips.find("H100").id, 2, 4)
    assert (shape.memory_bytes, shape.disk_bytes, shape.sites) == (7_500_000_000, 20_000_000_000, ("aurora",))
    assert (spec.hubs, spec.time_limit, spec.name) == (("gz", "nmg"), timedelta(hours=2), "align one")
    assert spec.budget.pay_with == ("voucher:AI-2026", "balance")
    assert spec.budget.max_price == 2_500_000
    assert spec.preemptible is True
    assert len(parsed.warnings) == 1
    assert "VmSize" not in parsed.document["resources"]["backend_parameters"]
    assert spec_from_json(spec_to_json(spec)) == spec


def test_inputs_travel_as_files_and_kept_outputs_are_outputs_of_the_job() -> None:
    parsed = parse(
        task(
            inputs=[
                {"path": "/data/a.txt", "content": "A"},
                {"path": "/data/b.bin", "url": f"http://exchange:8474/v1/blobs/{SHA}"},
                {"path": "/in/c", "url": "file:///shared/lab/c"},
            ],
            outputs=[
                {"path": "/out/x", "url": "gridtie://x"},
                {"path": "/out/deep/*.log", "path_prefix": "/out", "url": "gridtie://logs"},
                {"path": "/out/y", "url": "file:///shared/lab/y"},
            ],
            volumes=["/vol/A/"],
        ),
        TERMS,
    )
    assert parsed.contents == (("root/data/a.txt", "A"),)
    assert parsed.blobs == (("root/data/b.bin", SHA),)
    assert parsed.spec.outputs == (".tes", "root/out/x", "root/out/deep")
    assert parsed.spec.mounts == ("data", "in", "out", "vol")
    assert parsed.spec.network == "none"
    assert "cp -RT -- /shared/lab/c /in/c" in parsed.spec.setup
    assert "deliver /out/y /shared/lab/y" in parsed.spec.run
    kept = parsed.document["outputs"]
    assert [is_result(kept, path) for path in ("/out/x", "/out/deep/a.log", "/out/deep/a.txt", "/out/y")] == [
        True, True, False, False,
    ]  # fmt: skip


def test_an_http_input_asks_for_a_network_and_what_lies_in_a_shared_folder_is_left_there() -> None:
    parsed = parse(task(inputs=[{"path": "/data/a", "url": "https://example.org/a"}]), TERMS)
    assert parsed.spec.network == "host"
    there = parse(task(inputs=[{"path": "/shared/lab/s", "url": "/shared/lab/s", "type": "DIRECTORY"}]), TERMS)
    assert (there.spec.mounts, there.spec.network) == ((), "none")
    assert "cp -RT" not in there.spec.setup


def test_every_problem_is_named_at_its_place() -> None:
    found = problems(
        {
            "executors": [{"image": "", "command": [], "env": {"A-B": "x"}, "stdin": "data/in", "workdir": "rel"}],
            "inputs": [{"path": "/etc/passwd", "content": "x"}, {"path": "/a/../b", "url": "s3://bucket/b"},
                       {"path": "/d/x"}, {"path": "/file", "url": "file:///root/secret"}],
            "outputs": [{"path": "/out/*.log", "url": "gridtie://l"}, {"path": "/out/y", "url": "ftp://h/y"}],
            "resources": {"cpu_cores": 1.5, "ram_gb": -1, "zones": ["mars"],
                          "backend_parameters": {"gpu": "2"}},
            "tags": ["a"],
        }
    )  # fmt: skip
    places = [line.split(": ")[0] for line in found]
    assert set(places) >= {
        "executors[0].image", "executors[0].command", "executors[0].env", "executors[0].stdin", "executors[0].workdir",
        "inputs[0].path", "inputs[1].path", "inputs[1].url", "inputs[2]", "inputs[3].path", "inputs[3].url",
        "outputs[0].path_prefix", "outputs[1].url", "resources.cpu_cores", "resources.ram_gb", "resources.zones",
        "resources.backend_parameters.gpu", "tags",
    }  # fmt: skip
    assert all(len(line) < 400 for line in found)


@pytest.mark.parametrize("wrong", [None, [], "x", 3, {}, {"executors": []}, {"executors": [None]}])
def test_what_is_no_task_is_refused(wrong: Any) -> None:
    assert problems(wrong)


def test_strict_parameters_refuse_what_others_warn_of() -> None:
    asked = {"backend_parameters": {"VmSize": "x"}, "backend_parameters_strict": True}
    assert "VmSize" in problems(task(resources=asked))[0]


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
_named = st.fixed_dictionaries(
    {},
    optional={
        name: _json | st.lists(st.dictionaries(st.sampled_from(["path", "url", "image", "command", "type"]), _json))
        for name in ("executors", "inputs", "outputs", "resources", "tags", "volumes", "name")
    },
)


@settings(max_examples=60)
@given(_named)
def test_any_document_is_a_task_or_a_named_refusal(document: Any) -> None:
    with suppress(InvalidTask):
        parse(document, TERMS)


def test_every_state_of_a_job_has_a_state_of_tes_and_is_found_under_it() -> None:
    for state in JOB.states:
        for code in ("", "exit", "cancelling", "preempted", "setup", "site_lost"):
            word = state_of(state, code, 1)
            assert word in STATES
            if (state, code) == ("queued", "cancelling"):  # a queued job ends at once
                continue
            assert state in job_states(word)
            assert state_of(state, code, 1, old=True) not in ("CANCELING", "PREEMPTED")
    assert state_of("failed", "exit", 3) == "EXECUTOR_ERROR"
    assert state_of("failed", "exit", 74) == "SYSTEM_ERROR"
    assert job_states("PAUSED") == ()


def test_tags_match_as_the_standard_tabulates() -> None:
    rows = [
        ([("foo", "bar")], {"foo": "bar"}, True), ([("foo", "bar")], {"foo": "bat"}, False),
        ([("foo", "")], {"foo": ""}, True), ([("foo", "bar"), ("baz", "bat")], {"foo": "bar", "baz": "bat"}, True),
        ([("foo", "bar")], {"foo": "bar", "baz": "bat"}, True),
        ([("foo", "bar"), ("baz", "bat")], {"foo": "bar"}, False),
        ([("foo", "")], {"foo": "bar"}, True), ([("foo", "")], {}, False),
    ]  # fmt: skip
    for wanted, tags, expected in rows:
        assert tags_match(tags, wanted) is expected, (wanted, tags)


# ── the commands, run by a real shell ─────────────────────────────────────────────────────────────────────────────
def run(home: Path, script: str) -> "subprocess.CompletedProcess[str]":
    (home / "sky_workdir").mkdir(exist_ok=True)
    environment = {"HOME": str(home), "PATH": "/usr/bin:/bin"}
    return subprocess.run(["/bin/bash", "-c", script], env=environment, capture_output=True, text=True, timeout=30)


def log(home: Path) -> list[list[str]]:
    return [line.split() for line in (home / "sky_workdir/.tes/log").read_text().splitlines()]


def sh(words: str, **more: Any) -> Executor:
    return Executor(image="x", command=("/bin/sh", "-c", words), **more)


def test_executors_run_in_turn_with_their_streams_folder_and_variables(tmp_path: Path) -> None:
    work, out = tmp_path / "it's work", tmp_path / "o ut" / "result"
    nasty = "a'b\"c$HOME`id`\n;"
    executors = [
        sh('cat; printf "%s" "$V"; pwd', env=(("V", nasty),), workdir=str(work), stdin=str(tmp_path / "in")),
        sh("echo to-file; echo aside >&2", stdout=str(out)),
        sh("sleep 60 & setsid sleep 60 & echo ends anyway"),
    ]
    (tmp_path / "in").write_text("given\n")
    assert run(tmp_path, staging([], [], executors, [])).returncode == 0
    done = run(tmp_path, commands(executors, []))
    assert (done.returncode, done.stderr) == (0, "aside\n")
    assert done.stdout == f"given\n{nasty}{work}\nends anyway\n"
    assert out.read_text() == "to-file\n"
    assert (tmp_path / "sky_workdir/.tes/1.out").read_text() == "to-file\n"
    assert [(line[0], line[3]) for line in log(tmp_path)] == [("0", "0"), ("1", "0"), ("2", "0")]


def test_the_first_error_ends_the_task_unless_it_is_to_be_ignored(tmp_path: Path) -> None:
    done = run(tmp_path, commands([sh("exit 3", ignore_error=True), sh("kill -9 $$"), sh("echo never")], []))
    assert done.returncode == 137
    assert "never" not in done.stdout
    assert [line[3] for line in log(tmp_path)] == ["3", "137"]
    assert run(tmp_path, commands([sh("exit 74")], [])).returncode == 1  # 74 is ours: a result was not delivered


def test_results_are_copied_and_those_that_are_not_there_are_a_fault_of_their_own(tmp_path: Path) -> None:
    made, shared = tmp_path / "made", tmp_path / "shared"
    outputs = [
        Output(path=f"{made}/a b.txt", url=f"{shared}/a"),
        Output(path=f"{made}/dir", url=f"{shared}/dir", folder=True),
        Output(path=f"{made}/*.lo[g]", url=f"{shared}/logs", prefix=str(made)),
    ]
    make = f"cd {shlex.quote(str(made))}; mkdir dir; echo A > 'a b.txt'; echo D > dir/d; echo L > 1.log; echo N > 2.txt"
    staging_done = run(tmp_path, staging([], outputs, [], []))
    assert staging_done.returncode == 0, staging_done.stderr
    done = run(tmp_path, commands([sh(make)], outputs))
    assert done.returncode == 0, done.stderr
    assert sorted(str(path.relative_to(shared)) for path in shared.rglob("*") if path.is_file()) == [
        "a", "dir/d", "logs/1.log",
    ]  # fmt: skip
    delivered = (tmp_path / "sky_workdir/.tes/delivered").read_text().splitlines()
    assert delivered[0].split("\t") == ["2", f"{made}/a b.txt", f"file://{shared}/a"]
    assert len(delivered) == 3
    missing = run(tmp_path, commands([sh("true")], [Output(path=f"{made}/none", url=f"{shared}/none")]))
    assert missing.returncode == 74
    assert "result not delivered" in missing.stderr


def test_an_input_that_is_not_there_fails_before_any_executor_runs(tmp_path: Path) -> None:
    done = run(tmp_path, staging([Input(path=f"{tmp_path}/x", url="/nowhere/at/all")], [], [], []))
    assert done.returncode == 1
    assert "[tes] input not there: /nowhere/at/all" in done.stderr
