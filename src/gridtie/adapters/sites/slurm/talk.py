"""Slurm's own commands, each with a time limit and a clean environment; nothing is decided here."""

import os
import subprocess
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from gridtie.adapters.sites.slurm import parse
from gridtie.adapters.sites.slurm.parse import JobRecord, NodeRecord, ReservationRecord
from gridtie.adapters.sites.slurm.script import Submission, sbatch
from gridtie.adapters.sites.slurm.settings import SlurmSettings
from gridtie.errors import SchedulerAway, SiteRefused

PATH = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin:/opt/slurm/bin"
# What is said when nobody could be asked, or the answer was lost on its way: nothing is certain then. Slurm's own
# names for faults of communication, and what munge and the operating system say.
UNCERTAIN = ("unable to contact", "connect", "timed out", "socket", "communication", "message", "protocol",
             "zero bytes", "header lengths", "temporarily un", "slurmctld is not", "munge", "authentication",
             "no route to host", "backup controller", "standby", "shutdown")  # fmt: skip


class Talk(Protocol):
    """All that the adapter asks of Slurm. Each raises SchedulerAway when no certain answer came."""

    def config(self) -> Mapping[str, str]: ...

    def jobs(self, names: Collection[str]) -> list[JobRecord]:
        """All that the controller knows; those with one of `names` are really called so."""
        ...

    def past(self, names: Sequence[str]) -> list[JobRecord]:
        """Of those the controller has forgotten, as far as somebody keeps the books: how each ended. What the books
        take for alive is not told: it is not there any more, and the books have not heard of its end."""
        ...

    def nodes(self) -> list[NodeRecord]: ...

    def reservations(self) -> list[ReservationRecord]: ...

    def submit(self, what: Submission) -> int:
        """Its id. Raises SiteRefused with Slurm's words for a certain no."""
        ...

    def cancel(self, ids: Sequence[int], *, at_once: bool) -> None: ...


class Commands:
    """On a login host. As root a job is submitted by the user it runs as; else by whoever the agent is."""

    def __init__(self, settings: SlurmSettings) -> None:
        self._settings = settings
        self._books: str | None = None  # sacct | the jobcomp file | ''
        # What they print must not depend on whose settings these are: UTC, plain, in English.
        self._env = {"PATH": PATH, "TZ": "UTC", "LC_ALL": "C.UTF-8", "HOME": "/"}
        if settings.conf:
            self._env["SLURM_CONF"] = settings.conf

    def _run(self, words: Sequence[str], *, given: str = "") -> "subprocess.CompletedProcess[str]":
        try:
            return subprocess.run(
                words, input=given, capture_output=True, text=True, errors="replace", env=self._env, cwd="/",
                timeout=self._settings.timeout, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired as late:
            raise self._away(words[0], f"`{words[0]}` took longer than {self._settings.timeout:g} s") from late
        except OSError as cause:
            raise self._away(words[0], f"`{words[0]}` cannot be run here: {cause.strerror}") from cause

    def _ask(self, *words: str) -> str:
        done = self._run(words)
        if done.returncode:
            raise self._away(words[0], said(done.stderr) or f"`{words[0]}` ended with {done.returncode}")
        return done.stdout

    def _away(self, command: str, reason: str) -> SchedulerAway:
        if command == "sacct":
            return SchedulerAway(scheduler="slurmdbd", reason=reason, look="sacctmgr show cluster")
        look = "scontrol ping"
        if "configuration source" in reason:
            look += "; $SLURM_CONF is not read: where slurm.conf lies elsewhere, --set conf=FILE"
        return SchedulerAway(scheduler="Slurm", reason=reason, look=look)

    def config(self) -> Mapping[str, str]:
        return parse.config(self._ask("scontrol", "show", "config"))

    def jobs(self, names: Collection[str]) -> list[JobRecord]:
        """A comment with a newline can bear a record of any number, name and user. So those with one of `names` count
        only where squeue, asked for these very names, knows the same job; of two records of one job, the one in whose
        state it agrees too."""
        found = parse.jobs(self._ask("scontrol", "show", "job", "-o"))
        claimed = Counter(job.id for job in found if job.name in names)
        if not claimed:
            return found
        wanted = ",".join(sorted({job.name for job in found if job.name in names}))
        lines = self._ask("squeue", "-h", "-a", "-t", "all", f"--name={wanted}", "-o", "%A %u %T %j").splitlines()
        states = {(key, user, name): state for key, user, state, name in (line.split() for line in lines)}
        told: dict[int, JobRecord] = {}
        for job in found:
            state = states.get((str(job.id), job.user, job.name))
            if job.name in names and state is not None and (claimed[job.id] == 1 or state == job.state):
                told.setdefault(job.id, job)
        return [*told.values(), *(job for job in found if job.name not in names)]

    def past(self, names: Sequence[str]) -> list[JobRecord]:
        if self._books is None:
            found = self.config()
            if found.get("AccountingStorageType", "").endswith("slurmdbd"):  # else …/none, later (null)
                self._books = "sacct"
            else:
                filed = found.get("JobCompType", "") == "jobcomp/filetxt"
                self._books = found.get("JobCompLoc", "") if filed else ""
        if self._books == "sacct":
            return self._booked(names)
        try:
            return parse.completions(Path(self._books).read_text("utf-8", "replace")) if self._books else []
        except OSError:
            return []  # it is on the controller's host, or not ours to read

    def _booked(self, names: Sequence[str]) -> list[JobRecord]:
        """In two calls: a step bears any name that the run's own command gives it, also one with a `|` or a newline, so
        lines of steps are asked for numbers only."""
        ask = ("sacct", "-P", "-n", "-a", "--starttime=now-30days", f"--name={','.join(names)}")
        jobs = [job for job in parse.accounting(self._ask(*ask, "-X", "-D", f"--format={parse.BOOKED}")) if job.ended]
        return parse.with_usage(jobs, self._ask(*ask, f"--format={parse.USED}")) if jobs else []

    def nodes(self) -> list[NodeRecord]:
        return parse.nodes(self._ask("scontrol", "show", "node", "-o", "-d"))

    def reservations(self) -> list[ReservationRecord]:
        return parse.reservations(self._ask("scontrol", "show", "reservation", "-o"))

    def submit(self, what: Submission) -> int:
        words = sbatch(what)
        if what.user and os.geteuid() == 0:
            words = ["setpriv", f"--reuid={what.user}", f"--regid={group_of(what.user)}", "--init-groups", *words]
        done = self._run(words, given=what.script)
        if done.returncode:
            refusal = said(done.stderr) or f"sbatch ended with {done.returncode}"
            if any(word in refusal.lower() for word in UNCERTAIN):
                raise self._away("sbatch", refusal)
            raise SiteRefused(reason=refusal)
        try:
            return int(done.stdout.strip().partition(";")[0])
        except ValueError as cause:
            raise parse.unreadable("sbatch", done.stdout[:80]) from cause

    def cancel(self, ids: Sequence[int], *, at_once: bool) -> None:
        done = self._run(["scancel", *(["--signal=KILL"] if at_once else []), *map(str, ids)])
        if done.returncode and any(word in done.stderr.lower() for word in UNCERTAIN):
            raise self._away("scancel", said(done.stderr))


def group_of(user: str) -> int:
    import pwd

    return pwd.getpwnam(user).pw_gid


def said(stderr: str) -> str:
    """The client's last words, without its name before them."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    words = [line.partition("error: ")[2] or line for line in lines]
    return "; ".join(dict.fromkeys(words[-2:]))[:400]
