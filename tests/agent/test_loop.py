"""The agent as a program against a reference exchange: work in, output out, and every kind of bad luck between."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gridtie.identity.signing import Envelope
from gridtie.metering.receipt import KIND, Receipt, payload
from gridtie.metering.usage import Billed, Usage
from gridtie.values.ids import JobId, OrganisationId, ReceiptId, SiteId
from gridtie.values.money import Micros
from gridtie.values.period import Period, from_text

pytestmark = pytest.mark.sandbox


def processes_of(run: Any) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if f"GRIDTIE_RUN={run.plan.run}".encode() in (entry / "environ").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


def test_a_job_goes_in_and_its_output_files_and_verdict_come_out(world: Any) -> None:
    world.agent()
    run = world.run(
        "cat in/data.txt; ./tool.sh; echo result > out.txt; mkdir more; echo 2 > more/b; ln -s /etc/passwd more/link",
        files={"in/data.txt": "hello\n", "tool.sh": "#!/bin/sh\necho tool\n"},
        outputs=("out.txt", "more", "nothing/of-it"),
    )  # fmt: skip
    plan = run.plan
    run.plan = replace(plan, files=(plan.files[0], replace(plan.files[1], executable=True)))
    assert world.ended(run)["event"] == "succeed"
    assert run.told == ["accept", "start", "finish", "succeed"]
    assert run.logs[0] == b"hello\ntool\n"
    assert run.events[-1]["detail"] == "outputs that were not there: nothing/of-it"
    (outputs,) = [p for p in run.published if p["kind"] == "output"]
    content = {file["path"]: world.exchange.blobs[file["sha256"]] for file in outputs["files"]}
    assert content == {"out.txt": b"result\n", "more/b": b"2\n"}
    world.until(lambda: not list((world.home / "agent" / "scratch").iterdir()))
    assert not processes_of(run)


def test_sigterm_lets_go_at_once_and_jobs_go_on(world: Any) -> None:
    world.exchange.hold_s = 10.0
    agent = world.agent()
    run = world.run("echo on; sleep 3; echo done")
    world.until(lambda: run.logs)
    began = time.monotonic()
    assert agent.signal(signal.SIGTERM) == 0
    assert time.monotonic() - began < 3
    assert processes_of(run)
    agent.start()
    assert world.ended(run)["event"] == "succeed"


def test_stop_jobs_gives_them_back_and_they_are_lost_by_the_site_not_cancelled(world: Any) -> None:
    agent = world.agent()
    agent.signal(signal.SIGTERM)
    agent.start("--stop-jobs")
    save = "echo saved > $GRIDTIE_CHECKPOINT_DIR/s"
    run = world.run(f"trap '{save}; exit 1' TERM; echo on; while :; do sleep 0.1; done")
    world.until(lambda: run.logs)
    assert agent.signal(signal.SIGTERM) == 0
    assert (run.events[-1]["event"], run.events[-1]["reason"]) == ("lose", "preempted")
    assert not processes_of(run)


def test_an_end_that_is_noticed_late_is_told_as_of_when_it_was(world: Any) -> None:
    """What is billed may not grow because the agent stood still, or the line was down, when a job ended."""
    agent = world.agent()
    run = world.run("echo on; sleep 0.5; echo saved > $GRIDTIE_CHECKPOINT_DIR/s")
    world.until(lambda: run.logs)
    assert agent.process is not None
    agent.process.send_signal(signal.SIGSTOP)
    [result] = world.until(lambda: list((world.home / "agent" / "runs").glob("*/rank-0/result.json")))
    ended = result.stat().st_mtime
    world.until(lambda: time.time() > ended + 2.0)
    agent.process.send_signal(signal.SIGCONT)
    world.ended(run)
    told = {event["event"]: from_text(event["at"]).timestamp() for event in run.events}
    assert abs(told["finish"] - ended) < 1.0
    assert abs(told["succeed"] - ended) < 1.0
    [checkpoint] = [published for published in run.published if published["kind"] == "checkpoint"]
    assert 0 < checkpoint["ran_us"] / 1e6 <= told["finish"] - told["start"] + 0.1  # not when it was looked for


def test_a_stale_epoch_is_killed_without_a_word(world: Any) -> None:
    world.agent()
    run = world.run("echo on; sleep 60")
    world.until(lambda: run.logs)
    told = list(run.told)
    run.plan = replace(run.plan, epoch=2)
    run.events = [{"event": "accept"}]  # the newer one is elsewhere
    world.exchange.ring()
    world.until(lambda: not processes_of(run), within=5)
    assert told == ["accept", "start"]
    assert run.told == ["accept"]


def test_an_exchange_that_is_away_costs_nothing_that_was_printed(world: Any) -> None:
    world.agent()
    run = world.run("for i in $(seq 20); do echo $i; sleep 0.1; done")
    world.until(lambda: run.logs)
    world.exchange.faults = {"/agent/v1/": 12}
    assert world.ended(run, within=30)["event"] == "succeed"
    assert run.logs[0].split() == [str(i).encode() for i in range(1, 21)]


def test_two_agents_in_one_home_are_refused(world: Any) -> None:
    world.agent()
    world.until(lambda: world.exchange.syncs)
    program = "import sys; from gridtie.cli.main import main; sys.exit(main())"
    second = subprocess.run([sys.executable, "-c", program, "agent", "run"], capture_output=True, text=True,
                            env={**os.environ, "GRIDTIE_HOME": str(world.home)}, timeout=20)  # fmt: skip
    assert second.returncode == 1
    assert "another agent (pid" in second.stderr


def test_receipts_are_signed_when_they_agree_with_what_ran_here_and_refused_when_not(world: Any) -> None:
    agent = world.agent()
    run = world.run("sleep 1")
    world.ended(run)
    start, end = (from_text(e["at"]) for e in run.events if e["event"] in ("start", "finish"))

    def receipt(name: str, period: Period, units: int, *, of: str = run.plan.run) -> None:
        made = Receipt(
            id=ReceiptId(f"rcpt_{name}"), run=of, job=JobId("job_1"), epoch=1, organisation=OrganisationId("org_a"),
            seller=OrganisationId("org_b"), site=SiteId("site_reference"), site_name="reference", state="succeeded",
            unit="core-hour", price=Micros(1_000_000), currency="CNY", usage=Usage((Billed(period, units),), ()),
        )  # fmt: skip
        envelope = Envelope(KIND, payload(made)).sign("exchange", world.exchange.signer)
        world.exchange.receipts[made.id] = envelope.to_json()

    receipt("good", Period(start, end), 1)
    receipt("long", Period(start, end + (end - start) * 10), 1)
    receipt("wide", Period(start, end), 5)
    receipt("foreign", Period(start, end), 1, of="run_elsewhere")
    world.until(lambda: "rcpt_good" in world.exchange.signed and agent.said.count("does not sign") == 3)
    assert list(world.exchange.signed) == ["rcpt_good"]
    assert {"exchange", "site"} == {s["role"] for s in world.exchange.signed["rcpt_good"]["signatures"]}


@pytest.fixture
def small_disk(world: Any) -> Iterator[Path]:
    """All that the agent writes is on a disk of 8 MB."""
    folder = world.home / "agent"
    folder.mkdir(mode=0o700)
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m,mode=700", "tmpfs", folder]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small disk needs root and the right to mount")
    yield folder
    for agent in world.agents:
        agent.signal(signal.SIGKILL)
    subprocess.run(["umount", "--lazy", folder], check=True)


def test_files_that_do_not_fit_on_the_disk_are_refused_by_name_leave_nothing_and_the_next_job_runs(
    world: Any, small_disk: Path
) -> None:
    world.agent()
    for size in (10 << 20, 5 << 20):  # no room for the file itself; for it, and not for its copy
        run = world.run("true", files={"big": "x" * size})
        event = world.ended(run)
        assert (event["event"], event["reason"]) == ("reject", "site")
        assert "no room left" in event["detail"]
        world.until(lambda: not list((small_disk / "runs").iterdir()))
        assert not list((small_disk / "scratch").iterdir())
        assert not list((small_disk / "cache").glob("*.part"))
        run = world.run("cat small", files={"small": "fits"})
        assert world.ended(run)["event"] == "succeed"
        assert run.logs[0] == b"fits"


def test_results_whose_copy_finds_no_room_lose_the_run_by_name_and_leave_room(world: Any, small_disk: Path) -> None:
    world.agent()
    run = world.run("head -c 5000000 /dev/zero > out", outputs=("out",))
    event = world.ended(run)
    assert (event["event"], event["reason"]) == ("lose", "site")
    assert "its results could not be sent: no room left" in event["detail"]
    assert not run.published
    world.until(lambda: not list((small_disk / "runs").iterdir()))
    assert not [*(small_disk / "cache").iterdir(), *(small_disk / "scratch").iterdir()]
    run = world.run("head -c 500000 /dev/zero > out", outputs=("out",))
    assert world.ended(run)["event"] == "succeed"


def test_a_job_that_ends_on_a_full_disk_waits_for_room_and_is_then_told_of_whole(world: Any, small_disk: Path) -> None:
    agent = world.agent()
    run = world.run("cp in.txt out.txt; echo on; while [ ! -e go ]; do sleep 0.05; done; echo off",
                    files={"in.txt": "result"}, outputs=("out.txt",))  # fmt: skip
    world.until(lambda: run.logs)
    with (small_disk / "filler").open("wb", buffering=0) as filler, contextlib.suppress(OSError):
        while True:
            filler.write(bytes(1 << 12))
    [home] = (small_disk / "scratch").iterdir()
    (home / "sky_workdir" / "go").touch()
    world.until(lambda: "no room left" in agent.said)
    assert run.told == ["accept", "start"]
    (small_disk / "filler").unlink()
    assert world.ended(run)["event"] == "succeed"
    assert run.logs[0] == b"on\noff\n"
    [sent] = [file for manifest in run.published for file in manifest["files"]]
    assert world.exchange.blobs[sent["sha256"]] == b"result"


def test_an_idle_agent_is_small_and_still(world: Any) -> None:
    world.exchange.hold_s = 5.0
    agent = world.agent()
    world.until(lambda: world.exchange.syncs)
    assert agent.process is not None

    def cpu() -> int:
        fields = Path(f"/proc/{agent.process.pid}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])

    before = cpu()
    time.sleep(3)
    share = (cpu() - before) / os.sysconf("SC_CLK_TCK") / 3
    rss = int(Path(f"/proc/{agent.process.pid}/status").read_text().split("VmRSS:")[1].split()[0])
    print(f"idle agent: {rss / 1024:.0f} MB resident, {share:.1%} of a core")
    assert share < 0.02
    assert rss < 48 << 10
    maps = Path(f"/proc/{agent.process.pid}/maps").read_text()
    for heavy in ("numpy", "sqlalchemy", "pydantic", "orjson", "uvloop"):
        assert heavy not in maps


def test_no_zombie_is_left_after_many_runs(world: Any) -> None:
    agent = world.agent()
    runs = [world.run(f"echo {n}; exit {n % 2}") for n in range(12)]
    for run in runs:
        world.ended(run, within=40)
    assert agent.process is not None
    children = Path(f"/proc/{agent.process.pid}/task/{agent.process.pid}/children")
    world.until(lambda: not list((world.home / "agent" / "runs").iterdir()))
    stats = [Path(f"/proc/{pid}/stat").read_text() for pid in children.read_text().split()]
    assert stats == []


def test_calls_that_a_line_delivered_twice_do_not_stop_an_agent(world: Any) -> None:
    world.exchange.repeated = 5  # more in a row than refused signatures would be endured
    agent = world.agent()
    run = world.run("echo through")
    assert world.ended(run)["event"] == "succeed"
    assert agent.said.count("was seen before") == 5


def test_answers_that_broke_off_in_their_heads_do_not_stop_an_agent(world: Any) -> None:
    world.exchange.torn = 5
    world.agent()
    run = world.run("echo through")
    assert world.ended(run)["event"] == "succeed"
    assert world.exchange.torn == 0


def test_an_answer_that_nobody_foresaw_ends_neither_an_agent_nor_its_runs(world: Any) -> None:
    agent = world.agent()
    run = world.run("echo begun; sleep 3; echo through")
    world.until(lambda: run.logs.get(0))
    world.exchange.odd = 2
    world.exchange.ring()
    assert world.ended(run)["event"] == "succeed"
    assert world.exchange.odd == 0
    assert agent.said.count("unexpected; waits 1 s, 1 run(s) go on") == 2
