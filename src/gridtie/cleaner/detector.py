"""Other tools that look for personal data: each a child process, asked one line at a time, that outlives the parts.

A child first says what it is. Then one line with texts comes in, and one with what it found goes out; at the end of its
input it ends. As it reads a whole line before it answers, neither side can wait for the other to read.
"""

import json
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from gridtie.cleaner.files import Read
from gridtie.cleaning.detectors import Detection, Hello, read_answer
from gridtie.cleaning.document import leaves
from gridtie.errors import DetectorFailed

BATCH_RECORDS, BATCH_CHARACTERS = 64, 200_000  # of one line; a longer text goes alone
Command = tuple[str, ...]


class Detector:
    """Raises DetectorFailed: not there, ended, or says what cannot be."""

    def __init__(self, name: str, command: Command) -> None:
        self.name, self._command, self._batch = name, command, 0
        try:
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        except OSError as cause:
            raise self._failed(f"cannot be started: {cause.strerror}: {command[0]}") from None
        try:
            self.hello = Hello.read(self._heard())
        except ValueError as cause:
            raise self._failed(str(cause)) from None
        except DetectorFailed:
            self.end()
            raise

    def find(self, texts: Sequence[str]) -> list[list[Detection]]:
        self._batch += 1
        stdin = self._process.stdin
        assert stdin is not None, "a pipe was asked for"
        try:
            stdin.write(json.dumps({"batch": self._batch, "texts": texts}).encode() + b"\n")  # ASCII: lone surrogates
            stdin.flush()
        except BrokenPipeError:
            raise self._ended() from None
        try:
            return read_answer(self._heard(), batch=self._batch, texts=texts, detector=self.name)
        except ValueError as cause:
            raise self._failed(str(cause)) from None

    def end(self) -> None:
        """Lets it end by itself; one that does not read its input is killed."""
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None, "a pipe was asked for"
            try:
                pipe.close()
            except BrokenPipeError:
                continue
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _heard(self) -> Any:
        stdout = self._process.stdout
        assert stdout is not None, "a pipe was asked for"
        line = stdout.readline()
        if not line.endswith(b"\n"):
            raise self._ended()
        try:
            return json.loads(line)
        except ValueError:
            raise ValueError("answers with a line that is no JSON") from None

    def _ended(self) -> DetectorFailed:
        try:
            code = self._process.wait(5)
        except subprocess.TimeoutExpired:
            return self._failed("closed its output and did not end")
        return self._failed(f"ended by signal {-code}" if code < 0 else f"ended with exit code {code}")

    def _failed(self, reason: str) -> DetectorFailed:
        return DetectorFailed(name=self.name, reason=reason)


_running: dict[tuple[str, Command], Detector] = {}  # of this process: a model may take a minute to load


def running(commands: Mapping[str, Command]) -> list[Detector]:
    return [_running.get(one) or _running.setdefault(one, Detector(*one)) for one in sorted(commands.items())]


def end_all() -> None:
    while _running:
        _running.popitem()[1].end()


def hellos(detectors: Iterable[Detector]) -> dict[str, dict[str, str]]:
    return {detector.name: asdict(detector.hello) for detector in detectors}


def told(detectors: Sequence[Detector], records: Iterable[Read]) -> Iterator[tuple[Read, tuple[Detection, ...]]]:
    """Each record with what the detectors find in its texts; where there are none, nothing is held back for a batch."""
    if not detectors:
        yield from ((found, ()) for found in records)
        return
    batch: list[tuple[Read, list[str]]] = []
    size = 0
    for found in records:
        texts = [] if found.problem else [text for _, text in leaves(found.value)]
        if batch and (len(batch) >= BATCH_RECORDS or size + sum(map(len, texts)) > BATCH_CHARACTERS):
            yield from _asked(detectors, batch)
            batch, size = [], 0
        batch.append((found, texts))
        size += sum(map(len, texts))
    yield from _asked(detectors, batch)


def _asked(
    detectors: Sequence[Detector], batch: Sequence[tuple[Read, list[str]]]
) -> Iterator[tuple[Read, tuple[Detection, ...]]]:
    texts = [text for _, of_record in batch for text in of_record]
    found = [detector.find(texts) for detector in detectors] if texts else []
    at = 0
    for record, of_record in batch:
        yield (
            record,
            tuple(
                replace(one, place=place)
                for by_text in found
                for place in range(len(of_record))
                for one in by_text[at + place]
            ),
        )
        at += len(of_record)
