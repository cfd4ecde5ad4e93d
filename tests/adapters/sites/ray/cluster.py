"""A real Ray cluster on this machine, from `.ray`: two nodes by addresses of loopback, ended by their token."""

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.adapters.sites.slurm.cluster import free_ports

ROOT = Path(__file__).parents[4]
RAY = ROOT / ".ray" / "bin" / "ray"
HEAD, WORKER = "127.0.0.2", "127.0.0.3"  # 127.0.0.1 itself Ray turns into the host's own address


def missing() -> str:
    return "" if (ROOT / ".ray" / "ready").exists() else "Ray is missing; run: make ray"


@dataclass
class RayCluster:
    """`up` returns when both nodes are there. With `gpus` fake ones each, and a token."""

    cpus: int = 8
    gpus: int = 4
    names: tuple[str, str] = ("ray-n0", "ray-n1")
    nodes: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.base = Path(tempfile.mkdtemp(prefix="gr"))  # short: sockets lie below it
        self.token = self.base / "token"
        self.token.write_text(secrets.token_hex(32))
        self.token.chmod(0o600)
        self.port, self.dashboard, self.client, *self.agents = free_ports(5)
        self.url = f"http://127.0.0.1:{self.dashboard}"

    @property
    def env(self) -> dict[str, str]:
        return {
            "PATH": f"{RAY.parent}:/usr/bin:/bin", "HOME": str(self.base), "RAY_USAGE_STATS_ENABLED": "0",
            "RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": self.token.read_text(), "RAY_enable_worker_prestart": "0",
            "RAY_prestart_worker_first_driver": "0", "TMPDIR": str(self.base),
        }  # fmt: skip

    def up(self) -> "RayCluster":
        self.start_head()
        self.start_worker()
        return self

    def start_head(self) -> None:
        self._start(
            HEAD, self.names[0], self.agents[0], "--head", f"--port={self.port}", f"--temp-dir={self.base}/r",
            f"--ray-client-server-port={self.client}", "--dashboard-host=127.0.0.1",
            f"--dashboard-port={self.dashboard}",
        )  # fmt: skip

    def start_worker(self) -> None:
        self._start(WORKER, self.names[1], self.agents[1], f"--address={HEAD}:{self.port}")

    def _start(self, address: str, name: str, agent: int, *more: str) -> None:
        """`--block` stays, and ends with all of its node when one of Ray's daemons there dies."""
        with (self.base / f"{name}.out").open("wb") as out:
            node = subprocess.Popen(
                [RAY, "start", "--block", f"--node-ip-address={address}", f"--node-name={name}",
                 f"--dashboard-agent-listen-port={agent}", f"--num-cpus={self.cpus}", f"--num-gpus={self.gpus}",
                 "--memory=4000000000", "--object-store-memory=80000000", "--disable-usage-stats",
                 "--include-log-monitor=false", *more],
                env=self.env, cwd=self.base, stdout=out, stderr=out, stdin=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
        self.nodes[name] = node
        deadline = time.monotonic() + 90
        while "Ray runtime started" not in (self.base / f"{name}.out").read_text("utf-8", "replace"):
            assert node.poll() is None, (self.base / f"{name}.out").read_text("utf-8", "replace")[-2000:]
            assert time.monotonic() < deadline, "Ray did not start within 90 s"
            time.sleep(0.2)

    def down(self) -> None:
        self.kill()
        for node in self.nodes.values():
            node.wait(10)
        shutil.rmtree(self.base, ignore_errors=True)

    def kill(self, *words: str) -> int:
        """SIGKILL for all of ours whose command line has these words. How many there were."""
        found = self.ours(*words)
        for process in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        return len(found)

    def ours(self, *words: str) -> list[int]:
        """Processes of this cluster: their environment holds its token, whatever they call themselves."""
        mark = self.token.read_bytes()
        found = []
        for folder in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                if not folder.name.isdigit() or mark not in (folder / "environ").read_bytes():
                    continue
                line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
                if all(word in line for word in words):
                    found.append(int(folder.name))
        return found
