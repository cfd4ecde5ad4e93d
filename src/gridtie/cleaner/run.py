"""A whole cleaning: look at all parts, compare across them, write all parts. By one process or by several; after a kill
it goes on with what is not marked as done."""

import fcntl
import json
import multiprocessing
import os
import signal
import stat
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import IO, Any

from gridtie.cleaner.across import COMPARED, across
from gridtie.cleaner.detector import end_all
from gridtie.cleaner.files import HALF, Part, digest_of, of_one_result, parts_of, put, remove_report, strange_below
from gridtie.cleaner.table import check_columns, check_size, gather, generalise
from gridtie.cleaner.work import Task, look_at, looked, mark_of, mark_of_look, marked, write_part, written
from gridtie.errors import CleaningFault, FolderInUse, GridtieError, InputChanged, InvalidInput, Problem, WorkerLost


@dataclass(frozen=True, slots=True)
class Step:
    """How far a run is: `done` of `size` bytes of the input, in this stage. The first step of a stage says what was
    done before it began, by an earlier run."""

    stage: str
    done: int
    size: int


Progress = Callable[[Step], None]


@dataclass(frozen=True, slots=True)
class Cleaned:
    """`inputs`: name, path, size and digest. `parts`: what each counted, in order; `keys` name their looks, and
    `across` says what was found by comparing. `mended`: results that were no longer what had been written."""

    inputs: Sequence[Mapping[str, Any]]
    parts: Sequence[Mapping[str, Any]]
    keys: Sequence[str]
    across: Sequence[Mapping[int, str]]
    detectors: Mapping[str, Mapping[str, str]]
    mended: Sequence[str]


PASSED = 4  # places that are told of a fault, the last first


@contextmanager
def wordless() -> Iterator[None]:
    """What no error of ours foresaw leaves as CleaningFault, without its words."""
    try:
        yield
    except (GridtieError, OSError):
        raise
    except Exception as bug:  # noqa: BLE001  whatever it is, its words may be from the data
        passed = traceback.extract_tb(bug.__traceback__)[-PASSED:]
        where = " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(passed))
        raise CleaningFault(kind=type(bug).__name__, where=where) from None


@wordless()
def clean(
    task: Task, inputs: Sequence[Path], *, workers: int, progress: Progress, names: Mapping[Path, str] | None = None,
    finish: Callable[[Cleaned], None] = lambda _cleaned: None,
) -> Cleaned:  # fmt: skip
    """`names`: what each input is called, and its results after it; without them by the names of the files. `finish`:
    what else is written there before another cleaning may begin.

    Raises FolderInUse, InvalidInput (unknown format, results of other inputs, columns that are not there, two
    versions of a detector), DetectorFailed, InputChanged, WorkerLost, TableTooLarge, TooMuchLeftOut, OSError (full
    disk: run again)
    """
    called = names or {path: path.name for path in inputs}
    if problems := of_one_result(called.items()):
        raise InvalidInput(source="INPUT", problems=[Problem(problem) for problem in problems])
    if table := task.policy().table:
        check_columns(table, inputs)
    for folder in ("data", "work/looks", str(COMPARED), "work/written", *(["dropped"] if task.aside else [])):
        (task.out / folder).mkdir(parents=True, exist_ok=True)
    with _lock(task.out / "work" / "lock") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FolderInUse(path=task.out) from None
        _remove_halves(task.out)  # of a run that was killed
        try:
            cleaned = _clean(task, called, workers, progress)
            finish(cleaned)
            return cleaned
        except BaseException:
            _remove_halves(task.out)  # of a full disk, or a worker that was ended
            raise


def _remove_halves(out: Path) -> None:
    below = (out / name for name in ("data", "dropped", "review", "work"))
    for left in (*out.glob(f"{HALF}*"), *(left for folder in below for left in folder.rglob(f"{HALF}*"))):
        left.unlink(missing_ok=True)


def _lock(path: Path) -> IO[str]:
    """What stands there is opened and neither followed, waited for nor emptied. Raises InvalidInput, OSError."""
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK, 0o644)
    if not stat.S_ISREG(os.fstat(lock).st_mode):
        os.close(lock)
        raise InvalidInput(source=str(path), problems=[Problem("no file; name another folder with --out")])
    return os.fdopen(lock, "r+")


def _clean(task: Task, inputs: Mapping[Path, str], workers: int, progress: Progress) -> Cleaned:
    known = _digests(task.out / "work" / "inputs.json", list(inputs))
    parts = [part for path, name in inputs.items() for part in parts_of(path, name)]
    _make_room(task.out, {part.name for part in parts})
    keys = [task.look_key(part, known[part.path]["sha256"]) for part in parts]
    with _pool(workers) as run:
        sizes = [max(1, part.end - part.start) for part in parts]
        counted, _ = _gone_on(run, _LOOKING, [(task, *each) for each in zip(parts, keys, strict=True)], sizes, progress)
        _check_unchanged(task, known, parts, keys)
        detectors = _same_detectors(task, counted)
        dropped = _across(task, parts, keys, [one["records"] for one in counted], sizes, progress)
        jobs = [(task, part, key, why) for part, key, why in zip(parts, keys, dropped, strict=True)]
        table = ""
        if said := task.policy().table:
            check_size(said, sum(one["records"] for one in counted))
            table = generalise(task, parts, run("gathering", gather, jobs, sizes, progress), dropped)
        made, anew = _gone_on(
            run, _WRITING, [(*job, table) for job in jobs], sizes, progress, lambda: remove_report(task.out)
        )  # fmt: skip
    _check_unchanged(task, known, parts, keys)
    read = [{**known[str(path)], "name": name} for path, name in inputs.items()]
    return Cleaned(read, made, keys, dropped, detectors, [parts[number].name for number in anew])


@dataclass(frozen=True, slots=True)
class _Stage:
    """`known` gives what `work` made of a job before; where `mark` lies, that is worth asking."""

    name: str
    work: Callable[..., Any]
    known: Callable[..., Any]
    mark: Callable[..., Path]


_LOOKING = _Stage("looking", look_at, looked, mark_of_look)
_WRITING = _Stage("writing", write_part, written, mark_of)


def _gone_on(
    run: Callable[..., list[Any]], stage: _Stage, jobs: Sequence[tuple[Any, ...]], sizes: Sequence[int],
    progress: Progress, begin: Callable[[], None] = lambda: None,
) -> tuple[list[Any], list[int]]:  # fmt: skip
    """What all jobs of a stage made, now or before; and of which the earlier result was no longer whole. `begin`: what
    is done before the first of what is left."""

    def some(name: str, work: Callable[..., Any], places: Sequence[int], done: int) -> dict[int, Any]:
        picked = [jobs[place] for place in places], [sizes[place] for place in places]
        return dict(zip(places, run(name, work, *picked, progress, done), strict=True))

    begun = [place for place, job in enumerate(jobs) if stage.mark(*job).exists()]
    made = some("checking", stage.known, begun, 0) if begun else {}
    left = [place for place in range(len(jobs)) if made.get(place) is None]
    if left:
        begin()
    made |= some(stage.name, stage.work, left, sum(sizes) - sum(sizes[place] for place in left))
    return [made[place] for place in range(len(jobs))], sorted(set(begun) & set(left))


def _make_room(out: Path, results: set[str]) -> None:
    """Raises InvalidInput where results of other inputs lie."""
    if strange := strange_below(out / "data", results):
        more = f" and {len(strange) - 1} more" if len(strange) > 1 else ""
        why = (f"holds an earlier cleaning of other inputs (data/{strange[0]}{more}); name another folder with --out, "
               "or remove this one")  # fmt: skip
        raise InvalidInput(source=str(out), problems=[Problem(why)])
    for folder in ("data", "dropped", "work/written", "work/table"):
        for parent in {(out / folder / name).parent for name in results if "/" in name}:
            parent.mkdir(parents=True, exist_ok=True)


@wordless()
def look_share(task: Task, inputs: Sequence[Path], *, rank: int, world: int, workers: int, progress: Progress) -> None:
    """The looks of what falls to `rank` of `world`, for a `clean` elsewhere that finds them in `work/looks`.

    Raises InvalidInput for an unknown format or columns that are not there, OSError."""
    if table := task.policy().table:
        check_columns(table, inputs)
    (task.out / "work" / "looks").mkdir(parents=True, exist_ok=True)
    parts = share_of([part for path in inputs for part in parts_of(path)], rank, world)
    known = _digests(task.out / "work" / "inputs.json", [Path(path) for path in dict.fromkeys(p.path for p in parts)])
    jobs = [(task, part, task.look_key(part, known[part.path]["sha256"])) for part in parts]
    with _pool(workers) as run:
        _gone_on(run, _LOOKING, jobs, [max(1, part.end - part.start) for part in parts], progress)


def share_of(parts: Sequence[Part], rank: int, world: int) -> list[Part]:
    """What falls to one of so many: the largest first, each to whoever has least so far."""
    loads, mine = [0] * world, []
    for number in sorted(range(len(parts)), key=lambda number: (parts[number].start - parts[number].end, number)):
        to = loads.index(min(loads))
        loads[to] += max(1, parts[number].end - parts[number].start)
        mine += [number] if to == rank else []
    return [parts[number] for number in sorted(mine)]


def _digests(kept: Path, inputs: Sequence[Path]) -> dict[str, dict[str, Any]]:
    """Digests of the inputs; of a file that has not changed since, the one that is known."""
    before = marked(kept) or {}
    made = {}
    for path in inputs:
        now = path.stat()
        said = {"path": str(path), "bytes": now.st_size, "changed": now.st_mtime_ns}
        old = before.get(str(path), {})
        made[str(path)] = old if old.items() > said.items() else {**said, "sha256": digest_of(path)}
    put(kept, json.dumps(made).encode())
    return made


def _same_detectors(task: Task, counted: Sequence[Mapping[str, Any]]) -> Mapping[str, Mapping[str, str]]:
    first: Mapping[str, Mapping[str, str]] = counted[0].get("detectors", {}) if counted else {}
    if all(one.get("detectors", {}) == first for one in counted):
        return first
    why = "some parts were looked at by another version of a detector; remove work/looks and run again"
    raise InvalidInput(source=str(task.out), problems=[Problem(why)])


def _check_unchanged(task: Task, known: Mapping[str, Any], parts: Sequence[Part], keys: Sequence[str]) -> None:
    """Forgets the looks at a file that is no longer the one whose digest they go by, and what was decided on them."""
    for path, said in known.items():
        now = Path(path).stat()
        if (now.st_size, now.st_mtime_ns) != (said["bytes"], said["changed"]):
            for part, key in zip(parts, keys, strict=True):
                if part.path == path:
                    (task.out / "work" / "looks" / f"{key}.done.json").unlink(missing_ok=True)
            for segment in (task.out / COMPARED).glob("*.json"):
                segment.unlink()
            raise InputChanged(path=path)


def _across(
    task: Task, parts: Sequence[Part], keys: Sequence[str], records: Sequence[int], sizes: Sequence[int],
    progress: Progress,
) -> list[dict[int, str]]:  # fmt: skip
    total = sum(sizes)
    before = [0, *accumulate(sizes)]
    dropped = across(
        task, parts, keys, records,
        lambda stage, part, share: progress(Step(stage, before[part] + int(share * sizes[part]), total)),
    )  # fmt: skip
    progress(Step("comparing", total, total))
    return dropped


# ── one process or several ────────────────────────────────────────────────────────────────────────────────────────
class _pool:  # noqa: N801  used like a function
    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._executor: ProcessPoolExecutor | None = None

    def __enter__(self) -> Callable[..., list[Any]]:
        self._others = set(multiprocessing.active_children())
        if self.workers > 1:
            context = multiprocessing.get_context("spawn")
            self._executor = ProcessPoolExecutor(self.workers, mp_context=context, initializer=_serve)
        return self._run

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        end_all()  # those of the workers end with them, when nobody can write to them any more
        if self._executor is None:
            return
        if kind is not None and issubclass(kind, KeyboardInterrupt):  # who stops a run waits for no part of it
            for worker in set(multiprocessing.active_children()) - self._others:
                worker.terminate()
        self._executor.shutdown(cancel_futures=True)

    def _run(
        self,
        stage: str,
        work: Callable[..., Any],
        jobs: Sequence[tuple[Any, ...]],
        sizes: Sequence[int],
        progress: Progress,
        done: int = 0,
    ) -> list[Any]:
        """The results in the order of the jobs, whichever ends first. `done`: bytes of those left out."""
        total = done + sum(sizes)
        results: list[Any] = [None] * len(jobs)
        progress(Step(stage, done, total))
        if self._executor is None:
            for number, job in enumerate(jobs):
                results[number] = _worked(work, *job)
                done += sizes[number]
                progress(Step(stage, done, total))
            return results
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # for workers that are started here
        try:
            futures: dict[Future[Any], int] = {
                self._executor.submit(_worked, work, *job): n for n, job in enumerate(jobs)
            }
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        for future in as_completed(futures):
            number = futures[future]
            try:
                results[number] = future.result()
            except BrokenProcessPool:
                raise WorkerLost from None
            done += sizes[number]
            progress(Step(stage, done, total))
        return results


@wordless()
def _worked(work: Callable[..., Any], *job: Any) -> Any:
    return work(*job)


def _serve() -> None:
    """A worker is stopped by who started it, not by the key that stops them both, and ends with a parent that was
    killed: else it would wait for work for ever."""
    signal.signal(signal.SIGINT, lambda *_: None)  # not SIG_IGN, which detectors would inherit
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    if (parent := multiprocessing.parent_process()) is not None:
        parent.join()
        os._exit(1)
