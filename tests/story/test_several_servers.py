"""Two real servers on one PostgreSQL: one leads, the other takes over, and nothing is lost, run or billed twice."""

import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from benchmarks.postgresql import Postgresql
from tests.api.conftest import Agent, Client, pool

from gridtie.client.exchange import ExchangeClient
from gridtie.errors import GridtieError, LocalFault, NotSignedIn, SessionRefused, Unreachable

LEASE_S = 2.0
PACE = {"GRIDTIE_LEADER_LEASE_S": str(LEASE_S), "GRIDTIE_WRITER_IDLE_S": "2", "GRIDTIE_SYNC_HOLD_S": "0.2"}
GIB = 1 << 30
COMMAND = [sys.executable, "-m", "gridtie.cli.main"]
JOB = "name: j\nresources: {cpus: 1}\nrun: 'true'\n"


def wait_for(what: str, found: Callable[[], Any], seconds: float = 40) -> Any:
    end = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < end, f"waited {seconds} s for {what}"
        time.sleep(0.05)
    return value


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    home: Path
    environment: dict[str, str]
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes]" = field(init=False)

    def start(self) -> None:
        with (self.home.parent / f"serve-{self.port}.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*COMMAND, "serve", "--port", str(self.port)], env=self.environment, stdout=log, stderr=log
            )

    @property
    def client(self) -> ExchangeClient:
        return ExchangeClient(f"http://127.0.0.1:{self.port}", self.token)

    @property
    def token(self) -> str:
        return (self.home / "admin.token").read_text().strip()

    def answers(self) -> bool:
        try:
            return bool(self.client.call("GET", "/healthz"))
        except GridtieError:
            return False

    def leads(self) -> bool:
        answer = Client(self.port).get("/metrics", headers={"Authorization": f"Bearer {self.token}"})
        found = re.search(r"^gridtie_leads (\d)", answer.text, re.MULTILINE)
        return bool(found and found[1] != "0")

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


@dataclass
class Pair:
    """Two servers, an organisation with money, and a site whose agent may call either."""

    database: Postgresql
    url: str
    one: Server
    two: Server
    agent: Any = None

    @property
    def leader(self) -> Server:
        return wait_for("a leader", lambda: next((s for s in (self.one, self.two) if s.leads()), None))

    def other(self, server: Server) -> Server:
        return self.two if server is self.one else self.one

    def sql(self, statement: str) -> str:
        return str(self.database.sql(statement, database=self.url.partition("?")[0].rpartition("/")[2]))

    def site(self, cpus: int) -> None:
        admin = self.one.client
        admin.call("POST", "/v1/sites", {"name": "north", "hub": "gz", "depth": "schedulable"})
        token = admin.call("POST", "/v1/sites/north/enrolment", {})["token"]
        self.agent = Agent(Client(self.one.port))
        machine = {"name": "m0", "cpus": cpus, "memory_bytes": 64 * GIB, "disk_bytes": 200 * GIB, "accelerators": 0}
        shape = [pool(host_cpus=cpus, machines=[machine], host_memory_bytes=64 * GIB)]
        fingerprint = self.agent.enrol(token, shape).json()["fingerprint"]
        admin.call("POST", "/v1/sites/north/approve", {"fingerprint": fingerprint})
        assert self.agent.hello(shape).status_code == 200
        self.sql("UPDATE resource SET score = 1000, latency_us = 500, in_market_until_us = 9000000000000000")
        [resource] = admin.pages("/v1/resources", query={"site": "north"})
        admin.call("POST", "/v1/offers", {"resource": resource["id"], "price": "0.10"})

    def sync(self, server: Server, held: tuple[dict[str, Any], ...] = (), **more: Any) -> Any:
        self.agent.client = Client(server.port)
        body = {"boot": self.agent.boot, "held": list(held), "hold": True, **more}
        answer = self.agent.call("POST", "/agent/v1/sync", body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def all_placed(self, server: Server) -> bool:
        return bool(self.sync(server)) and self.sql("SELECT count(*) FROM job WHERE state = 'queued'") == "0"

    def all_ran(self, server: Server) -> None:
        """Round after round, as many as there is room for, until nothing waits; and then all must hold."""
        while self.sql("SELECT count(*) FROM job WHERE state <> 'succeeded'") != "0":
            wait_for("a place", lambda: self.sync(server)["assignments"])
            self.ran(server)
        self.proof(server)

    @property
    def epoch(self) -> int:
        return int(self.sql("SELECT epoch FROM leader"))

    def count(self, table: str) -> int:
        return int(self.sql(f"SELECT count(*) FROM {table}"))

    def ran(self, server: Server) -> None:
        """The site reports all that it was given as started, and then as done."""
        given = [
            row.split() for row in self.sql("SELECT id || ' ' || epoch FROM run WHERE state = 'assigned'").split("\n")
        ]
        for run, epoch in given:
            self.report(server, run, int(epoch), {0: "accept", 1: "start"})
        for run, epoch in given:
            self.report(server, run, int(epoch), {2: "finish", 3: "succeed"})

    def report(self, server: Server, run: str, epoch: int, told: dict[int, str]) -> None:
        self.agent.client = Client(server.port)
        events = [
            {"seq": seq, "event": event, "at": f"2026-01-01T00:00:0{seq}Z", "exit_code": None}
            for seq, event in told.items()
        ]
        body = {"epoch": epoch, "events": events}
        answer = self.agent.call("POST", f"/agent/v1/runs/{run}/events", body)
        assert answer.status_code == 200, answer.text

    def proof(self, server: Server) -> None:
        """Books and journal hold; every job ran once and was billed once; no machine was sold twice."""
        proof = server.client.call("GET", "/v1/ledger/verify")
        assert proof["ok"], proof
        assert self.sql("SELECT count(*) FROM (SELECT job FROM run GROUP BY job HAVING count(*) > 1) twice") == "0"
        assert self.sql("SELECT count(*) FROM run") == self.sql("SELECT count(*) FROM receipt")
        assert self.sql("SELECT max(number) - count(*) FROM round") == "0"


def submit(server: Server, key: str) -> str:
    """Hands a job in until it is acknowledged, with one key however often: the job."""

    def once() -> Any:
        try:
            return server.client.call("POST", "/v1/jobs", {"text": JOB}, key=key.replace(" ", "-"))
        except (LocalFault, Unreachable):
            return None

    [job] = wait_for("a submit", once)["jobs"]
    return str(job["id"])


def opened(database: Postgresql, url: str, folder: Path, *, cpus: int = 64) -> Iterator[Pair]:
    home = folder / "home"
    environment = {**os.environ, **PACE, "GRIDTIE_HOME": str(home)}
    made = subprocess.run([*COMMAND, "init", "--yes", "--name", "pair", "--organisation", "lab", "--database", url],
                          env=environment, capture_output=True, text=True, check=False)  # fmt: skip
    assert made.returncode == 0, made.stderr
    pair = Pair(database, url, Server(home, environment), Server(home, environment))
    try:
        for server in (pair.one, pair.two):
            server.start()
        for server in (pair.one, pair.two):
            wait_for("a server", server.answers)
        pair.one.client.call("POST", "/v1/ledger/topups", {"organisation": "lab", "amount": "100000"})
        pair.site(cpus)
        yield pair
    finally:
        for server in (pair.one, pair.two):
            server.end()


@pytest.fixture(scope="module")
def pair(postgresql: Postgresql, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """One for all tests here: each leaves two servers well, and no job unfinished."""
    url = postgresql.empty()
    yield from opened(postgresql, url, tmp_path_factory.mktemp("pair"))
    postgresql.drop(url)


def test_one_leads_and_both_serve_what_either_took_in(pair: Pair) -> None:
    leader = pair.leader
    other = pair.other(leader)
    assert not other.leads()
    job = submit(other, "taken in by the one that does not lead")
    wait_for("a place", lambda: pair.sync(other)["assignments"])  # the agent too calls the one that does not lead
    assert leader.client.call("GET", f"/v1/jobs/{job}")["state"] == "placed"
    pair.ran(leader)
    assert other.client.call("GET", f"/v1/jobs/{job}")["state"] == "succeeded"
    pair.proof(other)


def test_what_a_shared_site_can_lend_is_known_to_the_leader_whichever_server_heard_it(pair: Pair) -> None:
    leader = pair.leader
    other = pair.other(leader)
    names = [f"m{n}" for n in range(100)]  # more than one word holds

    def lending(cpus: int) -> dict[str, Any]:
        return {"machines": dict.fromkeys(names, (cpus, 64 * GIB, 0)), "queue_wait_s": 7, "note": "drained"}

    def known(cpus: int) -> bool:
        pair.sync(other, capacity=lending(cpus))
        told = leader.client.call("GET", "/v1/sites/north")["lends"]
        return bool(told and len(told["machines"]) == 100 and told["machines"]["m0"]["cpus"] == cpus)

    wait_for("the leader to hear that there is no room", lambda: known(0))
    job = submit(other, "while its own users have all of the site")
    wait_for("a round", lambda: leader.client.call("GET", f"/v1/jobs/{job}")["reason_code"] == "busy")
    wait_for("a place", lambda: pair.sync(other, capacity=lending(64))["assignments"])
    pair.ran(other)
    wait_for("it to be shared no more", lambda: pair.sync(other) and not site_lends(leader))
    pair.proof(leader)


def site_lends(server: Server) -> Any:
    return server.client.call("GET", "/v1/sites/north")["lends"]


def test_a_session_is_refused_with_the_address_of_the_server_that_the_sites_agent_calls(pair: Pair) -> None:
    leader = pair.leader
    other = pair.other(leader)
    [made] = leader.client.submit(JOB + "gridtie: {interactive: true}\n")
    job = made.id
    [plan] = wait_for("a place", lambda: pair.sync(other)["assignments"])
    pair.report(other, plan["run"], plan["epoch"], {0: "accept", 1: "start"})
    held = ({"run": plan["run"], "epoch": plan["epoch"], "state": "running"},)

    def refused() -> str:
        pair.sync(other, held)
        try:
            leader.client.call("POST", f"/v1/jobs/{job}/sessions", {"command": ["true"]})
        except SessionRefused as refusal:
            return refusal.remedy
        return ""

    assert f"http://127.0.0.1:{other.port} gridtie exec" in wait_for("a refusal", refused)
    session = other.client.call("POST", f"/v1/jobs/{job}/sessions", {"command": ["true"]})
    assert session["id"] in {order["session"] for order in pair.sync(other, held)["sessions"]}
    other.client.call("DELETE", f"/v1/sessions/{session['id']}")
    pair.report(other, plan["run"], plan["epoch"], {2: "finish", 3: "succeed"})
    pair.proof(leader)


@pytest.mark.long
def test_one_key_at_both_doors_at_the_same_time_is_one_job(pair: Pair) -> None:
    with ThreadPoolExecutor(8) as threads:
        calls = [threads.submit(submit, (pair.one, pair.two)[n % 2], f"same {n // 2}") for n in range(40)]
        jobs = [call.result() for call in calls]
    assert len(set(jobs)) == 20
    assert jobs[::2] == jobs[1::2]
    pair.all_ran(pair.one)


@pytest.mark.long
def test_what_one_server_revokes_the_other_forgets(pair: Pair) -> None:
    token = pair.one.client.call("POST", "/v1/tokens", {})
    guest = ExchangeClient(f"http://127.0.0.1:{pair.two.port}", token["token"])
    assert guest.call("GET", "/v1/whoami")
    pair.one.client.call("DELETE", f"/v1/tokens/{token['id']}")

    def refused() -> bool:
        try:
            guest.call("GET", "/v1/whoami")
        except NotSignedIn:
            return True
        return False

    wait_for("the revocation at the other server", refused, 5)


def test_when_the_leader_is_killed_the_other_clears_within_a_lease(pair: Pair) -> None:
    leader = pair.leader
    other = pair.other(leader)
    epoch = pair.epoch
    pair.sync(other)
    leader.process.kill()
    leader.process.wait()
    killed = time.monotonic()
    submit(other, "after the leader's death")
    wait_for("a place", lambda: pair.sync(other)["assignments"])
    took = time.monotonic() - killed
    print(f"cleared {took:.1f} s after the kill; the lease is {LEASE_S} s")
    assert took < 2 * LEASE_S + 2  # the lease, a quarter of it to be noticed, the duty's turn
    assert pair.epoch == epoch + 1
    leader.start()
    wait_for("the killed server to be back", leader.answers)
    pair.all_ran(leader)


@pytest.mark.long
def test_a_leader_that_stood_still_neither_clears_nor_bills_when_it_goes_on(pair: Pair) -> None:
    seed = 4
    chance = random.Random(seed)
    print(f"seed {seed}")
    before = pair.count("receipt")
    jobs: list[str] = []
    for turn in range(3):
        leader = pair.leader
        other = pair.other(leader)
        epoch = pair.epoch
        pair.sync(other)
        with ThreadPoolExecutor(6) as threads:
            calls = [threads.submit(submit, other, f"{turn} {n}") for n in range(12)]
            time.sleep(chance.uniform(0.0, 0.3))  # anywhere in its work
            leader.process.send_signal(signal.SIGSTOP)
            jobs += [call.result() for call in calls]
        wait_for("another leader", lambda least=epoch: pair.epoch > least)
        wait_for("every job's place", lambda at=other: pair.all_placed(at))
        leader.process.send_signal(signal.SIGCONT)
        wait_for("the former leader to see it", lambda former=leader: former.answers() and not former.leads())
        pair.all_ran(other)
    assert len(set(jobs)) == 36 == pair.count("receipt") - before


@pytest.mark.long
def test_no_acknowledged_write_is_lost_when_postgresql_is_killed_twenty_times_under_load(pair: Pair) -> None:
    acknowledged: dict[str, str] = {}
    earlier = set(pair.sql("SELECT id FROM job").split())
    stop = threading.Event()

    def load(name: int) -> None:
        number = 0
        while not stop.is_set():
            key = f"load {name} {number}"
            acknowledged[key] = submit((pair.one, pair.two)[name % 2], key)
            number += 1

    def some_more() -> None:
        least = len(acknowledged) + 20
        wait_for("some submits", lambda: len(acknowledged) > least)

    threads = [threading.Thread(target=load, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(20):
        some_more()
        pair.database.kill()
        pair.database.start()
    some_more()
    stop.set()
    for thread in threads:
        thread.join(60)
    kept = set(pair.sql("SELECT id FROM job").split()) - earlier
    print(f"{len(acknowledged)} acknowledged through twenty kills, {len(kept)} jobs in the database")
    assert set(acknowledged.values()) == kept  # none lost, and none twice though each was sent until it was answered
    assert len(kept) == len(acknowledged)
    pair.all_ran(pair.one)
