"""The options of `#SBATCH` lines: names, short forms, which are understood, and how a line is taken apart."""

import re
from dataclasses import dataclass
from difflib import get_close_matches

SHORT = {"J": "job-name", "N": "nodes", "n": "ntasks", "c": "cpus-per-task", "t": "time", "p": "partition",
         "A": "account", "o": "output", "e": "error", "a": "array", "C": "constraint", "D": "chdir", "G": "gpus",
         "q": "qos", "d": "dependency", "w": "nodelist", "x": "exclude", "L": "licenses", "i": "input", "b": "begin",
         "B": "extra-node-info", "F": "nodefile", "H": "hold", "I": "immediate", "k": "no-kill", "M": "clusters",
         "m": "distribution", "O": "overcommit", "Q": "quiet", "s": "oversubscribe", "S": "core-spec", "v": "verbose",
         "W": "wait", "Z": "no-allocate"}  # fmt: skip
FLAGS = frozenset({
    "exclusive", "requeue", "no-requeue", "oversubscribe", "hold", "parsable", "verbose", "quiet", "test-only",
    "no-kill", "overcommit", "wait", "immediate", "spread-job", "use-min-nodes", "contiguous", "ignore-pbs",
    "reboot", "no-allocate", "get-user-env", "propagate", "nice", "resv-ports"
})  # fmt: skip
MAPPED = frozenset({
    "job-name", "nodes", "ntasks", "ntasks-per-node", "cpus-per-task", "cpus-per-gpu", "mem", "mem-per-cpu",
    "mem-per-gpu", "gres", "gpus", "gpus-per-node", "gpus-per-task", "time", "time-min", "requeue", "no-requeue",
    "tmp", "export", "array", "chdir", "container-image"
})  # fmt: skip
# Read over, these would make a job run when or with what it must not.
REFUSED = {
    "hetjob": "parts of unlike machines are not one job here; write a group: several documents in a job file",
    "packjob": "parts of unlike machines are not one job here; write a group: several documents in a job file",
    "gpus-per-socket": "the sockets of a machine are not known here; use --gpus-per-node=MODEL:N",
    "tres-per-task": "use --cpus-per-task=N and --gpus-per-task=MODEL:N",
    "dependency": "a script cannot wait for another job here; several documents in one job file make a chain",
}
SAME = {"tasks-per-node": "ntasks-per-node"}
# Flags that may have a value.
OPTIONAL = frozenset({"exclusive", "nice", "propagate", "get-user-env", "resv-ports", "no-kill"})
EXPLAINED = {
    "partition": "the market chooses the place; narrow it with gridtie.where in a job file",
    "account": "your organisation pays; see gridtie.budget",
    "output": "output is read with: gridtie logs",
    "error": "both streams are kept together: gridtie logs",
    "constraint": "name the accelerator model instead",
    "exclusive": "a run gets what it asks for, beside other runs on the machine",
    "nodelist": "the market chooses the place",
    "exclude": "the market chooses the place",
    "mail-user": "no mail is sent; follow with: gridtie status",
    "mail-type": "no mail is sent; follow with: gridtie status",
    "qos": "priority comes from price and the job's own priority",
    "begin": "a job starts as soon as it is placed",
    "hold": "a job starts as soon as it is placed",
    "deadline": "give gridtie.deadline in a job file",
}
UNMAPPED = frozenset(EXPLAINED) | FLAGS - MAPPED | frozenset({
    "acctg-freq", "batch", "bb", "bbf", "bell", "burst-buffer", "cluster-constraint", "clusters", "comment",
    "container", "container-id", "container-mounts", "container-workdir", "container-name", "container-mount-home",
    "core-spec", "cores-per-socket", "cpu-freq", "delay-boot", "distribution", "exclude-user", "export-file",
    "extra", "extra-node-info", "gid", "gpu-bind", "gpu-freq", "gres-flags", "hint", "input",
    "kill-on-invalid-dep", "licenses", "mcs-label", "mem-bind", "mincpus", "mpi", "network", "nodefile",
    "ntasks-per-core", "ntasks-per-gpu", "ntasks-per-socket", "open-mode", "power", "prefer", "priority", "profile",
    "reservation", "segment", "signal", "sockets-per-node", "switches", "thread-spec", "threads-per-core",
    "tres-bind", "uid", "wait-all-nodes", "wckey", "workdir", "x11", "no-bell", "oom-kill-step",
    "consolidate-segments", "stepmgr"
})  # fmt: skip
_WORD = re.compile(r"""(?:[^\s"'\\#]|(?<=\S)\#|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+""")
_QUOTED = re.compile(r""""((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)""")


@dataclass(frozen=True, slots=True)
class Option:
    """`value` is None where none was written. Columns count from 1."""

    name: str
    value: str | None
    written: str
    column: int
    line: int = 0


def options_of(line: str) -> list[Option]:
    """The options of one line, each at its column; a comment ends them. Raises ValueError for an open quote."""
    words = _words(line)
    found: list[Option] = []
    index = 0
    while index < len(words):
        column, word = words[index]
        index += 1
        name, value = _split(word)
        if value is None and name not in FLAGS and index < len(words) and not words[index][1].startswith("--"):
            value = words[index][1]
            index += 1
        found.append(Option(name, value, word.partition("=")[0], column))
    return found


def _words(line: str) -> list[tuple[int, str]]:
    words: list[tuple[int, str]] = []
    at = len("#SBATCH")
    while at < len(line):
        if line[at].isspace():
            at += 1
            continue
        if line[at] == "#":
            break
        match = _WORD.match(line, at)
        if match is None:
            raise ValueError(f"a quote that opens at column {at + 1} is not closed")
        words.append(
            (at + 1, _QUOTED.sub(lambda m: _unescaped(m[1]) if m[1] is not None else m[2] or m[3] or "", match[0]))
        )
        if (at := match.end()) < len(line) and not line[at].isspace():
            raise ValueError(f"a quote that opens at column {at + 1} is not closed")
    return words


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def _split(word: str) -> tuple[str, str | None]:
    """(long name or what stood there, value)."""
    if match := re.fullmatch(r"--([A-Za-z][A-Za-z0-9-]*)(?:=(.*))?", word, re.DOTALL):
        return SAME.get(match[1], match[1]), match[2]
    if (match := re.fullmatch(r"-([A-Za-z])(.*)", word, re.DOTALL)) and match[1] in SHORT:
        return SHORT[match[1]], match[2].removeprefix("=") or None
    return word, None


def suggestion(name: str) -> str:
    near = get_close_matches(name[:40], sorted(MAPPED | UNMAPPED | set(REFUSED)), n=1, cutoff=0.7)
    return f". Did you mean --{near[0]}?" if near else ""
