"""Data on offer between two organisations, made through the interface: what tests of the faces of data begin with."""

import io
import secrets
from hashlib import sha256
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq

CARD = """
title = "Court decisions"
description = "Judgments of first instance, names removed."
licence = "CC-BY-4.0"
languages = ["zh", "en"]
grade = 3
"""


def parquet(first: int, count: int, **columns: Any) -> bytes:
    """Rows numbered from `first`, each with a text."""
    given = columns or {"text": [f"判决 {first + row}" for row in range(count)]}
    made = io.BytesIO()
    pq.write_table(pa.table({"id": pa.array(range(first, first + count), pa.int64()), **given}), made)
    return made.getvalue()


def send(owner: Any, content: bytes) -> dict[str, Any]:
    digest = sha256(content).hexdigest()
    headers = {"Authorization": f"Bearer {owner.token}"}
    answer = owner.client.request("PUT", f"/v1/blobs/{digest}?size={len(content)}", content=content, headers=headers)
    assert answer.json()["complete"], answer.text
    return {"sha256": digest, "size": len(content)}


def publish(owner: Any, name: str, files: dict[str, bytes], card: str = CARD) -> Any:
    parts = [{"path": path, **send(owner, content)} for path, content in files.items()]
    answer = owner.post("/v1/datasets", {"name": name, "card": card, "parts": parts})
    assert answer.status_code == 201, answer.text
    return answer.json()


def agree(provider: Any, consumer: Any, name: str, **more: Any) -> str:
    """A contract that both signed; its id."""
    made = consumer.post("/v1/contracts", {"dataset": name, **more}, key=secrets.token_hex(8))
    assert made.status_code == 201, made.text
    key = str(made.json()["id"])
    assert provider.post(f"/v1/contracts/{key}/sign").json()["state"] == "active"
    return key


def at(path: str) -> str:
    return quote(path, safe="/?=&:")
