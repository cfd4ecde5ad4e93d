"""What the README tells a newcomer to type, typed: from a fresh exchange to a receipt, and the mistakes on the way."""

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.sandbox
JOB = 'name: j\nresources: {cpus: 1, memory: 100MB}\nrun: "true"\n'
COMMAND = [sys.executable, "-m", "gridtie.cli.main"]


def wait_for(what: str, true: Callable[[], Any], *, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(0.05)


def gridtie(
    stage: Any, *arguments: str, cwd: Path | None = None, **environment: str
) -> "subprocess.CompletedProcess[str]":
    env = {**os.environ, "GRIDTIE_HOME": str(stage.home), "GRIDTIE_EXCHANGE": stage.url, **environment}
    return subprocess.run([*COMMAND, *arguments], env=env, cwd=cwd, capture_output=True, text=True, timeout=60)


def test_a_newcomer_gets_from_a_first_job_file_to_a_receipt(stage: Any, tmp_path: Path) -> None:
    stage.join("aurora", memory="1200MB")
    assert gridtie(stage, "job", "init", cwd=tmp_path).returncode == 0
    quoted = gridtie(stage, "quote", "job.yaml", cwd=tmp_path)
    assert quoted.returncode == 0
    assert "→ aurora (csjh): 1 × core at 0.10/h" in quoted.stdout
    submitted = gridtie(stage, "submit", "job.yaml", cwd=tmp_path)
    assert submitted.returncode == 0, submitted.stderr
    assert "succeeded" in submitted.stdout
    assert gridtie(stage, "logs", "@last").stdout == "Hello from rank 0 of 1\n"
    brought = gridtie(stage, "job", "outputs", "@last", "--to", "results", cwd=tmp_path)
    assert brought.returncode == 0, brought.stderr
    assert (tmp_path / "results" / "result.txt").read_text() == "42\n"
    receipt = gridtie(stage, "receipt", "@last").stdout
    assert "× 1 core × 0.1" in receipt
    assert "signed by exchange and site" in receipt
    assert gridtie(stage, "ledger", "verify").returncode == 0
    shown = json.loads(gridtie(stage, "status", "@last", "-o", "json").stdout)
    assert shown["state"] == "succeeded"
    told = gridtie(stage, "job", "show", "hello").stdout
    assert "hello  succeeded" in told
    assert "aurora" in told
    assert receipt in told
    assert "identical" in gridtie(stage, "market", "replay", "1").stdout


def test_a_job_file_with_mistakes_names_every_place_and_submits_nothing(untouched: Any, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("nmae: x\nrun: true\nresources:\n  cpus: many\n  gpu: A100\n")
    done = gridtie(untouched, "submit", "bad.yaml", cwd=tmp_path)
    assert done.returncode == 2
    assert "bad.yaml:1:1" in done.stderr
    assert 'Did you mean "name"' in done.stderr
    assert "bad.yaml:4:9" in done.stderr
    assert "bad.yaml:5:3" in done.stderr
    assert "Traceback" not in done.stderr
    assert json.loads(gridtie(untouched, "status", "-o", "json").stdout) == []


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["status", "job_nothere"], 3, "no job 'job_nothere'"),
        (["submit", "missing.yaml"], 2, "No such file"),
        (["sbumit", "job.yaml"], 2, "Did you mean: gridtie submit?"),
        (["market", "replay", "99"], 3, "no round"),
        (["certificate", "verify", "missing.json"], 2, "missing.json"),
        (["offer", "withdraw", "offer_x"], 3, "no offer"),
    ],
)
def test_mistakes_end_with_their_exit_code_and_a_way_out(
    untouched: Any, arguments: list[str], code: int, words: str
) -> None:
    done = gridtie(untouched, *arguments)
    assert done.returncode == code, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_token_the_exit_code_says_so_and_with_a_wrong_address_too(untouched: Any, tmp_path: Path) -> None:
    empty = str(tmp_path / "elsewhere")
    done = gridtie(untouched, "status", GRIDTIE_HOME=empty, XDG_CONFIG_HOME=empty)
    assert done.returncode == 4
    assert "gridtie login" in done.stderr
    gone = gridtie(untouched, "status", GRIDTIE_EXCHANGE="http://127.0.0.1:9", GRIDTIE_TOKEN="x")
    assert gone.returncode == 6
    assert "cannot reach the exchange" in gone.stderr


def test_ctrl_c_stops_watching_and_the_job_goes_on(stage: Any, tmp_path: Path) -> None:
    stage.join("aurora", memory="1200MB")
    (tmp_path / "slow.yaml").write_text("name: slow\nresources: {cpus: 1}\nrun: sleep 3; echo done\n")
    env = {**os.environ, "GRIDTIE_HOME": str(stage.home), "GRIDTIE_EXCHANGE": stage.url}
    watching = subprocess.Popen(
        [*COMMAND, "submit", "slow.yaml"],
        env=env,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert watching.stdout is not None
    while "running" not in watching.stdout.readline():
        pass
    watching.send_signal(signal.SIGINT)
    _, words = watching.communicate(timeout=10)
    assert watching.returncode == 130
    assert "the job goes on" in words
    assert gridtie(stage, "job", "wait", "@last").returncode == 0
    assert gridtie(stage, "logs", "@last").stdout == "done\n"


def test_ctrl_c_stops_waiting_and_the_job_goes_on(stage: Any, tmp_path: Path) -> None:
    stage.join("aurora", memory="1200MB")
    (tmp_path / "long.yaml").write_text("name: long\nresources: {cpus: 1}\nrun: sleep 600\n")
    assert gridtie(stage, "submit", "long.yaml", "--detach", cwd=tmp_path).returncode == 0
    env = {**os.environ, "GRIDTIE_HOME": str(stage.home), "GRIDTIE_EXCHANGE": stage.url}
    waiting = subprocess.Popen([*COMMAND, "job", "wait", "@last"], env=env, stderr=subprocess.PIPE, text=True)
    assert waiting.stderr is not None
    assert "waits for" in waiting.stderr.readline()
    waiting.send_signal(signal.SIGINT)
    assert "the job goes on" in waiting.communicate(timeout=10)[1]
    assert waiting.returncode == 130
    assert json.loads(gridtie(stage, "status", "@last", "-o", "json").stdout)["state"] in (
        "queued",
        "assigned",
        "starting",
        "running",
    )
    assert gridtie(stage, "cancel", "@last").returncode == 0


def test_a_failed_job_ends_with_twenty_and_with_its_own_code_when_asked(stage: Any, tmp_path: Path) -> None:
    stage.join("aurora", memory="1200MB")
    (tmp_path / "fails.yaml").write_text("name: fails\nresources: {cpus: 1}\nrun: echo why >&2; exit 7\n")
    assert gridtie(stage, "submit", "fails.yaml", cwd=tmp_path).returncode == 20
    assert gridtie(stage, "submit", "--exit-code", "fails.yaml", cwd=tmp_path).returncode == 7
    assert gridtie(stage, "logs", "@last").stdout == "why\n"


def test_a_secret_reaches_the_job_and_nothing_else(stage: Any, tmp_path: Path) -> None:
    stage.join("aurora", memory="1200MB")
    canary = "canary-7f3a9e-secret-value"
    (tmp_path / "s.yaml").write_text(
        'name: s\nresources: {cpus: 1}\nsecrets: [TOKEN]\nrun: |\n  echo "length ${#TOKEN}"; echo "value $TOKEN"\n'
    )
    done = gridtie(stage, "submit", "--secret", "TOKEN", "s.yaml", cwd=tmp_path, TOKEN=canary)
    assert done.returncode == 0, done.stderr
    assert gridtie(stage, "logs", "@last").stdout == f"length {len(canary)}\nvalue ***\n"
    found = [
        path
        for path in stage.folder.rglob("*")
        if path.is_file() and path.suffix != ".yaml" and canary.encode() in path.read_bytes()
    ]
    assert found == []


def test_the_work_directory_arrives_and_outputs_come_back_byte_for_byte(stage: Any, tmp_path: Path) -> None:
    stage.join("aurora", memory="1200MB")
    work = tmp_path / "work"
    (work / "deep").mkdir(parents=True)
    content = bytes(range(256)) * 5000
    (work / "deep" / "data.bin").write_bytes(content)
    (work / "run.sh").write_text("#!/bin/sh\ncp deep/data.bin out.bin\n")
    (work / "run.sh").chmod(0o755)
    (tmp_path / "w.yaml").write_text(
        "name: w\nworkdir: work\nresources: {cpus: 1}\nrun: ./run.sh\ngridtie: {outputs: [out.bin]}\n"
    )
    assert gridtie(stage, "submit", "w.yaml", cwd=tmp_path).returncode == 0
    gridtie(stage, "job", "outputs", "@last", "--to", "back", cwd=tmp_path)
    assert (tmp_path / "back" / "out.bin").read_bytes() == content


def test_every_job_of_a_chain_has_its_own_work_directory_and_they_run_in_order(stage: Any, tmp_path: Path) -> None:
    stage.join("aurora", memory="1200MB")
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.txt").write_text(name)
    (tmp_path / "two" / "link").symlink_to(tmp_path / "one")
    job = (
        "name: {0}\nworkdir: {0}\nresources: {{cpus: 1}}\n"
        "run: ls; cat {0}.txt; date +%s%N > when\ngridtie: {{outputs: [when]}}\n"
    )
    (tmp_path / "chain.yaml").write_text(f"name: both\n---\n{job.format('one')}---\n{job.format('two')}")
    done = gridtie(stage, "submit", "chain.yaml", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "link is a link to a folder" in done.stderr
    jobs = {job["name"]: job["id"] for job in stage.client().jobs()}
    assert {name: gridtie(stage, "logs", key).stdout for name, key in jobs.items()} == {
        "one": "one.txt\none",
        "two": "two.txt\nwhen\ntwo",  # beside its own files, what the one before handed on
    }
    ended = {}
    for name, key in jobs.items():
        gridtie(stage, "job", "outputs", key, "--to", f"of-{name}", cwd=tmp_path)
        ended[name] = int((tmp_path / f"of-{name}" / "when").read_text())
    assert ended["one"] < ended["two"]


def test_logs_of_a_gang_name_the_rank_and_can_be_searched_cut_and_followed(stage: Any, tmp_path: Path) -> None:
    stage.join("aurora", machines=2, memory="1200MB")
    (tmp_path / "gang.yaml").write_text(
        "name: gang\nnum_nodes: 2\nresources: {cpus: 1, memory: 128MB}\n"
        "run: echo start $SKYPILOT_NODE_RANK; printf 'half '; sleep 0.5; echo of $SKYPILOT_NODE_RANK; echo 字符 end\n"
    )
    assert gridtie(stage, "submit", "--detach", "gang.yaml", cwd=tmp_path).returncode == 0
    live = gridtie(stage, "logs", "-f", "@last").stdout.splitlines()
    per_rank = [[f"[{r}] start {r}", f"[{r}] half of {r}", f"[{r}] 字符 end"] for r in (0, 1)]
    assert [[line for line in live if line.startswith(f"[{r}]")] for r in (0, 1)] == per_rank
    assert len(live) == 6
    assert gridtie(stage, "logs", "@last").stdout.splitlines() == [*per_rank[0], *per_rank[1]]
    assert gridtie(stage, "logs", "@last", "--search", "of 1").stdout == "[1] half of 1\n"
    assert gridtie(stage, "logs", "@last", "--tail", "1").stdout == "[0] 字符 end\n[1] 字符 end\n"
    assert gridtie(stage, "logs", "@last", "-f", "--tail", "1", "--rank", "1").stdout == "字符 end\n"
    assert gridtie(stage, "logs", "@last", "-f", "--search", "start").stdout.count("start") == 2


def test_following_survives_a_restart_of_the_exchange_without_a_gap(stage: Any, tmp_path: Path) -> None:
    stage.join("aurora", memory="1200MB")
    (tmp_path / "count.yaml").write_text(
        "name: count\nresources: {cpus: 1}\nrun: for i in $(seq 1 40); do echo $i; sleep 0.1; done\n"
    )
    assert gridtie(stage, "submit", "--detach", "count.yaml", cwd=tmp_path).returncode == 0
    env = {**os.environ, "GRIDTIE_HOME": str(stage.home), "GRIDTIE_EXCHANGE": stage.url}
    watching = subprocess.Popen([*COMMAND, "logs", "-f", "@last"], env=env, stdout=subprocess.PIPE, text=True)
    assert watching.stdout is not None
    lines = [watching.stdout.readline() for _ in range(5)]
    stage.kill_server()
    stage.serve()
    rest = watching.stdout.read()  # not communicate: it knows nothing of what was read ahead for a line
    assert watching.wait(timeout=60) == 0
    assert [int(line) for line in [*lines, *rest.splitlines()]] == list(range(1, 41))


def test_a_submit_whose_answer_was_lost_is_repeated_by_the_same_command_and_runs_once(
    stage: Any, tmp_path: Path
) -> None:
    """Between the two stands a line that takes the job in and hangs up without the answer, once."""
    (tmp_path / "j.yaml").write_text("name: j\nresources: {cpus: 1}\nrun: echo hi\n")
    with LosesAnswers(stage.port) as line:
        first = gridtie(stage, "submit", "--detach", "j.yaml", cwd=tmp_path, GRIDTIE_EXCHANGE=line.url)
        assert first.returncode == 6
        assert "run the same command again" in first.stderr
        again = gridtie(stage, "submit", "--detach", "-o", "name", "j.yaml", cwd=tmp_path, GRIDTIE_EXCHANGE=line.url)
        assert again.returncode == 0, again.stderr
        assert [job["id"] for job in stage.client().jobs()] == [again.stdout.strip()]
        third = gridtie(stage, "submit", "--detach", "j.yaml", cwd=tmp_path, GRIDTIE_EXCHANGE=line.url)
        assert third.returncode == 0
    assert len(list(stage.client().jobs())) == 2  # the same file handed in on purpose is another job


class LosesAnswers(ThreadingHTTPServer):
    """Passes calls on, and hangs up after the first two times that a job was handed in: the client repeats once."""

    daemon_threads = True

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", 0), PassOn)
        self.behind, self.lose = port, 2
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()


class PassOn(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: LosesAnswers

    def pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        behind = http.client.HTTPConnection("127.0.0.1", self.server.behind, timeout=20)
        behind.request(self.command, self.path, body, dict(self.headers))
        answer = behind.getresponse()
        content = answer.read()
        if (self.command, self.path) == ("POST", "/v1/jobs") and self.server.lose:
            assert answer.status == 201
            self.server.lose -= 1
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = pass_on  # noqa: N815

    def log_message(self, *_: object) -> None: ...


def test_cancel_ends_a_running_job_and_only_the_time_it_ran_is_billed(stage: Any, tmp_path: Path) -> None:
    stage.join("aurora", memory="1200MB")
    (tmp_path / "long.yaml").write_text("name: long\nresources: {cpus: 1}\nrun: trap '' TERM; sleep 600\n")
    detached = gridtie(stage, "submit", "--detach", "-o", "name", "long.yaml", cwd=tmp_path)
    key = detached.stdout.strip()
    client = stage.client()
    wait_for("it to run", lambda: client.job(key)["state"] == "running")
    assert gridtie(stage, "cancel", key).returncode == 0
    wait_for("it to end", lambda: client.job(key)["state"] == "cancelled", seconds=30)
    assert "held         0.00" not in gridtie(stage, "status", key).stderr
    assert client.job(key)["held"] == "0.00"
    assert client.call("GET", "/v1/ledger/verify")["ok"]


def test_an_exchange_that_is_away_is_named_and_the_exit_code_is_six(stage: Any, tmp_path: Path) -> None:
    (tmp_path / "job.yaml").write_text(JOB)
    url = stage.url
    stage.kill_server()
    done = gridtie(stage, "submit", "job.yaml", cwd=tmp_path)
    assert done.returncode == 6
    assert f"cannot reach the exchange at {url}" in done.stderr
    assert gridtie(stage, "status").returncode == 6


def test_a_token_is_taken_from_a_file_at_login(untouched: Any, tmp_path: Path) -> None:
    done = gridtie(
        untouched, "login", "--token-file", str(untouched.home / "admin.token"), XDG_CONFIG_HOME=str(tmp_path)
    )
    assert done.returncode == 0, done.stderr
    assert "signed in to" in done.stderr
