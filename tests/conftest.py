"""What every test shares: reproducible randomness, both databases, and skips that say how to get what is missing."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("gridtie", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("gridtie")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if shutil.which("bwrap") is not None:
        return
    missing = pytest.mark.skip(reason="bubblewrap is missing; as root: apt-get install -y bubblewrap")
    for item in items:
        if item.get_closest_marker("sandbox"):
            item.add_marker(missing)


def _postgresql_programs() -> Path | None:
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
    options: tuple[str, ...] = ("fsync=off", "full_page_writes=off", "max_connections=200", "shared_buffers=32MB")
    _template: str = field(default="", init=False)

    def run(self, *command: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(self.command(*command), check=check, capture_output=True, text=True, cwd="/")

    def command(self, program: str, *rest: str) -> list[str]:
        """A run as a user that PostgreSQL accepts."""
        user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] if os.geteuid() == 0 else []
        return [*user, str(self.programs / program), *rest]

    def init(self) -> None:
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
        self.run("initdb", "-D", f"{self.folder}/data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C",
                 "--no-sync")  # fmt: skip

    def start(self) -> None:
        options = [word for option in self.options for word in ("-c", option)]
        command = self.command("postgres", "-D", f"{self.folder}/data", "-k", str(self.folder), "-c",
                               "listen_addresses=", *options)  # fmt: skip
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, cwd="/", start_new_session=True)
        while self.run("pg_isready", "-q", "-h", str(self.folder), check=False).returncode:
            assert self.process.poll() is None, (self.folder / "log").read_text()

    def stop(self) -> None:
        if self.process is not None:
            self.run("pg_ctl", "-D", f"{self.folder}/data", "-m", "immediate", "stop", check=False)
            self.process.wait(20)
            self.process = None

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
            from gridtie.clock import SystemClock
            from gridtie.store.database import Database

            url = self.empty()
            Database(url, SystemClock()).close()
            self._template = f"d{self.made}"
        self.made += 1
        self.sql(f"CREATE DATABASE d{self.made} TEMPLATE {self._template}")
        return self.url(f"d{self.made}")

    def drop(self, url: str) -> None:
        self.sql(f"DROP DATABASE {url.partition('?')[0].rpartition('/')[2]} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgresql_programs() -> Path:
    found = _postgresql_programs()
    if found is None:
        pytest.skip("PostgreSQL is missing; as root: apt-get install -y --no-install-recommends postgresql")
    return found


@pytest.fixture(scope="session")
def postgresql(postgresql_programs: Path) -> Iterator[Postgresql]:
    """One server for all tests of a process, which make databases in it."""
    with tempfile.TemporaryDirectory(prefix="gridtie-pg-") as folder:
        server = Postgresql(postgresql_programs, Path(folder))
        server.init()
        server.start()
        yield server
        server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path | str]:
    """Where a store may be made: a file, or a database with the tables of a new exchange."""
    if request.param == "sqlite":
        yield tmp_path / "home" / "gridtie.db"
        return
    server: Postgresql = request.getfixturevalue("postgresql")
    url = server.fresh()
    yield url
    server.drop(url)
