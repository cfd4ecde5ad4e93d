"""What passes between the agent and a run's pods: files, lease and orders in; output and files out."""

import json
import os
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath
from typing import Any

from gridtie.adapters.sites.kubernetes import manifest
from gridtie.adapters.sites.kubernetes.parse import PodRecord
from gridtie.adapters.sites.kubernetes.settings import KubernetesSettings
from gridtie.adapters.sites.kubernetes.talk import Api
from gridtie.adapters.sites.result import result_of
from gridtie.dispatch.run import RunPlan
from gridtie.dispatch.site import Looked

PART_BYTES = 16 << 20  # of files in one exchange
LOG_MARGIN_BYTES = 4096
TALKS = 16
WATCHED = ("sky_workdir", "checkpoints")
BEGUN, TAKEN = "begun", "taken"  # marks in a run's folder: each rank had its files; its place was taken from it


class Courier:
    """Keeps in the run's folder of `state` what each rank's pod has told and given: result-N.json, known-N.json."""

    def __init__(self, api: Api, settings: KubernetesSettings) -> None:
        self._api, self._settings = api, settings

    def visit(self, name: str, run: Looked, pods: Sequence[PodRecord]) -> None:
        """One exchange with each pod that runs, and as many more as bring files. Raises SchedulerAway, and
        OSError where the agent's own disk does not take or give them."""
        folder = self._settings.state / name
        present = {pod.index: pod for pod in pods if pod.phase == "Running" and pod.ended is None}
        if not present or not folder.is_dir() or run.asked == "kill":
            return
        stop = ["stop"] if run.asked else []
        told = _each(present, lambda index: self._say(folder, run.plan, present[index], marks=stop))
        ranks = range(len(run.plan.tasks))
        if all(index in told and present[index].ip for index in ranks):
            addresses = [present[index].ip for index in ranks]
            empty = [index for index in ranks if not told[index]["ready"]]
            if empty and (folder / BEGUN).exists():  # another pod, made while nobody looked: a second run
                (folder / TAKEN).touch()
                return
            told |= _each(empty, lambda index: self._bring(folder, run.plan, present[index], addresses))
            (folder / BEGUN).touch()
            for path in folder.glob("secrets-*.json"):
                path.unlink(missing_ok=True)
            if all(answer["set_up"] for answer in told.values()):
                held = [index for index in ranks if not (folder / f"went-{index}").exists()]
                _each(held, lambda index: self._say(folder, run.plan, present[index], marks=["go"]))
                for index in held:
                    (folder / f"went-{index}").touch()

    def overfull(self, name: str, plan: RunPlan) -> bool:
        """Whether a rank's files are more than its disk: a file with holes, or a pod that does not tell the truth."""
        folder = self._settings.state / name
        return any(_State(folder / f"known-{task.rank}.json").total() > task.disk_bytes for task in plan.tasks)

    def _say(self, folder: Path, plan: RunPlan, pod: PodRecord, *, marks: Sequence[str]) -> Mapping[str, Any]:
        """Until the pod has nothing new, or at most so long that others are not forgotten."""
        end = time.monotonic() + self._settings.timeout
        while True:
            answer, more = self._exchange(folder, plan, pod, {"marks": list(marks)})
            if not more or time.monotonic() > end:
                break
        if answer["result"] is not None and not more:
            (folder / f"result-{pod.index}.json").write_text(json.dumps(answer["result"]), encoding="utf-8")
            self._exchange(folder, plan, pod, {"marks": ["fetched"]})
        return answer

    def _exchange(
        self, folder: Path, plan: RunPlan, pod: PodRecord, request: dict[str, Any], parts: bytes = b""
    ) -> tuple[Mapping[str, Any], bool]:
        """The answer, and whether there may be more that can be kept."""
        home, records = map(Path, json.loads((folder / "places.json").read_text(encoding="utf-8"))[pod.index])
        log, state = records / "log", _State(folder / f"known-{pod.index}.json")
        request = {
            "lease": float((folder / "lease").read_text(encoding="ascii")) - time.time(), "known": state.known,
            "partial": state.partial, "log": log.stat().st_size if log.exists() else 0, "most": PART_BYTES, **request,
        }  # fmt: skip
        head = json.dumps(request).encode()
        answered = self._api.execute(
            pod.namespace, pod.name, manifest.CONTAINER, manifest.talk_command(self._settings.python),
            len(head).to_bytes(8, "big") + head + parts,
        )  # fmt: skip
        try:
            line, _, rest = answered.partition(b"\n")
            answer = json.loads(line)
            size = int(answer["log"])
            if request["log"] + size <= plan.log_limit_bytes + LOG_MARGIN_BYTES and size:
                with log.open("ab") as file:
                    file.write(rest[:size])
            at = size
            for key, length, mtime, mode, offset, count in answer["files"]:
                state.keep(home, str(key), (int(length), int(mtime), int(mode)), int(offset), rest[at : at + count])
                at += count
            for key in () if answer["more"] else answer["gone"]:  # the last: what replaces it is here by then
                state.forget(home, str(key))
            answer["result"] = answer["result"] if result_of(json.dumps(answer["result"])) else None
            answer |= {mark: bool(answer[mark]) for mark in ("ready", "set_up", "more")}
        except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError) as cause:
            raise self._api.away(f"{pod.name} answers what cannot be read: {cause}") from cause
        state.save()
        return answer, answer["more"] and state.total() <= plan.tasks[pod.index].disk_bytes

    def _bring(self, folder: Path, plan: RunPlan, pod: PodRecord, addresses: Sequence[str]) -> Mapping[str, Any]:
        """All files of a rank, piece by piece, and `ready` with the last."""
        home = Path(json.loads((folder / "places.json").read_text(encoding="utf-8"))[pod.index][0])
        mtime = int(time.time()) * 10**9
        state = _State(folder / f"known-{pod.index}.json")
        table: list[list[Any]] = []
        buffer = bytearray()
        wanted = {"folders": [f"home/{part}" for part in (*WATCHED, "tmp")] + ["job"], "mtime": mtime}
        for key, mode, content in self._files(folder, plan, pod.index, addresses, home):
            for offset, part in content:
                table.append([key, mode, offset, len(part)])
                buffer += part
                if len(buffer) >= PART_BYTES:
                    self._exchange(folder, plan, pod, {**wanted, "pieces": table, "most": 0}, bytes(buffer))
                    table, buffer = [], bytearray()
                if key.startswith("home/"):
                    state.known[key[5:]] = [offset + len(part), mtime]
        state.save()
        alone = len(plan.tasks) == 1  # no other rank's setup to wait for
        last = {**wanted, "pieces": table, "marks": ["ready", "go"] if alone else ["ready"], "most": 0}
        answer, _ = self._exchange(folder, plan, pod, last, bytes(buffer))
        if alone:
            (folder / f"went-{pod.index}").touch()
        return answer

    def _files(
        self, folder: Path, plan: RunPlan, index: int, addresses: Sequence[str], home: Path
    ) -> Iterator[tuple[str, int, Iterator[tuple[int, bytes]]]]:
        """Name below the pod's folder, mode, content."""
        for name in ("rank.py", "output.py"):
            yield name, 0o644, _parts(folder / name)
        document = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        peers = "\n".join(addresses)
        for envs in document["rank_envs"]:
            envs |= {"SKYPILOT_NODE_IPS": peers, "SKYPILOT_SETUP_NODE_IPS": peers, "MASTER_ADDR": addresses[0]}
        yield "job/run.json", 0o600, iter([(0, json.dumps(document).encode())])
        for phase, text in (("setup", plan.setup), ("command", plan.command)):
            script = f"trap 'exit 143' TERM\n{text}" if text.strip() else ""
            yield f"job/script-{phase}", 0o600, iter([(0, script.encode())])
        secrets = folder / f"secrets-{index}.json"
        if secrets.exists():
            yield f"job/{secrets.name}", 0o600, _parts(secrets)
        for part in WATCHED:
            for parent, _, files in os.walk(home / part):
                for one in files:
                    path = Path(parent) / one
                    if path.is_file() and not path.is_symlink():
                        yield f"home/{path.relative_to(home)}", path.stat().st_mode & 0o777 | 0o600, _parts(path)


def _each(ranks: Collection[int], work: Callable[[int], Mapping[str, Any]]) -> dict[int, Mapping[str, Any]]:
    """At once, and all of them also where one fails: a node that hangs must not keep the lease from the others."""
    if len(ranks) < 2:
        return {index: work(index) for index in ranks}
    with ThreadPoolExecutor(min(TALKS, len(ranks))) as pool:
        under_way = {index: pool.submit(work, index) for index in ranks}
    return {index: one.result() for index, one in under_way.items()}


class _State:
    """Which of a rank's files are here already, and how much of the one that is on its way."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            data = {"known": {}, "partial": None}
        self.known: dict[str, list[int]] = data["known"]
        self.partial: list[Any] | None = data["partial"]

    def save(self) -> None:
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps({"known": self.known, "partial": self.partial}), encoding="utf-8")
        fresh.replace(self._path)

    def total(self) -> int:
        """Bytes of all that is here, and of what is on its way."""
        return sum(size for size, _ in self.known.values()) + (int(self.partial[1]) if self.partial else 0)

    def forget(self, home: Path, key: str) -> None:
        if self.known.pop(key, None) is not None:
            (home / key).unlink(missing_ok=True)

    def keep(self, home: Path, key: str, status: tuple[int, int, int], offset: int, part: bytes) -> None:
        """The name is the job's word: only what lies below its own folders is written, and no link is followed."""
        size, mtime, mode = status
        parts = PurePosixPath(key).parts
        if not parts or parts[0] not in WATCHED or ".." in parts or len(parts) < 2:
            raise ValueError(f"a file named {key!r}")
        target = home.joinpath(*parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.parent.resolve().is_relative_to(home.resolve()):
            raise ValueError(f"a file named {key!r} beyond a link")
        begun = home / ".gridtie-part"
        flags = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | (0 if offset else os.O_TRUNC)
        with os.fdopen(os.open(begun, flags, 0o600), "wb") as file:
            file.seek(offset)
            file.write(part)
        if offset + len(part) < size:
            self.partial = [key, size, mtime, offset + len(part)]
            return
        begun.chmod(mode & 0o777 | 0o600)
        begun.replace(target)
        self.known[key], self.partial = [size, mtime], None


def _parts(path: Path) -> Iterator[tuple[int, bytes]]:
    """An empty file too is one part."""
    with path.open("rb") as file:
        offset = 0
        while (part := file.read(PART_BYTES)) or offset == 0:
            yield offset, part
            offset += len(part)
            if not part:
                return
