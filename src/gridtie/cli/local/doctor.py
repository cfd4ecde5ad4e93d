"""`gridtie doctor`: everything this machine must have, one line each, and the command that mends what is missing."""

import argparse
import http.client
import importlib.util
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

from gridtie.cli.context import add_connection, data_home, exchange_url
from gridtie.cli.output import print_json
from gridtie.values.quantity import GIB, format_bytes

DISK_MIN_BYTES = GIB
CLOCK_OFFSET_MAX_S = 5
NETWORK_FILE_SYSTEMS = frozenset({"nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs", "ceph", "glusterfs", "lustre"})


@dataclass(frozen=True, slots=True)
class Finding:
    check: str
    state: str  # ok | warn | bad
    found: str
    do: str = ""


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = verbs.add_parser("doctor", help="check this machine and say how to mend what is wrong")
    parser.add_argument("-o", "--output", choices=("table", "json"), default="table")
    add_connection(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Exit 1 when anything is bad; a warning is not."""
    url = exchange_url(args).value
    findings = [finding for check in CHECKS for finding in check(url)]
    if args.output == "json":
        print_json([asdict(finding) for finding in findings])
    else:
        width = max(len(finding.check) for finding in findings)
        for finding in findings:
            print(f"{finding.state:<4}  {finding.check:<{width}}  {finding.found}")
            if finding.do:
                print(f"      {'':<{width}}  do: {finding.do}")
    return 1 if any(finding.state == "bad" for finding in findings) else 0


def _python(_: str) -> Iterator[Finding]:
    """An older one cannot even import this; what is checked is that its parts are all there."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    missing = [name for name in ("venv", "ssl", "sqlite3", "ctypes") if importlib.util.find_spec(name) is None]
    if missing:
        yield Finding("python", "bad", f"{version} without {', '.join(missing)}", "apt-get install -y python3-venv")
    else:
        yield Finding("python", "ok", version)


def _sqlite(_: str) -> Iterator[Finding]:
    if sqlite3.sqlite_version_info >= (3, 37):
        yield Finding("sqlite", "ok", sqlite3.sqlite_version)
    else:
        yield Finding(
            "sqlite", "bad", sqlite3.sqlite_version, "3.37 or newer is needed (STRICT tables): upgrade Python"
        )


def _home(_: str) -> Iterator[Finding]:
    home = data_home()
    existing = home
    while not existing.exists():
        existing = existing.parent
    try:
        with tempfile.TemporaryFile(dir=existing):
            pass
    except OSError as cause:
        fix = "choose another folder: export GRIDTIE_HOME=/path/you/can/write"
        yield Finding("home", "bad", f"{home}: {cause.strerror}", fix)
        return
    mode = home.stat().st_mode & 0o777 if home.exists() else 0o700
    if mode & 0o077:
        yield Finding("home", "warn", f"{home} is readable by others (mode {mode:o})", f"chmod 700 {home}")
    else:
        yield Finding("home", "ok", str(home))
    kind = _file_system(existing)
    if kind in NETWORK_FILE_SYSTEMS:
        yield Finding("disk kind", "bad", f"{kind} is a network file system; SQLite loses data there",
                      "set GRIDTIE_HOME to a local disk")  # fmt: skip
    free = shutil.disk_usage(existing).free
    state = "ok" if free >= DISK_MIN_BYTES else "bad"
    yield Finding("disk", state, f"{format_bytes(free)} free", "" if state == "ok" else f"free space on {existing}")


def _file_system(path: Path) -> str:
    """The type of the mount that holds `path`; '' when the kernel does not say."""
    best, kind = "", ""
    try:
        lines = Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    for line in lines:
        _, mount, found, *_ = line.split(" ")
        if (path == Path(mount) or Path(mount) in path.parents) and len(mount) >= len(best):
            best, kind = mount, found
    return kind


def _sandbox(_: str) -> Iterator[Finding]:
    install = "as root: apt-get install -y bubblewrap (a site without it takes only jobs of organisations it trusts)"
    if shutil.which("bwrap") is None:
        yield Finding("sandbox", "warn", "bubblewrap is not installed", install)
        return
    command = [
        "bwrap",
        "--unshare-all",
        "--die-with-parent",
        "--ro-bind",
        "/",
        "/",
        "--proc",
        "/proc",
        "--dev",
        "/dev",
        "true",
    ]
    try:
        tried = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired) as cause:
        yield Finding("sandbox", "warn", f"bubblewrap does not start: {cause}", install)
        return
    if tried.returncode == 0:
        yield Finding("sandbox", "ok", "bubblewrap works")
    else:
        fix = "allow user namespaces: sysctl -w kernel.unprivileged_userns_clone=1 (and user.max_user_namespaces=15000)"
        yield Finding("sandbox", "warn", (tried.stderr.strip().splitlines() or ["bubblewrap fails"])[-1], fix)


def _cgroups(_: str) -> Iterator[Finding]:
    v2 = Path("/sys/fs/cgroup/cgroup.controllers").exists()
    v1 = Path("/sys/fs/cgroup/memory").is_dir()
    base = Path("/sys/fs/cgroup") if v2 else Path("/sys/fs/cgroup/memory")
    if (v1 or v2) and os.access(base, os.W_OK):
        yield Finding("cgroups", "ok", f"version {2 if v2 else 1}, writable")
    else:
        yield Finding("cgroups", "warn", "not writable by this user; jobs are limited by rlimits instead",
                      "run the agent as root, or in a delegated cgroup (systemd: Delegate=yes)")  # fmt: skip


def _exchange(url: str) -> Iterator[Finding]:
    """Raises nothing: whatever stands in the setting, doctor's is the answer that must still come."""
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        parts, port = urlsplit(""), 0
    if parts.scheme not in ("http", "https") or not parts.hostname or not port:
        yield Finding("exchange", "bad", f"{url!r} is not an http or https URL", "see: gridtie config explain")
        return
    try:
        with urllib.request.urlopen(url.rstrip("/") + "/healthz", timeout=3) as answer:  # noqa: S310  the user's own
            body = json.load(answer)
            yield Finding("exchange", "ok", f"{url} answers, version {body['version']}")
            yield from _clock(answer.headers.get("Date"))
        return
    except (OSError, ValueError, KeyError, TypeError, http.client.HTTPException) as cause:
        reason = getattr(cause, "reason", None) or str(cause) or type(cause).__name__
    try:
        with socket.create_connection((parts.hostname, port), timeout=3):
            pass
    except OSError as cause:
        yield Finding("exchange", "warn", f"nothing answers at {url} ({cause.strerror or cause})",
                      "start one: gridtie serve, or: gridtie demo --keep")  # fmt: skip
        return
    yield Finding("exchange", "bad", f"port {port} is used by something that is not Gridtie ({reason})",
                  "serve elsewhere: gridtie serve --port 8475")  # fmt: skip


def _clock(date: str | None) -> Iterator[Finding]:
    if not date:
        return
    offset = abs((datetime.now(UTC) - parsedate_to_datetime(date)).total_seconds())
    if offset <= CLOCK_OFFSET_MAX_S:
        yield Finding("clock", "ok", f"within {offset:.0f} s of the exchange")
    else:
        yield Finding("clock", "bad", f"{offset:.0f} s off the exchange's", "set it: timedatectl set-ntp true")


CHECKS: tuple[Callable[[str], Iterator[Finding]], ...] = (_python, _sqlite, _home, _sandbox, _cgroups, _exchange)
