"""The work directory and local file mounts of a job, sent by content: unchanged files never travel twice."""

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from gridtie.cli.context import unlisted
from gridtie.cli.output import say
from gridtie.client.exchange import ExchangeClient
from gridtie.errors import InvalidInput, Problem, UnsafePath
from gridtie.values.quantity import format_bytes

FILES_MAX = 20_000
UPLOADS_AT_ONCE = 8  # the exchange syncs each file to its disk; it can do some at once
IGNORED = frozenset({".git", "__pycache__", ".venv", ".DS_Store", "node_modules"})


def collect(
    client: ExchangeClient, folder: Path, plan: Mapping[str, Any], *, quiet: bool = False
) -> list[dict[str, Any]]:
    """Uploads what the checked job file names; the list of files to submit with it.

    `plan["sources"]` says for each job which folders and files: [{job, target, source}], local ones only.
    """
    found: list[tuple[int, Path, str]] = []
    for entry in plan["sources"]:
        root = _resolved(folder, entry["source"])
        found += [(entry["job"], path, name) for path, name in walk(root, entry["target"])]
        if len(found) > FILES_MAX:  # before any of them travels
            raise InvalidInput(source=str(root), problems=[Problem(f"more than {FILES_MAX:,} files")])
    paths = list(dict.fromkeys(path for _, path, _ in found))
    with ThreadPoolExecutor(UPLOADS_AT_ONCE) as pool:
        sent = dict(zip(paths, pool.map(client.upload, paths), strict=True))
    files = []
    for job, path, name in found:
        sha256, size = sent[path]
        executable = os.access(path, os.X_OK)
        files.append({"job": job, "path": name, "sha256": sha256, "size": size, "executable": executable})
    if files and not quiet:
        say(f"{len(sent)} file(s), {format_bytes(sum(size for _, size in sent.values()))} sent")
    return files


def _resolved(folder: Path, name: str) -> Path:
    path = (folder / os.path.expanduser(name)).resolve()
    if not path.exists():
        raise InvalidInput(source=name, problems=[Problem("no such file or folder")])
    return path


def walk(root: Path, target: str) -> Iterator[tuple[Path, str]]:
    """Regular files below `root` with their names in the job; links that leave it are refused."""
    if root.is_file():
        yield root, target or root.name
        return
    ignored = _ignore_list(root)
    for parent, folders, names in os.walk(root, onerror=unlisted):
        folders[:] = sorted(f for f in folders if f not in IGNORED and f not in ignored)
        for name in folders:
            if (Path(parent) / name).is_symlink():
                say(f"left out: {parent}/{name} is a link to a folder; name that folder under file_mounts")
        for name in sorted(names):
            path = Path(parent) / name
            inside = path.relative_to(root).as_posix()
            if name in IGNORED or name in ignored or inside in ignored:
                continue
            if path.is_symlink() and not path.resolve().is_relative_to(root):
                raise UnsafePath(path=str(path))
            if path.is_file():
                yield path, f"{target.rstrip('/')}/{inside}" if target else inside


def _ignore_list(root: Path) -> frozenset[str]:
    """Names and paths in .skyignore or .gridtieignore: plain ones, not patterns."""
    found: set[str] = set()
    for name in (".gridtieignore", ".skyignore"):
        path = root / name
        if path.is_file():
            lines = (
                line.strip().strip("/")
                for line in path.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
            )
            found |= {line for line in lines if line and not line.startswith("#")}
    return frozenset(found)
