"""Files into a run before it starts, and out of it again: by content, through a cache, never outside its own folder."""

import hashlib
import os
import shutil
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from gridtie.agent.spool import RunFolder, Spool
from gridtie.client.agent import AgentClient
from gridtie.dispatch.artefact import safe_path
from gridtie.dispatch.run import BlobFile
from gridtie.errors import UnsafePath
from gridtie.values.canonical import digest

FILES_MAX = 20_000


def stage_in(client: AgentClient, spool: Spool, run: RunFolder, *, part_bytes: int) -> None:
    """The work directory of every rank, and the checkpoint to go on from."""
    for file in (*run.plan.files, *run.plan.checkpoint):
        cached = spool.cache / file.sha256
        if not cached.exists():
            client.download(file.sha256, file.size, cached, part_bytes=part_bytes)
    for task in run.plan.tasks:
        home = spool.home(run, task.rank)
        for name in ("sky_workdir", "checkpoints"):
            (home / name).mkdir(parents=True, exist_ok=True)
        _lay_out(spool, home / "sky_workdir", run.plan.files)
        _lay_out(spool, home / "checkpoints", _of_rank(run.plan.checkpoint, task.rank))


def _of_rank(files: Sequence[BlobFile], rank: int) -> list[BlobFile]:
    """Rank 0 finds its files at the top, rank N below rank-N/."""
    if rank == 0:
        return [file for file in files if not file.path.startswith("rank-")]
    prefix = f"rank-{rank}/"
    mine = [file for file in files if file.path.startswith(prefix)]
    return [BlobFile(path=f.path.removeprefix(prefix), sha256=f.sha256, size=f.size) for f in mine]


def _lay_out(spool: Spool, folder: Path, files: Sequence[BlobFile]) -> None:
    for file in files:
        target = folder / safe_path(file.path)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(spool.cache / file.sha256, target)
        target.chmod(0o755 if file.executable else 0o644)


def outputs_of(home: Path, names: Sequence[str]) -> list[tuple[Path, str]]:
    """(file, name) of everything the job declared as output; what it did not write is simply not there."""
    workdir = home / "sky_workdir"
    found: dict[str, Path] = {}
    for name in names:
        start = workdir / safe_path(name)
        for path, inside in _regular_files(workdir, start):
            found[inside] = path
    return [(path, inside) for inside, path in sorted(found.items())][:FILES_MAX]


def checkpoint_of(home: Path) -> list[tuple[Path, str]]:
    """Published checkpoint files: those whose name, and whose folders' names, do not begin with a dot."""
    folder = home / "checkpoints"
    return [(p, n) for p, n in _regular_files(folder, folder) if not any(x.startswith(".") for x in n.split("/"))]


def _regular_files(root: Path, start: Path) -> Iterator[tuple[Path, str]]:
    """Files below `start`. Links and devices are passed over: they could show what is not the job's."""
    try:
        kind = os.lstat(start).st_mode
    except OSError:
        return
    if stat.S_ISREG(kind):
        yield start, start.relative_to(root).as_posix()
        return
    if not stat.S_ISDIR(kind):
        return
    for parent, folders, names in os.walk(start, followlinks=False):
        folders.sort()
        for name in sorted(names):
            path = Path(parent) / name
            inside = path.relative_to(root).as_posix()
            try:
                if stat.S_ISREG(os.lstat(path).st_mode) and safe_path(inside) == inside:
                    yield path, inside
            except (OSError, UnsafePath):
                continue


def listing_digest(files: Sequence[tuple[Path, str]]) -> str:
    """Changes whenever a file was added, replaced or rewritten; cheap enough to ask every second."""
    rows: list[Any] = []
    for path, name in files:
        try:
            status = os.lstat(path)
        except OSError:
            continue
        rows.append([name, str(status.st_ino), str(status.st_mtime_ns), str(status.st_size)])
    return digest(rows)


def send(
    client: AgentClient, spool: Spool, files: Sequence[tuple[Path, str]], *, part_bytes: int
) -> list[dict[str, Any]]:
    """Uploads every file from a private copy, so that what is hashed is what is sent; the manifest's rows."""
    rows = []
    for path, name in files:
        copy = spool.cache / f".sending-{os.getpid()}-{hashlib.sha256(str(path).encode()).hexdigest()[:16]}"
        try:
            content = hashlib.sha256()
            size = 0
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with os.fdopen(descriptor, "rb") as source, copy.open("wb") as target:
                executable = bool(os.fstat(source.fileno()).st_mode & 0o100)
                while part := source.read(1 << 20):
                    content.update(part)
                    target.write(part)
                    size += len(part)
            client.upload(copy, content.hexdigest(), size, part_bytes=part_bytes)
            rows.append({"path": name, "sha256": content.hexdigest(), "size": size, "executable": executable})
        except FileNotFoundError:
            continue  # replaced in this very moment; the next look sees the new one
        finally:
            copy.unlink(missing_ok=True)
    return rows
