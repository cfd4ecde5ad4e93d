"""The append-only, hash-chained record of what happened; the live feed and the agents' wake-ups read it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, func, insert, select

from gridtie.store.prepared import ask
from gridtie.store.schema import journal

GENESIS = "0" * 64


def dump(document: object) -> str:
    """A document as it is stored: compact JSON with sorted keys."""
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS).decode()


def load(text: str) -> Any:
    return orjson.loads(text)


@dataclass(frozen=True, slots=True)
class Note:
    """A committed fact. `organisation` may see it; None: only those who run the exchange."""

    seq: int
    at_us: int
    actor: str
    kind: str
    organisation: str | None
    subject: str
    data: Mapping[str, Any]


_LAST_AT = select(journal.c.at_us).order_by(journal.c.seq.desc()).limit(1)
_LAST = select(journal.c.seq, journal.c.hash).order_by(journal.c.seq.desc()).limit(1)
_APPEND = insert(journal)
_AFTER = select(journal).where(journal.c.seq > bindparam("seq")).order_by(journal.c.seq).limit(bindparam("count"))
_AFTER_OWN = _AFTER.where(journal.c.organisation == bindparam("organisation"))  # by index, however much others did
_OF_SUBJECT = select(journal).where(journal.c.subject == bindparam("subject")).order_by(journal.c.seq)
_CHAIN = select(journal).order_by(journal.c.seq).execution_options(yield_per=1000)


def _hash(previous: str, seq: int, at_us: int, actor: str, kind: str, organisation: str | None, rest: str) -> str:
    content = orjson.dumps([previous, seq, at_us, actor, kind, organisation, rest])
    return sha256(content).hexdigest()


def newest(connection: Connection) -> tuple[int, str]:
    """Number and hash of the newest fact."""
    last = ask(connection, _LAST, None).first()
    return (last.seq, last.hash) if last else (0, GENESIS)


def append(
    connection: Connection, after: tuple[int, str], *, at_us: int, actor: str, kind: str, organisation: str | None,
    subject: str, data: Any,
) -> tuple[Note, str]:  # fmt: skip
    """The fact and its hash. Only one process writes at a time, so that what was `newest` in a transaction stays so
    until it appends, and the numbers have no gaps."""
    seq, previous = after[0] + 1, after[1]
    text = dump(data)
    digest = _hash(previous, seq, at_us, actor, kind, organisation, subject + "\n" + text)
    row = {
        "seq": seq,
        "at_us": at_us,
        "actor": actor,
        "kind": kind,
        "organisation": organisation,
        "subject": subject,
        "data": text,
        "previous_hash": previous,
        "hash": digest,
    }
    ask(connection, _APPEND, row)
    return Note(seq, at_us, actor, kind, organisation, subject, data), digest


def after(connection: Connection, seq: int, *, organisation: str | None, count: int = 500) -> Sequence[Note]:
    """Facts newer than `seq`, oldest first, that `organisation` may see; None: all of them."""
    parameters: dict[str, Any] = {"seq": seq, "count": count}
    if organisation is None:
        return [_note(row) for row in connection.execute(_AFTER, parameters)]
    return [_note(row) for row in connection.execute(_AFTER_OWN, {**parameters, "organisation": organisation})]


def of_subject(connection: Connection, subject: str) -> Sequence[Note]:
    return [_note(row) for row in connection.execute(_OF_SUBJECT, {"subject": subject})]


def last_seq(connection: Connection) -> int:
    return int(connection.execute(select(func.coalesce(func.max(journal.c.seq), 0))).scalar_one())


def last_at_us(connection: Connection) -> int:
    """When the newest fact was noted; 0 when there is none."""
    last = connection.execute(_LAST_AT).first()
    return 0 if last is None else int(last.at_us)


def head(connection: Connection) -> str:
    """The hash of the newest fact, which stands for all of them; GENESIS when there is none."""
    return newest(connection)[1]


def broken_link(connection: Connection) -> int | None:
    """The first row whose hash does not follow from the one before it; None when the chain holds."""
    previous, expected = GENESIS, 1
    for row in connection.execute(_CHAIN):
        rest = row.subject + "\n" + row.data
        if row.seq != expected or row.previous_hash != previous:
            return int(row.seq)
        if row.hash != _hash(previous, row.seq, row.at_us, row.actor, row.kind, row.organisation, rest):
            return int(row.seq)
        previous, expected = row.hash, expected + 1
    return None


def _note(row: Any) -> Note:
    return Note(row.seq, row.at_us, row.actor, row.kind, row.organisation, row.subject, load(row.data))
