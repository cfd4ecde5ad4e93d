"""A member in a run: what he types goes to his command, and nowhere else."""

import os
import threading
from pathlib import Path
from typing import Any

from gridtie.agent.visit import Visit
from gridtie.errors import NotFound

ORDER = {"session": "session_1", "tty": True, "rows": 24, "columns": 80, "port": 0, "command": ["true"]}


class Ended:
    """A command that is over as soon as it began."""

    def __init__(self) -> None:
        self._read, write = os.pipe()
        os.close(write)

    def fileno(self) -> int:
        return self._read

    def ended(self) -> int:
        return 0

    def close(self) -> None:
        os.close(self._read)


class OneCommand:
    def enter(self, *_: Any, **__: Any) -> Ended:
        return Ended()


class SlowMember:
    """Types after the command has ended, while its exit code is on its way to him."""

    def __init__(self) -> None:
        self.told, self.types, self.typed = threading.Event(), threading.Event(), threading.Event()
        self._asked = 0

    def session_input(self, session: str, offset: int) -> tuple[bytes, bool]:
        self._asked += 1
        if self._asked > 1:
            self.typed.set()
            raise NotFound(noun="session", key=session)
        assert self.types.wait(20)
        return b"exit\n", False

    def session_output(self, session: str, offset: int, part: bytes, *, end: bool) -> int:
        if end:
            self.told.set()
            assert self.typed.wait(20)
        return offset + len(part)


def test_what_is_typed_after_the_command_ended_goes_into_no_file_that_was_opened_meanwhile(tmp_path: Path) -> None:
    member: Any = SlowMember()
    site: Any = OneCommand()
    visit = Visit(dict(ORDER), tmp_path, client=member, site=site, done=lambda _: None)
    visit.start()
    assert member.told.wait(20)
    files = [(tmp_path / str(number)).open("wb") for number in range(16)]  # they have the numbers that are free by now
    member.types.set()
    visit.join(20)
    for file in files:
        file.close()
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b""] * 16
