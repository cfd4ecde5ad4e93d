"""The work directory and local file mounts of a job, sent by content: unchanged files never travel twice."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from gridtie.cli.output import say
from gridtie.client.exchange import ExchangeClient
from gridtie.errors import InvalidInput, Problem, UnsafePath
from gridtie.values.quantity import format_bytes

FILES_MAX = 20_000
IGNORED = frozenset({".git", "__pycache__", ".venv", ".DS_Store", "node_modules"})


def collect(
    client: ExchangeClient, folder: Path, plan: Mapping[str, Any], *, quiet: bool = False
) -> list[dict[str, Any]]:
    """Uploads what the checked job file names; the list of files to submit with it.

    `plan` says `workdir` (a folder or None) and `mounts` ([{target, source}], local ones only).
    """
    sources: list[tuple[str, Path]] = []
    if plan.get("workdir"):
        sources.append(("", _resolved(folder, plan["workdir"])))
    sources += [(mount["target"], _resolved(folder, mount["source"])) for mount in plan.get("mounts", [])]
    files: list[dict[str, Any]] = []
    total = 0
    for target, root in sources:
        for path, name in _walk(root, target):
            sha256, size = client.upload(path)
            files.append({"path": name, "sha256": sha256, "size": size, "executable": os.access(path, os.X_OK)})
            total += size
            if len(files) > FILES_MAX:
                raise InvalidInput(source=str(root), problems=[Problem(f"more than {FILES_MAX} files")])
    if files and not quiet:
        say(f"{len(files)} file(s), {format_bytes(total)} sent")
    return files


def _resolved(folder: Path, name: str) -> Path:
    path = (folder / os.path.expanduser(name)).resolve()
    if not path.exists():
        raise InvalidInput(source=name, problems=[Problem("no such file or folder")])
    return path


def _walk(root: Path, target: str) -> Iterator[tuple[Path, str]]:
    """Regular files below `root` with their names in the job; links that leave it are refused."""
    if root.is_file():
        yield root, target or root.name
        return
    ignored = _ignore_list(root)
    for parent, folders, names in os.walk(root):
        folders[:] = sorted(f for f in folders if f not in IGNORED and f not in ignored)
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
            lines = (line.strip().strip("/") for line in path.read_text(encoding="utf-8").splitlines())
            found |= {line for line in lines if line and not line.startswith("#")}
    return frozenset(found)
