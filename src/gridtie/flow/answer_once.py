"""A repeated call gets its first answer: the answer is kept in the same transaction as what it did."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from gridtie.errors import IdempotencyMismatch
from gridtie.flow.exchange import Exchange
from gridtie.store.journal import dump
from gridtie.store.unit import Unit
from gridtie.values.period import to_us

KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: str  # JSON
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class OnceKey:
    """Who calls, under which key, what for; equal in all four means the same call."""

    tenant: str
    key: str
    route: str
    body_hash: str


def answer_once(
    unit: Unit, exchange: Exchange, once: OnceKey | None, status: int, work: Callable[[Unit], Any], *, sealed: bool
) -> Answer:
    """Runs `work`, or answers as the first time. Raises IdempotencyMismatch when key or body were used otherwise.

    What `work` raises is not kept: the caller may mend his input and use the same key again. `sealed` answers hold a
    secret and are kept encrypted. The single writer works on one call at a time, so none is ever met half done.
    """
    if once is None:
        return Answer(status, dump(work(unit)))
    context = f"answer/{once.tenant}/{once.key}"
    known = unit.answers.get(once.tenant, once.key)
    if known is not None:
        if (known.route, known.body_hash) != (once.route, once.body_hash):
            raise IdempotencyMismatch()
        body = exchange.secrets.unseal(known.body, context) if sealed else known.body
        return Answer(known.status, body, replayed=True)
    body = dump(work(unit))
    kept = exchange.secrets.seal(body, context) if sealed else body
    unit.answers.add(once.tenant, once.key, route=once.route, body_hash=once.body_hash, status=status, body=kept)
    return Answer(status, body)


def forget_answers(unit: Unit) -> int:
    """Drops answers older than a week; how many."""
    return unit.answers.forget_before(to_us(unit.at - KEPT))
