"""A PostgreSQL server of one's own for tests and measurements: on a unix socket, in a folder that is thrown away."""

import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from gridtie.clock import SystemClock
from gridtie.store.database import Database

# Of a server whose machine will not lose power: what is killed is the process, and the kernel keeps what it wrote.
OPTIONS = ("fsync=off", "full_page_writes=off", "max_connections=200", "shared_buffers=32MB")


def programs() -> Path | None:
    """The folder of initdb and postgres: on the path, or where Debian keeps the newest."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    return max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), default=None)


@dataclass
class Postgresql:
    """A server of its own on a unix socket, as the user postgres when we are root, whom it refuses."""

    programs: Path
    folder: Path
    process: "subprocess.Popen[bytes] | None" = None
    made: int = 0
    options: tuple[str, ...] = OPTIONS
    _template: str = field(default="", init=False)

    def run(self, *command: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(self.command(*command), check=check, capture_output=True, text=True, cwd="/")

    def command(self, program: str, *rest: str, ends_with_us: bool = False) -> list[str]:
        """A run as a user that PostgreSQL accepts. `ends_with_us`: also when we are killed and stop nothing."""
        user = ["--reuid=postgres", "--regid=postgres", "--init-groups"] if os.geteuid() == 0 else []
        end = ["--pdeathsig=QUIT"] if ends_with_us else []
        return [*(["setpriv", *user, *end] if user or end else []), str(self.programs / program), *rest]

    def init(self) -> None:
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
        self.run("initdb", "-D", f"{self.folder}/data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C",
                 "--no-sync")  # fmt: skip

    def start(self) -> None:
        options = [word for option in self.options for word in ("-c", option)]
        command = self.command("postgres", "-D", f"{self.folder}/data", "-k", str(self.folder), "-c",
                               "listen_addresses=", *options, ends_with_us=True)  # fmt: skip
        end = time.monotonic() + 30
        while self.run("pg_isready", "-q", "-h", str(self.folder), check=False).returncode:
            if self.process is None or self.process.poll() is not None:  # a killed one's children end a moment later
                assert time.monotonic() < end, (self.folder / "log").read_text()
                with (self.folder / "log").open("ab") as log:
                    self.process = subprocess.Popen(command, stdout=log, stderr=log, cwd="/", start_new_session=True)
            time.sleep(0.02)

    def stop(self) -> None:
        if self.process is not None:
            self.run("pg_ctl", "-D", f"{self.folder}/data", "-m", "immediate", "stop", check=False)
            self.process.wait(20)
            self.process = None

    def kill(self) -> None:
        """As the kernel does when memory runs out."""
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait(20)

    def sql(self, statement: str, *, database: str = "postgres") -> str:
        done = self.run("psql", "-h", str(self.folder), "-U", "postgres", "-d", database, "-Atc", statement)
        return done.stdout.strip()

    def url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def empty(self) -> str:
        """The URL of a database without tables."""
        self.made += 1
        self.sql(f"CREATE DATABASE d{self.made} TEMPLATE template0")
        return self.url(f"d{self.made}")

    def fresh(self) -> str:
        """The URL of a database with the tables of a new exchange, copied from one that was made once."""
        if not self._template:
            url = self.empty()
            Database(url, SystemClock()).close()
            self._template = f"d{self.made}"
        self.made += 1
        self.sql(f"CREATE DATABASE d{self.made} TEMPLATE {self._template}")
        return self.url(f"d{self.made}")

    def drop(self, url: str) -> None:
        self.sql(f"DROP DATABASE {url.partition('?')[0].rpartition('/')[2]} WITH (FORCE)")
