"""What Slurm's commands print, as records. Pure text; the same records come out of slurmrestd (parse_rest.py)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice

from gridtie.errors import SchedulerAway

MIB = 1 << 20
NODES_MAX = 65_533  # MAX_SLURM_NODES
NODES_TOLD = 4  # of a job: they are told to people
RANGES_MAX = 8
# Values hold spaces (Comment=…, OS=…, Reason=…); a field begins where a word and '=' follow a space.
_FIELD = re.compile(r"(?:^|\s)([A-Za-z][\w:/()]*)=(.*?)(?=\s+[A-Za-z][\w:/()]*=|\s*$)", re.DOTALL)
_GRES = re.compile(r"(?:^|,)\s*(?:gres[:/])?gpu(?::([A-Za-z][\w.-]*))?[:=](\d+)")
_SHARD = re.compile(r"(?:^|,)\s*(?:gres[:/])?shard(?::[A-Za-z][\w.-]*)?[:=](\d+)")
_DURATION = re.compile(r"(?:(\d+)-)?(?:(\d+):)?(\d+):(\d+)(?:\.(\d+))?")
# No number; torn in its name; a field twice that tells whose it is, or how it is.
_TAMPERED = re.compile(
    r"^JobId=(?!\d+ )|^JobId=\d+ JobName=(?!.* JobState=)|\s(JobId|JobName|UserId|JobState)=.*\s\1=|\sJobId="
)
_FILED_TAMPERED = re.compile(r"\s(UserId|Name|JobState|ExitCode)=.*\s\1=|\sJobId=")
_SIZE = re.compile(r"([\d.]+)([KMGT]?)")


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRecord:
    """One job. `exit_code` and `signal` are what Slurm prints as `3:0`; times are UTC, None where there is none."""

    id: int
    name: str
    user: str
    partition: str
    state: str  # PENDING, RUNNING, COMPLETED, NODE_FAIL …: the first word, without flags
    reason: str = ""
    exit_code: int = 0
    signal: int = 0
    restarts: int = 0
    nodes: tuple[str, ...] = ()  # the first that are allocated
    submitted: datetime | None = None
    started: datetime | None = None  # of a pending job: when Slurm expects it to start
    ended: datetime | None = None  # of a running job: when its time limit ends
    cpu_us: int = 0
    memory_peak_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeRecord:
    """`gpus` and `gpus_used` by GRES type; '' where a type is not named. `flags` hold DRAIN, MAINTENANCE, RESERVED …

    `shards`: parts of GPUs that Slurm gives out; of those in use Slurm 22.05 says fewer than there are.
    """

    name: str
    address: str
    state: str
    flags: frozenset[str]
    reason: str
    partitions: tuple[str, ...]
    cpus: int
    cpus_used: int
    memory_bytes: int
    memory_used_bytes: int
    gpus: dict[str, int]
    gpus_used: dict[str, int]
    shards: int = 0
    shards_used: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReservationRecord:
    name: str
    nodes: tuple[str, ...]
    starts: datetime | None
    ends: datetime | None


def fields_of(line: str) -> dict[str, str]:
    return {key: value.strip() for key, value in _FIELD.findall(line)}


def jobs(text: str) -> list[JobRecord]:
    """Of `scontrol show job -o`. Raises SchedulerAway for text that is none.

    Whoever may submit can give a job a name or a comment that holds newlines and fields of a record, and Slurm prints
    it as it is. What was tampered with is passed over: a stranger's job neither hides others nor speaks for them.
    """
    found, why = [], None
    for line in _lines(text, "JobId="):
        if " JobName=" in line and not _TAMPERED.search(line):
            try:
                found.append(_job(line))
            except SchedulerAway as cause:
                why = cause
    if why is not None and not found:
        raise why
    return found


def _job(line: str) -> JobRecord:
    found = fields_of(line)
    try:
        code, _, number = found.get("ExitCode", "0:0").partition(":")
        return JobRecord(
            id=int(found["JobId"]),
            name=found["JobName"],
            user=found.get("UserId", "").partition("(")[0],
            partition=found.get("Partition", ""),
            state=found["JobState"].split()[0],
            reason=_none(found.get("Reason", "")).replace("_", " "),
            exit_code=int(code),
            signal=int(number or 0),
            restarts=int(found.get("Restarts", 0)),
            nodes=nodes_of(_none(found.get("NodeList", "")), NODES_TOLD),
            submitted=when(found.get("SubmitTime", "")),
            started=when(found.get("StartTime", "")),
            ended=when(found.get("EndTime", "")),
        )
    except (KeyError, ValueError, IndexError) as cause:
        raise unreadable("scontrol show job", cause) from cause


BOOKED = "JobIDRaw,User,Partition,State,ExitCode,Submit,Start,End,NodeList,JobName"
USED = "JobIDRaw,TotalCPU,MaxRSS"


def accounting(text: str) -> list[JobRecord]:
    """Of `sacct -P -n -X -D` with BOOKED. A job that began again has a record for each start, the last one last."""
    found: dict[tuple[int, str], JobRecord] = {}
    for line in text.splitlines():
        parts = line.split("|", 9)
        if len(parts) != 10:
            raise unreadable("sacct", f"{len(parts)} columns instead of 10")
        try:
            state, _, by = parts[3].partition(" by ")
            code, _, signal = parts[4].partition(":")
            key = (int(parts[0]), parts[9])
            found[key] = JobRecord(
                id=key[0], name=key[1], user=parts[1], partition=parts[2], state=state.split()[0],
                reason=f"by user {by}" if by else "", exit_code=int(code or 0), signal=int(signal or 0),
                restarts=found[key].restarts + 1 if key in found else 0, submitted=when(parts[5]),
                started=when(parts[6]), ended=when(parts[7]), nodes=nodes_of(_none(parts[8]), NODES_TOLD),
            )  # fmt: skip
        except (ValueError, IndexError) as cause:
            raise unreadable("sacct", cause) from cause
    return list(found.values())


def with_usage(jobs: Sequence[JobRecord], text: str) -> list[JobRecord]:
    """Of `sacct -P -n` with USED: the time stands in a job's line, the memory in those of its steps (`12.batch`)."""
    cpu: dict[str, int] = {}
    peak: dict[str, int] = {}
    for line in text.splitlines():
        key, _, rest = line.partition("|")
        spent, _, memory = rest.partition("|")
        number, _, step = key.partition(".")
        if not step:
            cpu[number] = duration_us(spent)
        peak[number] = max(peak.get(number, 0), size(memory))
    return [replace(job, cpu_us=cpu.get(str(job.id), 0), memory_peak_bytes=peak.get(str(job.id), 0)) for job in jobs]


def completions(text: str) -> list[JobRecord]:
    """Of a `jobcomp/filetxt` file; the last line may be half written, and is then left out.

    A name that holds a newline can make a whole line that looks like any other. Slurm has filed the true one, too,
    before it forgets a job, so a number of which two lines say different things is left out, and so is a job that began
    twice.
    """
    found: dict[int, JobRecord] = {}
    doubted: set[int] = set()
    for line in _lines(text, "JobId="):
        values = fields_of(line)
        if "ExitCode" not in values or _FILED_TAMPERED.search(line):
            continue
        code, _, number = values["ExitCode"].partition(":")
        try:
            job = JobRecord(
                id=int(values["JobId"]), name=values["Name"], user=values.get("UserId", "").partition("(")[0],
                partition=values.get("Partition", ""), state=values["JobState"].split()[0], exit_code=int(code),
                signal=int(number or 0), nodes=nodes_of(_none(values.get("NodeList", "")), NODES_TOLD),
                submitted=when(values.get("SubmitTime", "")), started=when(values.get("StartTime", "")),
                ended=when(values.get("EndTime", "")),
            )  # fmt: skip
        except (KeyError, ValueError):
            continue
        if found.setdefault(job.id, job) != job:
            doubted.add(job.id)
    return [job for key, job in found.items() if key not in doubted]


def nodes(text: str) -> list[NodeRecord]:
    """Of `scontrol show node -o -d`."""
    return [_node(line) for line in _lines(text, "NodeName=")]


def _node(line: str) -> NodeRecord:
    found = fields_of(line)
    try:
        state, *flags = found["State"].split("+")
        if state.endswith("*"):
            flags.append("NOT_RESPONDING")
        return NodeRecord(
            name=found["NodeName"],
            address=found.get("NodeAddr", found["NodeName"]),
            state=state.rstrip("*~#!%$@^-"),
            flags=frozenset(flag.rstrip("*~#!%$@^-") for flag in flags),
            reason=found.get("Reason", "").partition(" [")[0],
            partitions=tuple(found.get("Partitions", "").split(",")),
            cpus=int(found.get("CPUEfctv", found["CPUTot"])),
            cpus_used=int(found["CPUAlloc"]),
            memory_bytes=(int(found["RealMemory"]) - int(found.get("MemSpecLimit", 0))) * MIB,
            memory_used_bytes=int(found["AllocMem"]) * MIB,
            gpus=gpus(_none(found.get("Gres", ""))),
            gpus_used=gpus(_none(found.get("GresUsed", ""))),
            shards=shards(_none(found.get("Gres", ""))),
            shards_used=shards(_none(found.get("GresUsed", ""))),
        )
    except (KeyError, ValueError) as cause:
        raise unreadable("scontrol show node", cause) from cause


def reservations(text: str) -> list[ReservationRecord]:
    """Of `scontrol show reservation -o`."""
    found = [fields_of(line) for line in _lines(text, "ReservationName=")]
    return [
        ReservationRecord(
            name=one["ReservationName"], nodes=nodes_of(_none(one.get("Nodes", ""))),
            starts=when(one.get("StartTime", "")), ends=when(one.get("EndTime", "")),
        )
        for one in found
    ]  # fmt: skip


def config(text: str) -> dict[str, str]:
    """Of `scontrol show config`: `Key = value` lines."""
    pairs = (line.partition("=") for line in text.splitlines() if "=" in line)
    return {key.strip(): value.strip() for key, _, value in pairs}


def gpus(text: str) -> dict[str, int]:
    """`gpu:h200:4(S:0-1),gpu:a100:2` → {h200: 4, a100: 2}; `gpu:4` → {'': 4}."""
    found: dict[str, int] = {}
    for kind, count in _GRES.findall(re.sub(r"\([^)]*\)", "", text)):
        found[kind] = found.get(kind, 0) + int(count)
    return found


def shards(text: str) -> int:
    """`gpu:h200:1,shard:4(S:0-1)` → 4."""
    return sum(map(int, _SHARD.findall(re.sub(r"\([^)]*\)", "", text))))


def nodes_of(text: str, most: int = NODES_MAX) -> tuple[str, ...]:
    """The first of them. No more than a cluster can have: whoever writes a comment may write of more."""
    return tuple(islice(hostlist(text), most))


def hostlist(text: str) -> Iterator[str]:
    """`a[01-03,7]-x,b` → a01-x a02-x a03-x a7-x b. One range in a name, as Slurm prints them nearly always; more
    are expanded from the left. Raises ValueError for what is no list."""
    for name in _split(text):
        if name.count("[") > RANGES_MAX:
            raise ValueError(f"{name[:40]!r} has more than {RANGES_MAX} ranges")
        match = re.match(r"([^\[]*)\[([^\]]*)\](.*)", name)
        if match is None:
            yield name
            continue
        before, inside, after = match.groups()
        for part in inside.split(","):
            first, _, last = part.partition("-")
            if int(last or first) < int(first):  # of these nobody could count how many come to nothing
                raise ValueError(f"{part[:40]!r} runs backwards")
            for number in range(int(first), int(last or first) + 1):
                yield from hostlist(f"{before}{number:0{len(first)}d}{after}")


def _split(text: str) -> Iterator[str]:
    """At commas outside brackets."""
    depth, start = 0, 0
    for index, letter in enumerate(text):
        depth += (letter == "[") - (letter == "]")
        if letter == "," and not depth:
            yield text[start:index]
            start = index + 1
    if text[start:]:
        yield text[start:]


def when(text: str) -> datetime | None:
    """The clients run with TZ=UTC, so that what they print is UTC."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        return None  # Unknown, N/A, None, (null)


def duration_us(text: str) -> int:
    """`1-02:03:04`, `02:03.456`: days, hours, minutes, seconds."""
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        return 0
    days, hours, minutes, seconds, fraction = match.groups()
    whole = ((int(days or 0) * 24 + int(hours or 0)) * 60 + int(minutes)) * 60 + int(seconds)
    return whole * 1_000_000 + int((fraction or "0").ljust(6, "0")[:6])


def size(text: str) -> int:
    """`1234K` in bytes; 0 for nothing."""
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        return 0
    return int(float(match[1]) * {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}[match[2]])


def _lines(text: str, start: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith(start)]


def _none(text: str) -> str:
    return "" if text in ("(null)", "None", "N/A", "None assigned", "Unknown") else text


def unreadable(what: str, why: object) -> SchedulerAway:
    return SchedulerAway(scheduler="Slurm", reason=f"`{what}` answers what cannot be read ({why})", look=what)
