"""Runs that the controller has forgotten, found in a real slurmdbd by `sacct -P`, and in jobcomp's file."""

import contextlib
import os
import pwd
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.adapters.sites.contract import Bench
from tests.adapters.sites.slurm.cluster import Cluster, end, free_ports, until

from gridtie.adapters.sites.kinds import Opened
from gridtie.adapters.sites.slurm.settings import SlurmSettings
from gridtie.adapters.sites.slurm.talk import Commands
from gridtie.agent.scheduled import ScheduledSite
from gridtie.agent.spool import Spool

pytestmark = [pytest.mark.slurm, pytest.mark.long]
DATABASE = "slurmdbd slurm-wlm-mysql-plugin mariadb-server"


def daemons(cluster: Cluster, port: int) -> contextlib.ExitStack:
    """slurmdbd over a MariaDB of its own."""
    stack, base = contextlib.ExitStack(), cluster.base
    folder, database = base / "mysql", free_ports(1)[0]
    folder.mkdir(parents=True)
    user = pwd.getpwnam("mysql")
    os.chown(folder, user.pw_uid, user.pw_gid)
    subprocess.run(
        ["mariadb-install-db", "--user=mysql", f"--datadir={folder}/data", "--auth-root-authentication-method=normal",
         "--skip-test-db"], check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    server = subprocess.Popen(
        ["mariadbd", "--user=mysql", f"--datadir={folder}/data", f"--socket={folder}/s", f"--port={database}",
         "--bind-address=127.0.0.1", f"--pid-file={folder}/pid"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    stack.callback(lambda: (server.terminate(), server.wait(20)))
    ask = ["mariadb", "-S", f"{folder}/s", "-e"]
    until(lambda: subprocess.run([*ask, "select 1"], capture_output=True).returncode == 0, "MariaDB", within=30)
    words = "create database slurm_acct; create user 'slurm'@'127.0.0.1' identified by 'slurm'; "
    subprocess.run([*ask, words + "grant all on slurm_acct.* to 'slurm'@'127.0.0.1'"], check=True, timeout=20)
    conf = base / "etc" / "slurmdbd.conf"
    lines = {
        "AuthType": "auth/munge", "AuthInfo": f"socket={base}/munge/s", "DbdHost": "localhost", "DbdAddr": "127.0.0.1",
        "DbdPort": port, "SlurmUser": "root", "LogFile": f"{base}/slurmdbd.log", "PidFile": f"{base}/slurmdbd.pid",
        "StorageType": "accounting_storage/mysql", "StorageHost": "127.0.0.1", "StoragePort": database,
        "StorageUser": "slurm", "StoragePass": "slurm", "StorageLoc": "slurm_acct",
    }  # fmt: skip
    conf.write_text("".join(f"{key}={value}\n" for key, value in lines.items()))
    conf.chmod(0o600)
    subprocess.run(["slurmdbd"], env=cluster.env, check=True, timeout=20)
    stack.callback(lambda: end(cluster.pid("slurmdbd")))
    until(lambda: cluster.run("sacctmgr", "-i", "list", "cluster", check=False).returncode == 0, "slurmdbd", within=30)
    cluster.run("sacctmgr", "-i", "add", "cluster", cluster.name, check=False)
    return stack


@pytest.fixture
def kept() -> Iterator[Cluster]:
    if shutil.which("mariadbd") is None or shutil.which("slurmdbd", path="/usr/sbin:/usr/bin") is None:
        pytest.skip(f"no slurmdbd here; as root: apt-get install -y --no-install-recommends {DATABASE}")
    port = free_ports(1)[0]
    more = (
        f"AccountingStorageType=accounting_storage/slurmdbd\nAccountingStorageHost=127.0.0.1\n"
        f"AccountingStoragePort={port}\n"
    )
    cluster = Cluster("kept", cpus=2, gpus=0)
    cluster.more = f"AccountingStoragePass={cluster.base}/munge/s\n{more}"
    with cluster.prepared() as made, daemons(made, port):
        made.start()
        yield made
        made.stop_slurm()


def test_a_forgotten_run_is_found_in_slurmdbd_with_its_time_and_memory(
    kept: Cluster, opened: Callable[..., Opened], tmp_path: Path
) -> None:
    def make() -> ScheduledSite:
        made = opened(kept)
        return ScheduledSite(made.scheduler, every=0.3, patience=60)

    bench = Bench(make, Spool(tmp_path / "agent", scratch=opened(kept).scratch), tuple(kept.node_names), slow=3)
    good = bench.start("/usr/bin/python3 -c 'x = bytearray(30 << 20); sum(range(10**7))'; sleep 2")
    bad = bench.start("exit 3")
    bench.ended(good)
    bench.ended(bad)
    talk = Commands(SlurmSettings.read({"shared": "/x", "partition": "main", "conf": str(kept.conf)}))
    names = [f"gridtie-{run.plan.run}-e1" for run in (good, bad)]
    until(lambda: len([job for job in talk.past(names) if job.ended]) == 2, "both are in the books", within=20)
    one, other = sorted(talk.past(names), key=lambda job: names.index(job.name))
    assert (one.state, one.exit_code, one.user) == ("COMPLETED", 0, "nobody")
    assert (other.state, other.exit_code) == ("FAILED", 3)
    assert one.cpu_us > 50_000
    assert one.memory_peak_bytes > 20 << 20
    bench.remove_all()


def test_a_forgotten_run_is_found_in_the_file_of_jobcomp(alpha: Cluster) -> None:
    talk = Commands(SlurmSettings.read({"shared": "/x", "partition": "main", "conf": str(alpha.conf)}))
    alpha.run("sbatch", "-J", "gridtie-run_filed-e1", "-o", "/dev/null", "--wrap", "exit 5")
    until(lambda: [job for job in talk.past(["any"]) if job.name == "gridtie-run_filed-e1"], "it is filed", within=20)
    [job] = [job for job in talk.past(["any"]) if job.name == "gridtie-run_filed-e1"]
    assert (job.state, job.exit_code, job.user) == ("FAILED", 5, "root")
