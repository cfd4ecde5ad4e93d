"""Writes that a client may repeat: the answer is stored with the effect, and given again."""

import asyncio
import hashlib
import re
from collections.abc import Callable
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from gridtie.access import Actor
from gridtie.api.context import exchange_of
from gridtie.errors import InvalidInput, Problem
from gridtie.flow.answer_once import OnceKey, answer_once

_KEY = re.compile(r"[\x21-\x7e]{1,128}")


async def idempotent_write(
    request: Request,
    actor: Actor,
    work: Callable[[Any], Any],
    *,
    status: int = 201,
    required: bool = False,
    sealed: bool = False,
) -> Response:
    """Runs `work(unit)` in one transaction with the row of its Idempotency-Key, and answers its JSON result.

    `required`: without a key the call is refused (it moves money or makes work). `sealed`: the answer holds a secret
    and is kept encrypted. Raises what `work` raises, IdempotencyMismatch, InvalidInput.
    """
    exchange = exchange_of(request)
    key = request.headers.get("idempotency-key")
    if key is None and required:
        message = "this call needs the header Idempotency-Key: any text that is new for each new request"
        raise InvalidInput(source="request", problems=[Problem(message, path="Idempotency-Key")])
    if key is not None and not _KEY.fullmatch(key):
        message = "Idempotency-Key: 1 to 128 visible ASCII characters"
        raise InvalidInput(source="request", problems=[Problem(message, path="Idempotency-Key")])
    once = None
    if key is not None:
        # Keys are the member's own: another member of the organisation must not be shown his answers.
        body_hash = hashlib.sha256(await request.body()).hexdigest()
        route = f"{request.method} {request.url.path}?{request.url.query}"
        once = OnceKey(actor.name, key, route, body_hash)
    answer = await asyncio.wrap_future(
        exchange.database.submit(
            lambda unit: answer_once(unit, exchange, once, status, work, sealed=sealed), actor=actor.name
        )
    )
    headers = {"Idempotent-Replay": "true"} if answer.replayed else {}
    return Response(answer.body, status_code=answer.status, media_type="application/json", headers=headers)
