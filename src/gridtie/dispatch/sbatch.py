"""`#SBATCH` scripts: options that mean something here are mapped, every other one is reported.

Slurm runs a batch script on the first node and starts the rest with srun; here the script runs on each machine.
"""

import re
from dataclasses import dataclass, replace
from datetime import timedelta

from gridtie.dispatch.job import JobDocument, JobSpec, usual_memory
from gridtie.dispatch.resources_keys import ChipFinder
from gridtie.dispatch.sbatch_options import (
    EXPLAINED,
    FLAGS,
    MAPPED,
    OPTIONAL,
    REFUSED,
    UNMAPPED,
    Option,
    options_of,
    suggestion,
)
from gridtie.dispatch.yaml_source import decoded, place_of
from gridtie.errors import InvalidJobFile, Problem, UnknownChip
from gridtie.market.request import Alternative
from gridtie.values.quantity import MIB, parse_bytes

ARRAY_MAX = 256
EXPECTED_MOST = timedelta(hours=1)  # what cost is held for, where only a limit is known
MACHINES_MAX = 4096
PROBLEMS_MAX = 50
_SHELLS = ("sh", "bash", "dash", "zsh", "ksh")
_PART = "ask for a part of one card in a job file, as resources: {accelerators: {A100: 0.5}}"
_END = "GRIDTIE_END_OF_SCRIPT"


def is_script(raw: bytes | str) -> bool:
    """A script, not YAML: it begins with '#!', or its first line that is not empty is an #SBATCH line."""
    head = raw[:65536] if isinstance(raw, str) else raw[:65536].decode("utf-8", "replace")
    return head.removeprefix("\ufeff").startswith("#!") or head.lstrip("\ufeff \t\r\n").startswith("#SBATCH ")


def parse_script(raw: bytes | str, *, source: str, chips: ChipFinder) -> JobDocument:
    """Options up to the first command, as Slurm reads them; an array becomes a group. Raises InvalidJobFile,
    InputTooLarge."""
    text = decoded(raw, source)
    script = _Script(chips)
    past = False
    for number, line in enumerate(text.split("\n"), 1):
        stripped = line.strip()
        past = past or bool(stripped and not stripped.startswith("#"))
        if line.startswith("#SBATCH"):
            if past:
                script.note(number, 1, "#SBATCH after the first command is not read, neither here nor by Slurm")
            else:
                script.line(line, number)
    if not past:
        script.problem("the script has no command", 1, 1)
    jobs = script.jobs(text)
    if script.problems:
        ordered = sorted(script.problems, key=lambda problem: (problem.line, problem.column))
        raise InvalidJobFile(source=source, problems=ordered)
    kind = "group" if len(jobs) > 1 else "job"
    return JobDocument(
        jobs=jobs,
        kind=kind,
        name=script.name if len(jobs) > 1 else "",
        source=source,
        notes=tuple(sorted(script.notes, key=place_of)),
    )


_SRUN = re.compile(r"[ \t]*(?:exec[ \t]+|time[ \t]+)?(srun)(?=\s|$)")


@dataclass(frozen=True, slots=True)
class _Size:
    """Per machine."""

    nodes: int
    tasks: int
    cpus_per_task: int
    chip: str
    accelerators: int


class _Script:
    def __init__(self, chips: ChipFinder) -> None:
        self._chips = chips
        self.problems: list[Problem] = []
        self.notes: list[str] = []
        self._values: dict[str, Option] = {}
        self._constrained = False  # --constraint named the accelerator

    @property
    def name(self) -> str:
        return self._text("job-name") or "job"

    def problem(self, message: str, line: int, column: int, path: str = "") -> None:
        if len(self.problems) < PROBLEMS_MAX:
            self.problems.append(Problem(message, line, column, path))

    def note(self, line: int, column: int, message: str) -> None:
        if len(self.notes) < 200:
            self.notes.append(f"{line}:{column} {message}")

    def line(self, line: str, number: int) -> None:
        try:
            found = options_of(line)
        except ValueError as cause:
            self.problem(str(cause), number, len("#SBATCH") + 1)
            return
        for option in found:
            option = replace(option, line=number)
            if option.name in FLAGS - OPTIONAL and option.value:
                self.problem(f"--{option.name} takes no value", number, option.column, option.name)
            elif option.name in REFUSED:
                self.problem(f"{option.written[:40]}: {REFUSED[option.name]}", number, option.column, option.name)
            elif option.name not in MAPPED | UNMAPPED:
                self.problem(
                    f"{option.written[:40]} is not an option of sbatch{suggestion(option.name)}", number, option.column
                )
            elif option.value is None and option.name not in FLAGS:
                self.problem(f"{option.written[:40]} needs a value", number, option.column, option.name)
            else:
                self._values[option.name] = option
                if option.name in UNMAPPED - {"constraint"}:
                    self._unused(option)

    def _unused(self, option: Option) -> None:
        why = EXPLAINED.get(option.name, "it has no meaning here yet")
        self.note(option.line, option.column, f"--{option.name} has no effect ({why})")

    def jobs(self, text: str) -> tuple[JobSpec, ...]:
        size = self._size()
        if "constraint" in self._values and not self._constrained:
            self._unused(self._values["constraint"])
        memory = self._memory(size)
        alternative = Alternative(
            chip=size.chip,
            accelerators=size.accelerators,
            cpus=max(1, size.cpus_per_task * size.tasks),
            memory_bytes=memory,
            disk_bytes=self._bytes("tmp"),
        )
        spec = JobSpec(
            name=self._text("job-name")[:200],
            run=self._command(text),
            machines=size.nodes,
            alternatives=(alternative,),
            image=self._text("container-image") or None,
        )
        limit = self._time("time")
        if limit is not None:
            spec = replace(spec, time_limit=limit, expected=min(limit, EXPECTED_MOST))
        if (usual := self._time("time-min")) is not None:
            spec = replace(spec, expected=usual)
        if "no-requeue" in self._values:
            spec = replace(spec, retry=replace(spec.retry, limit=0))
        if folder := self._text("chdir"):
            spec = replace(spec, workdir=folder)
        envs = self._slurm_variables(size, spec.name)
        required: list[str] = []
        self._export(envs, required)
        spec = replace(spec, envs=tuple(envs.items()), envs_required=tuple(required))
        if size.nodes > 1:
            option = self._values.get("nodes") or self._values["ntasks"]
            self.note(option.line, option.column, f"the script runs on each of the {size.nodes} machines, without srun")
        self._look_for_srun(text)
        return self._array(spec)

    def _size(self) -> _Size:
        per_node = self._number("ntasks-per-node", 0)
        total = self._number("ntasks", 0)
        nodes = self._number("nodes", 0) or (-(-total // per_node) if total and per_node else 1)
        if nodes > MACHINES_MAX:
            self._wrong("nodes" if "nodes" in self._values else "ntasks", f"at most {MACHINES_MAX} machines")
        tasks = per_node or (-(-total // nodes) if total else 1)
        chip, count = self._accelerators(nodes, tasks)
        cpus = self._number("cpus-per-task", 0)
        if not cpus and (per_gpu := self._number("cpus-per-gpu", 0)):
            cpus = -(-per_gpu * count // tasks)
        return _Size(nodes, tasks, cpus or 1, chip, count)

    def _memory(self, size: _Size) -> int:
        cpus = size.tasks * size.cpus_per_task
        if (whole := self._values.get("mem")) is not None and whole.value == "0":
            self.note(whole.line, whole.column, "--mem=0 asks for all memory of a node; here the usual share is asked")
        asked = (
            self._bytes("mem") or self._bytes("mem-per-cpu") * cpus or self._bytes("mem-per-gpu") * size.accelerators
        )
        if asked >= 1 << 53:
            name = next(name for name in ("mem", "mem-per-cpu", "mem-per-gpu") if name in self._values)
            self._wrong(name, "is not a size that a machine has")
        return asked or usual_memory(cpus, size.accelerators)

    def _text(self, name: str) -> str:
        option = self._values.get(name)
        return (option.value or "") if option else ""

    def _wrong(self, name: str, words: str) -> None:
        option = self._values[name]
        self.problem(f"--{name}={(option.value or '')[:40]}: {words}", option.line, option.column, name)

    def _number(self, name: str, default: int) -> int:
        text = self._text(name)
        if not text:
            return default
        first, _, last = text.partition("-")
        if not re.fullmatch(r"\d{1,6}", first) or int(first) < 1 or (last and name != "nodes"):
            self._wrong(name, "must be a whole number from 1")
            return default or 1
        if last:
            option = self._values[name]
            self.note(option.line, option.column, f"--{name}={text[:20]}: a range becomes its smaller number, {first}")
        return int(first)

    def _bytes(self, name: str) -> int:
        """Slurm's sizes: a bare number is megabytes, and K, M, G, T are binary."""
        text = self._text(name)
        if not text:
            return 0
        try:
            return int(text) * MIB if re.fullmatch(r"\d{1,12}", text) else parse_bytes(text)
        except ValueError as cause:
            self._wrong(name, str(cause))
            return 0

    def _accelerators(self, nodes: int, tasks: int) -> tuple[str, int]:
        """(chip, count per machine) from --gpus-per-node, --gres, --gpus-per-task or --gpus, in this order."""
        kind = count = None
        for name in ("gpus-per-node", "gres", "gpus-per-task", "gpus"):
            for part in self._text(name).split(",") if self._text(name) else ():
                words = part.removeprefix("gres:").removeprefix("gres/").split(":")
                if name == "gres":
                    if words[0] in ("shard", "mps"):
                        self._wrong(name, f"how much of a card that is, each cluster says for itself; {_PART}")
                        return "cpu", 0
                    if words[0] != "gpu":
                        option = self._values[name]
                        self.note(option.line, option.column, f"--gres={part[:40]} has no effect (only gpu is known)")
                        continue
                    words = words[1:]
                number = re.sub(r"\(.*\)$", "", words[-1]) if words else ""
                if len(words) > 2 or (len(words) == 2 and not re.fullmatch(r"\d{1,4}", number)):
                    like = "must be like gpu:a100:4" if name == "gres" else "must be like a100:4"
                    self._wrong(name, f"{like}; {_PART}" if re.fullmatch(r"\d*\.\d+", number) else like)
                    return "cpu", 0
                amount = int(number) if re.fullmatch(r"\d{1,4}", number) else 1
                model = next((word for word in words if not re.fullmatch(r"\d{1,4}(\(.*\))?", word)), "")
                per_machine = {"gpus": -(-amount // nodes), "gpus-per-task": amount * tasks}.get(name, amount)
                if per_machine and count is not None:
                    self._wrong(name, "another option asks for accelerators already")
                elif per_machine:
                    kind, count = self._chip(name, model), per_machine
        return (kind or "cpu", count or 0) if kind != "cpu" else ("cpu", 0)

    def _chip(self, name: str, kind: str) -> str:
        if not kind and (model := self._of_constraint()):
            return model
        if not kind:
            example = "--gres=gpu:a100:4" if name == "gres" else f"--{name}=a100:4"
            self._wrong(name, f"name the model, as in {example}; the market sells models, not any GPU")
            return "cpu"
        try:
            return self._chips.find(kind).id
        except UnknownChip as unknown:
            near = unknown.params.get("nearest")
            self._wrong(name, f'no chip is called "{kind[:40]}"' + ("" if near == "none" else f". Nearest: {near}"))
            return "cpu"

    def _of_constraint(self) -> str:
        """The chip that --constraint names, as sites call their nodes after it; '' for any other feature."""
        try:
            found = self._chips.find(self._text("constraint")).id if self._text("constraint") else ""
        except UnknownChip:
            return ""
        self._constrained = bool(found)
        return found

    def _time(self, name: str) -> timedelta | None:
        """minutes, minutes:seconds, hours:minutes:seconds, days-hours[:minutes[:seconds]]."""
        text = self._text(name)
        if not text or text.upper() in ("UNLIMITED", "INFINITE", "-1"):
            return None
        match = re.fullmatch(r"(?:(\d{1,4})-)?(\d{1,6})(?::(\d{1,2}))?(?::(\d{1,2}))?", text)
        if match is None:
            self._wrong(name, "must be a time as Slurm writes it, such as 30, 2:00:00 or 1-12")
            return None
        days, first, second, third = (None if part is None else int(part) for part in match.groups())
        if days is not None:
            span = timedelta(days=days, hours=first or 0, minutes=second or 0, seconds=third or 0)
        elif third is not None:
            span = timedelta(hours=first or 0, minutes=second or 0, seconds=third)
        else:
            span = timedelta(minutes=first or 0, seconds=second or 0)
        if not timedelta(0) < span <= timedelta(days=366):
            self._wrong(name, "must be more than nothing and at most a year")
            return None
        return span

    def _slurm_variables(self, size: _Size, name: str) -> dict[str, str]:
        """What is known before the run starts, under Slurm's names."""
        known = {
            "SLURM_JOB_NAME": name or "job",
            "SLURM_JOB_NUM_NODES": str(size.nodes),
            "SLURM_NNODES": str(size.nodes),
            "SLURM_NTASKS": str(size.nodes * size.tasks),
            "SLURM_NTASKS_PER_NODE": str(size.tasks),
            "SLURM_CPUS_PER_TASK": str(size.cpus_per_task),
        }
        return known | ({"SLURM_GPUS_ON_NODE": str(size.accelerators)} if size.accelerators else {})

    def _export(self, envs: dict[str, str], required: list[str]) -> None:
        """`ALL,A=1,B`: A is set, B must be given at submit; the submitter's own environment does not travel."""
        option = self._values.get("export")
        for part in (option.value or "").split(",") if option else ():
            name, equals, value = part.partition("=")
            if part in ("ALL", "NONE", "NIL", ""):
                if part == "ALL" and option:
                    self.note(option.line, option.column, "--export=ALL: your environment does not travel; use --env")
            elif not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,254}", name):
                self._wrong("export", f'"{name[:40]}" is not a name of an environment variable')
            elif equals:
                envs[name] = value
            else:
                required.append(name)

    def _array(self, spec: JobSpec) -> tuple[JobSpec, ...]:
        text = self._text("array")
        if not text:
            return (spec,)
        numbers, _, at_once = text.partition("%")
        indices: list[int] = []
        for part in numbers.split(","):
            match = re.fullmatch(r"(\d{1,7})(?:-(\d{1,7}))?(?::(\d{1,7}))?", part.strip())
            if match is None or int(match[3] or 1) < 1 or int(match[2] or match[1]) < int(match[1]):
                self._wrong("array", "must be like 0-9, 1,3,5 or 0-20:5")
                return (spec,)
            found = range(int(match[1]), int(match[2] or match[1]) + 1, int(match[3] or 1))
            if len(indices) + len(found) > ARRAY_MAX:
                self._wrong("array", f"more than {ARRAY_MAX} jobs")
                return (spec,)
            indices += found
        indices = sorted(set(indices))
        option = self._values["array"]
        if at_once:
            self.note(option.line, option.column, f"%{at_once[:10]} has no effect; the market starts what it can place")
        shared = {"SLURM_ARRAY_TASK_COUNT": str(len(indices)), "SLURM_ARRAY_TASK_MIN": str(indices[0]),
                  "SLURM_ARRAY_TASK_MAX": str(indices[-1])}  # fmt: skip
        return tuple(
            replace(
                spec,
                name=f"{spec.name or 'job'}-{index}",
                envs=(*spec.envs, *shared.items(), ("SLURM_ARRAY_TASK_ID", str(index))),
            )
            for index in indices
        )

    def _look_for_srun(self, text: str) -> None:
        for number, line in enumerate(text.splitlines(), 1):
            if match := _SRUN.match(line):
                words = "there is no srun, unless the site has it: the script itself runs on each machine, once"
                self.note(number, match.start(1) + 1, words)
                return

    def _command(self, text: str) -> str:
        """The script itself where a shell runs it, else fed to the interpreter that its first line names."""
        first = text.removeprefix("\ufeff").split("\n", 1)[0].strip()
        if not first.startswith("#!"):
            return text
        words = first[2:].split()
        program = words[0].rpartition("/")[2] if words else ""
        if program == "env":
            words = [word for word in words[1:] if not word.startswith("-")]
            program = words[0] if words else ""
        if program in _SHELLS:
            return text
        if not re.fullmatch(r"[A-Za-z0-9._+-]{1,64}", program) or _END in text:
            self.problem(f'"{first[:60]}" does not name an interpreter', 1, 1)
            return text
        return f"{program} /dev/stdin <<'{_END}'\n{text}\n{_END}\n"
