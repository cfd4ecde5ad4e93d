"""Datasets as clients of the Hugging Face Hub see them: repositories of files, versions as commits."""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from hashlib import sha256
from itertools import accumulate
from typing import Any

from gridtie.data.dataset import Dataset, Part, Version
from gridtie.data.readme import README, card_data, readme
from gridtie.values.ids import OrganisationId
from gridtie.values.period import to_text

COMMIT_LENGTH = 40
POINTER_SIZE = 134  # of the small file that stands for a large one in such a repository; clients want a number


@dataclass(frozen=True, slots=True)
class Tree:
    """Files of a version by path. `card`: the README made from the card, where the version has none of its own."""

    dataset: Dataset
    version: Version
    parts: dict[str, Part]
    card: bytes | None


def tree_of(dataset: Dataset, version: Version) -> Tree:
    parts = {part.path: part for part in version.parts}
    if README in parts:
        return Tree(dataset, version, parts, None)
    text = readme(dataset, version)
    made = Part(path=README, sha256=sha256(text).hexdigest(), size=len(text), media="text/markdown")
    return Tree(dataset, version, {README: made, **parts}, text)


def commit_of(version: Version) -> str:
    """What stands for it where a commit is asked: the beginning of its digest."""
    return version.digest[:COMMIT_LENGTH]


def info_view(tree: Tree, reader: OrganisationId | None, *, sizes: bool) -> dict[str, Any]:
    dataset, version = tree.dataset, tree.version
    mine = dataset.open or dataset.owner == reader
    files = sorted(tree.parts.values(), key=lambda part: part.path)
    return {
        "_id": dataset.id,
        "id": dataset.full_name,
        "author": dataset.owner_name,
        "sha": commit_of(version),
        "createdAt": None if dataset.created_at is None else to_text(dataset.created_at),
        "lastModified": to_text(version.made_at),
        "private": False,
        "gated": False if mine else "manual",
        "disabled": False,
        "tags": [f"license:{dataset.card.licence}", *(f"language:{one}" for one in dataset.card.languages),
                 *dataset.card.keywords],
        "description": dataset.card.description,
        "cardData": card_data(dataset),
        "siblings": [{"rfilename": part.path, **(_blob(part) if sizes else {})} for part in files],
    }  # fmt: skip


def entries(tree: Tree, under: str, *, deep: bool, dated: bool) -> list[dict[str, Any]] | None:
    """Files and folders in the folder `under` ('': at the top) by path, with all below it when `deep`; None: there is
    no such folder."""
    front = f"{under}/" if under else ""
    found: dict[str, dict[str, Any]] = {}
    for path, part in tree.parts.items():
        if not path.startswith(front):
            continue
        names = path[len(front) :].split("/")
        for count in range(1, len(names) if deep else min(2, len(names))):
            folder = front + "/".join(names[:count])
            if folder not in found:
                found[folder] = _folder(tree, folder, dated)
        if deep or len(names) == 1:
            found[path] = _file(tree, part, dated)
    if under and not found:
        return None
    return [found[path] for path in sorted(found)]


def folders_of(tree: Tree) -> Container[str]:
    return {above for path in tree.parts for above in accumulate(path.split("/")[:-1], "{}/{}".format)}


def entry(tree: Tree, folders: Container[str], path: str, *, dated: bool) -> dict[str, Any] | None:
    """One file, or one folder of these; None: neither."""
    if (part := tree.parts.get(path)) is not None:
        return _file(tree, part, dated)
    return _folder(tree, path, dated) if path in folders else None


def refs_view(versions: Iterable[Version]) -> dict[str, Any]:
    """`versions` newest first: the newest is main, and each is a tag."""
    known = list(versions)
    tags = [{"name": one.name, "ref": f"refs/tags/{one.name}", "targetCommit": commit_of(one)} for one in known]
    main = [{"name": "main", "ref": "refs/heads/main", "targetCommit": commit_of(one)} for one in known[:1]]
    return {"branches": main, "tags": tags, "converts": []}


def _blob(part: Part) -> dict[str, Any]:
    return {"blobId": part.sha256[:COMMIT_LENGTH], "size": part.size,
            "lfs": {"sha256": part.sha256, "size": part.size, "pointerSize": POINTER_SIZE}}  # fmt: skip


def _file(tree: Tree, part: Part, dated: bool) -> dict[str, Any]:
    blob = _blob(part)
    return {"type": "file", "path": part.path, "oid": blob["blobId"], "size": part.size,
            "lfs": {**blob["lfs"], "oid": part.sha256}, **_commit(tree.version, dated)}  # fmt: skip


def _folder(tree: Tree, path: str, dated: bool) -> dict[str, Any]:
    oid = sha256(f"{commit_of(tree.version)}/{path}".encode()).hexdigest()[:COMMIT_LENGTH]
    return {"type": "directory", "path": path, "oid": oid, "size": 0, **_commit(tree.version, dated)}


def _commit(version: Version, dated: bool) -> dict[str, Any]:
    if not dated:
        return {}
    said = {"id": commit_of(version), "title": version.name, "date": to_text(version.made_at)}
    return {"lastCommit": said}
