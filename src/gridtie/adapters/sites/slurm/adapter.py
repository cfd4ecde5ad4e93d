"""A Slurm cluster as a scheduler of runs: files on the shared folder, records from Slurm, decisions from decide.py."""

import contextlib
import os
import pwd
import shlex
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from gridtie.adapters.sites.folder import RunFolders, document
from gridtie.adapters.sites.process.containers import IMAGE_FORM, is_image
from gridtie.adapters.sites.process.environment import OF_BATCH, PATH
from gridtie.adapters.sites.slurm import decide, parse
from gridtie.adapters.sites.slurm.parse import JobRecord, NodeRecord
from gridtie.adapters.sites.slurm.script import submission
from gridtie.adapters.sites.slurm.settings import SlurmSettings
from gridtie.adapters.sites.slurm.talk import Talk
from gridtie.dispatch.run import RunPlan
from gridtie.dispatch.site import ClusterFacts, Looked, RankResult, Seen, SiteCapacity, TaskStart
from gridtie.errors import InvalidInput, NotIsolated, Problem, SchedulerAway, SiteRefused
from gridtie.registry.chips import ChipRegistry
from gridtie.registry.parts import share_of, whole_of


@dataclass(frozen=True, slots=True)
class Local:
    """Whose account a run has on the cluster; `name` is '' for the agent's own."""

    name: str
    uid: int
    gid: int


class SlurmScheduler:
    """As root, each organisation's runs have the local user that the settings name, and are isolated from each other as
    far as the cluster isolates its users. Otherwise all run as the agent's own user: only trusted organisations' may.
    """

    def __init__(
        self, settings: SlurmSettings, talk: Talk, *, chips: ChipRegistry, url: str, trusted: Collection[str] = (),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:  # fmt: skip
        self._settings, self._talk, self._chips, self._url, self._now = settings, talk, chips, url, now
        self._trusted = frozenset(trusted)
        self._mapped = bool(settings.users) and os.geteuid() == 0
        self.isolation = "scheduler" if self._mapped else "none"
        self.images = bool(settings.images)
        self._nodes: dict[str, NodeRecord] = {}  # by declared name
        self._jobs: list[JobRecord] = []  # of the partition, as the last look saw them
        self._folders = RunFolders(settings.shared, now)

    # ── what it is ────────────────────────────────────────────────────────────────────────────────────────────────
    def facts(self) -> ClusterFacts:
        """Raises InvalidInput when the partition has no machine that can be lent."""
        settings = self._settings
        nodes = self._learn()
        only = set(parse.nodes_of(settings.nodes))
        found = decide.facts(
            self._talk.config(), nodes, partition=settings.partition, only=only, chips=self._known_chips(nodes),
            disk_bytes=settings.disk_bytes, share=settings.share,
        )  # fmt: skip
        if not found.pools:
            partitions = sorted({name for node in nodes for name in node.partitions if name})
            why = "; ".join(found.notes) or f"the cluster's partitions are {', '.join(partitions) or 'none'}"
            problem = Problem(f"partition {settings.partition!r} has no machine to lend: {why}", path="partition")
            raise InvalidInput(source="the settings of slurm", problems=[problem])
        pools = tuple(replace(pool, chip_memory_bytes=self._chip_memory(pool.chip)) for pool in found.pools)
        return replace(found, pools=pools)

    def _chip_memory(self, chip: str) -> int:
        """As the registry has it: Slurm does not know."""
        known = self._chips.get(whole_of(chip))
        return known.memory_gb * 1_000_000_000 // share_of(chip) if known else 0

    def _learn(self) -> list[NodeRecord]:
        nodes = self._talk.nodes()
        self._nodes = {node.name.lower(): node for node in nodes}
        return nodes

    def _known_chips(self, nodes: Sequence[NodeRecord]) -> dict[str, str]:
        known = {}
        for kind in {kind for node in nodes for kind in node.gpus}:
            name = self._settings.chips.get(kind or "gpu", kind)
            with contextlib.suppress(InvalidInput):
                known[kind] = self._chips.find(name).id
        return known

    # ── files ─────────────────────────────────────────────────────────────────────────────────────────────────────
    def prepare(self, name: str, tasks: Sequence[TaskStart]) -> None:
        local = self._local(tasks[0].plan)
        nodes = [self._node(start.task.machine) for start in tasks]
        if (image := tasks[0].plan.image) and not is_image(image):
            raise SiteRefused(reason=f"{image[:100]!r} is no name of an image: {IMAGE_FORM}")
        more = {"PATH": PATH, "GRIDTIE_PYTHON": self._settings.python, **dict.fromkeys(OF_BATCH, "")}
        if local.name:
            more |= {"USER": local.name, "LOGNAME": local.name}
        told = document(
            tasks, nodes=[node.name for node in nodes], addresses=[node.address for node in nodes], url=self._url,
            more=more, in_image=shlex.split(self._settings.images),
        )  # fmt: skip
        self._folders.lay_out(name, tasks, told, give=lambda folder: _give(folder, local))

    def _local(self, plan: RunPlan) -> Local:
        """Raises NotIsolated, SiteRefused for an organisation that has no account here."""
        if not self._mapped:
            if plan.organisation not in self._trusted:
                raise NotIsolated(reason="all runs of this site share one local user")
            return Local("", os.geteuid(), os.getegid())
        name = self._settings.users.get(plan.organisation)
        if name is None:
            advice = f"its operator adds one with --set users.{plan.organisation}=LOCALUSER"
            raise SiteRefused(reason=f"organisation {plan.organisation} has no local user on this cluster; {advice}")
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            raise SiteRefused(reason=f"local user {name!r} does not exist on the agent's host") from None
        if found.pw_uid == 0:
            raise SiteRefused(reason="jobs of an exchange never run as root: map the organisation to another user")
        return Local(name, found.pw_uid, found.pw_gid)

    def _node(self, machine: str) -> NodeRecord:
        if machine not in self._nodes:
            self._learn()
        if machine not in self._nodes:
            raise SiteRefused(reason=f"Slurm knows no node {machine!r} any more")
        return self._nodes[machine]

    def renew(self, name: str, seconds: float) -> None:
        self._folders.renew(name, seconds)

    # ── Slurm ─────────────────────────────────────────────────────────────────────────────────────────────────────
    def submit(self, name: str, plan: RunPlan) -> None:
        folder = str(self._folders.path(name))
        nodes = [self._node(task.machine) for task in plan.tasks]
        what = submission(
            name, plan, user=self._local(plan).name, folder=folder, nodes=[node.name for node in nodes],
            gres_type=decide.gres_type(nodes[0]), settings=self._settings,
        )  # fmt: skip
        try:
            self._talk.submit(what)
        except SiteRefused as refusal:
            words = decide.advised(f"Slurm: {refusal.params['reason']}")
            raise SiteRefused(reason=words) from refusal

    def look(self, runs: Mapping[str, Looked]) -> Mapping[str, Seen]:
        every = self._talk.jobs(runs)
        self._jobs = [job for job in every if job.partition == self._settings.partition]
        by_name = self._ours(every, runs)
        forgotten = {
            name: run
            for name, run in runs.items()
            if (claim := self._claim(name)) is not None and claim not in {job.id for job in by_name.get(name, ())}
        }
        past, unknown = self._past(forgotten)
        for name, jobs in past.items():
            by_name.setdefault(name, []).extend(jobs)
        found, unwanted = dict.fromkeys(forgotten, unknown), []
        for name, jobs in by_name.items():
            run = runs[name]
            job, doubles = decide.chosen(jobs, self._claim(name))
            unwanted += [double.id for double in doubles]
            if job is None:
                continue
            told = decide.meaning(job, asked=run.asked, patient=run.patient, limited=run.plan.time_limit_us is not None)
            found[name] = self._with_last_words(name, told.seen)
            if told.cancel:
                unwanted += [one.id for one in jobs]
        if unwanted:
            self._talk.cancel(unwanted, at_once=True)
        return found

    def _past(self, forgotten: Mapping[str, Looked]) -> tuple[dict[str, list[JobRecord]], Seen]:
        """How they ended, and what is said of those of which nothing is told. Books that are away hold up nothing: what
        the controller says of all other runs stands."""
        try:
            past = self._talk.past(list(forgotten)) if forgotten else []
        except SchedulerAway as away:
            return {}, Seen(phase="forgotten", detail=away.message)
        return self._ours(past, forgotten), Seen(phase="forgotten")

    def _with_last_words(self, name: str, seen: Seen) -> Seen:
        """What the batch itself complained of. Where no rank ever began, the failure is the site's: srun could not
        start them, there is no such Python …"""
        if not seen.exit_code or seen.reason not in ("exit", "signal"):
            return seen
        complaint = self._folders.read(name, "batch", 1 << 14) or b""
        lines = complaint.decode("utf-8", "replace").strip().splitlines()
        detail = f"{seen.detail}: {lines[-1][:200]}" if lines else seen.detail
        if self._folders.read(name, "begun-0", 1) is None:
            return replace(seen, reason="site", exit_code=None, detail=f"{detail}; no rank was started")
        return replace(seen, detail=detail)

    def _ours(self, every: Iterable[JobRecord], runs: Mapping[str, Looked]) -> dict[str, list[JobRecord]]:
        found: dict[str, list[JobRecord]] = {}
        for job in every:
            if job.name in runs and self._is_its(job, runs[job.name].plan):
                found.setdefault(job.name, []).append(job)
        return found

    def _is_its(self, job: JobRecord, plan: RunPlan) -> bool:
        """Another user may give his job any name; only one of the right user can be ours."""
        return job.user == (self._settings.users.get(plan.organisation) if self._mapped else self._own())

    @staticmethod
    def _own() -> str:
        return pwd.getpwuid(os.geteuid()).pw_name

    def _claim(self, name: str) -> int | None:
        text = self._folders.read(name, "claim", 32)
        try:
            return int(text or b"")
        except ValueError:
            return None

    def cancel(self, names: Collection[str], *, at_once: bool) -> None:
        users = set(self._settings.users.values()) if self._mapped else {self._own()}
        ours = [job for job in self._talk.jobs(names) if job.name in names and job.user in users]
        if ids := [job.id for job in ours if job.state in _LIVE]:
            self._talk.cancel(ids, at_once=at_once)

    def capacity(self, running: Sequence[RunPlan]) -> SiteCapacity:
        settings = self._settings
        nodes = self._learn()
        only = set(parse.nodes_of(settings.nodes))
        ours = {
            name: node.name
            for name, node in self._nodes.items()
            if settings.partition in node.partitions and (not only or node.name in only)
        }
        return decide.capacity(
            nodes, running, self._jobs, self._talk.reservations(), ours=ours, reservation=settings.reservation,
            partition=settings.partition, now=self._now(), share=settings.share,
        )  # fmt: skip

    # ── what ranks leave ──────────────────────────────────────────────────────────────────────────────────────────
    def collect(self, name: str, plan: RunPlan, folders: Sequence[Path]) -> Sequence[RankResult | None]:
        return self._folders.collect(name, plan, folders)

    def remove(self, name: str, home: Path) -> None:
        self._folders.remove(name, home)


_LIVE = decide.WAITING | decide.RUNNING | decide.AGAIN


def _give(folder: Path, local: Local) -> None:
    """Before anything of the job runs: nobody else writes there yet."""
    if local.uid == os.geteuid():
        return
    os.chown(folder, local.uid, local.gid)
    for parent, names, files in os.walk(folder):
        for name in (*names, *files):
            os.chown(os.path.join(parent, name), local.uid, local.gid, follow_symlinks=False)
