"""A dataset is cleaned by jobs of the exchange: real server, agent and sandbox; what comes out is what one machine
makes of it, published with its report and its lineage."""

import json
import os
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from tests.cleaner.test_run import KEY, POLICY, corpus
from tests.cleaner.test_share import RULE
from tests.story.conftest import COMMAND, wait_for

from gridtie.errors import GridtieError

CARD = 'title = "Chats"\ndescription = "what people wrote"\nlicence = "CC0-1.0"\n[terms]\nplaces = ["CN"]\n'


def clean(stage: Any, *more: str, code: int = 0) -> str:
    """Run as a person would, with the key of the policy in the environment; what it says on both streams."""
    environment = {**os.environ, "GRIDTIE_HOME": str(stage.home), "GRIDTIE_EXCHANGE": stage.url, "K": KEY}
    done = subprocess.run([*COMMAND, "dataset", "clean", *more], env=environment, capture_output=True, text=True)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def published(stage: Any, folder: Path) -> Path:
    """The policy; `lab/chats` is in the catalogue with two files."""
    (folder / "in").mkdir()
    corpus(folder / "in" / "a.jsonl", count=60)
    corpus(folder / "in" / "b.jsonl", count=60, seed=7)
    (folder / "card.toml").write_text(CARD)
    (folder / "policy.toml").write_text(f'{POLICY}[rules]\nfiles = ["ours.toml"]\n')
    (folder / "ours.toml").write_text(RULE)
    stage.command(["dataset", "publish", "chats", str(folder / "in"), "--card", str(folder / "card.toml")])
    return folder / "policy.toml"


def on_one_machine(stage: Any, folder: Path) -> dict[str, bytes]:
    environment = {**os.environ, "GRIDTIE_HOME": str(stage.home), "K": KEY}
    out = folder / "here"
    command = [
        "clean",
        str(folder / "in"),
        "--policy",
        str(folder / "policy.toml"),
        "--out",
        str(out),
        "--workers",
        "1",
    ]
    subprocess.run([*COMMAND, *command], env=environment, check=True, capture_output=True)
    return results(out)


def results(out: Path) -> dict[str, bytes]:
    found = [*(out / "data").glob("[!.]*"), *out.glob("audit.*"), out / "review" / "sample.jsonl"]
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in found}


@pytest.mark.sandbox
def test_two_ranks_clean_a_dataset_to_the_bytes_of_one_machine_and_its_lineage_names_their_run(
    stage: Any, tmp_path: Path
) -> None:
    policy = str(published(stage, tmp_path))
    stage.join("aurora", machines=2)
    wanted = on_one_machine(stage, tmp_path)
    arguments = ("lab/chats", "--policy", policy, "--name", "chats-clean", "--workers", "2", "--memory", "300MB",
                 "--out", str(tmp_path / "out"))  # fmt: skip
    told = clean(stage, *arguments)
    assert results(tmp_path / "out") == wanted, "other bytes than on one machine"
    assert json.loads(wanted["audit.json"])["own_rules"][0]["name"] == "ours.toml"
    stage.command(["clean", "verify", str(tmp_path / "out")])
    assert "looking: " in told

    client = stage.client()
    [look, write] = [next(client.jobs(name=f"clean-chats-clean-{step}")) for step in ("look", "write")]
    found = client.dataset("lab/chats-clean")
    version = found["version"]
    source = client.dataset("lab/chats")
    assert version["derived_from"] == [f"{source['id']}@v1"]
    assert version["run"] == client.job(write["id"])["runs"][-1]["id"]
    assert (found["card"]["title"], found["terms"]["places"]) == ("Chats, cleaned", ["CN"])
    made = json.loads(wanted["audit.json"])
    assert {part["sha256"] for part in version["parts"]} == {one["sha256"] for one in made["outputs"]}
    assert version["cleaning"]["kept"] == made["counts"]["kept"]
    assert client.cleaning_report("lab/chats-clean") == made
    nodes = {node["kind"]: node for node in client.lineage("lab/chats-clean")["nodes"]}
    assert nodes["cleaning"]["run"] == version["run"]
    kept = [path.read_bytes() for path in stage.folder.rglob("*") if path.is_file()]
    assert not any(KEY.encode() in content or bytes.fromhex(KEY) in content for content in kept), "a key lies in a file"

    with pytest.raises(GridtieError, match="1 problem") as refused:
        client.publish_dataset("other", CARD, [{name: part[name] for name in ("path", "sha256", "size")}
                                                for part in source["version"]["parts"]], job=write["id"])  # fmt: skip
    assert "a.jsonl is no output of job" in str(refused.value.problems[0])

    # The same again, and by its job, is nothing new.
    for again in (arguments, ("--job", look["id"])):
        clean(stage, *again)
    assert len(list(client.jobs(name="clean-chats-clean-look"))) == 1
    assert [one["name"] for one in client.dataset_versions("lab/chats-clean")] == ["v1"]


@pytest.mark.sandbox
def test_a_rank_that_is_killed_is_tried_again_and_a_command_that_is_killed_goes_on(stage: Any, tmp_path: Path) -> None:
    policy = str(published(stage, tmp_path))
    client = stage.client()
    environment = {**os.environ, "GRIDTIE_HOME": str(stage.home), "GRIDTIE_EXCHANGE": stage.url, "K": KEY}
    arguments = ["lab/chats", "--policy", policy, "--name", "chats-clean", "--memory", "300MB"]
    watching = subprocess.Popen([*COMMAND, "dataset", "clean", *arguments], env=environment, stderr=subprocess.PIPE)
    assert watching.stderr is not None
    first = watching.stderr.readline().decode()
    watching.kill()
    watching.wait()
    watching.stderr.close()
    job = next(client.jobs(name="clean-chats-clean-look"))
    assert job["id"] in first
    assert "queued" in first, "no site is there yet: it says that it waits, and why"

    stage.join("aurora")
    found: list[int] = []
    wait_for("the rank", lambda: found.extend(ranks(stage)) or found)
    for pid in found:
        with suppress(ProcessLookupError):  # the sandbox is one of them, and whoever is in it ends with it
            os.kill(pid, 9)
    told = clean(stage, "--job", job["id"])
    assert [run["state"] for run in client.job(job["id"])["runs"]] == ["failed", "succeeded"]
    assert "lab/chats-clean" in told


def ranks(stage: Any) -> list[int]:
    """Processes of the cleaner below this stage's agents."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if b"program.py" in command and _below(entry.name, stage):
                found.append(int(entry.name))
    return found


def _below(pid: str, stage: Any) -> bool:
    agents = {str(agent.pid) for agent in stage.agents.values()}
    while pid not in ("0", "1"):
        if pid in agents:
            return True
        try:
            pid = Path("/proc", pid, "stat").read_text().rpartition(")")[2].split()[1]
        except OSError:
            return False
    return False
