"""Runs on a folder that this host and every node of a cluster see: laid out for rank.py, renewed, collected."""

import contextlib
import json
import os
import stat
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from shutil import copyfile, rmtree
from typing import Any

from gridtie.adapters.sites import output, rank
from gridtie.adapters.sites.lease import write_lease
from gridtie.adapters.sites.process.environment import environment, setup_environment
from gridtie.adapters.sites.result import result_of
from gridtie.dispatch.run import RunPlan
from gridtie.dispatch.site import RankResult, TaskStart
from gridtie.errors import SiteRefused

COPY_BYTES = 1 << 20
RESULT_BYTES_MAX = 1 << 16
LOG_MARGIN_BYTES = 4096  # for the last line of rank.py's own
PROGRAMS = (Path(rank.__file__), Path(output.__file__))


class RunFolders:
    """`programs`: files besides rank.py and its own that a run needs beside it."""

    def __init__(self, shared: Path, now: Callable[[], datetime], programs: Sequence[Path] = ()) -> None:
        self._shared, self._now = shared, now
        self._runs = shared / "runs"
        self._programs = (*PROGRAMS, *programs)

    def path(self, name: str) -> Path:
        return self._runs / name

    def lay_out(
        self, name: str, tasks: Sequence[TaskStart], told: Mapping[str, Any], more: Mapping[str, object] | None = None,
        give: Callable[[Path], None] = lambda _: None,
    ) -> None:  # fmt: skip
        """Nothing, when it was done before. `told`: what `document` made; `more`: further files of JSON; `give` hands a
        folder over to whom the run belongs. Raises SiteRefused."""
        plan = tasks[0].plan
        folder, job = self._runs / name, self._runs / name / "job"
        if (folder / "lease").exists():
            return
        try:
            self._make_common(folder)
            job.mkdir(mode=0o700, exist_ok=True)
            for source in self._programs:
                copyfile(source, folder / source.name)
                (folder / source.name).chmod(0o644)
            for file, what in {"run.json": told, **(more or {})}.items():
                _write(job / file, what)
            for phase, text in (("setup", plan.setup), ("command", plan.command)):
                (job / f"script-{phase}").write_text("trap 'exit 143' TERM\n" + text, encoding="utf-8")
            for start in tasks:
                if start.secrets:
                    _write(job / f"secrets-{start.task.rank}.json", dict(start.secrets))
                for part in ("sky_workdir", "checkpoints", "tmp"):
                    (start.home / part).mkdir(parents=True, exist_ok=True)
                start.home.chmod(0o700)
                give(start.home)
            give(job)
            self.renew(name, 0.0)  # the last: what is complete has a lease, even one that is over
        except OSError as cause:
            reason = f"its files could not be laid out below {self._shared}: {cause.strerror or cause}"
            raise SiteRefused(reason=reason) from cause

    def _make_common(self, folder: Path) -> None:
        """Others may pass through and list nothing; a run's own folder, whose name nobody can guess, may be read."""
        for path, mode in ((self._shared, 0o711), (self._runs, 0o711), (folder, 0o755)):
            if not path.is_dir():
                path.mkdir(parents=True)
                path.chmod(mode)

    def renew(self, name: str, seconds: float) -> None:
        path = self._runs / name / "lease"
        with contextlib.suppress(FileNotFoundError):  # a run that is being removed needs no lease
            write_lease(path, f"{self._now().timestamp() + seconds:.3f}", 0o644)

    def read(self, name: str, file: str, most: int) -> bytes | None:
        """A file that the run left in its job folder."""
        return _read_safely(self._runs / name / "job", file, most)

    def collect(self, name: str, plan: RunPlan, folders: Sequence[Path]) -> list[RankResult | None]:
        job = self._runs / name / "job"
        results = []
        for number, folder in enumerate(folders):
            _append_new(job, f"log-{number}", folder / "log", most=plan.log_limit_bytes + LOG_MARGIN_BYTES)
            results.append(result_of(_read_safely(job, f"result-{number}.json", RESULT_BYTES_MAX) or b""))
        return results

    def remove(self, name: str, home: Path) -> None:
        for path in (self._runs / name, home):
            rmtree(path, ignore_errors=True)


def document(
    tasks: Sequence[TaskStart],
    *,
    nodes: Sequence[str],
    addresses: Sequence[str],
    url: str,
    more: Mapping[str, str],
    in_image: Sequence[str] = (),
) -> dict[str, Any]:
    """What rank.py reads. `more`: variables over the usual ones; those that are '' come from the node itself.
    `in_image`: the words that run a program in an image on a node, for runs that name one."""
    plan = tasks[0].plan
    peers = "\n".join(addresses)
    shared = {
        "GRIDTIE_EXCHANGE_URL": url, "SKYPILOT_NODE_IPS": peers, "SKYPILOT_SETUP_NODE_IPS": peers,
        "MASTER_ADDR": addresses[0], **more,
    }  # fmt: skip
    ranks = [{**environment(start, str(start.home), url), **setup_environment(start), **shared} for start in tasks]
    return {
        "nodes": list(nodes),
        "homes": [str(start.home) for start in tasks],
        "setup": plan.setup,
        "command": plan.command,
        "envs": {},
        "rank_envs": [{name: value for name, value in one.items() if shared.get(name) != ""} for one in ranks],
        "given": dict(plan.envs),
        **({"in_image": [_words(in_image, plan.image, start.home) for start in tasks]} if plan.image else {}),
        "time_limit_s": None if plan.time_limit_us is None else plan.time_limit_us / 1_000_000,
        "log_limit_bytes": plan.log_limit_bytes,
    }


def _words(template: Sequence[str], image: str, home: Path) -> list[str]:
    return [word.replace("{image}", image).replace("{home}", str(home)) for word in template]


def _write(path: Path, what: object) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(what, file)


def _open_safely(folder: Path, name: str) -> int | None:
    """A regular file that has this one name: the folder is the job's, which may put a link to anything there."""
    try:
        descriptor = os.open(folder / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode) or status.st_nlink != 1:
        os.close(descriptor)
        return None
    return descriptor


def _read_safely(folder: Path, name: str, most: int) -> bytes | None:
    descriptor = _open_safely(folder, name)
    if descriptor is None:
        return None
    with os.fdopen(descriptor, "rb") as file, contextlib.suppress(OSError):
        return file.read(most)
    return None


def _append_new(folder: Path, name: str, target: Path, *, most: int) -> None:
    """What is new since the last time, into the agent's own copy, which never shrinks, nor outgrows `most`."""
    descriptor = _open_safely(folder, name)
    if descriptor is None:
        return
    with os.fdopen(descriptor, "rb") as source, contextlib.suppress(OSError), target.open("ab") as copy:
        source.seek(copy.tell())
        while part := source.read(min(COPY_BYTES, max(0, most - copy.tell()))):
            copy.write(part)
