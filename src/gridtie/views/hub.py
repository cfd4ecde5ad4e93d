"""Datasets as clients of the Hugging Face Hub see them: repositories of files, versions as commits."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from gridtie.data.dataset import Dataset, Part, Version
from gridtie.data.delivery import Layout
from gridtie.data.readme import README, card_data, readme
from gridtie.values.ids import OrganisationId
from gridtie.values.period import to_text

COMMIT_LENGTH = 40
POINTER_SIZE = 134  # of the small file that stands for a large one in such a repository; clients want a number


@dataclass(frozen=True, slots=True)
class Tree:
    """Files of a version by path. `readme` and `card`: the README made from the card, and its bytes, where the version
    has none of its own."""

    dataset: Dataset
    version: Version
    layout: Layout
    readme: Part | None = None
    card: bytes | None = None

    def part(self, path: str) -> Part | None:
        return self.readme if path == README and self.readme else self.layout.paths.get(path)


def tree_of(dataset: Dataset, version: Version, layout: Layout) -> Tree:
    """`layout`: of this version."""
    if README in layout.paths:
        return Tree(dataset, version, layout)
    text = readme(dataset, version)
    made = Part(path=README, sha256=sha256(text).hexdigest(), size=len(text), media="text/markdown")
    return Tree(dataset, version, layout, made, text)


def commit_of(version: Version) -> str:
    """What stands for it where a commit is asked: the beginning of its digest."""
    return version.digest[:COMMIT_LENGTH]


def info_view(tree: Tree, reader: OrganisationId | None, *, sizes: bool) -> dict[str, Any]:
    dataset, version = tree.dataset, tree.version
    mine = dataset.open or dataset.owner == reader
    made = [tree.readme] if tree.readme else []
    files = sorted([*made, *tree.layout.paths.values()], key=lambda part: part.path)
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


def entries(
    tree: Tree, under: str, *, deep: bool, dated: bool, after: str, limit: int
) -> tuple[list[dict[str, Any]], bool] | None:
    """A page of the files and folders in the folder `under` ('': at the top) by path, with all below it when `deep`,
    from behind `after`; and whether there are more. None: there is no such folder.

    What it costs grows with the page, not with the version."""
    if under and under not in tree.layout.folders:
        return None
    found = tree.layout.listed if deep else tree.layout.folders[under]
    first = max(bisect_right(found, after), bisect_left(found, f"{under}/") if under else 0)
    last = bisect_left(found, f"{under}0") if under else len(found)  # what follows '/'
    shown = list(found[first : min(last, first + limit + 1)])
    if tree.readme and not under and after < README:
        insort(shown, README)
    made = [entry(tree, path, dated=dated) for path in shown[:limit]]
    return [one for one in made if one is not None], len(shown) > limit


def entry(tree: Tree, path: str, *, dated: bool) -> dict[str, Any] | None:
    """One file, or one folder of these; None: neither."""
    if (part := tree.part(path)) is not None:
        return _file(tree, part, dated)
    return _folder(tree, path, dated) if path and path in tree.layout.folders else None


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
