"""Slurm scripts: what each option becomes."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gridtie.adapters.tables import load_chips
from gridtie.dispatch import jobfile
from gridtie.dispatch.job import JobDocument, JobSpec
from gridtie.dispatch.sbatch_options import FLAGS, MAPPED, REFUSED, SHORT, UNMAPPED
from gridtie.errors import InvalidJobFile

CHIPS = load_chips()
MIB, GIB = 1 << 20, 1 << 30


def script(*options: str, command: str = "true") -> JobDocument:
    lines = ["#!/bin/bash", *(f"#SBATCH {option}" for option in options), command, ""]
    return jobfile.parse("\n".join(lines), source="job.sbatch", chips=CHIPS)


def spec_of(*options: str, **more: Any) -> JobSpec:
    return script(*options, **more).jobs[0]


def refused(*options: str) -> list[str]:
    with pytest.raises(InvalidJobFile) as caught:
        script(*options)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("30", timedelta(minutes=30)),
        ("30:15", timedelta(minutes=30, seconds=15)),
        ("2:00:00", timedelta(hours=2)),
        ("1-12", timedelta(days=1, hours=12)),
        ("1-12:30", timedelta(days=1, hours=12, minutes=30)),
        ("1-12:30:05", timedelta(days=1, hours=12, minutes=30, seconds=5)),
        ("UNLIMITED", None),
    ],
)
def test_every_way_to_write_a_time(written: str, meant: timedelta | None) -> None:
    assert spec_of(f"--time={written}").time_limit == meant
    assert spec_of(f"-t {written}").time_limit == meant


def test_long_and_short_options_mean_the_same() -> None:
    long = spec_of("--job-name=a", "--nodes=2", "--ntasks=4", "--cpus-per-task=3", "--gpus=a100:4", "--time=10")
    short = spec_of("-J a -N 2 -n4", "-c3 -G a100:4 -t10")
    assert replace(long, run="") == replace(short, run="")
    assert long.machines == 2
    assert (long.alternatives[0].cpus, long.alternatives[0].accelerators) == (6, 2)


@pytest.mark.parametrize(
    ("options", "chip", "count"),
    [
        ("--gres=gpu:a100:4", "nv-a100-40", 4),
        ("--gres=gpu:h100:2,nvme:1", "nv-h100", 2),
        ("--gpus-per-node=v100:1", "nv-v100-16", 1),
        ("--gpus-per-task=l4:1 --ntasks=3", "nv-l4", 3),
        ("--gres=gpu:h100", "nv-h100", 1),
        ("--gres=none:1", "cpu", 0),
    ],
)
def test_accelerators_in_every_spelling(options: str, chip: str, count: int) -> None:
    found = spec_of(options).alternatives[0]
    assert (found.chip, found.accelerators) == (chip, count)


@pytest.mark.parametrize(
    "option",
    ["--gres=shard:1", "--gres=shard:a100:2", "--gres=gpu:h100:1,shard:1", "--gres=mps:50", "--gres=gpu:a100:0.5",
     "--gpus=a100:.5"],
)  # fmt: skip
def test_less_than_a_card_is_refused_with_where_to_ask_for_it(option: str) -> None:
    [problem] = refused(option)
    assert problem.endswith("in a job file, as resources: {accelerators: {A100: 0.5}}")


@pytest.mark.parametrize("option", ["--tres-per-task=cpu:4,gres/gpu:a100:1", "--gpus-per-socket=a100:1"])
def test_accelerators_asked_for_in_a_way_that_is_not_read_are_never_left_out(option: str) -> None:
    [problem] = refused(option)
    assert "MODEL:N" in problem


def test_memory_is_megabytes_and_binary() -> None:
    assert spec_of("--mem=2000").alternatives[0].memory_bytes == 2000 * MIB
    assert spec_of("--mem=4G").alternatives[0].memory_bytes == 4 * GIB
    assert spec_of("--mem-per-cpu=1G -c 4").alternatives[0].memory_bytes == 4 * GIB
    assert spec_of("--mem-per-gpu=8G --gpus=l4:2").alternatives[0].memory_bytes == 16 * GIB


def test_an_array_is_a_group_of_jobs_that_know_their_number() -> None:
    document = script("-J part", "--array=0-6:3,10%2")
    assert (document.kind, document.name) == ("group", "part")
    assert [dict(spec.envs)["SLURM_ARRAY_TASK_ID"] for spec in document.jobs] == ["0", "3", "6", "10"]
    assert {dict(spec.envs)["SLURM_ARRAY_TASK_MAX"] for spec in document.jobs} == {"10"}
    assert any("%2 has no effect" in note for note in document.notes)


def test_options_end_at_the_first_command() -> None:
    text = "#!/bin/bash\n#SBATCH -c 2\n\n# a remark\necho go\n#SBATCH -c 64\n"
    document = jobfile.parse(text, source="s", chips=CHIPS)
    assert document.jobs[0].alternatives[0].cpus == 2
    assert document.notes == ("6:1 #SBATCH after the first command is not read, neither here nor by Slurm",)


def test_a_script_needs_no_first_line_of_its_own() -> None:
    assert jobfile.parse("#SBATCH -c 2\ndate\n", source="s", chips=CHIPS).jobs[0].alternatives[0].cpus == 2


def test_quotes_and_comments_are_taken_as_a_shell_would() -> None:
    assert spec_of('--job-name="two words" # --nodes=7').name == "two words"
    assert spec_of("-J 'it''s'").name == "its"
    assert spec_of("-J a#b").name == "a#b"


def test_every_known_option_is_mapped_or_noted_and_none_is_both() -> None:
    assert not MAPPED & UNMAPPED
    assert set(SHORT.values()) <= MAPPED | UNMAPPED | set(REFUSED)
    for name in sorted(UNMAPPED):
        notes = script(f"--{name}" if name in FLAGS else f"--{name}=1").notes
        assert [note.split(" (")[0] for note in notes] == [f"2:9 --{name} has no effect"]


def test_a_script_that_must_wait_for_another_job_is_refused_with_the_way_to_say_it() -> None:
    for option in ("--dependency=afterok:17", "-d singleton"):
        [problem] = refused(option)
        assert problem.startswith("2:9 ")
        assert "several documents in one job file make a chain" in problem


def test_what_has_no_meaning_is_listed() -> None:
    notes = script("--partition=long -A lab --mail-type=END --exclusive", "--constraint=ib").notes
    assert [note.split(" has no effect")[0] for note in notes] == [
        "2:9 --partition", "2:26 --account", "2:33 --mail-type", "2:49 --exclusive", "3:9 --constraint",
    ]  # fmt: skip


def test_every_problem_is_told_at_its_column() -> None:
    assert refused("-c two --bogus=1", "--gres=gpu:2") == [
        "2:9 --cpus-per-task=two: must be a whole number from 1",
        "2:16 --bogus is not an option of sbatch",
        "3:9 --gres=gpu:2: name the model, as in --gres=gpu:a100:4; the market sells models, not any GPU",
    ]


def test_no_requeue_means_no_retry() -> None:
    assert spec_of("--no-requeue").retry.limit == 0
    assert spec_of("--requeue").retry.limit == 2


def test_variables_named_in_export_are_set_or_asked_for() -> None:
    spec = spec_of("--export=NONE,A=1,B")
    assert dict(spec.envs)["A"] == "1"
    assert spec.envs_required == ("B",)


def test_a_python_script_is_fed_to_python() -> None:
    text = "#!/usr/bin/env python3\n#SBATCH -c 1\nprint(1)\n"
    run = jobfile.parse(text, source="s", chips=CHIPS).jobs[0].run
    assert run.startswith("python3 /dev/stdin <<'")
    assert "print(1)" in run


def test_a_constraint_that_names_the_accelerator_gives_untyped_gpus_their_model() -> None:
    spec = spec_of("--gres=gpu:2", "--constraint=v100")
    assert (spec.alternatives[0].chip, spec.alternatives[0].accelerators) == (CHIPS.find("V100").id, 2)
    assert not [note for note in script("--gres=gpu:2", "-C v100").notes if "constraint" in note]
    (note,) = [note for note in script("--gres=gpu:h100:2", "-C v100").notes if "constraint" in note]
    assert note.startswith("3:9 ")
    assert "name the model" in refused("--gres=gpu:2", "--constraint=40GB")[0]


@pytest.mark.parametrize("word", ["hetjob", "packjob"])
def test_a_job_of_unlike_parts_is_told_how_it_is_written_here(word: str) -> None:
    (problem,) = refused("-n 4", word, "-n 1")
    assert problem.startswith(f"3:9 {word}: ")
    assert "group" in problem


def test_an_option_that_slurm_spells_in_two_ways_is_read_in_both() -> None:
    spec = spec_of("-n 4", "--tasks-per-node=2")
    assert (spec.machines, dict(spec.envs)["SLURM_NTASKS_PER_NODE"]) == (2, "2")


def test_a_script_that_calls_srun_is_told_that_there_is_none_and_other_words_are_let_be() -> None:
    notes = script("-n 2", command="module load srun\n# srun x\n  exec srun python train.py\nsrun true").notes
    assert [note.split(": ")[0] for note in notes] == ["5:8 there is no srun, unless the site has it"]
