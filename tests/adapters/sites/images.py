"""An image of this machine's own files for the tests of containers: bash, a few tools, and the libraries they name."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PROGRAMS = ("bash", "sleep", "wc", "cat", "tail", "id", "env", "touch")
IMAGE = "localhost/gridtie-test:1"
GET = "as root: apt-get install -y podman runc"


def missing() -> str:
    """Why no container can be run here; '' when one can."""
    if shutil.which("podman") is None:
        return f"podman is not installed; {GET}"
    if os.getuid() != 0:
        done = subprocess.run(["podman", "unshare", "true"], capture_output=True, text=True, check=False)
        if done.returncode:
            return f"podman does not run as this user: {done.stderr.strip()[-200:]}"
    return ""


@contextmanager
def store() -> Iterator[Path]:
    """A folder for `engine`; podman's store is a mount of its own, which must go first."""
    root = Path(tempfile.mkdtemp(prefix="gridtie-podman-"))
    try:
        yield root
    finally:
        subprocess.run(["umount", root / "store" / "overlay"], capture_output=True, check=False)
        if os.getuid() != 0:  # files of users that are this one's only inside
            subprocess.run(["podman", "unshare", "rm", "-rf", root], check=True)
        else:
            shutil.rmtree(root)


@contextmanager
def stocked() -> Iterator[Path]:
    """A store that holds the image; skips where podman is there and runs nothing, as inside many a container."""
    with store() as root:
        try:
            make(root)
            limits = ("--ulimit=nofile=4096:4096", "--ulimit=nproc=4096:4096")  # podman's own may be above the host's
            words = [*engine(root).split(), "run", "--rm", "--pull=never", "--network=none", *limits, IMAGE,
                     "/bin/bash", "-c", ":"]  # fmt: skip
            subprocess.run(words, capture_output=True, text=True, check=True, timeout=30)
        except subprocess.TimeoutExpired:
            subprocess.run(
                [*engine(root).split(), "rm", "--all", "--force", "--time=0"], capture_output=True, check=False
            )
            pytest.skip("podman starts no container here within 30 s")
        except subprocess.CalledProcessError as failed:
            pytest.skip(f"podman runs no container here: {failed.stderr.strip()[-300:]}")
        yield root


def engine(root: Path) -> str:
    """Podman with a store and a state of its own, which go with the test. `runc`: crun refuses control groups of both
    versions side by side."""
    runtime = " --runtime=runc" if shutil.which("runc") else ""
    return (f"podman --root={root}/store --runroot={root}/state --tmpdir={root}/tmp --events-backend=none"
            f" --cgroup-manager=cgroupfs{runtime}")  # fmt: skip


def make(root: Path, *, image: str = IMAGE, arch: str = "", programs: tuple[str, ...] = PROGRAMS) -> str:
    """Puts the image into the store of `engine(root)`; its id."""
    tree = root / f"tree-{image.rpartition('/')[2]}"
    for folder in ("bin", "etc", "tmp", "proc", "sys", "dev"):
        (tree / folder).mkdir(parents=True)
    (tree / "tmp").chmod(0o1777)  # of which a container's own /tmp takes its mode
    (tree / "etc" / "made-of").write_text(f"{image}\n")
    for name in programs:
        program = Path(str(shutil.which(name))).resolve()
        shutil.copy(program, tree / "bin" / name)
        said = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
        for library in re.findall(r"/\S+", said):
            target = tree / library.lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(library, target)
    with subprocess.Popen(["tar", "-C", tree, "-c", "."], stdout=subprocess.PIPE) as tar:
        options = ["--change=ENV FROM_IMAGE=yes", *([f"--arch={arch}"] if arch else [])]
        made = subprocess.run(
            [*engine(root).split(), "import", "--quiet", *options, "-", image], stdin=tar.stdout, capture_output=True,
            text=True, check=True,
        )  # fmt: skip
    return made.stdout.strip().removeprefix("sha256:")
