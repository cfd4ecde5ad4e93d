"""The schedulers an agent can stand before, by name. A new one is a package beside them and a line here."""

import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gridtie.adapters.sites.kubernetes.adapter import KubernetesScheduler
from gridtie.adapters.sites.kubernetes.kubeconfig import read_access
from gridtie.adapters.sites.kubernetes.settings import ABOUT as KUBERNETES
from gridtie.adapters.sites.kubernetes.settings import KubernetesSettings
from gridtie.adapters.sites.kubernetes.talk import Api
from gridtie.adapters.sites.ray import settings as ray_settings
from gridtie.adapters.sites.ray.adapter import RayScheduler
from gridtie.adapters.sites.ray.talk import Talk as RayTalk
from gridtie.adapters.sites.slurm.adapter import SlurmScheduler
from gridtie.adapters.sites.slurm.rest import Rest
from gridtie.adapters.sites.slurm.settings import ABOUT, SlurmSettings
from gridtie.adapters.sites.slurm.talk import Commands
from gridtie.dispatch.site import Scheduler
from gridtie.errors import InvalidInput, Problem
from gridtie.registry.chips import ChipRegistry


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """`scratch`: where homes of ranks must lie, when the machines that run them do not see the agent's own folder.
    `remedy`: what would isolate runs, where nothing does."""

    scheduler: Scheduler
    every: float
    patience: float
    scratch: Path | None
    remedy: str


def _slurm(settings: Mapping[str, Any], chips: ChipRegistry, url: str, trusted: Collection[str]) -> Opened:
    read = SlurmSettings.read(settings)
    talk = Rest(read) if read.url else Commands(read)
    return Opened(
        scheduler=SlurmScheduler(read, talk, chips=chips, url=url, trusted=trusted),
        every=read.every, patience=read.patience, scratch=read.shared / "scratch",
        remedy="to change that, run the agent as root and map organisations: --set users.ORGANISATION=LOCALUSER",
    )  # fmt: skip


def _ray(settings: Mapping[str, Any], chips: ChipRegistry, url: str, trusted: Collection[str]) -> Opened:
    read = ray_settings.RaySettings.read(settings)
    return Opened(
        scheduler=RayScheduler(read, RayTalk(read), chips=chips, url=url, trusted=trusted),
        every=read.every, patience=read.patience, scratch=read.shared / "scratch",
        remedy="a Ray cluster trusts all its users; a cluster for each organisation is what keeps them apart",
    )  # fmt: skip


def _kubernetes(settings: Mapping[str, Any], chips: ChipRegistry, url: str, _: Collection[str]) -> Opened:
    read = KubernetesSettings.read(settings)
    api = Api(read_access(read.kubeconfig, read.context, os.environ), timeout=read.timeout)
    resources = {chip.id: chip.k8s_resource.split()[0] for chip in chips.chips if "/" in chip.k8s_resource}
    return Opened(
        scheduler=KubernetesScheduler(read, api, chips=chips, chip_resources=resources, url=url),
        every=read.every, patience=read.patience, scratch=None,
        remedy="namespaces keep tenants apart; nothing has to be mapped",
    )  # fmt: skip


_KINDS: Mapping[str, Callable[[Mapping[str, Any], ChipRegistry, str, Collection[str]], Opened]] = {
    "slurm": _slurm,
    "ray": _ray,
    "kubernetes": _kubernetes,
}
KINDS = tuple(_KINDS)
SETTINGS: Mapping[str, Mapping[str, str]] = {"slurm": ABOUT, "ray": ray_settings.ABOUT, "kubernetes": KUBERNETES}


def open_scheduler(
    kind: str, settings: Mapping[str, Any], *, chips: ChipRegistry, url: str, trusted: Collection[str]
) -> Opened:
    """Raises InvalidInput for settings that cannot be right; asks the scheduler nothing yet."""
    if kind not in _KINDS:
        raise InvalidInput(source="--scheduler", problems=[Problem(f"{kind!r} is none of {', '.join(KINDS)}")])
    return _KINDS[kind](settings, chips, url, trusted)
