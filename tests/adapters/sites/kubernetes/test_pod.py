"""What a rank's container waits for before its command begins."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from gridtie.adapters.sites.kubernetes import pod


def test_a_rank_waits_for_its_files_as_long_as_the_agent_speaks_to_it_and_ten_minutes_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 0.0

    def sleep(_: float) -> None:
        nonlocal now
        now += 60.0
        if now <= 7200:  # two hours of files, or of the other ranks' setups
            (tmp_path / "lease").write_text(str(now))

    monkeypatch.setattr(pod, "time", SimpleNamespace(monotonic=lambda: now, sleep=sleep))
    wait = pod.Wait.__new__(pod.Wait)  # its first process looks for its own program in its command line
    wait._folder, wait._terminated = str(tmp_path), False
    assert not wait._until("ready")
    assert 7200 + pod.SILENT_S < now < 7200 + pod.SILENT_S + 180
    (tmp_path / "ready").touch()
    assert wait._until("ready")
