"""Files out of a job's folder: only regular ones, only from below it, whatever the job made of it."""

import os
import subprocess
import threading
import time
from pathlib import Path

from gridtie.agent.staging import Found, checkpoint_of, listing_digest, open_below, outputs_of


def names(found: list[Found]) -> list[str]:
    return [file.name for file in found]


def test_links_pipes_and_devices_are_passed_over(tmp_path: Path) -> None:
    work = tmp_path / "home" / "sky_workdir"
    work.mkdir(parents=True)
    (tmp_path / "agent.key").write_text("private")
    (work / "real").write_text("mine")
    (work / "deep").mkdir()
    (work / "deep" / "file").write_text("mine")
    (work / "link").symlink_to(tmp_path / "agent.key")
    (work / "out").symlink_to(tmp_path)
    os.mkfifo(work / "pipe")
    found, more = outputs_of(
        tmp_path / "home", ["real", "link", "out", "out/agent.key", "pipe", "deep", "missing"], room=1 << 30
    )
    assert names(found) == ["deep/file", "real"]
    assert more == 0


def test_a_work_directory_that_became_a_link_gives_nothing(tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "key").write_text("private")
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "sky_workdir").symlink_to(tmp_path / "secret")
    (tmp_path / "home" / "checkpoints").symlink_to(tmp_path / "secret")
    assert outputs_of(tmp_path / "home", ["key"], room=1 << 30) == ([], 0)
    assert checkpoint_of(tmp_path / "home", room=1 << 30) == []


def test_a_folder_swapped_for_a_link_while_we_read_never_shows_what_is_outside(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    for folder in (root / "a", outside):
        folder.mkdir(parents=True)
        (folder / "file").write_text("inside" if folder != outside else "outside")
    stop = threading.Event()

    def swap() -> None:
        while not stop.is_set():
            (root / "a").rename(root / "b")
            (root / "a").symlink_to(outside)
            (root / "a").unlink()
            (root / "b").rename(root / "a")

    thread = threading.Thread(target=swap)
    thread.start()
    seen: set[str] = set()
    tries, deadline = 0, time.monotonic() + 20
    while (
        tries < 3000 or not seen
    ) and time.monotonic() < deadline:  # how often we meet the folder is up to the kernel
        tries += 1
        try:
            with os.fdopen(open_below(root, "a/file", os.O_RDONLY)) as file:
                seen.add(file.read())
        except OSError:
            continue
    stop.set()
    thread.join()
    with os.fdopen(open_below(root, "a/file", os.O_RDONLY)) as file:  # at rest: on a busy machine none may get through
        seen.add(file.read())
    assert seen == {"inside"}


def test_temporary_checkpoint_names_are_not_published_and_a_rewrite_changes_the_listing(tmp_path: Path) -> None:
    folder = tmp_path / "checkpoints"
    (folder / ".hidden").mkdir(parents=True)
    (folder / ".hidden" / "x").write_text("no")
    (folder / ".tmp").write_text("no")
    (folder / "step").write_text("1")
    before = checkpoint_of(tmp_path, room=1 << 30)
    assert names(before) == ["step"]
    (folder / ".next").write_text("2")
    (folder / ".next").rename(folder / "step")
    assert listing_digest(checkpoint_of(tmp_path, room=1 << 30)) != listing_digest(before)


def test_folders_nested_without_end_are_not_followed_and_hide_nothing_else(tmp_path: Path) -> None:
    for part in ("checkpoints", "sky_workdir"):
        deep = tmp_path / part
        deep.mkdir()
        (deep / "zz").write_text("kept")
        descriptor = os.open(deep, os.O_RDONLY)
        for _ in range(3000):
            os.mkdir("d", dir_fd=descriptor)
            deeper = os.open("d", os.O_RDONLY, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = deeper
        os.close(descriptor)
    assert [file.name for file in checkpoint_of(tmp_path, room=100)] == ["zz"]
    assert [file.name for file in outputs_of(tmp_path, ["d", "zz"], room=100)[0]] == ["zz"]
    subprocess.run(["rm", "-rf", tmp_path / "checkpoints", tmp_path / "sky_workdir"], check=True)


def test_files_of_holes_do_not_travel_as_more_than_the_run_had_room_for(tmp_path: Path) -> None:
    work = tmp_path / "sky_workdir"
    work.mkdir()
    for name, size in (("a", 10), ("b", 1 << 40), ("c", 10)):
        with (work / name).open("wb") as file:
            file.truncate(size)
    found, more = outputs_of(tmp_path, ["a", "b", "c"], room=1 << 20)
    assert ([file.name for file in found], more) == (["a"], 2)
