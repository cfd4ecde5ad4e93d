"""A Ray cluster as a scheduler of runs: files on the shared folder, records from its dashboard, decisions from
decide.py."""

import contextlib
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from gridtie.adapters.sites.folder import RunFolders, document
from gridtie.adapters.sites.ray import decide, parse
from gridtie.adapters.sites.ray.parse import NodeRecord
from gridtie.adapters.sites.ray.settings import RaySettings
from gridtie.adapters.sites.ray.talk import Talk
from gridtie.dispatch.run import RunPlan
from gridtie.dispatch.site import ClusterFacts, Looked, RankResult, Seen, SiteCapacity, TaskStart
from gridtie.errors import InvalidInput, NotIsolated, Problem, SchedulerAway, SiteRefused
from gridtie.registry.chips import ChipRegistry
from gridtie.registry.parts import share_of, whole_of

PROGRAMS = tuple(Path(__file__).with_name(name) for name in ("driver.py", "guard.py"))
TOLD_BYTES_MAX = 1 << 14


class RayScheduler:
    """Whoever may submit to a Ray cluster can do on it whatever Ray can: runs are not isolated from each other, and
    only those of trusted organisations are taken.
    """

    isolation = "none"
    images = False  # its own jobs run in the environment of Ray's workers

    def __init__(
        self, settings: RaySettings, talk: Talk, *, chips: ChipRegistry, url: str, trusted: Collection[str] = (),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:  # fmt: skip
        self._settings, self._talk, self._chips, self._url = settings, talk, chips, url
        self._trusted = frozenset(trusted)
        self._over: deque[str] = deque()  # removed; Ray keeps its record of them until it is told
        self._machines: dict[str, NodeRecord] = {}
        self._folders = RunFolders(settings.shared, now, programs=PROGRAMS)

    # ── what it is ────────────────────────────────────────────────────────────────────────────────────────────────
    def facts(self) -> ClusterFacts:
        """Raises InvalidInput when the cluster has no machine that can be lent."""
        nodes = self._learn()
        found = decide.facts(
            nodes, only=self._settings.only, chips=self._known_chips(nodes), disk_bytes=self._settings.disk_bytes,
            identity=self._settings.cluster or self._talk.identity(), share=self._settings.share,
        )  # fmt: skip
        if not found.pools:
            names = ", ".join(sorted(node.name for node in nodes if node.alive)[:20])
            why = "; ".join(found.notes) or f"its nodes are {names or 'none'}"
            problem = Problem(f"the cluster has no machine to lend: {why}", path="nodes")
            raise InvalidInput(source="the settings of ray", problems=[problem])
        pools = tuple(replace(pool, chip_memory_bytes=self._chip_memory(pool.chip)) for pool in found.pools)
        return replace(found, pools=pools)

    def _chip_memory(self, chip: str) -> int:
        """As the registry has it: Ray does not know."""
        known = self._chips.get(whole_of(chip))
        return known.memory_gb * 1_000_000_000 // share_of(chip) if known else 0

    def _learn(self) -> list[NodeRecord]:
        """A node that Ray has forgotten is still known to be dead."""
        nodes = self._talk.nodes()
        found, _ = decide.machines(nodes, only=self._settings.only)
        gone = {name: replace(node, alive=False) for name, node in self._machines.items() if name not in found}
        self._machines = {**gone, **found}
        return nodes

    def _known_chips(self, nodes: Sequence[NodeRecord]) -> dict[str, str]:
        known = {}
        for kind in {decide.device_kind(node) for node in nodes} - {""}:
            with contextlib.suppress(InvalidInput):
                known[kind] = self._chips.find(self._settings.chips.get(kind, kind)).id
        return known

    # ── files ─────────────────────────────────────────────────────────────────────────────────────────────────────
    def prepare(self, name: str, tasks: Sequence[TaskStart]) -> None:
        plan = tasks[0].plan
        if plan.organisation not in self._trusted:
            raise NotIsolated(reason="a Ray cluster trusts all its users")
        nodes = [self._node(start.task.machine) for start in tasks]
        told = document(
            tasks, nodes=[node.name for node in nodes], addresses=[node.address for node in nodes], url=self._url,
            more={"PATH": "", "GRIDTIE_PYTHON": ""},
        )  # fmt: skip
        self._folders.lay_out(name, tasks, told, {"gang.json": decide.gang(plan, nodes)})

    def _node(self, machine: str) -> NodeRecord:
        if machine not in self._machines:
            try:
                self._learn()
            except SchedulerAway as away:  # as far as anybody knows it cannot run here now
                raise SiteRefused(reason=away.message) from away
        if machine not in self._machines:
            raise SiteRefused(reason=f"Ray knows no node {machine!r} any more")
        return self._machines[machine]

    def renew(self, name: str, seconds: float) -> None:
        self._folders.renew(name, seconds)

    # ── Ray ───────────────────────────────────────────────────────────────────────────────────────────────────────
    def submit(self, name: str, plan: RunPlan) -> None:  # noqa: ARG002  all of it lies in the folder
        what = decide.submission(folder=str(self._folders.path(name)), python=self._settings.python)
        try:
            self._talk.submit(name, what)
        except SiteRefused as refusal:
            raise SiteRefused(reason=f"Ray: {refusal.params['reason']}") from refusal

    def look(self, runs: Mapping[str, Looked]) -> Mapping[str, Seen]:
        """One call for each: a list of all jobs has everything that any job of the cluster ever printed at its end."""
        found = {}
        for name, run in runs.items():
            job = self._talk.job(name)
            if job is None:
                continue
            told = parse.told(self._folders.read(name, "driver.json", TOLD_BYTES_MAX))
            meaning = decide.meaning(job, told, asked=run.asked, patient=run.patient)
            found[name] = meaning.seen
            if meaning.stop:
                self.renew(name, 0.0)
                self._talk.stop(name)
        return found

    def cancel(self, names: Collection[str], *, at_once: bool) -> None:  # noqa: ARG002
        """`at_once`: its lease is over too, which ends it without any grace."""
        for name in names:
            self._talk.stop(name)

    def capacity(self, running: Sequence[RunPlan]) -> SiteCapacity:
        self._learn()
        while self._over:
            self._talk.forget(self._over[0])
            self._over.popleft()
        return decide.capacity(self._machines, self._talk.usage(), running, share=self._settings.share)

    # ── what ranks leave ──────────────────────────────────────────────────────────────────────────────────────────
    def collect(self, name: str, plan: RunPlan, folders: Sequence[Path]) -> Sequence[RankResult | None]:
        return self._folders.collect(name, plan, folders)

    def remove(self, name: str, home: Path) -> None:
        self._folders.remove(name, home)
        self._over.append(name)
