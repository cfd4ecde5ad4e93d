"""The schedulers an agent can stand before, by name. A new one is a package beside `slurm` and a line here."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gridtie.adapters.sites.slurm.adapter import SlurmScheduler
from gridtie.adapters.sites.slurm.rest import Rest
from gridtie.adapters.sites.slurm.settings import ABOUT, SlurmSettings
from gridtie.adapters.sites.slurm.talk import Commands
from gridtie.dispatch.site import Scheduler
from gridtie.errors import InvalidInput, Problem
from gridtie.registry.chips import ChipRegistry


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """`scratch`: where homes of ranks must lie, when the machines that run them do not see the agent's own folder."""

    scheduler: Scheduler
    every: float
    patience: float
    scratch: Path | None


def _slurm(settings: Mapping[str, Any], chips: ChipRegistry, url: str, trusted: Collection[str]) -> Opened:
    read = SlurmSettings.read(settings)
    talk = Rest(read) if read.url else Commands(read)
    return Opened(
        scheduler=SlurmScheduler(read, talk, chips=chips, url=url, trusted=trusted),
        every=read.every, patience=read.patience, scratch=read.shared / "scratch",
    )  # fmt: skip


_KINDS: Mapping[str, Callable[[Mapping[str, Any], ChipRegistry, str, Collection[str]], Opened]] = {"slurm": _slurm}
KINDS = tuple(_KINDS)
SETTINGS: Mapping[str, Mapping[str, str]] = {"slurm": ABOUT}


def open_scheduler(
    kind: str, settings: Mapping[str, Any], *, chips: ChipRegistry, url: str, trusted: Collection[str]
) -> Opened:
    """Raises InvalidInput for settings that cannot be right; asks the scheduler nothing yet."""
    if kind not in _KINDS:
        raise InvalidInput(source="--scheduler", problems=[Problem(f"{kind!r} is none of {', '.join(KINDS)}")])
    return _KINDS[kind](settings, chips, url, trusted)
