"""Reads datasets with the official clients of the Hugging Face Hub; prints what it saw, as JSON."""

import json
import os
from pathlib import Path
from typing import Any

from datasets import load_dataset
from huggingface_hub import HfApi, HfFileSystem, hf_hub_download, snapshot_download
from huggingface_hub.errors import (
    EntryNotFoundError,
    GatedRepoError,
    HfHubHTTPError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

NAME = "aurora/decisions"


def refused(name: str, path: str = "README.md", **more: Any) -> str:
    """The class of the error, and what the exchange said."""
    try:
        hf_hub_download(name, path, repo_type="dataset", **more)
    except (
        EntryNotFoundError,
        GatedRepoError,
        RepositoryNotFoundError,
        RevisionNotFoundError,
        HfHubHTTPError,
    ) as cause:
        return f"{type(cause).__name__}: {cause}"
    return "given"


def main() -> dict[str, Any]:
    api = HfApi()
    info = api.dataset_info(NAME, files_metadata=True)
    tree = list(api.list_repo_tree(NAME, repo_type="dataset", recursive=True, expand=True))
    folder = Path(snapshot_download(NAME, repo_type="dataset"))
    loaded = load_dataset(NAME)
    shown = load_dataset(NAME, revision="v1")["train"]
    files = HfFileSystem()
    with files.open(f"datasets/{NAME}/big.bin", "rb", block_size=1 << 16) as big:
        big.seek(1 << 20)
        piece = big.read(16).hex()
    return {
        "info": [info.id, info.sha, info.gated, len(info.siblings), info.card_data.license],
        "tree": [one.path for one in tree],
        "paths": [one.path for one in api.get_paths_info(NAME, ["big.bin", "data", "no"], repo_type="dataset")],
        "refs": [one.name for one in api.list_repo_refs(NAME, repo_type="dataset").tags],
        "snapshot": sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()),
        "commit": folder.name,
        "card": Path(hf_hub_download(NAME, "README.md", repo_type="dataset")).read_text()[:3],
        "splits": {split: list(rows["id"]) for split, rows in loaded.items()},
        "first": list(shown["id"]),
        "streamed": [row["id"] for row in load_dataset(NAME, split="train", streaming=True)],
        "lines": [row["id"] for row in load_dataset("aurora/lines", split="train", streaming=True)],
        "piece": piece,
        "gated": refused("aurora/secret"),
        "absent": refused("aurora/nothing"),
        "entry": refused(NAME, "nothing.bin"),
        "revision": refused(NAME, revision="v9"),
        "stranger": refused(NAME, token="gridtie_user_none", cache_dir=os.environ["HOME"] + "/fresh"),
    }


print(json.dumps(main()))
