"""The agent as a program against a reference exchange: work in, output out, and every kind of bad luck between."""

import os
import signal
import statistics
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gridtie.dispatch.run import BlobFile
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
        files={"in/data.txt": "hello\n", "tool.sh": "#!/bin/sh\necho tool\n"}, outputs=("out.txt", "more"),
    )  # fmt: skip
    plan = run.plan
    run.plan = replace(plan, files=(plan.files[0], replace(plan.files[1], executable=True)))
    assert world.ended(run)["event"] == "succeed"
    assert run.told == ["accept", "start", "finish", "succeed"]
    assert run.logs[0] == b"hello\ntool\n"
    (outputs,) = [p for p in run.published if p["kind"] == "output"]
    content = {file["path"]: world.exchange.blobs[file["sha256"]] for file in outputs["files"]}
    assert content == {"out.txt": b"result\n", "more/b": b"2\n"}
    world.until(lambda: not list((world.home / "agent" / "scratch").iterdir()))
    assert not processes_of(run)


def test_an_assignment_that_arrives_after_its_run_is_over_starts_nothing(world: Any) -> None:
    agent = world.agent()
    run = world.run("echo once")
    world.ended(run)
    world.until(lambda: not list((world.home / "agent" / "runs").iterdir()))
    world.exchange.late = [run.plan]
    syncs = world.exchange.syncs
    world.exchange.ring()
    world.until(lambda: world.exchange.syncs > syncs + 3)
    assert agent.said.count(f"{run.plan.run}: assigned") == 1
    assert not list((world.home / "agent" / "runs").iterdir())


def test_a_failure_is_told_with_its_exit_code_and_its_last_words_arrived_before(world: Any) -> None:
    world.agent()
    run = world.run("echo why; exit 3")
    end = world.ended(run)
    assert (end["event"], end["reason"], end["exit_code"]) == ("fail", "exit", 3)
    assert run.logs[0] == b"why\n"


def test_output_arrives_while_the_job_works_and_soon(world: Any) -> None:
    """From the assignment to its first byte at the exchange; the budget of a submit is half a second in all."""
    world.agent()
    world.until(lambda: world.exchange.syncs > 0)
    taken = []
    for _ in range(7):
        began = time.monotonic()
        run = world.run("echo first; sleep 0.1")
        world.ended(run)
        taken.append(run.first_log_at - began)
    print(f"assignment to first output byte: {[round(t * 1000) for t in taken]} ms")
    assert statistics.median(taken) < 0.45


def test_secrets_are_fetched_used_and_masked(world: Any) -> None:
    world.agent()
    run = world.run('test ${#TOKEN} = 12 && echo it is $TOKEN', secret_names=("TOKEN",),
                    secrets={"TOKEN": "hidden-value"})  # fmt: skip
    assert world.ended(run)["event"] == "succeed"
    assert run.logs[0] == b"it is ***\n"
    for path in world.home.rglob("*"):
        if path.is_file():
            assert b"hidden-value" not in path.read_bytes(), path


def test_a_gang_starts_together_and_one_failure_ends_it_with_that_exit_code(world: Any) -> None:
    world.agent()
    run = world.run("echo rank $SKYPILOT_NODE_RANK; if [ $SKYPILOT_NODE_RANK = 1 ]; then exit 9; fi; sleep 60", ranks=2)
    end = world.ended(run)
    assert (end["event"], end["exit_code"]) == ("fail", 9)
    assert run.logs[0].startswith(b"rank 0\n")
    assert run.logs[0].endswith(b"[gridtie: stopped: asked to end]\n")
    assert run.logs[1] == b"rank 1\n"
    assert not processes_of(run)


def test_cancel_stops_it_and_says_so(world: Any) -> None:
    world.agent()
    run = world.run("echo on; sleep 60")
    world.until(lambda: run.logs)
    run.cancel = True
    world.exchange.ring()
    assert world.ended(run, within=8)["event"] == "cancel"
    assert not processes_of(run)


def test_checkpoints_are_published_by_renaming_and_restored(world: Any) -> None:
    world.agent()
    write = "echo {0} > $GRIDTIE_CHECKPOINT_DIR/.t; mv $GRIDTIE_CHECKPOINT_DIR/.t $GRIDTIE_CHECKPOINT_DIR/step"
    run = world.run(
        f"{write.format(1)}; echo half > $GRIDTIE_CHECKPOINT_DIR/.half; sleep 1; {write.format(2)}; sleep 60"
    )
    world.until(lambda: len(run.published) >= 2)
    assert [p["sequence"] for p in run.published] == sorted(p["sequence"] for p in run.published)
    last = run.published[-1]
    assert [file["path"] for file in last["files"]] == ["step"]
    assert world.exchange.blobs[last["files"][0]["sha256"]] == b"2\n"
    saved = tuple(BlobFile(path=f["path"], sha256=f["sha256"], size=f["size"]) for f in last["files"])
    again = world.run("cat $GRIDTIE_CHECKPOINT_DIR/step; echo $GRIDTIE_RESUMED", checkpoint=saved)
    assert world.ended(again)["event"] == "succeed"
    assert again.logs[0] == b"2\n1\n"


def test_a_checkpoint_is_restored_whatever_its_files_are_called_and_not_published_as_progress(world: Any) -> None:
    world.agent()
    saved = tuple(
        BlobFile(path=name, sha256=world.exchange.put(text), size=len(text), executable=name == "rank-1/go")
        for name, text in (("rank-0.pt", b"zero"), ("rank-1/go", b"#!/bin/sh\necho one"), ("rank-1/rank-0.pt", b"own"))
    )
    world.exchange.ring()
    show = "cd $GRIDTIE_CHECKPOINT_DIR; ls; cat rank-0.pt; [ ! -x go ] || ./go; sleep 1.5"
    again = world.run(show, checkpoint=saved, ranks=2)
    assert world.ended(again)["event"] == "succeed"
    assert again.logs == {0: b"rank-0.pt\nzero", 1: b"go\nrank-0.pt\nownone\n"}
    assert again.published == []


def test_files_that_would_leave_the_folder_are_refused_and_nothing_runs(world: Any) -> None:
    world.agent()
    plan = world.plan("echo never", files={"ok": "x"})
    for path in ("../up", "/abs", "a/../../b", "a\\b"):
        world.count += 1
        bad = replace(plan, run=f"{plan.run}b{world.count}", files=(replace(plan.files[0], path=path),))
        end = world.ended(world.exchange.assign(bad))
        assert end["event"] == "reject"
    assert not list(world.home.rglob("up"))


def test_a_blob_that_is_not_what_its_name_says_is_refused(world: Any) -> None:
    world.agent()
    plan = world.plan("echo never", files={"ok": "honest"})
    world.exchange.blobs[plan.files[0].sha256] = b"forged"
    assert world.ended(world.exchange.assign(plan))["event"] == "reject"


def test_a_killed_agent_takes_its_runs_up_again_and_their_output_goes_on_where_it_was(world: Any) -> None:
    agent = world.agent()
    run = world.run("for i in $(seq 60); do echo line $i; sleep 0.1; done; exit 4")
    world.until(lambda: b"line 5\n" in run.logs.get(0, b""))
    agent.signal(signal.SIGKILL)
    time.sleep(1.0)
    assert processes_of(run)
    agent.start()
    end = world.ended(run)
    assert (end["event"], end["exit_code"]) == ("fail", 4)
    assert run.logs[0].decode() == "".join(f"line {i}\n" for i in range(1, 61))
    assert run.told == ["accept", "start", "finish", "fail"]
    assert not processes_of(run)


def test_a_run_that_ended_while_the_agent_was_dead_is_told_in_full(world: Any) -> None:
    agent = world.agent()
    run = world.run("echo on; sleep 0.5; echo made > out; echo last words", outputs=("out",))
    world.until(lambda: run.logs)
    agent.signal(signal.SIGKILL)
    world.until(lambda: not processes_of(run))
    agent.start()
    assert world.ended(run)["event"] == "succeed"
    assert run.logs[0] == b"on\nlast words\n"
    assert [p["kind"] for p in run.published] == ["output"]


def test_without_an_agent_a_stop_run_ends_by_its_lease_and_a_wait_run_goes_on(world: Any) -> None:
    agent = world.agent()
    stops = world.run("echo on; sleep 60", on_disconnect="stop", lease_stop_us=2_000_000)
    waits = world.run("echo on; sleep 60", on_disconnect="wait", lease_stop_us=1_800_000_000)
    world.until(lambda: stops.logs and waits.logs)
    agent.signal(signal.SIGKILL)
    world.until(lambda: not processes_of(stops), within=6)
    assert processes_of(waits)
    agent.start()
    end = world.ended(stops)
    assert (end["event"], end["reason"]) == ("lose", "lease")
    assert not waits.over


def test_a_lost_keeper_is_told_as_lost_by_the_site(world: Any) -> None:
    world.agent()
    run = world.run("echo on; sleep 60")
    world.until(lambda: run.logs)
    (launched,) = (world.home / "agent" / "runs").glob(f"{run.plan.run}-e1/rank-0/launched")
    os.kill(int(launched.read_text().split()[0]), signal.SIGKILL)
    end = world.ended(run)
    assert (end["event"], end["reason"]) == ("lose", "agent_restart")
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
    assert (run.events[-1]["event"], run.events[-1]["reason"]) == ("lose", "site")
    assert not processes_of(run)


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
