"""Hostile and unlucky jobs in the real sandbox: limits hold, nothing gets out, nothing is left."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import gridtie
from gridtie.adapters.sites.process.adapter import ProcessSite, rank_name
from gridtie.adapters.sites.process.probe import Isolation, probe_isolation
from gridtie.agent.keeper import boot_clock
from gridtie.dispatch.run import RunPlan, RunTask
from gridtie.dispatch.site import TaskStart, TaskState
from gridtie.errors import NotIsolated
from gridtie.values.ids import JobId, OrganisationId, RunId, SiteId

pytestmark = pytest.mark.sandbox

MB = 1 << 20


@pytest.fixture(scope="session")
def sandbox() -> Isolation:
    found = probe_isolation()
    if found.level == "none":
        pytest.skip(f"{found.reason}; as root: {found.fix}")
    return found


class Rank:
    def __init__(self, site: ProcessSite, start: TaskStart) -> None:
        self.site, self.plan = site, start.plan
        self.folder, self.home = start.folder, start.home

    @property
    def state(self) -> TaskState:
        return self.site.states([self.folder])[0]

    @property
    def output(self) -> str:
        path = self.folder / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    def end(self, *, within: float = 20.0) -> TaskState:
        return until(lambda: None if self.state.alive else self.state, within=within, told=lambda: self.output)

    def says(self, text: str, *, within: float = 10.0) -> str:
        return until(lambda: self.output if text in self.output else None, within=within, told=lambda: self.output)


def until(look: Callable[[], Any], *, within: float, told: Callable[[], str] = lambda: "") -> Any:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if (found := look()) is not None:
            return found
        time.sleep(0.02)
    raise AssertionError(f"did not happen within {within} s; {told()[-2000:]}")


class Bench:
    """Starts ranks at one site; every one has its own run, so that tests do not meet."""

    def __init__(self, site: ProcessSite, root: Path) -> None:
        self.site, self.root, self.count = site, root, 0
        self.ranks: list[Rank] = []

    def start(
        self, command: str, *, ranks: int = 1, memory: int = 256 * MB, disk: int = 64 * MB, lease_s: float = 120.0,
        secrets: dict[str, str] | None = None, files: dict[str, str] | None = None, **changes: Any,
    ) -> list[Rank]:  # fmt: skip
        self.count += 1
        plan = replace(_plan(f"{os.getpid()}x{id(self) % 10**6}x{self.count}", command, ranks, memory, disk), **changes)
        starts = []
        for task in plan.tasks:
            folder = self.root / "runs" / f"{plan.run}-e1" / f"rank-{task.rank}"
            home = self.root / "scratch" / f"{plan.run}-r{task.rank}"
            folder.mkdir(parents=True)
            for name, text in (files or {}).items():
                path = home / "sky_workdir" / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
                path.chmod(0o755)
            starts.append(
                TaskStart(
                    plan=plan, task=task, home=home, folder=folder, secrets=secrets or {}, resumed=False, devices=(),
                    peers=("127.0.0.1",) * ranks, lease_until=boot_clock() + lease_s,
                )
            )  # fmt: skip
        started = [Rank(self.site, start) for start in starts]
        self.last = starts[-1]
        self.ranks += started
        self.site.start(starts)
        return started

    def one(self, command: str, **more: Any) -> Rank:
        return self.start(command, **more)[0]

    def close(self) -> None:
        for rank in self.ranks:
            self.site.stop([rank.folder], how="kill")
        for rank in self.ranks:
            rank.end()
            self.site.remove(rank.folder, rank.home)


def _plan(number: str, command: str, ranks: int, memory: int, disk: int) -> RunPlan:
    tasks = tuple(
        RunTask(rank=rank, machine=f"m{rank}", cpus=1, memory_bytes=memory, disk_bytes=disk, accelerators=0)
        for rank in range(ranks)
    )
    return RunPlan(
        run=RunId(f"run_{number}"), job=JobId("job_1"), job_name="t", epoch=1, organisation=OrganisationId("org_a"),
        site=SiteId("site_1"), setup="", command=command, envs=(), secret_names=(), tasks=tasks, files=(),
        checkpoint=(), outputs=(), isolation="sandbox", network="none", on_disconnect="stop", time_limit_us=None,
        lease_stop_us=60_000_000, checkpoint_sync_us=1_000_000, log_limit_bytes=1 * MB,
    )  # fmt: skip


@pytest.fixture
def home() -> Iterator[Path]:
    """Private like an agent's, and short."""
    with tempfile.TemporaryDirectory(prefix="gridtie-test-") as folder:
        yield Path(folder)


@pytest.fixture(params=["caged", "uncaged"])
def bench(request: pytest.FixtureRequest, sandbox: Isolation, home: Path) -> Iterator[Bench]:
    """Once with control groups, where this user may make them, and once with rlimits and the keeper's own watch."""
    site = ProcessSite(
        name=f"t{os.getpid()}", exchange_url="http://127.0.0.1:1", trusted=frozenset(), isolation=sandbox,
        caged=request.param == "caged", pids_max=64,
    )  # fmt: skip
    if request.param == "caged" and site.limits == "rlimits only":
        pytest.skip("this user may not make control groups; run as root, or as a service with Delegate=yes")
    bench = Bench(site, home)
    yield bench
    bench.close()


def processes_of(rank: Rank) -> list[int]:
    """Every process whose environment names the run, zombies included: they keep their parent's entry."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if f"GRIDTIE_RUN={rank.plan.run}".encode() in (entry / "environ").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


def nothing_is_left(bench: Bench, rank: Rank) -> None:
    until(lambda: None if processes_of(rank) else True, within=5)
    keeper = int((rank.folder / "launched").read_text().split()[0])
    until(lambda: (bench.site.states([rank.folder]) and not Path(f"/proc/{keeper}").exists()) or None, within=5)
    left = [p for p in Path("/sys/fs/cgroup").glob(f"*/gridtie/*/{rank_name(rank.folder)}") if p.is_dir()]
    assert not left


def test_a_job_runs_in_its_work_directory_and_its_exit_code_is_kept(bench: Bench) -> None:
    rank = bench.one("cat given.txt; echo to stderr >&2; exit 7", files={"given.txt": "hello\n"})
    state = rank.end()
    assert (state.exit_code, state.reason) == (7, "exit")
    assert rank.output == "hello\nto stderr\n"
    nothing_is_left(bench, rank)


def test_a_job_sees_the_variables_it_may_rely_on_and_none_of_the_agents(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPERATOR_SECRET", "do not pass on")
    rank = bench.one("env", envs=(("LEARNING_RATE", "0.1"),))
    rank.end()
    given = dict(line.split("=", 1) for line in rank.output.splitlines() if "=" in line)
    assert given["SKYPILOT_NODE_RANK"] == "0"
    assert given["SKYPILOT_NUM_NODES"] == "1"
    assert given["GRIDTIE_RUN"] == rank.plan.run
    assert given["LEARNING_RATE"] == "0.1"
    assert given["HOME"] == "/job"
    assert "OPERATOR_SECRET" not in given
    assert "GRIDTIE_EXCHANGE_URL" not in given


def test_a_batch_script_finds_under_slurms_names_what_it_is_and_no_other_job_does(bench: Bench) -> None:
    for envs, said in (((("SLURM_JOB_NAME", "mine"),), "{job} 0 0 0 mine /job/sky_workdir\n"), ((), "\n")):
        rank = bench.one(
            "echo $SLURM_JOB_ID $SLURM_PROCID $SLURM_NODEID $SLURM_LOCALID $SLURM_JOB_NAME $SLURM_SUBMIT_DIR", envs=envs
        )
        rank.end()
        assert rank.output == said.format(job=rank.plan.job)


def test_what_a_submitter_puts_into_the_environment_reaches_his_job_and_not_what_builds_its_sandbox(
    bench: Bench,
) -> None:
    files = dict.fromkeys(("setpriv", "bwrap", "bash"), "#!/bin/bash\nid -u > /job/sky_workdir/taken\n")
    envs = {"PATH": "/job/sky_workdir:/usr/bin:/bin", "LD_PRELOAD": "/job/x.so", "LD_AUDIT": "/job/x.so",
            "HOME": "/tmp", "BASH_ENV": "/job/sky_workdir/bash", "UID": "0", "A": "x\n'\"$(id)`id`"}  # fmt: skip
    rank = bench.one('ls -d taken; echo "$A"; echo $PATH; cat </proc/self/status | grep -c Cap; echo $HOME $LD_AUDIT',
                     files=files, envs=tuple(envs.items()))  # fmt: skip
    assert rank.end().exit_code == 0, rank.output
    assert not (rank.home / "sky_workdir" / "taken").exists()
    for word in ("x\n'\"$(id)`id`\n", envs["PATH"] + "\n", "/tmp /job/x.so\n"):
        assert word in rank.output, rank.output


def test_a_script_and_a_value_longer_than_one_argument_may_be_still_run(bench: Bench) -> None:
    rank = bench.one("\n".join(["true"] * 40_000) + "\necho ${#LONG}", secrets={"LONG": "y" * 200_000})
    assert rank.end(within=60).exit_code == 0
    assert rank.output == "200000\n"


def test_the_given_interpreter_works_inside(bench: Bench) -> None:
    rank = bench.one("$GRIDTIE_PYTHON -c 'import sys; print(sys.version_info >= (3, 11))'")
    assert rank.end().exit_code == 0, rank.output
    assert rank.output == "True\n"


def test_setup_comes_first_and_its_failure_is_named(bench: Bench) -> None:
    good = bench.one("cat made", setup="echo made by setup > made; echo $SKYPILOT_SETUP_NUM_NODES")
    bad = bench.one("echo never", setup="exit 3")
    assert good.end().exit_code == 0
    assert good.output == "1\nmade by setup\n"
    assert (bad.end().exit_code, bad.state.reason) == (3, "setup")
    assert "never" not in bad.output


def test_a_fork_bomb_stays_within_its_number_of_processes_and_dies_at_once(bench: Bench) -> None:
    rank = bench.one("echo begun; bomb() { bomb | bomb & }; bomb; sleep 60")
    rank.says("begun")
    time.sleep(1.0)  # let it grow as far as it can
    assert len(processes_of(rank)) <= 64 + 8
    bench.site.stop([rank.folder], how="kill")
    assert rank.end().reason == "lease"
    nothing_is_left(bench, rank)


def test_a_job_that_fills_its_disk_is_stopped_for_it(bench: Bench) -> None:
    rank = bench.one("i=0; while :; do head -c 8M /dev/zero > fill-$i; i=$((i+1)); sleep 0.01; done", disk=32 * MB)
    assert rank.end().reason == "disk_limit"
    assert "[gridtie: stopped: its disk is full]" in rank.output
    nothing_is_left(bench, rank)


HIDDEN = {
    "below names too long for a path": "for i in range(30):\n os.mkdir('d' * 200)\n os.chdir('d' * 200)\nfill()",
    "below folders without end": "for i in range(400):\n os.mkdir('d')\n os.chdir('d')",
    "in deleted files": "fill(os.unlink)",
    "in deleted files that are only mapped": "fill(lambda n: mapped(n))",
    "in inodes": "for i in range(1_500): open(f'e{i}', 'w').close()",
    "in a folder that nobody may read": "os.mkdir('l')\nos.chmod('l', 0o300)\nos.chdir('l')\nfill()",
}
FILL = """
import mmap, os, time
kept = []
def fill(after=lambda name: None):
    for i in range(6):
        file = open(f"f{i}", "w+b")
        file.write(b"x" * (20 << 20))
        file.flush()
        kept.append(file)
        after(f"f{i}")
def mapped(name):
    file = kept.pop()
    kept.append(mmap.mmap(file.fileno(), 20 << 20))
    file.close()
    os.unlink(name)
"""


@pytest.mark.parametrize("where", HIDDEN)
def test_what_a_job_hides_counts_against_its_disk(bench: Bench, where: str) -> None:
    script = {"fill.py": f"{FILL}\n{HIDDEN[where]}\ntime.sleep(60)\n"}
    # A look at many files takes long, and then none is taken for longer.
    disk = (4 if where == "in inodes" else 64) * MB
    rank = bench.one("exec $GRIDTIE_PYTHON fill.py", files=script, disk=disk)
    assert rank.end(within=100).reason == "disk_limit", rank.output  # overlooked it ends by itself before
    bench.site.remove(rank.folder, rank.home)
    assert not rank.home.exists()


def test_one_giant_file_is_cut_at_the_disk_limit(bench: Bench) -> None:
    rank = bench.one("head -c 1G /dev/zero > giant; sleep 1; stat -c %s giant", disk=16 * MB)
    rank.end()
    assert (rank.home / "sky_workdir" / "giant").stat().st_size <= 16 * MB


def test_temporary_folders_have_a_size(bench: Bench) -> None:
    rank = bench.one("head -c 1G /dev/zero > /tmp/x; head -c 1G /dev/zero > /dev/shm/x; du -cb /tmp/x /dev/shm/x",
                     memory=64 * MB, disk=512 * MB)  # fmt: skip
    state = rank.end()
    if state.reason != "out_of_memory":  # with a control group its memory may run out first
        assert int(rank.output.split()[-2]) <= 2 * 64 * MB


def test_a_job_that_takes_too_much_memory_is_stopped_for_it(bench: Bench) -> None:
    rank = bench.one(
        "$GRIDTIE_PYTHON -c '\nkept = []\nwhile True: kept.append(bytearray(b\"x\") * (4 << 20))'", memory=64 * MB
    )
    state = rank.end()
    if bench.site.limits != "rlimits only" or state.reason != "exit":
        assert state.reason == "out_of_memory", (state, rank.output)
    else:
        assert "MemoryError" in rank.output  # it outran the watch and met its rlimit
    assert state.memory_peak_bytes < 2 * 64 * MB
    nothing_is_left(bench, rank)


def test_the_time_limit_leaves_a_moment_to_save(bench: Bench) -> None:
    rank = bench.one("trap 'echo saved; exit 9' TERM; while :; do sleep 0.1; done", time_limit_us=700_000)
    state = rank.end()
    assert (state.reason, state.exit_code) == ("time_limit", 9)
    assert "saved" in rank.output


def test_cancel_asks_the_program_not_only_its_shell(bench: Bench) -> None:
    program = 'import signal, time; signal.signal(15, lambda *_: (print("saved", flush=True), exit(0)))'
    rank = bench.one(f"$GRIDTIE_PYTHON -c '{program}; print(\"on\", flush=True); time.sleep(60)'; echo after")
    rank.says("on")
    bench.site.stop([rank.folder], how="cancel")
    state = rank.end()
    assert state.reason == "cancel"
    assert "saved" in rank.output
    assert "after" not in rank.output


def test_who_ignores_sigterm_is_killed_after_the_grace(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    rank = bench.one("trap '' TERM; echo deaf; while :; do sleep 0.2; done")
    rank.says("deaf")
    began = time.monotonic()
    bench.site.stop([rank.folder], how="cancel")
    assert rank.end(within=20).reason == "cancel"
    assert 9 <= time.monotonic() - began <= 14
    nothing_is_left(bench, rank)


def test_daemons_that_slipped_away_end_with_their_job(bench: Bench) -> None:
    rank = bench.one("(setsid sh -c 'setsid sleep 300 & setsid sleep 300 &' &) ; sleep 0.3; echo bye")
    assert rank.end().exit_code == 0
    nothing_is_left(bench, rank)


def test_a_flood_of_output_costs_neither_memory_nor_disk_and_the_gap_is_marked(bench: Bench) -> None:
    rank = bench.one("echo first; timeout 2 cat /dev/zero | tr '\\0' 'x' | fold -w 99; echo last", memory=128 * MB)
    keeper = until(lambda: (rank.folder / "keeper.json").exists() or None, within=5)
    pid = int((rank.folder / "launched").read_text().split()[0])
    most = 0
    while rank.state.alive:
        try:
            status = Path(f"/proc/{pid}/status").read_text()
            most = max(most, int(status.split("VmRSS:")[1].split()[0]))
        except (OSError, IndexError):
            break
        time.sleep(0.05)
    assert keeper
    assert rank.end().exit_code == 0
    text = rank.output
    assert text.startswith("first\n")
    assert text.rstrip().endswith("last")
    assert "bytes omitted]" in text
    omitted = [int(line.split()[1].replace(",", "")) for line in text.splitlines() if line.endswith("bytes omitted]")]
    assert sum(omitted) > 50 * MB
    assert (rank.folder / "log").stat().st_size <= 1.1 * MB
    assert most < 40_000


def test_secrets_reach_the_environment_and_nothing_else(bench: Bench) -> None:
    value = "s3cret-of-the-organisation"
    rank = bench.one("echo token is $TOKEN; printf %s s3cret-of-; sleep 0.3; echo the-organisation; sleep 1",
                     secrets={"TOKEN": value})  # fmt: skip
    rank.says("token is ***\n")
    for pid in [int((rank.folder / "launched").read_text().split()[0]), *processes_of(rank)]:
        assert value.encode() not in Path(f"/proc/{pid}/cmdline").read_bytes()
    rank.end()
    assert value not in rank.output
    assert rank.output == "token is ***\n***\n"
    for path in rank.folder.parent.rglob("*"):
        if path.is_file():
            assert value.encode() not in path.read_bytes(), path


def test_a_job_sees_no_other_job_no_agent_and_no_user(bench: Bench, home: Path) -> None:
    (home / "agent.key").write_text("private")
    other = bench.one("echo mine > mine; sleep 5", envs=(("OTHERS", "only mine"),))
    until(lambda: (other.home / "sky_workdir" / "mine").exists() or None, within=5)
    looks = [f"cat {home}/agent.key", f"cat {other.home}/sky_workdir/mine", f"ls {home}", "ls /root/.ssh /home",
             "cat /etc/shadow", "cat /proc/*/environ | tr '\\0' '\\n' | grep OTHERS", "ls /sys/fs/cgroup",
             "echo x > /usr/x", "echo x > /x", "echo x > /dev/x", "mount -t tmpfs none /tmp", "kill -9 -1"]  # fmt: skip
    rank = bench.one("\n".join(f"{look} && echo GOT OUT: '{look[:9]}'" for look in looks[:-1]))
    rank.end()
    assert "GOT OUT" not in rank.output, rank.output
    assert "only mine" not in rank.output
    assert other.state.state == "running"


def test_there_is_no_network_unless_it_was_asked_for(bench: Bench) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        dial = f"(exec 3<>/dev/tcp/127.0.0.1/{port}) 2>/dev/null"
        look = f"{dial} && echo connected || echo alone; echo $GRIDTIE_EXCHANGE_URL"
        alone, online = bench.one(look), bench.one(look, network="host")
        alone.end()
        online.end()
    assert alone.output.split() == ["alone"]
    assert online.output.split() == ["connected", "http://127.0.0.1:1"]


def test_the_ranks_of_a_gang_start_together_after_every_setup(bench: Bench) -> None:
    setup = "sleep $SKYPILOT_SETUP_NODE_RANK; date +%s.%N > ready"
    ranks = bench.start("date +%s.%N > begun; cat ready begun", ranks=2, setup=setup)
    folders = [rank.folder for rank in ranks]
    until(lambda: all(s.state == "ready" for s in bench.site.states(folders)) or None, within=10)
    bench.site.release(folders)
    times = []
    for rank in ranks:
        assert rank.end().exit_code == 0
        times.append([float(line) for line in rank.output.split()])
    assert min(begun for _, begun in times) > max(ready for ready, _ in times)
    assert abs(times[0][1] - times[1][1]) < 0.5


def test_a_keeper_ends_its_rank_when_the_lease_ends_and_nobody_renewed_it(bench: Bench) -> None:
    rank = bench.one("echo on; sleep 60", lease_s=1.5)
    renewed = bench.one("echo on; sleep 60", lease_s=1.5)
    bench.site.renew([renewed.folder], boot_clock() + 60)
    assert rank.end(within=6).reason == "lease"
    assert renewed.state.state == "running"
    nothing_is_left(bench, rank)


def test_a_killed_keeper_takes_its_rank_along_and_the_rank_is_gone_not_failed(bench: Bench) -> None:
    rank = bench.one("(setsid sleep 300 &); echo on; sleep 300")
    rank.says("on")
    os.kill(int((rank.folder / "launched").read_text().split()[0]), signal.SIGKILL)
    assert rank.end().state == "gone"
    assert not processes_of(rank)
    bench.site.remove(rank.folder, rank.home)
    assert not rank.home.exists()


def test_starting_a_rank_twice_starts_it_once(bench: Bench) -> None:
    rank = bench.one("echo once >> count; sleep 1; cat count")
    again = ProcessSite(name="again", exchange_url="http://127.0.0.1:1", trusted=frozenset(), caged=False)
    until(lambda: (rank.folder / "keeper.json").exists() or None, within=5)
    again.start([bench.last])
    rank.end()
    assert rank.output == "once\n"


def test_every_live_run_has_a_user_id_of_its_own(bench: Bench) -> None:
    if os.getuid() != 0:
        pytest.skip("only root can give runs their own user ids")
    first, second = bench.one("id -u; sleep 2"), bench.one("id -u; sleep 2")
    assert first.says("\n") != second.says("\n")
    assert int(first.output) >= 420_000


def test_a_folder_that_the_job_locked_is_removed_all_the_same(bench: Bench) -> None:
    rank = bench.one("mkdir -p locked/in; echo x > locked/in/file; chmod 000 locked/in locked")
    rank.end()
    bench.site.remove(rank.folder, rank.home)
    assert not rank.home.exists()
    assert not rank.folder.exists()


def test_a_broken_sandbox_is_the_sites_fault_not_the_jobs(bench: Bench, home: Path) -> None:
    original = bench.site._sandbox
    bench.site._sandbox = lambda start, uid: [*original(start, uid)[:1], "--ro-bind", "/not-there", "/x"]  # type: ignore[method-assign]
    state = bench.one("echo never").end()
    assert state.reason == "sandbox"


def test_without_a_sandbox_only_trusted_organisations_run(home: Path) -> None:
    none = Isolation("none", "bubblewrap is not installed", "apt-get install -y bubblewrap")
    wary = Bench(ProcessSite(name="w", exchange_url="u", trusted=frozenset(), isolation=none), home / "a")
    trusting = Bench(ProcessSite(name="t", exchange_url="u", trusted=frozenset({"org_a"}), isolation=none), home / "b")
    with pytest.raises(NotIsolated):
        wary.one("echo never")
    rank = trusting.one("echo trusted; (setsid sleep 300 &); echo $HOME")
    assert rank.end().exit_code == 0
    assert rank.output == f"trusted\n{rank.home}\n"
    until(lambda: None if processes_of(rank) else True, within=5)


@pytest.mark.skipif(os.getuid() != 0, reason="already an ordinary user: the other tests show it")
def test_an_ordinary_user_gets_a_sandbox_too(sandbox: Isolation) -> None:
    """The same checks, run by nobody with the system's interpreter: a user namespace instead of a user id."""
    python = "/usr/bin/python3"
    version = subprocess.run([python, "-c", "import sys; print(sys.version_info >= (3, 11))"], capture_output=True)
    if version.stdout.strip() != b"True":
        pytest.skip(f"{python} is older than 3.11")
    paths = [str(Path(gridtie.__file__).parents[1]), *(path for path in sys.path if path.endswith("site-packages"))]
    done = subprocess.run(
        ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", python, "-B", __file__],
        capture_output=True, text=True, timeout=60, env={"PATH": "/usr/bin:/bin", "PYTHONPATH": ":".join(paths)},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def as_ordinary_user() -> None:
    """What test_an_ordinary_user_gets_a_sandbox_too runs."""
    with tempfile.TemporaryDirectory(prefix="gridtie-nobody-") as folder:
        site = ProcessSite(name="n", exchange_url="u", trusted=frozenset(), pids_max=64)
        assert site.isolation == "sandbox", site.reason
        assert site.limits == "rlimits only"
        bench = Bench(site, Path(folder))
        plain = bench.one("echo hello > out; cat out; id -u; $GRIDTIE_PYTHON -c 'print(1 + 1)'; exit 5")
        assert plain.end().exit_code == 5, plain.output
        assert plain.output.split() == ["hello", "65534", "2"], plain.output
        private = Path(folder) / "private"
        private.write_text("of the agent")
        nosy = bench.one(f"cat {private}; (exec 3<>/dev/tcp/127.0.0.1/22); unshare -r true && echo NESTED; echo x > /x")
        nosy.end()
        assert "of the agent" not in nosy.output
        assert "NESTED" not in nosy.output
        hog = bench.one("$GRIDTIE_PYTHON -c '\nk = []\nwhile True: k.append(bytearray(1 << 20))'", memory=64 * MB)
        assert hog.end().exit_code != 0
        bomb = bench.one("echo on; bomb() { bomb | bomb & }; bomb; sleep 60")
        bomb.says("on")
        time.sleep(0.5)
        site.stop([bomb.folder], how="kill")
        bomb.end()
        locked = bench.one("mkdir l; echo x > l/f; chmod 0 l")
        locked.end()
        nothing_is_left(bench, bomb)
        fill = FILL + HIDDEN["in a folder that nobody may read"] + "\ntime.sleep(60)"
        hider = bench.one("exec $GRIDTIE_PYTHON fill.py", files={"fill.py": fill})
        assert hider.end().reason == "disk_limit", hider.output
        bench.close()
        assert not list((Path(folder) / "scratch").iterdir())


if __name__ == "__main__":
    as_ordinary_user()
