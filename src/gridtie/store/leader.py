"""Which of several servers leads a duty, and since which epoch: rows in and out."""

from typing import Any

from sqlalchemy import bindparam, insert, select, update

from gridtie.store.schema import leader
from gridtie.store.session import Session

_GET = select(leader).where(leader.c.duty == bindparam("key"))
_ADD = insert(leader)
_SET = update(leader).where(leader.c.duty == bindparam("key"))
_BEAT = _SET.values(beats=leader.c.beats + 1)


class LeaderRows:
    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, duty: str) -> Any | None:
        return self._session.execute(_GET, {"key": duty}).first()

    def take(self, duty: str, holder: str) -> int:
        """The epoch of the new holder: greater than all before."""
        row = self.get(duty)
        changed = {"holder": holder, "beats": 0, "since_us": self._session.at_us}
        if row is None:
            self._session.execute(_ADD, {"duty": duty, "epoch": 1, **changed})
            return 1
        self._session.execute(_SET, {"key": duty, "epoch": row.epoch + 1, **changed})
        return int(row.epoch) + 1

    def beat(self, duty: str) -> None:
        self._session.execute(_BEAT, {"key": duty})

    def leave(self, duty: str) -> None:
        """Anybody may follow at once."""
        self._session.execute(_SET, {"key": duty, "holder": None})
