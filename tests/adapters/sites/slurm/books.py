"""A real cluster whose controller forgets jobs within seconds, and slurmdbd over a MariaDB of its own."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass, field

from tests.adapters.sites.slurm.cluster import Cluster, end, free_ports, until

PACKAGES = "slurmdbd mariadb-server"
PROGRAMS = ("slurmdbd", "mariadbd", "mariadb-install-db")
MORE = """\
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=127.0.0.1
AccountingStoragePort={port}
AccountingStoragePass={base}/munge/s
AccountingStorageTRES=gres/gpu
AccountingStorageEnforce=associations,limits,qos
PartitionName=urgent Nodes=ALL PriorityTier=10 State=UP
"""


def missing() -> str:
    """Why nobody can keep the books here, and what would mend it; '' when somebody can."""
    lacking = [name for name in PROGRAMS if not shutil.which(name, path="/usr/sbin:/usr/bin")]
    words = f"{', '.join(lacking)} missing; as root: apt-get install -y --no-install-recommends {PACKAGES}"
    return words if lacking else ""


@dataclass
class KeptCluster(Cluster):
    """Who may submit, and how much, stands in slurmdbd: nobody else than `users`, of the account lab."""

    users: tuple[str, ...] = ("nobody",)
    server: "subprocess.Popen[bytes] | None" = None
    dbd_ports: list[int] = field(default_factory=lambda: free_ports(2))  # slurmdbd's, MariaDB's

    def __post_init__(self) -> None:
        super().__post_init__()
        self.more = MORE.format(port=self.dbd_ports[0], base=self.base)
        self.min_job_age, self.openapi = 2, "openapi/v0.0.38,openapi/dbv0.0.38"

    def prepare(self) -> None:
        super().prepare()
        self._start_database()
        self._configure_slurmdbd()
        self.start_slurmdbd()
        for words in (
            f"add cluster {self.name}", "add account lab,other",
            "add qos narrow set MaxJobsPerUser=1 MaxTRESPerJob=cpu=2",
            *(f"add user {user} account=lab qos=normal,narrow" for user in self.users),
        ):  # fmt: skip
            self.run("sacctmgr", "-i", *words.split())

    def stop_slurm(self) -> None:
        super().stop_slurm()
        end(self.pid("slurmdbd"))
        if self.server is not None:
            self.server.terminate()
            self.server.wait(20)

    def _start_database(self) -> None:
        folder, user = self.base / "mysql", pwd.getpwnam("mysql")
        folder.mkdir()
        os.chown(folder, user.pw_uid, user.pw_gid)
        common = ["--no-defaults", "--user=mysql", f"--datadir={folder}/data", "--innodb-log-file-size=8M"]
        subprocess.run(
            ["mariadb-install-db", *common, "--auth-root-authentication-method=normal", "--skip-test-db"],
            check=True, capture_output=True, timeout=60,
        )  # fmt: skip
        self.server = subprocess.Popen(
            ["/usr/sbin/mariadbd", *common, f"--socket={folder}/s", f"--port={self.dbd_ports[1]}",
             "--bind-address=127.0.0.1", f"--pid-file={folder}/pid", "--innodb-flush-method=nosync"],
            stdout=subprocess.DEVNULL, stderr=(self.base / "mariadbd.log").open("ab"),
        )  # fmt: skip
        (self.base / "mariadbd.pid").write_text(str(self.server.pid))
        grant = "create user 'slurm'@'127.0.0.1' identified by 'slurm'; grant all on *.* to 'slurm'@'127.0.0.1'"
        ask = ["mariadb", "--no-defaults", "-u", "root", "-S", f"{folder}/s", "-e"]
        until(lambda: not subprocess.run([*ask, "select 1"], capture_output=True).returncode, "MariaDB", within=30)
        subprocess.run([*ask, grant], check=True, timeout=20)

    def _configure_slurmdbd(self) -> None:
        conf, base = self.base / "etc" / "slurmdbd.conf", self.base
        lines = {
            "AuthType": "auth/munge", "AuthInfo": f"socket={base}/munge/s", "AuthAltTypes": "auth/jwt",
            "AuthAltParameters": f"jwt_key={base}/jwt.key", "DbdHost": "localhost",
            "DbdAddr": "127.0.0.1", "DbdPort": self.dbd_ports[0], "SlurmUser": "root", "StorageUser": "slurm",
            "StoragePass": "slurm", "StorageLoc": "slurm_acct", "StorageType": "accounting_storage/mysql",
            "StorageHost": "127.0.0.1", "StoragePort": self.dbd_ports[1], "LogFile": f"{base}/slurmdbd.log",
            "PidFile": f"{base}/slurmdbd.pid",
        }  # fmt: skip
        conf.write_text("".join(f"{key}={value}\n" for key, value in lines.items()))
        conf.chmod(0o600)

    def start_slurmdbd(self) -> None:
        subprocess.run(["slurmdbd"], env=self.env, check=True, timeout=20)
        until(lambda: not self.run("sacctmgr", "list", "qos", check=False).returncode, "slurmdbd answers", within=30)

    def knows(self) -> set[str]:
        """Names of jobs that the controller has not forgotten."""
        return {line.split()[0] for line in self.jobs()}

    def alive(self) -> set[str]:
        return set(self.run("squeue", "-h", "-o", "%j").stdout.split())

    def booked(self, name: str, columns: str) -> list[str]:
        """Of the whole job, one line for each of its starts."""
        said = self.run("sacct", "-P", "-n", "-a", "-X", "-D", f"--name={name}", f"--format={columns}")
        return said.stdout.splitlines()
