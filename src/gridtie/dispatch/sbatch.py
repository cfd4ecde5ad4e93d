"""`#SBATCH` scripts: options that mean something here are mapped, every other one is reported."""

import math
import re
import shlex
from dataclasses import replace
from datetime import timedelta

from gridtie.dispatch.job import JobDocument, JobSpec
from gridtie.dispatch.resources_keys import MEMORY_PER_CPU_BYTES, ChipFinder
from gridtie.errors import InputTooLarge, InvalidJobFile, Problem, UnknownChip
from gridtie.market.request import Alternative
from gridtie.values.quantity import MIB, parse_bytes

BYTES_MAX = 256 * 1024
_SHORT = {"J": "job-name", "N": "nodes", "n": "ntasks", "c": "cpus-per-task", "t": "time", "p": "partition",
          "A": "account",
          "o": "output", "e": "error", "a": "array", "C": "constraint", "D": "chdir", "G": "gpus", "q": "qos",
          "d": "dependency", "w": "nodelist", "x": "exclude", "L": "licenses", "i": "input", "b": "begin"}  # fmt: skip
_FLAGS = frozenset(
    {"exclusive", "requeue", "no-requeue", "oversubscribe", "hold", "parsable", "verbose", "quiet", "test-only"}
)
_MAPPED = frozenset(
    {
        "job-name", "nodes", "ntasks", "ntasks-per-node", "cpus-per-task", "mem", "mem-per-cpu", "gres", "gpus",
        "gpus-per-node", "gpus-per-task", "time", "requeue", "no-requeue", "tmp",
    }
)  # fmt: skip
_EXPLAINED = {
    "partition": "the market chooses the place",
    "account": "your organisation pays; see gridtie.budget",
    "output": "output is read with: gridtie logs",
    "error": "both streams are kept together: gridtie logs",
    "array": "arrays are not there yet; submit in a loop",
    "export": "give variables with --env",
    "dependency": "several documents in one job file make a chain",
}


def is_script(raw: bytes | str) -> bool:
    """A shell script, not YAML: it begins with '#!', or its comment lines hold #SBATCH options."""
    text = raw if isinstance(raw, str) else raw[:65536].decode("utf-8", "replace")
    return text.startswith("#!") or bool(re.search(r"^#SBATCH\s+-", text, re.MULTILINE))


def parse_script(raw: bytes | str, *, source: str, chips: ChipFinder) -> JobDocument:
    """Options up to the first command, as Slurm reads them. Raises InvalidJobFile, InputTooLarge."""
    if len(raw) > BYTES_MAX:
        raise InputTooLarge(source=source, limit="256 KiB")
    try:
        text = raw if isinstance(raw, str) else raw.decode("utf-8")
    except UnicodeDecodeError as cause:
        raise InvalidJobFile(source=source, problems=[Problem(f"not UTF-8 at byte {cause.start}", 1, 1)]) from None
    if "\x00" in text:
        raise InvalidJobFile(source=source, problems=[Problem("a NUL character is not allowed", 1, 1)])
    script = _Script(chips)
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if stripped and not stripped.startswith("#"):
            break
        if line.startswith("#SBATCH"):
            script.line(line, number)
    if script.problems:
        raise InvalidJobFile(source=source, problems=script.problems)
    return JobDocument(jobs=(script.job(text),), notes=tuple(script.notes))


class _Script:
    def __init__(self, chips: ChipFinder) -> None:
        self._chips = chips
        self.problems: list[Problem] = []
        self.notes: list[str] = []
        self._values: dict[str, tuple[str, int, int]] = {}

    def line(self, line: str, number: int) -> None:
        try:
            words = shlex.split(line[len("#SBATCH") :], comments=True)
        except ValueError as cause:
            self.problems.append(Problem(f"cannot be taken apart: {cause}", number, 1))
            return
        column = len("#SBATCH") + 2
        index = 0
        while index < len(words):
            word = words[index]
            index += 1
            name, value, separate = _option(word)
            if name is None:
                self.problems.append(Problem(f"{word[:40]!r} is not an option of sbatch", number, column))
                continue
            if separate and name not in _FLAGS:
                if index >= len(words):
                    self.problems.append(Problem(f"--{name} needs a value", number, column))
                    continue
                value = words[index]
                index += 1
            self._values[name] = (value, number, column)
            if name not in _MAPPED:
                why = _EXPLAINED.get(name, "it has no meaning here yet")
                self.notes.append(f"{number}:{column} --{name} has no effect ({why})")

    def job(self, text: str) -> JobSpec:
        nodes = self._number("nodes", 1)
        tasks = self._number("ntasks-per-node", 0) or math.ceil(self._number("ntasks", nodes) / max(1, nodes))
        cpus = max(1, self._number("cpus-per-task", 1) * tasks)
        chip, count = self._accelerators(nodes, tasks)
        memory = self._bytes("mem") or self._bytes("mem-per-cpu") * cpus or MEMORY_PER_CPU_BYTES * cpus
        alternative = Alternative(
            chip=chip, accelerators=count, cpus=cpus, memory_bytes=memory, disk_bytes=self._bytes("tmp")
        )
        spec = JobSpec(name=self._text("job-name"), run=text, machines=nodes, alternatives=(alternative,))
        limit = self._time()
        if limit is not None:
            spec = replace(spec, time_limit=limit, expected=min(limit, timedelta(hours=1)))
        if "no-requeue" in self._values:
            spec = replace(spec, retry=replace(spec.retry, limit=0))
        if self.problems:
            raise InvalidJobFile(source="script", problems=self.problems)
        return spec

    def _text(self, name: str) -> str:
        return self._values.get(name, ("", 0, 0))[0]

    def _wrong(self, name: str, words: str) -> None:
        value, line, column = self._values[name]
        self.problems.append(Problem(f"--{name}={value[:40]}: {words}", line, column))

    def _number(self, name: str, default: int) -> int:
        text = self._text(name)
        if not text:
            return default
        first = text.partition("-")[0]
        if not re.fullmatch(r"\d{1,6}", first) or int(first) < 1:
            self._wrong(name, "must be a whole number from 1")
            return default or 1
        return int(first)

    def _bytes(self, name: str) -> int:
        """Slurm's sizes: a bare number is megabytes, and K, M, G, T are binary."""
        text = self._text(name)
        if not text:
            return 0
        try:
            return int(text) * MIB if text.isdigit() else parse_bytes(text)
        except ValueError as cause:
            self._wrong(name, str(cause))
            return 0

    def _accelerators(self, nodes: int, tasks: int) -> tuple[str, int]:
        """(chip, count per machine) from --gres, --gpus-per-node, --gpus or --gpus-per-task."""
        for name in ("gres", "gpus-per-node", "gpus", "gpus-per-task"):
            text = self._text(name)
            for part in text.split(",") if text else ():
                words = part.removeprefix("gres/").split(":")
                if name == "gres" and words[0] != "gpu":
                    self.notes.append(f"{self._values[name][1]}:1 --gres={part} has no effect (only gpu is known)")
                    continue
                words = words[1:] if name == "gres" else words
                count = int(words[-1]) if words and words[-1].isdigit() else 1
                kind = next((word for word in words if not word.isdigit()), "")
                if name == "gpus":
                    count = max(1, count // max(1, nodes))
                elif name == "gpus-per-task":
                    count *= tasks
                return self._chip(name, kind, count)
        return "cpu", 0

    def _chip(self, name: str, kind: str, count: int) -> tuple[str, int]:
        if not kind:
            self._wrong(
                name, "name the accelerator here, as in --gres=gpu:a100:4; the market sells models, not any GPU"
            )
            return "cpu", 0
        try:
            return self._chips.find(kind).id, count
        except UnknownChip as unknown:
            self._wrong(name, f"no chip is called {kind!r}; nearest: {unknown.params.get('nearest')}")
            return "cpu", 0

    def _time(self) -> timedelta | None:
        """minutes, minutes:seconds, hours:minutes:seconds, days-hours[:minutes[:seconds]]."""
        text = self._text("time")
        if not text or text.upper() in ("UNLIMITED", "INFINITE"):
            return None
        match = re.fullmatch(r"(?:(\d{1,4})-)?(\d{1,6})(?::(\d{1,2}))?(?::(\d{1,2}))?", text)
        if match is None:
            self._wrong("time", "must be a time as Slurm writes it, such as 30, 2:00:00 or 1-12")
            return None
        days, first, second, third = (None if part is None else int(part) for part in match.groups())
        if days is not None:
            span = timedelta(days=days, hours=first or 0, minutes=second or 0, seconds=third or 0)
        elif third is not None:
            span = timedelta(hours=first or 0, minutes=second or 0, seconds=third)
        else:
            span = timedelta(minutes=first or 0, seconds=second or 0)
        if span <= timedelta(0):
            self._wrong("time", "must be more than nothing")
            return None
        return span


def _option(word: str) -> tuple[str | None, str, bool]:
    """(long name, value, whether the value is the next word)."""
    if match := re.fullmatch(r"--([a-z][a-z-]*)(?:=(.*))?", word, re.DOTALL):
        return match[1], match[2] or "", match[2] is None
    if match := re.fullmatch(r"-([A-Za-z])(.*)", word, re.DOTALL):
        name = _SHORT.get(match[1])
        return name, match[2].lstrip("="), not match[2]
    return None, "", False
