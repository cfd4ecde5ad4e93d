"""A site's own data into a run: the very bytes that were published, from below its folder, read-only; and the gate."""

import hashlib
import os
from pathlib import Path

import pytest

from gridtie.adapters.signers.ed25519 import Ed25519Signer
from gridtie.agent.data import stage_data
from gridtie.agent.gate import Gate, notice
from gridtie.agent.spool import RunFolder, Spool
from gridtie.client.agent import AgentClient
from gridtie.client.transport import HttpTransport
from gridtie.dispatch.run import DataFile, Release, RunPlan, RunTask
from gridtie.errors import SiteRefused, StaleEpoch
from gridtie.values.ids import JobId, OrganisationId, RunId, SiteId


class Site:
    """A folder of data, and a spool with a run of two ranks; nobody answers at its exchange."""

    def __init__(self, folder: Path) -> None:
        self.datasets, self.spool = folder / "data", Spool(folder / "agent")
        self.datasets.mkdir()
        transport = HttpTransport("http://127.0.0.1:9")
        self._client = AgentClient(transport, Ed25519Signer(b"k" * 32), site="site_1", boot="0" * 32)

    def stage(self, *files: DataFile, datasets: Path | None = None, wanted: bool = True) -> list[Path]:
        tasks = tuple(RunTask(rank=n, machine=f"m{n}", cpus=1, memory_bytes=1, disk_bytes=1, accelerators=0)
                      for n in range(2))  # fmt: skip
        plan = RunPlan(
            run=RunId("run_1"), job=JobId("job_1"), job_name="t", epoch=1, organisation=OrganisationId("org_a"),
            site=SiteId("site_1"), setup="", command="", envs=(), secret_names=(), tasks=tasks, files=(), checkpoint=(),
            outputs=(), isolation="sandbox", network="none", on_disconnect="stop", time_limit_us=None, lease_stop_us=1,
            checkpoint_sync_us=1, log_limit_bytes=1, data=files,
        )  # fmt: skip
        run: RunFolder = self.spool.open(plan)
        stage_data(self._client, self.spool, run, datasets=datasets or self.datasets, part_bytes=1,
                   wanted=lambda: wanted)  # fmt: skip
        return [self.spool.home(run, task.rank) / "sky_workdir" for task in tasks]

    def file(self, content: bytes, *places: str) -> DataFile:
        return DataFile(path="in/a", sha256=hashlib.sha256(content).hexdigest(), size=len(content), places=places)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_a_file_is_found_by_dataset_by_path_or_by_digest_and_each_rank_has_a_copy_it_may_not_write(site: Site) -> None:
    (site.datasets / "scans").mkdir()
    (site.datasets / "scans" / "a").write_bytes(b"other")
    digest = hashlib.sha256(b"right").hexdigest()
    (site.datasets / digest).write_bytes(b"right")
    for _ in range(2):  # again, as after a crash of the agent
        ranks = site.stage(site.file(b"right", "scans/a", "a", digest))
    for rank in ranks:
        assert (rank / "in" / "a").read_bytes() == b"right"
        assert (rank / "in" / "a").stat().st_mode & 0o777 == 0o444
        assert (rank / "in" / "a").stat().st_ino != (site.datasets / digest).stat().st_ino
    assert list(site.spool.cache.iterdir()) == []


@pytest.mark.parametrize("place", ["link", "linked/a", "../key", "/etc/passwd", "pipe", "folder"])
def test_nothing_outside_the_folder_and_nothing_that_is_no_file_is_ever_staged(site: Site, place: str) -> None:
    outside = site.datasets.parent / "key"
    outside.write_bytes(b"right")
    (site.datasets.parent / "out").mkdir()
    (site.datasets.parent / "out" / "a").write_bytes(b"right")
    (site.datasets / "link").symlink_to(outside)
    (site.datasets / "linked").symlink_to(site.datasets.parent / "out")
    (site.datasets / "folder").mkdir()
    os.mkfifo(site.datasets / "pipe")
    with pytest.raises(SiteRefused, match="is not there"):
        site.stage(site.file(b"right", place))


def test_a_file_that_was_changed_since_it_was_published_is_refused_and_leaves_nothing(site: Site) -> None:
    (site.datasets / "a").write_bytes(b"wrong")
    with pytest.raises(SiteRefused, match="is not as it was published"):
        site.stage(site.file(b"right", "a"))
    assert not [path for path in site.spool.folder.rglob("a*") if path.is_file() and path.read_bytes() == b"wrong"]


def test_a_run_that_is_not_wanted_any_more_gets_nothing(site: Site) -> None:
    (site.datasets / "a").write_bytes(b"right")
    with pytest.raises(StaleEpoch):
        site.stage(site.file(b"right", "a"), wanted=False)


def test_the_gate_counts_over_all_ranks_and_names_only_what_the_job_declared(tmp_path: Path) -> None:
    gate = Gate(Release(files=("*.json",), files_max=1, bytes_max=100), ["out", "m.json"])
    copy = tmp_path / "copy"
    copy.write_bytes(b'{"a": 1}')
    assert gate.passes("m.json", copy, 8)
    assert not gate.passes("out/b.json", copy, 8)
    for name in ("out/Zhang-San.csv", "out/Li-Si.csv"):
        assert not gate.passes(name, copy, 8)
    assert gate.refused == ["2 files of out were not: only *.json may leave",
                            "out was not released: only 1 files may leave"]  # fmt: skip
    large = Gate(Release(bytes_max=7), ["m.json"])
    assert not large.passes("m.json", copy, 8)
    assert large.refused == ["m.json was not released: only 7 bytes may leave in all"]


def test_of_its_output_only_how_much_it_was_leaves(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"Zhang San\nLi Si\n")
    assert notice([tmp_path / "log", tmp_path / "none"], ["x"]).splitlines() == [
        "[gridtie: what it prints stays at the site, for its data may not leave]",
        "[gridtie: it printed 16 bytes in 2 lines]",
        "[gridtie: it printed 0 bytes in 0 lines]",
        "[gridtie: x]",
    ]
