"""A session in a running job: what goes in, what comes out, and how it ended. Safe against cut lines."""

import struct
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from gridtie.client.nouns import part as quoted
from gridtie.client.transport import document_of
from gridtie.errors import SessionEnded, SiteRefused

if TYPE_CHECKING:
    from gridtie.client.exchange import ExchangeClient

OUTPUT, ERRORS, EXIT = 1, 2, 3
FRAME_MAX = 1 << 20  # the frames are the site's own: one that never ends would fill our memory


class JobSession:
    """One thread may send while another receives."""

    def __init__(self, client: "ExchangeClient", data: dict[str, Any]) -> None:
        self._client, self.data = client, data
        self._path = f"/v1/sessions/{quoted(str(data['id']))}"
        self._sent = self._received = 0
        self.exit_code: int | None = None

    def send(self, data: bytes, *, end: bool = False) -> None:
        """Waits while the job does not read. Raises NotFound when the session is over."""
        while True:
            query = {"offset": self._sent, "end": str(end).lower()}
            following = int(document_of(self._client.raw("PUT", f"{self._path}/input", data, query=query))["next"])
            data, self._sent = data[following - self._sent :], following
            if not data:
                return

    def receive(self, told: Callable[[str], None] | None = None) -> Iterator[tuple[int, bytes]]:
        """(OUTPUT or ERRORS, bytes) until it ends; then `exit_code` is there. Raises SiteRefused if it never began, and
        SessionEnded where the site says what means nothing. `told` is given why nothing comes, once for each time."""
        held, waited = b"", ""
        while True:
            answer = self._client.raw("GET", f"{self._path}/output", query={"offset": self._received})
            waits = answer.headers.get("gridtie-waits", "")
            if told is not None and waits and not waited:
                told(waits)
            held, waited = held + answer.body, waits
            self._received += len(answer.body)
            while len(held) >= 5:
                kind, length = struct.unpack("!BI", held[:5])
                if length > FRAME_MAX:
                    raise SessionEnded(reason=f"its site announces {length} bytes in one piece")
                if len(held) < 5 + length:
                    break
                content, held = held[5 : 5 + length], held[5 + length :]
                if kind == EXIT:
                    code, _, words = content.decode("utf-8", "replace").partition(" ")
                    try:
                        self.exit_code = int(code)
                    except ValueError:
                        raise SessionEnded(reason=f"its site says that it ended with {code[:40]!r}") from None
                    if words:
                        raise SiteRefused(reason=words.removeprefix("the site does not take this run: "))
                else:
                    yield kind, content
            if answer.headers.get("gridtie-final") == "1":
                return

    def close(self) -> None:
        """Ends what runs in it."""
        self._client.call("DELETE", self._path)
