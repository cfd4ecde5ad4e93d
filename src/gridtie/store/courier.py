"""Between processes on one database: what others committed, and what they say that is worth no row.

The journal is the bell. Each process reads on from the last fact it saw, so a lost notification costs a second and no
fact; a notification only says when to look. Words (renewed leases) are lost when nobody listens; `deaf` says so.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import orjson
import structlog
from sqlalchemy.exc import DBAPIError

from gridtie.errors import GridtieError
from gridtie.store.backend import WORD_MAX, Backend, Listener
from gridtie.store.journal import Note

LOOK_S = 1.0  # without any notification the journal is looked at this often
HEAR_S = 0.1  # a word waits at most so long for its way out
REST_S = 0.5  # after the connection was lost
log = structlog.get_logger("store")


class Courier:
    """A thread with a connection of its own. `newer(seq)` reads facts after `seq`, `deliver` hands them on."""

    def __init__(
        self, backend: Backend, me: str, *, newer: Callable[[int], Sequence[Note]],
        deliver: Callable[[list[Note]], None], seen: int,
    ) -> None:  # fmt: skip
        self._backend, self._me, self._newer, self._deliver = backend, me, newer, deliver
        self._seen = seen
        self._own: set[int] = set()
        self._lock = threading.Lock()
        self._outbox: deque[tuple[str, Any]] = deque(maxlen=100_000)
        self._hearers: dict[str, Callable[[Any], None]] = {}
        self._deaf: list[Callable[[], None]] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="store-courier", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def own(self, notes: Iterable[Note]) -> None:
        """What this process commits it hears from its own writer; said before the commit."""
        with self._lock:
            self._own.update(note.seq for note in notes)

    def disown(self, notes: Iterable[Note]) -> None:
        """The commit failed, or nobody knows: if these numbers are in the journal after all, they are news."""
        with self._lock:
            self._own.difference_update(note.seq for note in notes)

    def tell(self, topic: str, body: Any) -> None:
        """To the other processes; `body` is JSON of at most a few kilobytes."""
        self._outbox.append((topic, body))

    def on_word(self, topic: str, hearer: Callable[[Any], None]) -> None:
        self._hearers[topic] = hearer

    def on_deaf(self, hearer: Callable[[], None]) -> None:
        """Called when the connection is back after words may have been missed."""
        self._deaf.append(hearer)

    def _run(self) -> None:
        connected_before = lost = False
        while not self._stop.is_set():
            try:
                listener = self._backend.listener()
                assert listener is not None, "only a database that others can open has a courier"
                try:
                    if connected_before:
                        for hearer in self._deaf:
                            hearer()
                    if lost:
                        log.warning("the courier has its connection back")
                    connected_before, lost = True, False
                    self._carry(listener)
                finally:
                    listener.close()
            except (DBAPIError, GridtieError) as cause:
                if not lost:  # once for as long as it lasts
                    log.warning("the courier lost its connection", reason=str(getattr(cause, "orig", cause)).strip())
                lost = True
                self._stop.wait(REST_S)
            except Exception:  # the outermost loop of this thread: it must go on
                log.exception("the courier failed")
                self._stop.wait(REST_S)

    def _carry(self, listener: Listener) -> None:
        quiet = LOOK_S
        while not self._stop.is_set():
            heard = listener.hear(HEAR_S)
            quiet += HEAR_S
            if "" in heard or quiet >= LOOK_S:
                quiet = 0.0
                self._look()
            for word in heard:
                if word:
                    self._hear(word)
            while packet := self._packet():
                listener.say(packet)

    def _look(self) -> None:
        while notes := self._newer(self._seen):
            self._seen = notes[-1].seq
            with self._lock:
                others = [note for note in notes if note.seq not in self._own]
                self._own = {seq for seq in self._own if seq > self._seen}
            if others:
                self._deliver(others)

    def _hear(self, word: str) -> None:
        sender, words = orjson.loads(word)
        if sender == self._me:
            return
        for topic, body in words:
            if hearer := self._hearers.get(topic):
                hearer(body)

    def _packet(self) -> str:
        """As many words as go into one notification; '' when there is nothing to say."""
        words: list[tuple[str, Any]] = []
        size = len(self._me) + 8
        while self._outbox:
            following = len(orjson.dumps(self._outbox[0])) + 1
            if size + following > WORD_MAX and words:
                break
            size += following
            words.append(self._outbox.popleft())
        return orjson.dumps([self._me, words]).decode() if words else ""
