"""A run that came to data: the real agent and sandbox let nothing out but the release, and keep its network cut."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from gridtie.dispatch.run import DataFile, Release

pytestmark = pytest.mark.sandbox
ONE = Release(files=("m.json",), files_max=1)


def test_of_two_ranks_one_file_leaves_and_no_line_checkpoint_or_word_of_theirs(world: Any, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    (tmp_path / "a").write_text("Zhang San\n")
    digest = hashlib.sha256(b"Zhang San\n").hexdigest()
    held = DataFile(path="in/a", sha256=digest, size=10, places=("a",))
    world.agent(datasets=str(tmp_path), shared=((str(shared), True),))
    run = world.run(
        f"cat in/a; cp in/a {shared}/a 2>/dev/null; cp in/a $GRIDTIE_CHECKPOINT_DIR/a; "
        "mkdir out; cp in/a out/'Zhang San'; "
        f'echo "{{\\"lines\\": $(wc -l < in/a), \\"shared\\": $(ls {shared} 2>/dev/null | wc -l)}}" > m.json; '
        "(exec 3<>/dev/tcp/127.0.0.1/1) 2>/dev/null; sleep 0.5",
        ranks=2, data=(held,), release=ONE, outputs=("m.json", "out"), network="host", interactive=True,
    )  # fmt: skip
    event = world.ended(run)
    assert event["event"] == "succeed", event
    files = [(given["kind"], given["rank"], [file["path"] for file in given["files"]]) for given in run.published]
    assert files == [("output", 0, ["m.json"]), ("output", 1, [])]
    assert json.loads(world.exchange.blobs[run.published[0]["files"][0]["sha256"]]) == {"lines": 1, "shared": 0}
    assert event["detail"] == ("2 files of out were not: only m.json may leave; "
                               "m.json was not released: only 1 files may leave")  # fmt: skip
    for log in run.logs.values():
        assert all(line.startswith(b"[gridtie: ") for line in log.splitlines())
        assert b"it printed 10 bytes in 1 lines" in log
    assert digest not in world.exchange.blobs
    assert list(shared.iterdir()) == []


def test_a_site_without_the_data_or_without_its_folder_refuses_the_run_in_words(world: Any) -> None:
    world.agent()
    held = DataFile(path="in/a", sha256="00" * 32, size=10, places=("scans/a", "a"))
    event = world.ended(world.run("true", data=(held,), release=ONE))
    assert event["event"] == "reject"
    assert "it has no folder of data: gridtie agent run --datasets FOLDER" in event["detail"]
    world.until(lambda: not list((world.home / "agent" / "runs").iterdir()))


def test_what_the_exchange_does_not_take_by_the_terms_is_no_fault_of_the_site(world: Any) -> None:
    world.agent()
    run = world.run("echo '{}' > m.json", release=ONE, outputs=("m.json",), denied="the contract is suspended")
    event = world.ended(run)
    assert (event["event"], event["reason"]) == ("cancel", "cancelled")
    assert "its results stay here: lab/scans cannot be used so: the contract is suspended" in event["detail"]
