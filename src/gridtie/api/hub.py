"""Datasets for clients of the Hugging Face Hub: with HF_ENDPOINT set to us they list, load and stream what they may.

Reading only: information, trees, files. `main` is the newest version, v3 is the third, and a version's digest stands
for its commit. Files of one version read within the time that links are good are one delivery.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import parse_qs, quote

import orjson
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import FileResponse, Response

from gridtie.access import Actor
from gridtie.api.context import answer, apart, exchange_of, read, with_files
from gridtie.api.datasets import BYTES, delivered, visible
from gridtie.api.delta_sharing import base_of
from gridtie.api.deps import Allow
from gridtie.data.cardfile import NAME
from gridtie.data.dataset import Dataset, Part, Version
from gridtie.data.delivery import HUB, Layout
from gridtie.data.readme import README
from gridtie.errors import InvalidInput, NotFound, Problem
from gridtie.flow.deliver_data import right_to_read
from gridtie.flow.unit import Unit
from gridtie.views.hub import COMMIT_LENGTH, Tree, commit_of, entries, entry, info_view, refs_view, tree_of

router = APIRouter(tags=["data"])

_INFO = "/api/datasets/{owner}/{name}"
_FILE = "/datasets/{owner}/{name}/resolve/{revision}/{path:path}"
MAIN = "main"
TREE_MAX, PATHS_MAX = 1000, 10_000
_COMMIT = rf"[0-9a-f]{{{COMMIT_LENGTH}}}(?:[0-9a-f]{{24}})?"  # or the whole digest
_PATHS = {
    "requestBody": {
        "required": True,
        "content": {
            kind: {
                "schema": {
                    "type": "object",
                    "required": ["paths"],
                    "properties": {"paths": {"type": "array", "items": {"type": "string"}}},
                }
            }
            for kind in ("application/json", "application/x-www-form-urlencoded")
        },
    }
}

Looker = Annotated[Actor, Depends(Allow("dataset.read"))]
Reader = Annotated[Actor, Depends(Allow("dataset.use"))]
Flag = Annotated[bool, Query()]


async def _tree(request: Request, actor: Actor, owner: str, name: str, revision: str) -> Tree:
    return await apart(lambda: read(request, lambda unit: _found(unit, actor, owner, name, revision)))


@router.get(_INFO, summary="Hub: a dataset and its files")
async def info(owner: str, name: str, request: Request, actor: Looker, blobs: Flag = False) -> Response:
    return answer(info_view(await _tree(request, actor, owner, name, MAIN), actor.organisation, sizes=blobs))


@router.get(_INFO + "/revision/{revision:path}", summary="Hub: a version of a dataset and its files")
async def info_at(
    owner: str, name: str, revision: str, request: Request, actor: Looker, blobs: Flag = False
) -> Response:
    return answer(info_view(await _tree(request, actor, owner, name, revision), actor.organisation, sizes=blobs))


@router.get(_INFO + "/refs", summary="Hub: versions of a dataset")
async def refs(owner: str, name: str, request: Request, actor: Looker) -> Response:
    def look(unit: Unit) -> dict[str, Any]:
        return refs_view(unit.datasets.versions(_dataset(unit, actor, owner, name).id))

    return answer(await apart(lambda: read(request, look)))


@router.get(_INFO + "/tree/{revision}", summary="Hub: files and folders at the top of a version")
async def tree(
    owner: str, name: str, revision: str, request: Request, actor: Looker, recursive: Flag = False,
    expand: Flag = False, limit: Annotated[int, Query(ge=1)] = TREE_MAX, cursor: Annotated[str, Query()] = "",
) -> Response:  # fmt: skip
    return await tree_below(owner, name, revision, "", request, actor, recursive, expand, limit, cursor)


@router.get(_INFO + "/tree/{revision}/{path:path}", summary="Hub: files and folders in a folder of a version")
async def tree_below(
    owner: str, name: str, revision: str, path: str, request: Request, actor: Looker, recursive: Flag = False,
    expand: Flag = False, limit: Annotated[int, Query(ge=1)] = TREE_MAX, cursor: Annotated[str, Query()] = "",
) -> Response:  # fmt: skip
    """In pages by path; the header Link names the next one."""
    whole = await _tree(request, actor, owner, name, revision)
    most = min(limit, TREE_MAX)
    found = await apart(lambda: entries(whole, path.strip("/"), deep=recursive, dated=expand, after=cursor, limit=most))
    if found is None:
        raise NotFound(noun="file", key=path[:200])
    shown, more = found
    response = answer(shown)
    if more:
        asked = f"recursive={recursive}&expand={expand}&limit={limit}&cursor={quote(shown[-1]['path'], safe='')}"
        response.headers["Link"] = f'<{base_of(request)}{quote(request.url.path)}?{asked}>; rel="next"'
    return response


@router.post(_INFO + "/paths-info/{revision}", summary="Hub: what is known of some files", openapi_extra=_PATHS)
async def paths_info(owner: str, name: str, revision: str, request: Request, actor: Looker) -> Response:
    """What is not there is left out."""
    paths, expand = _paths(await request.body(), request.headers.get("content-type", ""))
    whole = await _tree(request, actor, owner, name, revision)
    return answer(await apart(lambda: _entries(whole, paths, expand)))


@router.head(_FILE, include_in_schema=False)
async def resolve_head(owner: str, name: str, revision: str, path: str, request: Request, actor: Reader) -> Response:
    """Size and digest of a file: told to who may have it, and no delivery yet."""
    found = await apart(lambda: read(request, lambda unit: _file(unit, actor, owner, name, revision, path)))
    headers = {"Content-Length": str(found.part.size), "Accept-Ranges": "bytes", **_known(found.version, found.part)}
    return Response(media_type=BYTES, headers=headers)


@router.get(_FILE, summary="Hub: a file of a version, under your contract", response_class=FileResponse)
async def resolve(owner: str, name: str, revision: str, path: str, request: Request, actor: Reader) -> Response:
    """Ranges are understood. Read file by file, a version is one delivery as long as links to it would be good."""
    if path == README:
        made = await apart(lambda: read(request, lambda unit: _file(unit, actor, owner, name, revision, path)))
        if made.card is not None:
            return _piece(made.card, request.headers.get("range", ""), _known(made.version, made.part))

    def find(unit: Unit) -> tuple[Dataset, Version, Sequence[Part]]:
        found = _file(unit, actor, owner, name, revision, path)
        return found.dataset, found.version, [found.part]

    _, (found, version, [part]) = await delivered(request, actor, HUB, find)
    file: Any = await with_files(lambda: exchange_of(request).blobs.open(part.sha256, found.owner))
    return FileResponse(file, media_type=BYTES, headers=_known(version, part))


def _dataset(unit: Unit, actor: Actor, owner: str, name: str) -> Dataset:
    """Raises NotFound."""
    if not re.fullmatch(NAME, owner) or not re.fullmatch(NAME, name):
        raise NotFound(noun="dataset", key=f"{owner[:64]}/{name[:64]}")
    return visible(unit, actor, owner, name)


def _layout(unit: Unit, dataset: Dataset, revision: str) -> Layout:
    """Raises NotFound."""
    try:
        if re.fullmatch(_COMMIT, revision):
            return unit.datasets.layout(dataset.id, digest=revision)
        if revision == MAIN or re.fullmatch(r"v[0-9]{1,9}", revision):
            return unit.datasets.layout(dataset.id, None if revision == MAIN else int(revision[1:]))
    except NotFound:
        pass
    raise NotFound(noun="version", key=f"{dataset.full_name}@{revision[:80]}")


def _found(unit: Unit, actor: Actor, owner: str, name: str, revision: str) -> Tree:
    """Raises NotFound."""
    found = _dataset(unit, actor, owner, name)
    return _whole(unit, found, _layout(unit, found, revision))


def _whole(unit: Unit, found: Dataset, layout: Layout) -> Tree:
    return tree_of(found, unit.datasets.version(found.id, layout.version.number), layout)


@dataclass(frozen=True, slots=True)
class _File:
    """`card`: its bytes, where it is the README that was made from the card."""

    dataset: Dataset
    version: Version
    part: Part
    card: bytes | None = None


def _file(unit: Unit, actor: Actor, owner: str, name: str, revision: str, path: str) -> _File:
    """A file that the caller may have, at a cost that does not grow with the number of others. Raises NotFound,
    DataDenied."""
    found = _dataset(unit, actor, owner, name)
    right_to_read(unit, actor, found)
    layout = _layout(unit, found, revision)
    if (part := layout.paths.get(path)) is not None:
        return _File(found, layout.version, part)
    if path != README:
        raise NotFound(noun="file", key=path[:200])
    whole = _whole(unit, found, layout)
    assert whole.readme is not None, "the version has none of its own"
    return _File(found, whole.version, whole.readme, whole.card)


def _known(version: Version, part: Part) -> dict[str, str]:
    digest = f'"{part.sha256}"'
    return {"ETag": digest, "X-Linked-Etag": digest, "X-Linked-Size": str(part.size),
            "X-Repo-Commit": commit_of(version), "Cache-Control": "private"}  # fmt: skip


def _piece(text: bytes, wanted: str, headers: dict[str, str]) -> Response:
    """The bytes of a range, of one at a time; all of them where none, or something else, is asked."""
    headers = {**headers, "Accept-Ranges": "bytes"}
    asked = re.fullmatch(r"bytes=([0-9]{0,18})-([0-9]{0,18})", wanted.strip())
    if asked is None or not any(asked.groups()):
        return Response(text, media_type=BYTES, headers=headers)
    size = len(text)
    first = int(asked[1]) if asked[1] else max(0, size - int(asked[2]))
    last = min(int(asked[2]), size - 1) if asked[1] and asked[2] else size - 1
    if first > last:
        return Response(status_code=416, headers={"Content-Range": f"bytes */{size}"})
    headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    return Response(text[first : last + 1], status_code=206, media_type=BYTES, headers=headers)


def _entries(whole: Tree, paths: Sequence[str], expand: bool) -> list[dict[str, Any]]:
    found = (entry(whole, path.strip("/"), dated=expand) for path in dict.fromkeys(paths))
    return [one for one in found if one is not None]


def _paths(body: bytes, media: str) -> tuple[list[str], bool]:
    """As a form, which is how clients of Python send it, or as JSON. Raises InvalidInput."""
    try:
        if media.startswith("application/json"):
            said = orjson.loads(body)
            paths, expand = said["paths"], said.get("expand", False)
        else:
            form = parse_qs(body.decode(), max_num_fields=PATHS_MAX + 1)
            paths, expand = form.get("paths", []), form.get("expand", [""])[0].lower() in ("true", "1")
        paths = [paths] if isinstance(paths, str) else paths
        if len(paths) <= PATHS_MAX and all(isinstance(path, str) for path in paths):
            return list(paths), expand is True
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    problem = Problem(f"paths: a list of at most {PATHS_MAX} texts, as JSON or as a form", path="paths")
    raise InvalidInput(source="request", problems=[problem])
