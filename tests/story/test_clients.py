"""The tools that users really have, against a real exchange with a real site: what they hand in runs and comes back."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tes

pytestmark = pytest.mark.sandbox
ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "gridtie.cli.main"]


def gridtie(stage: Any, *arguments: str, cwd: Path) -> "subprocess.CompletedProcess[str]":
    env = {**os.environ, "GRIDTIE_HOME": str(stage.home), "GRIDTIE_EXCHANGE": stage.url}
    return subprocess.run([*COMMAND, *arguments], env=env, cwd=cwd, capture_output=True, text=True, timeout=90)


def token(stage: Any) -> str:
    return str((stage.home / "admin.token").read_text().strip())


def fetched(stage: Any, url: str) -> str:
    call = urllib.request.Request(url, headers={"Authorization": f"Bearer {token(stage)}"})
    with urllib.request.urlopen(call, timeout=20) as answer:
        return str(answer.read().decode())


def finished(client: Any, task: Any) -> Any:
    key = client.create_task(task)
    client.wait(key, timeout=120)
    return client.get_task(key, "FULL")


def shell(words: str, **more: Any) -> Any:
    return tes.Executor(image="debian", command=["/bin/sh", "-c", words], **more)


def test_py_tes_runs_a_workflow_of_two_tasks_whose_files_go_from_one_to_the_other(stage: Any) -> None:
    stage.join("aurora", memory="1200MB")
    client = tes.HTTPClient(stage.url, token=token(stage))
    assert client.get_service_info().type["artifact"] == "tes"
    small = tes.Resources(cpu_cores=1, ram_gb=0.2)
    first = finished(
        client,
        tes.Task(
            name="split", resources=small, tags={"flow": "one"}, volumes=["/vol/shared"],
            inputs=[tes.Input(path="/data/in.txt", content="b\na\nc\n", type="FILE")],
            outputs=[tes.Output(path="/data/out/*.part", path_prefix="/data/out", url="gridtie://parts", type="FILE"),
                     tes.Output(path="/tmp/counts", url="gridtie://counts", type="FILE")],
            executors=[
                shell("mkdir -p /data/out; split -l 1 --additional-suffix=.part - /data/out/", stdin="/data/in.txt"),
                shell("echo seen > /vol/shared/seen; exit 9", ignore_error=True),
                shell("cat /vol/shared/seen; ls /data/out | wc -l; echo aside >&2", stdout="/tmp/counts",
                      workdir="/data", env={"NOTE": "it's"}),
            ],
        ),
    )  # fmt: skip
    assert first.state == "COMPLETE"
    log = first.logs[-1]  # on a busy machine its lease may have ended once, and it began again
    assert [entry.exit_code for entry in log.logs] == [0, 9, 0]
    assert (log.logs[2].stdout, log.logs[2].stderr) == ("seen\n3\n", "aside\n")
    assert log.metadata["site"] == "aurora"
    results = {entry.path: entry for entry in log.outputs}
    assert sorted(results) == ["/data/out/aa.part", "/data/out/ab.part", "/data/out/ac.part", "/tmp/counts"]
    assert fetched(stage, results["/data/out/aa.part"].url) == "b\n"
    parts = [entry for path, entry in sorted(results.items()) if path.endswith(".part")]
    second = finished(
        client,
        tes.Task(
            name="join", resources=small,
            inputs=[tes.Input(path=f"/in/{n}", url=entry.url, type="FILE") for n, entry in enumerate(parts)],
            outputs=[tes.Output(path="/out/all", url="gridtie://all", type="FILE")],
            executors=[shell("sort /in/* > /out/all")],
        ),
    )  # fmt: skip
    assert second.state == "COMPLETE", second
    assert fetched(stage, second.logs[0].outputs[0].url) == "a\nb\nc\n"
    listed = client.list_tasks()
    assert [task.state for task in listed.tasks] == ["COMPLETE", "COMPLETE"]
    failed = finished(client, tes.Task(name="f", resources=small, executors=[shell("echo why >&2; exit 3")]))
    assert (failed.state, failed.logs[0].logs[0].exit_code) == ("EXECUTOR_ERROR", 3)
    assert failed.logs[0].logs[0].stderr == "why\n"


def test_py_tes_cancels_what_runs_and_a_missing_shared_file_is_the_systems_fault(stage: Any) -> None:
    stage.join("aurora", memory="1200MB")
    client = tes.HTTPClient(stage.url, user="anybody", password=token(stage))
    key = client.create_task(tes.Task(executors=[shell("echo on; sleep 60")], resources=tes.Resources(ram_gb=0.2)))
    while client.get_task(key, "MINIMAL").state != "RUNNING":
        assert client.get_task(key, "MINIMAL").state in ("QUEUED", "INITIALIZING", "RUNNING")
    client.cancel_task(key)
    assert client.wait(key, timeout=30).state in ("CANCELED", "CANCELING")
    stage.client().handle(key).wait(timeout_s=30)
    assert client.get_task(key, "MINIMAL").state == "CANCELED"


def test_an_sbatch_script_with_an_array_a_limit_and_accelerators_is_read_as_slurm_reads_it(
    stage: Any, tmp_path: Path
) -> None:
    stage.join("aurora", memory="1200MB")
    (tmp_path / "sweep.sbatch").write_text(
        "#!/bin/bash\n#SBATCH --job-name=sweep --array=1-3:2 --time=00:01:00\n#SBATCH --mem=100M -p long\n"
        'echo "task $SLURM_ARRAY_TASK_ID of $SLURM_ARRAY_TASK_COUNT on $SLURM_CPUS_PER_TASK"\n'
    )
    done = gridtie(stage, "submit", "sweep.sbatch", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "--partition has no effect" in done.stderr
    jobs = {job["name"]: job["id"] for job in stage.client().jobs()}
    assert {name: stage.client().log_text(key) for name, key in jobs.items()} == {
        "sweep-1": "task 1 of 2 on 1\n", "sweep-3": "task 3 of 2 on 1\n",
    }  # fmt: skip
    assert stage.client().job(jobs["sweep-1"])["spec"]["time_limit"] == 60_000_000
    (tmp_path / "gpu.sbatch").write_text("#!/bin/sh\n#SBATCH --gres=gpu:h100:2 -t 10\nnvidia-smi\n")
    quoted = gridtie(stage, "quote", "gpu.sbatch", cwd=tmp_path)
    assert quoted.returncode == 5
    assert "2 × nv-h100" in quoted.stdout or "nv-h100" in quoted.stdout
    (tmp_path / "late.sbatch").write_text("#!/bin/sh\n#SBATCH --dependency=afterok:12\ntrue\n")
    refused = gridtie(stage, "submit", "late.sbatch", cwd=tmp_path)
    assert refused.returncode == 2
    assert "late.sbatch:2:9" in refused.stderr
    assert "make a chain" in refused.stderr
    (tmp_path / "long.sbatch").write_text("#!/bin/sh\n#SBATCH --time=0:01\necho begins; sleep 30\n")
    assert gridtie(stage, "submit", "long.sbatch", cwd=tmp_path).returncode == 20
    assert "time limit" in gridtie(stage, "status", "@last", cwd=tmp_path).stdout


def summed(stage: Any, *more: str) -> set[str]:
    """Both machines of the example leave with the same sum; in which way they reached it."""
    done = gridtie(stage, "submit", "examples/jobs/allreduce.yaml", *more, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    [job] = stage.client().jobs()
    ways = set()
    for rank in (0, 1):
        lines = stage.client().log_text(job["id"], rank=rank).splitlines()  # torch may warn in lines of its own
        assert f"rank {rank} of 2, 0 accelerators, peers ['127.0.0.1', '127.0.0.1']" in lines
        [last] = [line for line in lines if "the sum" in line]
        words, _, way = last.rpartition(", ")
        assert words == f"rank {rank}: the sum is 3 everywhere"
        ways.add(way)
    return ways


def test_a_skypilot_task_over_two_machines_reduces_to_the_same_sum_on_every_rank(stage: Any) -> None:
    stage.join("aurora", machines=2, memory="1200MB")
    assert summed(stage) in ({"by_socket"}, {"by_torch"})


def test_a_skypilot_task_over_two_machines_reduces_with_torch_that_the_site_has_or_shows(stage: Any) -> None:
    given = os.environ.get("GRIDTIE_TORCH_PYTHON")
    asked = "import sys, torch; assert torch.distributed.is_gloo_available(); print(sys.prefix)"
    for python in (given,) if given else (sys.executable, "/usr/bin/python3"):
        found = subprocess.run([python, "-c", asked], capture_output=True, text=True)
        if found.returncode == 0:
            break
    else:
        pytest.skip("PyTorch is not installed; install gridtie[torch] or python3-torch, or set GRIDTIE_TORCH_PYTHON")
    prefix = found.stdout.strip()
    stage.join("aurora", machines=2, memory="1200MB", more=[] if prefix == "/usr" else ["--share", prefix])
    assert summed(stage, "--env", f"TORCH_PYTHON={python}") == {"by_torch"}


# ── workflow engines: minutes, so in the long run ─────────────────────────────────────────────────────────────────
CLIENTS = ROOT / ".clients"
USER = 419_998  # who shares files with his tasks; nobody on this host
SNAKEFILE = """
rule all:
    input: "sum.txt"
rule part:
    output: "part/{n}.txt"
    shell: "echo {wildcards.n} > {output}"
rule join:
    input: expand("part/{n}.txt", n=["a", "b"])
    output: "sum.txt"
    shell: "cat {input} > {output}"
"""
WORKFLOW = {
    "cwlVersion": "v1.2", "class": "Workflow", "inputs": {"word": "string"},
    "outputs": {"count": {"type": "File", "outputSource": "second/out"}},
    "steps": {
        "first": {
            "in": {"word": "word"}, "out": ["out"],
            "run": {"class": "CommandLineTool", "baseCommand": ["sh", "-c", "for i in 1 2 3; do echo $0; done"],
                    "inputs": {"word": {"type": "string", "inputBinding": {"position": 1}}},
                    "outputs": {"out": {"type": "stdout"}}, "stdout": "words.txt"},
        },
        "second": {
            "in": {"file": "first/out"}, "out": ["out"],
            "run": {"class": "CommandLineTool", "baseCommand": ["wc", "-l"], "inputs": {"file": {"type": "stdin"}},
                    "outputs": {"out": {"type": "stdout"}}, "stdout": "count.txt"},
        },
    },
}  # fmt: skip


@pytest.fixture
def shared(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A folder that the site shows to jobs and the engine's user works in. Asked for before `stage`."""
    name = request.node.get_closest_marker("engine").args[0]
    if not (CLIENTS / name / "bin").exists():
        pytest.skip(f"{name} is not there: make clients")
    if os.getuid() != 0:
        pytest.skip("needs root: the site runs the tasks as the user whose files they share")
    if as_user(["sh", "-c", f"{CLIENTS}/{name}/bin/python -c pass"], cwd=Path("/")).returncode:
        pytest.skip("others may not run the Python of .clients; again: make clients CLIENTS_PYTHON=/usr/bin/python3")
    made = Path(tempfile.mkdtemp(prefix="gridtie-shared-"))  # where every user may come to, unlike pytest's own
    for folder in (made, made / "store", made / "work"):
        folder.mkdir(exist_ok=True)
        os.chown(folder, USER, USER)
    monkeypatch.setenv("GRIDTIE_SHARED_FOLDERS", str(made))
    yield made
    shutil.rmtree(made)


def as_user(command: list[str], *, cwd: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    whole = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", *command]
    return subprocess.run(
        whole, cwd=cwd, env={**os.environ, **environment}, capture_output=True, text=True, timeout=500
    )


def engine(stage: Any, shared: Path, name: str, command: list[str]) -> None:
    stage.join("aurora", memory="3000MB",
               more=["--share", str(CLIENTS / name), "--share", f"{shared}:rw", "--user", str(USER)])  # fmt: skip
    work = shared / "work"
    path = f"{CLIENTS / name}/bin:{os.environ['PATH']}"
    done = as_user(command, cwd=work, PATH=path, HOME=str(work), USER="lab", GITHUB_WORKSPACE=str(work))
    logs = [stage.client().log_text(job["id"])[-2000:] for job in stage.client().jobs() if job["state"] == "failed"]
    assert done.returncode == 0, f"{done.stdout[-3000:]}{done.stderr[-3000:]}{logs}"
    assert {task["state"] for task in stage.client().call("GET", "/v1/tasks")["tasks"]} == {"COMPLETE"}


@pytest.mark.long
@pytest.mark.engine("snakemake")
def test_snakemake_runs_three_rules_as_tasks_of_a_site(shared: Path, stage: Any) -> None:
    work, store = shared / "work", shared / "store"
    (work / "Snakefile").write_text(SNAKEFILE)
    (work / "funnel.log").touch()  # its plugin reads it when a task fails
    command = ["snakemake", "--executor", "tes", "--tes-url", stage.url, "--tes-token", token(stage), "--jobs", "2",
               "--default-storage-provider", "fs", "--default-storage-prefix", str(store),
               "--local-storage-prefix", str(work / "local"), "--default-resources", "mem_mb=300", "disk_mb=500",
               "--container-image", "any", "--seconds-between-status-checks", "1"]  # fmt: skip
    engine(stage, shared, "snakemake", command)
    assert (store / "sum.txt").read_text() == "a\nb\n"
    assert len(list(stage.client().jobs())) == 3


@pytest.mark.long
@pytest.mark.engine("toil")
def test_toil_runs_a_cwl_workflow_as_tasks_of_a_site(shared: Path, stage: Any) -> None:
    work = shared / "work"
    (work / "flow.cwl").write_text(json.dumps(WORKFLOW))
    command = ["toil-cwl-runner", "--batchSystem", "tes", "--tesEndpoint", stage.url, "--tesBearerToken", token(stage),
               "--jobStore", str(shared / "jobs"), "--outdir", str(work / "out"), "--disableCaching",
               "--disableChaining=true", "--defaultMemory", "256Mi", "--defaultDisk", "1Gi", "--defaultCores", "1",
               "--maxLocalJobs", "1", str(work / "flow.cwl"), "--word", "x"]  # fmt: skip
    engine(stage, shared, "toil", command)
    assert (work / "out" / "count.txt").read_text().strip() == "3"
    assert len(list(stage.client().jobs())) == 2
