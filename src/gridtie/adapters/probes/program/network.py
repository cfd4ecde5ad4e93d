"""The way to the exchange: time to connect and ask something small, and how fast something larger comes."""

import http.client
import os
import socket
import time
from typing import Any
from urllib.parse import urlsplit

from gridtie.adapters.probes.program.recorder import NotMeasured, Test

_TIMEOUT_S = 3.0


def latency(test: Test, plan: dict[str, Any]) -> None:
    """One sample is one TCP connection with one GET /healthz. The connection alone is in the details."""
    connect_s = []
    for _ in range(plan["latency_samples"]):
        connection = _connection()

        def ask(connection: http.client.HTTPConnection = connection) -> None:
            began = time.perf_counter()
            connection.connect()
            connect_s.append(time.perf_counter() - began)
            connection.request("GET", "/healthz")
            connection.getresponse().read()

        try:
            test.time(ask)
        except OSError as error:
            raise NotMeasured(f"no network: {error}") from error
        finally:
            connection.close()
    test.unit = "s"
    test.details = {"connect_s": connect_s}


def bandwidth(test: Test, plan: dict[str, Any]) -> None:
    """The API's own description is the largest thing that anybody may read; fetched over one connection."""
    connection = _connection()
    try:
        connection.request("GET", "/openapi.json")
        size = len(connection.getresponse().read())
        if size < 10_000:
            raise NotMeasured("the exchange serves nothing large enough to time")

        def fetch() -> None:
            connection.request("GET", "/openapi.json")
            connection.getresponse().read()

        for _ in range(plan["latency_samples"] // 2):
            test.time(fetch)
    except OSError as error:
        raise NotMeasured(f"no network: {error}") from error
    finally:
        connection.close()
    test.unit, test.amount = "B/s", float(size)


def _connection() -> http.client.HTTPConnection:
    url = os.environ.get("GRIDTIE_EXCHANGE_URL", "")
    parts = urlsplit(url)
    if not parts.hostname:
        raise NotMeasured("no network: this job was given no way to the exchange")
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    try:
        socket.getaddrinfo(parts.hostname, parts.port)
    except OSError as error:
        raise NotMeasured(f"no network: {error}") from error
    return kind(parts.hostname, parts.port, timeout=_TIMEOUT_S)
