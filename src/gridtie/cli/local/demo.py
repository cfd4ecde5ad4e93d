"""`gridtie demo`: a whole exchange on this machine, through the same programs and calls that a user has."""

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gridtie.cli.context import user_folder, write_private
from gridtie.cli.enter import told_to_end
from gridtie.cli.job import progress_line
from gridtie.cli.output import coloured, say
from gridtie.cli.workdir import collect
from gridtie.client.exchange import FINAL, ExchangeClient, JobHandle
from gridtie.errors import GridtieError, LocalFault, Refused

JOBS = Path(__file__).parent / "demo_jobs"
# A real exchange waits 10 s, 30 s, 45 s and 80 s; the demo shows the same decisions in a few seconds, and says so.
PACE = {
    "GRIDTIE_SYNC_HOLD_S": "1",
    "GRIDTIE_LEASE_CONTROL_S": "3",
    "GRIDTIE_LEASE_STOP_S": "4",
    "GRIDTIE_LEASE_REPLACE_S": "6",
    "GRIDTIE_TICK_S": "2",
    "GRIDTIE_CHECKPOINT_SYNC_S": "1",
}


@dataclass(frozen=True, slots=True)
class DemoSite:
    name: str
    hub: str
    owner: str
    machines: int
    price: str


SITES = (
    DemoSite("aurora", "csjh", "aurora-power", 2, "0.42"),
    DemoSite("bison", "nmg", "bison-grid", 1, "0.18"),
    DemoSite("cedar", "gz", "cedar-compute", 1, "0.30"),
)


@dataclass
class Stage:
    """The processes and folders of a demo; all of them are ended and removed again unless it is kept."""

    folder: Path
    started: float = field(default_factory=time.monotonic)
    processes: dict[str, int] = field(default_factory=dict)
    trusted: list[str] = field(default_factory=list)  # organisations that a site without a sandbox lets in
    isolated: bool = True

    def step(self, text: str) -> None:
        print(f"▸ {text:<88} {time.monotonic() - self.started:5.1f} s", flush=True)

    def start(self, name: str, arguments: list[str], environment: dict[str, str]) -> None:
        log = (self.folder / f"{name}.log").open("ab")
        process = subprocess.Popen(
            [sys.executable, "-m", "gridtie.cli.main", *arguments],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            env={**os.environ, **environment},
        )  # fmt: skip
        log.close()
        self.processes[name] = process.pid

    def end(self, name: str, how: signal.Signals) -> None:
        pid = self.processes.pop(name)
        try:
            os.kill(pid, how)
            for _ in range(100):
                if os.waitpid(pid, os.WNOHANG)[0]:
                    return
                time.sleep(0.05)
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        except (ProcessLookupError, ChildProcessError):
            return

    def end_all(self) -> None:
        for name in sorted(self.processes, key=lambda name: name == "exchange"):  # the exchange last
            self.end(name, signal.SIGTERM)


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = verbs.add_parser("demo", help="a whole exchange with three sites on this machine, in under 90 s")
    parser.add_argument("--keep", action="store_true", help="leave it serving at the end")
    parser.add_argument("--down", action="store_true", help="stop and remove a demo that was kept")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    note = user_folder() / "demo.json"  # not in GRIDTIE_HOME: whoever goes on by hand has set that to the demo's own
    if args.down:
        return take_down(note)
    if args.keep and note.exists() and alive(kept := json.loads(note.read_text(encoding="utf-8"))):
        raise Refused(reason=f"a kept demo runs already, in {kept['folder']}; remove it first: gridtie demo --down")
    stage = Stage(Path(tempfile.mkdtemp(prefix="gridtie-demo-")))
    finished = False
    try:
        with told_to_end():
            story(stage, note if args.keep else None)
        finished = True
    except GridtieError:
        say(f"the demo stopped; what its programs printed is in {stage.folder}")
        raise
    except (KeyboardInterrupt, SystemExit) as told:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # once more asks for nothing else
            signal.signal(number, signal.SIG_IGN)
        stage.end_all()
        shutil.rmtree(stage.folder, ignore_errors=True)
        say("\nthe demo is stopped and removed")
        return int(told.code or 0) if isinstance(told, SystemExit) else 130
    finally:
        if not (args.keep and finished):
            stage.end_all()
        if finished and not args.keep:
            shutil.rmtree(stage.folder, ignore_errors=True)
    return 0


def story(stage: Stage, note: Path | None) -> None:
    admin = open_exchange(stage)
    identify_host(stage)
    lab = invite(stage, admin)
    for site in SITES:
        join(stage, admin, site)
    stage.step("3 sites joined, calling out only: " + ", ".join(f"{s.name} ({s.hub}, {s.owner})" for s in SITES))
    if not stage.isolated:
        stage.step(
            "NOT ISOLATED: no bubblewrap sandbox, so jobs run as plain processes of this user and the sites let in"
        )
        stage.step("only lab-one and the operator (as root: apt-get install -y bubblewrap)")
    certify(stage, admin)
    offer(stage, admin)
    jobs = submit(stage, lab)
    follow(stage, lab, jobs)
    settle(stage, admin, lab, jobs)
    if note is not None:
        keep(stage, admin, note)


def keep(stage: Stage, admin: ExchangeClient, note: Path) -> None:
    """Starts the agent that was killed, and says how to go on as the lab and as the operator."""
    for site in SITES:
        if site.name not in stage.processes:
            stage.start(site.name, ["agent", "run"], agent_environment(stage, site))
    wait_until("three agents", lambda: sum(s["connected"] for s in admin.pages("/v1/sites")) == len(SITES), 20)
    write_private(note, json.dumps({"folder": str(stage.folder), "pids": list(stage.processes.values())}) + "\n")
    lab = stage.folder / "lab"
    print(f"\nAll three sites are back; the exchange serves at {admin.url}. Go on by hand as lab-one:")
    print(f"  export GRIDTIE_EXCHANGE={admin.url}\n  export GRIDTIE_HOME={lab}")
    print(f'  export GRIDTIE_TOKEN="$(cat {lab}/token)"\n  export PATH="{Path(sys.executable).parent}:$PATH"')
    print("  gridtie job init && gridtie submit job.yaml")
    operator = f'GRIDTIE_TOKEN="$(cat {stage.folder}/exchange/admin.token)"'
    print(f"What is the operator's to do: {operator} gridtie ledger verify")
    print("Stop and remove it: gridtie demo --down")


# ── one function per chapter ──────────────────────────────────────────────────────────────────────────────────────
def open_exchange(stage: Stage) -> ExchangeClient:
    home = stage.folder / "exchange"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    cores = os.cpu_count() or 1
    needed = sum(site.machines for site in SITES)
    overcommit = max(100, -(-needed * 100 // cores))
    environment = {**PACE, "GRIDTIE_HOME": str(home), "GRIDTIE_SLICE_OVERCOMMIT_PERCENT": str(overcommit)}
    command(["init", "--yes", "--name", "demo", "--organisation", "operator"], environment)
    stage.start("exchange", ["serve", "--port", str(port)], environment)
    url = f"http://127.0.0.1:{port}"
    client = ExchangeClient(url, (home / "admin.token").read_text(encoding="ascii").strip())
    wait_until("the exchange to answer", lambda: _answers(client), 20)
    stage.step(f'exchange "demo" serves at {url} (SQLite in a temporary folder; leases shortened to 1/3/4/6 s)')
    if overcommit > 100:
        stage.step(
            f"this host has {cores} cores; the demo lends {needed}, so the host is lent {overcommit} % (labelled)"
        )
    return client


def _answers(client: ExchangeClient) -> bool:
    try:
        return bool(client.call("GET", "/healthz"))
    except GridtieError:
        return False


def identify_host(stage: Stage) -> None:
    inventory = json.loads(command(["identify", "-o", "json"], {}))
    cpu, accelerators = inventory["cpu"], inventory["accelerators"]
    memory = inventory["memory_bytes"] // 2**30
    chips = ", ".join(f"{a['vendor']} {a['model']}" for a in accelerators) or "no accelerator"
    stage.step(f"identified this host: {cpu['model']}, {cpu['cores']} cores, {memory} GiB, {chips}")


def invite(stage: Stage, admin: ExchangeClient) -> ExchangeClient:
    """lab-one with money and a voucher; its client."""
    lab = admin.call("POST", "/v1/organisations", {"name": "lab-one"})
    stage.trusted += [lab["id"], admin.call("GET", "/v1/whoami")["organisation"]["id"]]
    member = admin.call("POST", "/v1/organisations/lab-one/members", {"name": "mei", "role": "owner"})
    token = admin.call("POST", "/v1/tokens", {"member": member["id"], "kind": "user", "label": "demo"})["token"]
    admin.call("POST", "/v1/ledger/topups", {"organisation": "lab-one", "amount": "100", "memo": "demo"})
    voucher = {"name": "AI-DEMO", "holder": "lab-one", "amount": "20", "max_unit_price": "0.50"}
    admin.call("POST", "/v1/vouchers", voucher)
    write_private(stage.folder / "lab" / "token", token + "\n")
    stage.step("lab-one has a balance of 100.00 and the voucher AI-DEMO of 20.00 (pays up to 0.50 per core-hour)")
    return ExchangeClient(admin.url, token)


def join(stage: Stage, admin: ExchangeClient, site: DemoSite) -> None:
    admin.call("POST", "/v1/organisations", {"name": site.owner})
    body = {"name": site.name, "hub": site.hub, "organisation": site.owner, "depth": "schedulable"}
    admin.call("POST", "/v1/sites", body)
    token = admin.call("POST", f"/v1/sites/{site.name}/enrolment", {})["token"]
    write_private(stage.folder / site.name / "enrol.token", token + "\n")
    environment = agent_environment(stage, site)
    arguments = ["agent", "join", str(stage.folder / site.name / "enrol.token"), "--exchange", admin.url]
    arguments += ["--machines", str(site.machines), "--cpus", "1", "--memory", "1GB", "--disk", "2GB", "-o", "json"]
    arguments += [part for organisation in stage.trusted for part in ("--trust", organisation)]
    joined = json.loads(command(arguments, environment))
    fingerprint, stage.isolated = joined["fingerprint"], joined["isolation"] != "none"
    seen = admin.call("GET", f"/v1/sites/{site.name}")["fingerprint"]
    if fingerprint != seen:
        raise LocalFault(reason=f"fingerprints differ: the agent has {fingerprint}, the exchange saw {seen}")
    admin.call("POST", f"/v1/sites/{site.name}/approve", {"fingerprint": fingerprint})
    stage.start(site.name, ["agent", "run"], environment)


def agent_environment(stage: Stage, site: DemoSite) -> dict[str, str]:
    return {"GRIDTIE_HOME": str(stage.folder / site.name)}


def certify(stage: Stage, admin: ExchangeClient) -> None:
    """One site after the other, so that they do not disturb each other on this one host."""
    wait_until("three agents", lambda: sum(s["connected"] for s in admin.pages("/v1/sites")) == len(SITES), 20)
    for site in SITES:
        [resource] = admin.pages("/v1/resources", query={"site": site.name})
        started = admin.call("POST", f"/v1/resources/{resource['id']}/certify", {"profile": "quick"})
        admin.handle(started["job"]).wait(timeout_s=40)
        path = f"/v1/resources/{resource['id']}"
        wait_until(f"{site.name}'s certificate", lambda path=path: admin.call("GET", path)["in_market"], 30)
        tested = admin.call("GET", path)
        stage.step(
            f"tested {site.name}: {tested['identifier']}  {tested['score'] / 1000:.1f} GFLOP/s, signed by both sides"
        )


def offer(stage: Stage, admin: ExchangeClient) -> None:
    for site in SITES:
        [resource] = admin.pages("/v1/resources", query={"site": site.name})
        admin.call("POST", "/v1/offers", {"resource": resource["id"], "price": site.price, "terms": "demo"})
    stage.step("offered per core-hour: " + ", ".join(f"{s.name} {s.price}" for s in SITES))


def submit(stage: Stage, lab: ExchangeClient) -> dict[str, JobHandle]:
    jobs: dict[str, JobHandle] = {}
    for name in ("train", "gang", "data", "broken", "impossible"):
        path = JOBS / f"{name}.yaml"
        text = path.read_text(encoding="utf-8")
        if not stage.isolated:
            text = accept_no_sandbox(text)
        plan = lab.call("POST", "/v1/jobs/check", {"source": path.name, "text": text})
        [jobs[name]] = lab.submit(text, source=path.name, files=collect(lab, JOBS, plan, quiet=True))
    stage.step("5 jobs submitted by lab-one; live:")
    return jobs


def follow(stage: Stage, lab: ExchangeClient, jobs: dict[str, JobHandle]) -> None:
    """Shows every change; once the training has published checkpoints, its site's agent is killed."""
    shown: dict[str, str] = {}
    killed = ""
    deadline = time.monotonic() + 60
    while not all(job.state in FINAL for name, job in jobs.items() if name != "impossible"):
        for name, job in jobs.items():
            line = progress_line(job.refresh().data)
            if shown.get(name) != line:
                shown[name] = line
                print(f"    {line}", flush=True)
        train = jobs["train"].data
        if not killed and train["state"] == "running" and train.get("checkpoint_at"):
            killed = train["site"]
            stage.end(killed, signal.SIGKILL)
            stage.step(f"pulled the plug: kill -9 of {killed}'s agent while `train` runs there")
        if time.monotonic() > deadline:
            raise LocalFault(reason="the demo's jobs did not end within a minute")
        time.sleep(0.2)
    train = jobs["train"].refresh().data
    if not killed or train["state"] != "succeeded" or len(train["runs"]) < 2:
        raise LocalFault(reason="the training was not resumed elsewhere as it should have been")
    resumed = [line for line in lab.log_text(train["id"]).splitlines() if "goes on from" in line]
    stage.step(
        f"`train` {coloured('succeeded')} at {train['site']} in run {len(train['runs'])}: {(resumed or ['?'])[0]}"
    )
    waiting = jobs["impossible"].refresh()
    stage.step(f"`impossible` waits: {waiting.data['reason']}")
    waiting.cancel()


def settle(stage: Stage, admin: ExchangeClient, lab: ExchangeClient, jobs: dict[str, JobHandle]) -> None:
    print("  receipts:")
    receipts = [receipt for job in jobs.values() for receipt in lab.receipts(job.id)]
    for line in [line for receipt in receipts for line in receipt["lines"]]:
        print(f"    {line}")
    verified = admin.call("GET", "/v1/ledger/verify")
    print(f"    and {verified['receipts_checked'] - len(receipts)} of the sites' own tests")
    for line in verified["lines"]:
        stage.step(line)
    if not verified["ok"]:
        raise LocalFault(reason="the books do not balance")


def accept_no_sandbox(text: str) -> str:
    """The job file as its author would write it where no sandbox can be had; `gridtie:` is written in two styles."""
    return text.replace("gridtie: {", "gridtie: {isolation: none, ", 1).replace(
        "gridtie:\n", "gridtie:\n  isolation: none\n", 1
    )


# ── helpers ───────────────────────────────────────────────────────────────────────────────────────────────────────
def command(arguments: list[str], environment: dict[str, str]) -> str:
    """Runs one gridtie command to its end; its stdout. Raises LocalFault with what it said on stderr."""
    done = subprocess.run(
        [sys.executable, "-m", "gridtie.cli.main", *arguments],
        capture_output=True, text=True, env={**os.environ, **environment}, timeout=60, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise LocalFault(reason=f"gridtie {' '.join(arguments[:2])}: {done.stderr.strip()}")
    return done.stdout


def wait_until(what: str, true: Any, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise LocalFault(reason=f"waited {seconds:.0f} s for {what}")
        time.sleep(0.1)


def alive(kept: dict[str, Any]) -> list[int]:
    """Those of the ids written down that still are the demo's: an id may have gone to somebody else's process."""
    found = []
    for pid in kept["pids"]:
        try:
            if kept["folder"].encode() in Path(f"/proc/{pid}/environ").read_bytes():
                found.append(pid)
        except OSError:
            continue
    return found


def take_down(note: Path) -> int:
    """Ends the processes of a kept demo, by the ids it wrote down, and removes its folder."""
    if not note.exists():
        say("no kept demo to take down")
        return 0
    kept = json.loads(note.read_text(encoding="utf-8"))
    for pid in alive(kept):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    wait_until("the demo's programs to end", lambda: not alive(kept), 20)
    shutil.rmtree(kept["folder"], ignore_errors=True)
    note.unlink()
    say("the demo is stopped and removed")
    return 0
