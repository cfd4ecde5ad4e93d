"""Files into a run before it starts, and out of it again: by content, through a cache, never outside its own folder.

What a job left behind is hostile: it may swap a folder for a link while we read. So files are found and opened by
descriptors, one path component at a time, no link followed, and only regular files count.
"""

import contextlib
import hashlib
import os
import shutil
import stat
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import accumulate, islice
from pathlib import Path
from typing import Any, TypeVar

from gridtie.adapters.sites.process.tree import walk
from gridtie.agent.gate import Gate
from gridtie.agent.spool import RunFolder, Spool
from gridtie.client.agent import AgentClient
from gridtie.dispatch.artefact import DEPTH_MAX, of_rank, safe_path
from gridtie.dispatch.run import BlobFile
from gridtie.errors import StaleEpoch, UnsafePath
from gridtie.values.canonical import digest

FILES_MAX = 20_000
LOOKED_AT_MAX = 200_000  # a job may leave millions; nobody wants to hold them all in memory to send 20,000
STABLE_TRIES = 3
FILES_AT_ONCE = 4
_One = TypeVar("_One")
_Other = TypeVar("_Other")


@dataclass(frozen=True, slots=True)
class Found:
    """A regular file below a root; `state` changes whenever it is rewritten."""

    name: str
    state: tuple[int, int, int]  # inode, mtime in ns, size


def stage_in(
    client: AgentClient, spool: Spool, run: RunFolder, *, part_bytes: int, wanted: Callable[[], bool] = lambda: True
) -> None:
    """The work directory of every rank, and the checkpoint to go on from. Raises StaleEpoch when no longer `wanted`."""

    def fetch(file: BlobFile) -> None:
        with spool.fetching(file.sha256):
            cached = spool.cache / file.sha256
            if not wanted():
                raise StaleEpoch(noun="run", key=run.plan.run, given=run.plan.epoch, current="none")
            if cached.exists():
                os.utime(cached)  # used now: the last to be trimmed
            else:
                client.download(file.sha256, file.size, cached, part_bytes=part_bytes)

    some_at_once(fetch, (*run.plan.files, *run.plan.checkpoint))
    for task in run.plan.tasks:
        home = spool.home(run, task.rank)
        for name in ("sky_workdir", "checkpoints"):
            (home / name).mkdir(parents=True, exist_ok=True)
        _lay_out(spool, home / "sky_workdir", run.plan.files)
        _lay_out(spool, home / "checkpoints", of_rank(run.plan.checkpoint, task.rank))


def _lay_out(spool: Spool, folder: Path, files: Sequence[BlobFile]) -> None:
    """Copies, never links: a job may write into what it was given. Nothing of the job runs yet."""
    for file in files:
        target = folder / safe_path(file.path)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(spool.cache / file.sha256, target)
        target.chmod(0o755 if file.executable else 0o644)


def outputs_of(home: Path, names: Sequence[str], *, room: int) -> tuple[list[Found], int]:
    """(files of everything the job declared as output, how many more there were than travel)."""
    root = home / "sky_workdir"
    found = {file.name: file for name in names for file in _below(root, safe_path(name))}
    listed = [file for _, file in sorted(found.items())]
    sent = _within(room, listed[:FILES_MAX])
    return sent, len(listed) - len(sent)


def checkpoint_of(home: Path, *, room: int) -> list[Found]:
    """Published checkpoint files: those whose name, and whose folders' names, do not begin with a dot."""
    files = [f for f in _below(home / "checkpoints", "") if not any(p.startswith(".") for p in f.name.split("/"))]
    return _within(room, sorted(files, key=lambda file: file.name)[:FILES_MAX])


def _within(room: int, files: Sequence[Found]) -> list[Found]:
    """Those that fit. A file with holes takes no disk where it was made, and all of its length where it is kept."""
    sizes = accumulate(file.state[2] for file in files)
    return [file for file, total in zip(files, sizes, strict=True) if total <= room]


def listing_digest(files: Sequence[Found]) -> str:
    """Changes whenever a file was added, replaced or rewritten; cheap enough to ask every second."""
    return digest([[file.name, *(str(number) for number in file.state)] for file in files])


def send(
    client: AgentClient, spool: Spool, root: Path, files: Sequence[Found], *, part_bytes: int, gate: Gate | None = None
) -> list[dict[str, Any]]:
    """Uploads every file from a private copy, so that what is hashed and looked into is what is sent; the manifest's
    rows. A file that went away or became something else is left out, and what `gate` does not let pass.
    """

    def send_one(file: Found) -> dict[str, Any] | None:
        mark = hashlib.sha256(f"{root}/{file.name}".encode()).hexdigest()[:16]
        copy = spool.cache / f".sending-{os.getpid()}-{mark}"
        try:
            descriptor = open_below(root, file.name, os.O_RDONLY)
        except OSError:
            return None
        try:
            content, size = hashlib.sha256(), 0
            with os.fdopen(descriptor, "rb") as source, copy.open("wb") as target:
                status = os.fstat(source.fileno())
                if not stat.S_ISREG(status.st_mode):
                    return None
                while part := source.read(1 << 20):
                    content.update(part)
                    target.write(part)
                    size += len(part)
            if gate is not None and not gate.passes(file.name, copy, size):
                return None
            client.upload(copy, content.hexdigest(), size, part_bytes=part_bytes)
            executable = bool(status.st_mode & stat.S_IXUSR)
            return {"path": file.name, "sha256": content.hexdigest(), "size": size, "executable": executable}
        finally:
            copy.unlink(missing_ok=True)

    rows = some_at_once(send_one, files) if gate is None else [send_one(file) for file in files]
    return [row for row in rows if row is not None]


def some_at_once(work: Callable[[_One], _Other], items: Sequence[_One]) -> list[_Other]:
    """Small files wait for the line and for the exchange's disk, each by itself. In order; raises the first error. What
    was begun may be done again: on a host that has no thread to give all are worked on here, one after the other."""
    if len(items) < 2:
        return [work(item) for item in items]
    with ThreadPoolExecutor(min(len(items), FILES_AT_ONCE)) as pool:
        try:
            return list(pool.map(work, items))
        except RuntimeError:
            pool.shutdown(cancel_futures=True)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return [work(item) for item in items]


def _below(root: Path, start: str) -> Iterator[Found]:
    """Regular files below root/start, or that file itself. Links and devices could show what is not the job's."""
    try:
        descriptor = open_below(root, start, os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return
    try:
        status = os.fstat(descriptor)
        if stat.S_ISREG(status.st_mode):
            yield Found(start, (status.st_ino, status.st_mtime_ns, status.st_size))
        if not stat.S_ISDIR(status.st_mode):
            return
        found = walk(descriptor, depth_max=DEPTH_MAX)
        for name, state in islice(found, LOOKED_AT_MAX):
            inside = f"{start}/{name}" if start else name
            with contextlib.suppress(UnsafePath):
                if state is not None and stat.S_ISREG(state.st_mode) and safe_path(inside) == inside:
                    yield Found(inside, (state.st_ino, state.st_mtime_ns, state.st_size))
    finally:
        os.close(descriptor)


def open_below(root: Path, name: str, flags: int) -> int:
    """Raises OSError when any part of the way is a link: the kernel refuses it, there is no moment to slip through."""
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    parts = [part for part in name.split("/") if part]
    try:
        for number, part in enumerate(parts, 1):
            last = number == len(parts)
            more = flags | os.O_NONBLOCK if last else os.O_RDONLY | os.O_DIRECTORY
            deeper = os.open(part, more | os.O_NOFOLLOW, dir_fd=folder)
            os.close(folder)
            folder = deeper
    except OSError:
        os.close(folder)
        raise
    return folder
