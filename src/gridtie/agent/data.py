"""The data of a run into its work directories: from the exchange, or from the folder of data that the site itself has.

It never enters the cache: it goes with the run's scratch. Copies, read-only: a job may own its home, and a link would
give it the owner's own file.
"""

import hashlib
import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from gridtie.agent.spool import RunFolder, Spool
from gridtie.agent.staging import open_below, some_at_once
from gridtie.client.agent import AgentClient
from gridtie.dispatch.artefact import safe_path
from gridtie.dispatch.run import DataFile
from gridtie.errors import SiteRefused, StaleEpoch, UnsafePath

READ_ONLY = 0o444


def stage_data(
    client: AgentClient, spool: Spool, run: RunFolder, *, datasets: Path | None, part_bytes: int,
    wanted: Callable[[], bool] = lambda: True,
) -> None:  # fmt: skip
    """Every file of its data for every rank, checked by its digest. Raises StaleEpoch when no longer `wanted`,
    SiteRefused for a file that the site does not have, or has otherwise."""
    first, *others = [spool.home(run, task.rank) / "sky_workdir" for task in run.plan.tasks]

    def lay(file: DataFile) -> None:
        if not wanted():
            raise StaleEpoch(noun="run", key=run.plan.run, given=run.plan.epoch, current="none")
        target = first / safe_path(file.path)
        target.parent.mkdir(parents=True, exist_ok=True)
        if file.places:
            _copy_held(datasets, file, target)
        else:
            client.download(file.sha256, file.size, target, part_bytes=part_bytes)
        target.chmod(READ_ONLY)
        for other in others:
            copy = other / safe_path(file.path)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.unlink(missing_ok=True)  # of an earlier life of the agent, and not to be written
            shutil.copyfile(target, copy)
            copy.chmod(READ_ONLY)

    some_at_once(lay, run.plan.data)


def _copy_held(datasets: Path | None, file: DataFile, target: Path) -> None:
    """From the first of its places where the very same bytes lie."""
    if datasets is None:
        raise SiteRefused(reason="it has no folder of data: gridtie agent run --datasets FOLDER")
    found = False
    for place in file.places:
        try:
            descriptor = open_below(datasets, safe_path(place), os.O_RDONLY)
        except (OSError, UnsafePath):
            continue
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            os.close(descriptor)
            continue
        found = True
        with os.fdopen(descriptor, "rb") as source:
            if status.st_size == file.size and _copied(source, target, file.sha256):
                return
    why = "is not as it was published" if found else "is not there"
    raise SiteRefused(reason=f"{file.places[0]} {why}, below the folder of data of this site")


def _copied(source: BinaryIO, target: Path, sha256: str) -> bool:
    """False, and nothing left of it, when its bytes have another digest."""
    fresh, digest = target.with_name(target.name + ".part"), hashlib.sha256()
    with fresh.open("wb") as copy:
        while part := source.read(1 << 20):
            digest.update(part)
            copy.write(part)
    if digest.hexdigest() != sha256:
        fresh.unlink()
        return False
    fresh.replace(target)
    return True
