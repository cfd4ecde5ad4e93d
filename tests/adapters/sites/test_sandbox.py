import sys
from pathlib import Path

import pytest

from gridtie.adapters.sites.process import sandbox


@pytest.mark.parametrize("below", ["/tmp", "/var/tmp"])
def test_an_interpreter_below_a_temporary_folder_stays_visible_inside(
    below: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = f"{below}/checkout/.venv"
    monkeypatch.setattr(sys, "prefix", environment)
    monkeypatch.setattr(sandbox.os, "access", lambda *_: True)
    arguments = sandbox.command(home=Path("/home/x"), network=False, accelerators=False, uid=None, tmp_bytes=1 << 20)
    words = " ".join(arguments)
    private = words.index("--tmpfs /tmp")
    assert private < words.index(f"--ro-bind {environment} {environment}")
    assert ("--symlink /tmp /var/tmp" in words) == (below == "/tmp")
