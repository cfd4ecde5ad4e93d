"""The one place through which files of a run leave a site when it came to data that may not."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from gridtie.data.release import refusal
from gridtie.dispatch.run import Release

STAYS = "what it prints stays at the site, for its data may not leave"
SHOWN_MAX = 20


class Gate:
    """`outputs` are those that the job declared. Counts over all ranks: what is released is released of a run.

    What it refuses it names by the declared output alone, never by a name that the job chose while it saw the data.
    """

    def __init__(self, release: Release, outputs: Sequence[str]) -> None:
        self._release, self._outputs = release, outputs
        self._files = self._bytes = 0
        self._refused: Counter[tuple[str, str]] = Counter()

    def passes(self, name: str, copy: Path, size: int) -> bool:
        """`copy`: the very bytes that would be sent."""
        content = copy.read_bytes() if size <= self._release.bytes_max else b""
        why = refusal(self._release, name, content, files=self._files, sent=self._bytes + size - len(content))
        if why:
            self._refused[self._declared(name), why] += 1
            return False
        self._files += 1
        self._bytes += size
        return True

    @property
    def refused(self) -> list[str]:
        """In words, a line for each output and reason."""
        lines = [
            f"{output} was not released: {why}" if count == 1 else f"{count:,} files of {output} were not: {why}"
            for (output, why), count in self._refused.most_common(SHOWN_MAX)
        ]
        more = len(self._refused) - SHOWN_MAX
        return [*lines, f"and {more} more"] if more > 0 else lines

    def _declared(self, name: str) -> str:
        return next((out for out in self._outputs if name == out or name.startswith(f"{out}/")), "a file")


def notice(ended: Sequence[Path], refused: Iterable[str]) -> str:
    """What its user reads instead of its output. `ended`: the logs of a rank that is over, for their figures."""
    lines = [STAYS]
    for path in ended:
        size = count = 0
        try:
            with path.open("rb") as file:
                while part := file.read(1 << 20):
                    size += len(part)
                    count += part.count(b"\n")
        except FileNotFoundError:
            pass
        lines.append(f"it printed {size:,} bytes in {count:,} lines")
    return "".join(f"[gridtie: {line}]\n" for line in (*lines, *refused))
