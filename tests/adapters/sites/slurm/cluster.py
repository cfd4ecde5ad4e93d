"""A real Slurm cluster on this machine: own munge key, ports and state; several slurmd, fake GPUs; stopped by pid."""

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

PACKAGES = "slurmctld slurmd slurm-client slurmrestd slurm-wlm-jwt-plugin munge"
GPUS = 4
BASE = Path("/run/gridtie-sites")  # munged dislikes folders that others may write to, such as /tmp

CONF = """\
ClusterName={name}
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort={port}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={base}/munge/s
CryptoType=crypto/munge
AuthAltTypes=auth/jwt
AuthAltParameters=jwt_key={base}/jwt.key
StateSaveLocation={base}/state
SlurmdSpoolDir={base}/spool/%n
SlurmctldPidFile={base}/slurmctld.pid
SlurmdPidFile={base}/slurmd.%n.pid
SlurmctldLogFile={base}/slurmctld.log
SlurmdLogFile={base}/slurmd.%n.log
ProctrackType={proctrack}
TaskPlugin={task}
JobAcctGatherType={gather}
JobAcctGatherFrequency=1
SlurmdParameters=config_overrides
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerParameters=batch_sched_delay=0,sched_min_interval=0,sched_interval=2,bf_interval=1
SlurmdTimeout={slurmd_timeout}
ReturnToService=2
KillWait=2
MinJobAge={min_job_age}
MpiDefault=none
GresTypes=gpu,shard
DefMemPerCPU=128
PreemptType=preempt/partition_prio
PreemptMode=CANCEL
JobCompType=jobcomp/filetxt
JobCompLoc={base}/jobcomp.txt
"""


def missing() -> str:
    """Why no cluster can be made here, and what would mend it; '' when one can."""
    if os.geteuid() != 0:
        return "real Slurm clusters are brought up as root only"
    if lacking := [name for name in ("slurmctld", "slurmd", "sbatch", "slurmrestd", "munged") if not _found(name)]:
        return f"{', '.join(lacking)} missing; as root: apt-get install -y --no-install-recommends {PACKAGES}"
    return ""


def _found(name: str) -> bool:
    return shutil.which(name, path="/usr/sbin:/usr/bin:/sbin:/bin") is not None


@dataclass
class Cluster:
    """`up` returns when every node is idle. Daemons are started by us, known by their pid files, ended by pid."""

    name: str
    nodes: int = 2
    cgroups: bool = False  # v1: a job over its memory really is out of memory
    cpus: int = 16
    gpus: int = GPUS
    shards: int = 0  # of the GPUs of a node together
    memory_mib: int = 16_000
    slurmd_timeout: int = 30
    min_job_age: int = 300  # seconds after which an ended job is forgotten
    more: str = ""  # further lines of slurm.conf
    openapi: str = "openapi/v0.0.38"  # plugins of slurmrestd
    ports: list[int] = field(default_factory=list)
    rest: "subprocess.Popen[bytes] | None" = None

    def __post_init__(self) -> None:
        self.base = BASE / f"{self.name}-{os.getpid()}"
        self.conf = self.base / "etc" / "slurm.conf"
        self.ports = self.ports or free_ports(2 + self.nodes)

    @property
    def env(self) -> dict[str, str]:
        return {**os.environ, "SLURM_CONF": str(self.conf)}

    @property
    def node_names(self) -> list[str]:
        return [f"{self.name}-n{number}" for number in range(self.nodes)]

    # ── up and down ───────────────────────────────────────────────────────────────────────────────────────────────
    def up(self) -> "Cluster":
        self.prepare()
        self.start()
        return self

    @contextlib.contextmanager
    def prepared(self) -> Iterator["Cluster"]:
        """All but Slurm itself: for who has another daemon to start first."""
        self.prepare()
        try:
            yield self
        finally:
            self.down()

    def prepare(self) -> None:
        sweep()
        for part in ("etc", "state", "spool", "munge", "dev"):
            (self.base / part).mkdir(parents=True, exist_ok=True)
        for folder in (BASE, self.base, self.base / "etc"):
            folder.chmod(0o755)
        self._munge()
        key = self.base / "jwt.key"
        key.write_bytes(secrets.token_bytes(32))
        key.chmod(0o600)
        self._configure()

    def start(self) -> None:
        self.start_controller(clean=True)
        for node in self.node_names:
            self.start_node(node)
        until(self._all_idle, f"{self.name}: nodes idle", within=20)

    def down(self) -> None:
        if self.rest is not None:
            self.rest.kill()
            self.rest.wait(5)
        self.cancel_all()
        self.stop_slurm()
        end(self.pid("munged"))
        for group in Path("/sys/fs/cgroup").glob(f"*/slurm_{self.name}-n*"):
            for folder, _, _ in os.walk(group, topdown=False):
                with contextlib.suppress(OSError):
                    os.rmdir(folder)
        shutil.rmtree(self.base, ignore_errors=True)

    def stop_slurm(self) -> None:
        for daemon in (*(f"slurmd.{node}" for node in self.node_names), "slurmctld"):
            end(self.pid(daemon))

    def _munge(self) -> None:
        user = pwd.getpwnam("munge")
        folder, key = self.base / "munge", self.base / "munge" / "key"
        key.write_bytes(secrets.token_bytes(128))
        for path in (folder, key):
            os.chown(path, user.pw_uid, user.pw_gid)
        folder.chmod(0o755)
        key.chmod(0o400)
        subprocess.run(
            ["setpriv", "--reuid=munge", "--regid=munge", "--clear-groups", "/usr/sbin/munged",
             f"--socket={folder}/s", f"--key-file={key}", f"--pid-file={folder}/pid", f"--log-file={folder}/log",
             f"--seed-file={folder}/seed", "--num-threads=2"],
            check=True, timeout=20,
        )  # fmt: skip
        shutil.copy(folder / "pid", self.base / "munged.pid")

    def _configure(self) -> None:
        etc, dev = self.base / "etc", self.base / "dev"
        values = {
            "proctrack": "proctrack/cgroup" if self.cgroups else "proctrack/linuxproc",
            "task": "task/cgroup" if self.cgroups else "task/none",
            "gather": "jobacct_gather/cgroup" if self.cgroups else "jobacct_gather/linux",
        }
        text = CONF.format(
            name=self.name,
            port=self.ports[0],
            base=self.base,
            slurmd_timeout=self.slurmd_timeout,
            min_job_age=self.min_job_age,
            **values,
        )
        for number, node in enumerate(self.node_names):
            text += (
                f"NodeName={node} NodeHostname=localhost NodeAddr=127.0.0.1 Port={self.ports[2 + number]} "
                f"CPUs={self.cpus} Sockets=2 CoresPerSocket={self.cpus // 2} ThreadsPerCore=1 "
                f"RealMemory={self.memory_mib} {self._gres()}State=UNKNOWN\n"
            )
            for gpu in range(self.gpus):
                os.mknod(dev / f"{node}gpu{gpu}", 0o20666, os.makedev(1, 3))  # /dev/null by another name
        text += "PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE PriorityTier=1 State=UP\n" + self.more
        self.conf.write_text(text)
        last = self.gpus - 1
        gres = [f"NodeName={n} Name=gpu Type=h200 File={dev}/{n}gpu[0-{last}]\n" for n in self.node_names if self.gpus]
        gres += [f"NodeName={n} Name=shard Count={self.shards}\n" for n in self.node_names if self.shards]
        (etc / "gres.conf").write_text("".join(gres))
        plugin = "cgroup/v1" if self.cgroups else "autodetect"
        ram = "yes" if self.cgroups else "no"
        (etc / "cgroup.conf").write_text(
            f"CgroupPlugin={plugin}\nCgroupAutomount=no\nConstrainCores=no\nConstrainRAMSpace={ram}\nConstrainDevices=no\n"
        )

    def _gres(self) -> str:
        shards = f",shard:{self.shards}" if self.shards else ""
        return f"Gres=gpu:h200:{self.gpus}{shards} " if self.gpus else ""

    # ── daemons ───────────────────────────────────────────────────────────────────────────────────────────────────
    def start_controller(self, *, clean: bool = False) -> None:
        subprocess.run(["slurmctld", *(["-c"] if clean else [])], env=self.env, check=True, timeout=20)
        until(lambda: self.run("scontrol", "ping", check=False).returncode == 0, "slurmctld answers", within=15)

    def start_node(self, node: str) -> None:
        subprocess.run(["slurmd", "-N", node], env=self.env, check=True, timeout=20)

    def start_rest(self) -> str:
        """The URL of a slurmrestd, run as an ordinary user as it wants to be."""
        if self.rest is not None:
            return f"http://127.0.0.1:{self.ports[1]}"
        environment = {**self.env, "SLURM_JWT": "daemon"}
        self.rest = subprocess.Popen(
            ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "slurmrestd", "-a", "rest_auth/jwt",
             "-s", self.openapi, f"127.0.0.1:{self.ports[1]}"],
            env=environment, stdout=(self.base / "slurmrestd.log").open("ab"), stderr=subprocess.STDOUT,
        )  # fmt: skip
        until(lambda: _listens(self.ports[1]), "slurmrestd listens", within=15)
        return f"http://127.0.0.1:{self.ports[1]}"

    def token(self, user: str, lifespan: int = 3600) -> str:
        said = self.run("scontrol", "token", f"username={user}", f"lifespan={lifespan}").stdout
        return said.strip().removeprefix("SLURM_JWT=")

    def pid(self, daemon: str) -> int:
        try:
            return int((self.base / f"{daemon}.pid").read_text())
        except (OSError, ValueError):
            return 0

    def kill(self, daemon: str, number: int = signal.SIGKILL) -> None:
        pid = self.pid(daemon)
        assert pid, f"{daemon} does not run"
        end(pid, number)
        (self.base / f"{daemon}.pid").unlink(missing_ok=True)

    @contextlib.contextmanager
    def frozen(self, daemon: str) -> Iterator[None]:
        """Stopped by SIGSTOP: what is sent to it waits in its sockets."""
        pid = self.pid(daemon)
        assert pid, f"{daemon} does not run"
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    def resumed(self, node: str) -> bool:
        """Asks for it, as often as needed: a node that is still completing a job cannot be resumed yet."""
        self.run("scontrol", "update", f"nodename={node}", "state=resume", check=False)
        return self.run("sinfo", "-h", "-n", node, "-o", "%T").stdout.split()[:1] == ["idle"]

    def mend(self) -> None:
        """Whatever a test broke and did not get to put right."""
        if self.run("scontrol", "ping", check=False).returncode:
            self.start_controller()
        for node in self.node_names:
            self.run("scontrol", "update", f"nodename={node}", "state=resume", check=False)

    # ── asking ────────────────────────────────────────────────────────────────────────────────────────────────────
    def run(self, *words: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(words, env=self.env, capture_output=True, text=True, timeout=15, check=check)

    def job_ids(self) -> list[str]:
        return self.run("squeue", "-h", "-o", "%i").stdout.split()

    def cancel_all(self) -> None:
        with contextlib.suppress(subprocess.SubprocessError, OSError):
            if left := self.job_ids():
                self.run("scancel", "--signal=KILL", *left, check=False)

    def jobs(self) -> list[str]:
        """'name state' of every job the controller still knows, finished ones included."""
        return self.run("squeue", "-h", "-t", "all", "-o", "%j %T").stdout.splitlines()

    def _all_idle(self) -> bool:
        said = self.run("sinfo", "-h", "-N", "-p", "main", "-o", "%T", check=False).stdout.split()
        return said == ["idle"] * self.nodes


def sweep() -> None:
    """Ends what a test run left that was killed itself. A pid counts only where its process names the old cluster."""
    for base in BASE.glob("*-*"):
        if Path(f"/proc/{base.name.rpartition('-')[2]}").exists():
            continue
        for file in base.glob("*.pid"):
            with contextlib.suppress(OSError, ValueError):
                pid = int(file.read_text())
                process = Path(f"/proc/{pid}")
                names = (process / "environ").read_bytes() + (process / "cmdline").read_bytes()
                if str(base).encode() in names:
                    end(pid)
        shutil.rmtree(base, ignore_errors=True)


def until(look: Callable[[], object], what: str, *, within: float) -> None:
    deadline = time.monotonic() + within
    while not look():
        assert time.monotonic() < deadline, f"not within {within} s: {what}"
        time.sleep(0.03)


def end(pid: int, number: int = signal.SIGTERM) -> None:
    """Asks, waits, and insists. A zombie that init has not collected yet has ended."""
    if not pid:
        return
    for signal_ in (number, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal_)
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            try:
                if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                    return
            except OSError:
                return
            time.sleep(0.02)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_ports(count: int) -> list[int]:
    """Held open together while they are chosen, so that they differ."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()
