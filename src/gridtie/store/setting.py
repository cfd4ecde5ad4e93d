"""Facts about the exchange itself that live with its data: its id, its name, its schema."""

from sqlalchemy import bindparam, insert, select

from gridtie.store.schema import setting
from gridtie.store.session import Session

_GET = select(setting.c.value).where(setting.c.key == bindparam("name"))


class SettingRows:
    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, key: str) -> str | None:
        found = self._session.execute(_GET, {"name": key}).scalar()
        return None if found is None else str(found)

    def add(self, key: str, value: str) -> None:
        """Once; a second value for the same key is refused by the database."""
        self._session.execute(insert(setting), {"key": key, "value": value})
