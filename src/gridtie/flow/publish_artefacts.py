"""A run publishes files: a checkpoint to go on from, or its outputs."""

from collections.abc import Sequence

from gridtie.dispatch.artefact import rank_of, shelved
from gridtie.dispatch.run import BlobFile
from gridtie.errors import StaleEpoch
from gridtie.lifecycle import RUN
from gridtie.store.job import files_to_json
from gridtie.store.journal import dump
from gridtie.store.unit import Unit
from gridtie.values.ids import RunId, SiteId


def publish_artefacts(
    unit: Unit,
    *,
    site: SiteId,
    key: RunId,
    epoch: int,
    kind: str,
    rank: int,
    sequence: int,
    files: Sequence[BlobFile],
) -> bool:
    """True when it is new. Only the newest epoch of a job may publish; raises StaleEpoch for any other.

    Of a job's checkpoint, which its next run starts with, this rank's part is replaced; the other ranks keep theirs.
    """
    run = unit.runs.get(key)
    job = unit.jobs.get(run.job)
    if run.site != site or run.epoch != epoch or job.epoch != epoch or run.state in RUN.final:
        raise StaleEpoch(noun="run", key=key, given=epoch, current=job.epoch)
    if not unit.runs.publish(run, kind=kind, rank=rank, sequence=sequence, files=files):
        return False
    if kind == "checkpoint":
        others = [file for file in job.checkpoint if rank_of(file.path) != rank]
        merged = [*others, *shelved(files, rank)]
        unit.runs.set(key, checkpoint_us=unit.at_us)
        unit.jobs.set(job.id, checkpoint=dump(files_to_json(merged)), checkpoint_us=unit.at_us)
    unit.note(f"run.{kind}", key, organisation=job.organisation, job=job.id, rank=rank, sequence=sequence,
              files=len(files), bytes=sum(f.size for f in files))  # fmt: skip
    return True
