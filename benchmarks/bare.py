"""What one would write himself in an afternoon, as the baseline of bench_api: jobs in a table behind Starlette.

It parses the YAML, commits each job to disk and lists a page. It has no tokens, no ledger, no journal, no market, and
answers a repeated call twice. Started by the benchmarks: `uvicorn bare:app`, with BARE_DB naming the file.
"""

import asyncio
import os
import sqlite3
import time
import uuid

import orjson
import yaml
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

COLUMNS = ("id", "name", "organisation", "member", "purpose", "state", "epoch", "run", "reason", "reason_code",
           "change", "exit_code", "after", "batch", "retries", "held", "created_at", "updated_at", "ended_at",
           "site", "hub")  # fmt: skip
database = sqlite3.connect(os.environ["BARE_DB"], isolation_level=None)
database.execute("PRAGMA journal_mode=WAL")
database.execute("PRAGMA synchronous=FULL")
database.execute(f"CREATE TABLE IF NOT EXISTS job (id TEXT PRIMARY KEY, {', '.join(COLUMNS[1:])}, document)")


async def submit(request: Request) -> Response:
    body = orjson.loads(await request.body())
    job = yaml.load(body["text"], Loader=yaml.CSafeLoader)
    key = f"{time.time_ns():020d}{uuid.uuid4().hex[:8]}"
    row = {"id": key, "name": job["name"], "state": "queued", "created_at": time.time(), "document": body["text"]}
    database.execute(f"INSERT INTO job ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", tuple(row.values()))
    return Response(orjson.dumps({"id": key}), 201, media_type="application/json")


async def listed(request: Request) -> Response:
    limit = int(request.query_params["limit"])
    found = database.execute(f"SELECT {', '.join(COLUMNS)} FROM job ORDER BY id DESC LIMIT ?", (limit,))
    items = [dict(zip(COLUMNS, row, strict=True)) for row in found]
    return Response(orjson.dumps({"items": items}), media_type="application/json")


async def held(request: Request) -> Response:
    """A heartbeat: what bench_heartbeats measures the exchange's against."""
    orjson.loads(await request.body())
    await asyncio.sleep(10)
    answer = {"keep": [], "kill": [], "cancel": [], "assignments": [], "receipts": [], "sessions": []}
    return Response(orjson.dumps({**answer, "exchange_time": "2026-01-01T00:00:00.000000Z"}))


app = Starlette(
    routes=[
        Route("/v1/jobs", submit, methods=["POST"]),
        Route("/v1/jobs", listed, methods=["GET"]),
        Route("/agent/v1/sync", held, methods=["POST"]),
    ]
)
