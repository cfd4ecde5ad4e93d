"""The clients that people read data with, against a real server: Delta Sharing's own, pandas, Polars, and the Hub's."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.api import shop

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".clients" / "data" / "bin" / "python"
PLACES = ["sqlite"]
pytestmark = pytest.mark.clients

ROWS = {f"data/train-0000{n}-of-00002.parquet": shop.parquet(3 * n, 3) for n in range(2)}
FIRST = {"train/part-0.parquet": shop.parquet(0, 3)}
SECOND = {**FIRST, "train/part-1.parquet": shop.parquet(3, 3)}
BIG = os.urandom(1 << 16) * 17


def run(program: str, *arguments: str, **environment: str) -> Any:
    env = {"PATH": os.environ["PATH"], **environment}
    command = [str(PYTHON), str(Path(__file__).with_name(program)), *arguments]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_pandas_and_polars_read_shared_tables_through_the_official_client(
    owner: Any, reader: Any, tmp_path: Path
) -> None:
    shop.publish(owner, "decisions", FIRST)
    shop.publish(owner, "decisions", SECOND)
    shop.publish(owner, "a.b", {"0.parquet": shop.parquet(0, 2)}, shop.CARD + "open = true\n")
    shop.publish(owner, "secret", {"0.parquet": shop.parquet(0, 1)})
    shop.agree(owner, reader, "aurora/decisions")
    profile = tmp_path / "profile.share"
    profile.write_text(reader.get("/v1/delta-sharing/profile").text)
    seen = run("read_delta.py", str(profile), HOME=str(tmp_path))
    assert seen["shares"] == ["aurora"]
    assert seen["tables"] == ["aurora.a~b.data", "aurora.decisions.train"]
    assert seen["ids"] == [0, 1, 2, 3, 4, 5]
    assert seen["texts"][:2] == ["判决 0", "判决 1"]
    assert seen["columns"]["id"] == "int64"
    assert (seen["limited"], seen["first"], seen["dotted"]) == ([0, 1, 2, 3], [0, 1, 2], 2)
    assert (seen["version"], seen["protocol"]) == (2, 1)
    assert [field["name"] for field in seen["fields"]] == ["id", "text"]
    assert seen["polars"] == [3, 4, 5]
    assert seen["delta"] == [0, 1, 2, 3, 4, 5]
    assert "cdf is not enabled on this table" in seen["changes"]
    assert seen["denied"][0] == 403
    assert "gridtie contract propose aurora/secret" in seen["denied"][1]
    assert seen["absent"][0] == 404
    deliveries = {one["channel"]: one for one in reader.get("/v1/deliveries").json()["items"]}
    assert set(deliveries) == {"sharing"}


def test_the_clients_of_the_hub_load_stream_and_download(owner: Any, reader: Any, tmp_path: Path, port: int) -> None:
    shop.publish(owner, "decisions", dict(list(ROWS.items())[:1]))
    made = shop.publish(owner, "decisions", {**ROWS, "data/test-00000-of-00001.parquet": shop.parquet(9, 1),
                                             "big.bin": BIG})  # fmt: skip
    shop.publish(owner, "lines", {"train.jsonl": b'{"id": 7}\n{"id": 8}\n'}, shop.CARD + "open = true\n")
    shop.publish(owner, "secret", {"0.parquet": shop.parquet(0, 1)})
    key = shop.agree(owner, reader, "aurora/decisions", purpose="training")
    url = f"http://127.0.0.1:{port}"
    seen = run("read_hub.py", HF_ENDPOINT=url, HF_TOKEN=reader.token, HF_HOME=str(tmp_path / "hf"), HOME=str(tmp_path))
    commit, files = made["version"]["digest"][:40], ["README.md", "big.bin", *sorted(ROWS)]
    assert seen["info"] == ["aurora/decisions", commit, "manual", 5, "CC-BY-4.0"]
    assert seen["snapshot"] == sorted([*files, "data/test-00000-of-00001.parquet"])
    assert seen["tree"] == sorted([*seen["snapshot"], "data"])
    assert (seen["paths"], seen["refs"], seen["commit"]) == (["big.bin", "data"], ["v2", "v1"], commit)
    assert (seen["splits"], seen["card"]) == ({"train": [0, 1, 2, 3, 4, 5], "test": [9]}, "---")
    assert (seen["first"], seen["streamed"], seen["lines"]) == ([0, 1, 2], [0, 1, 2, 3, 4, 5], [7, 8])
    assert seen["piece"] == BIG[1 << 20 : (1 << 20) + 16].hex()
    assert seen["gated"].startswith("GatedRepoError")
    assert "gridtie contract propose aurora/secret" in seen["gated"]
    assert seen["absent"].startswith("RepositoryNotFoundError")
    assert seen["entry"].startswith(("RemoteEntryNotFoundError", "EntryNotFoundError"))
    assert seen["revision"].startswith("RevisionNotFoundError")
    assert "401" in seen["stranger"]
    found = reader.get(f"/v1/deliveries?contract={key}").json()["items"]
    assert [(one["version"], one["channel"]) for one in found] == [("v2", "hub")]  # of v1 it had every file by digest
