"""Container images on a process site: which engine runs them, how an image gets here, and the command that starts one.

The keeper stays what ends a rank and holds its limits; podman is what builds the place in which the rank lives. The
image is read-only and brings its own programs and variables; home, /tmp, user and network are as in the sandbox.
"""

import json
import os
import platform
import re
import shlex
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gridtie.adapters.sites.process import sandbox
from gridtie.adapters.sites.reading import gathered
from gridtie.errors import InvalidInput, Problem, SiteRefused

INSTALL = "apt-get install -y podman"
POLICIES = ("missing", "always", "never")
ABOUT: Mapping[str, str] = {
    "pull": "missing (fetch an image that is not here, the default), always (ask the registry each time), never",
    "pinned": "yes: run only images named by digest, NAME@sha256:…",
    "run": "further options of `podman run`, for every container: --device=nvidia.com/gpu=all",
    "timeout": "seconds that fetching an image may take (default 1800)",
}
IMAGE_FORM = "REGISTRY/NAME:TAG or NAME@sha256:…"
ASK_S = 30.0
LOOK_S = 0.2
_REFERENCE = re.compile(
    r"[a-z0-9]+(?:[.-][a-z0-9]+)*(?::[0-9]{1,5}(?=/))?(?:/[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*)*"
    r"(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?"
)
_REFERENCE_MAX = 512
_PROCESSES_MAX = 16_384  # of the user; podman's own wish is above what a host without CAP_SYS_RESOURCE may give
# The engine's names of machines, as images have them, for what the kernel calls them.
_MACHINES = {"x86_64": "amd64", "aarch64": "arm64", "loongarch64": "loong64", "i686": "386"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerSettings:
    """`engine`: podman with its own options, as a command line."""

    engine: tuple[str, ...] = ("podman",)
    run: tuple[str, ...] = ()
    pull: str = "missing"
    pinned: bool = False
    timeout: float = 1800.0

    @staticmethod
    def read(engine: str, data: Mapping[str, Any]) -> "ContainerSettings":
        """Raises InvalidInput naming every problem, and every key there is."""
        values, problems = gathered(data, about=ABOUT, needed=(), tables=(), wrong_text=_wrong)
        words: dict[str, tuple[str, ...]] = {}
        for name, text in (("engine", engine), ("run", str(values.pop("run", "")))):
            try:
                words[name] = tuple(shlex.split(text))
            except ValueError as cause:
                problems.append(Problem(f"{name}: {cause}", path=name))
        if not words.get("engine", ("x",)):
            problems.append(Problem("engine: a command, such as podman", path="engine"))
        if problems:
            raise InvalidInput(source="the settings of containers", problems=problems)
        values["pinned"] = values.get("pinned") == "yes"
        return ContainerSettings(engine=words["engine"], run=words["run"], **values)


def is_image(text: str) -> bool:
    """A name as registries have it, and nothing that a program could take for an option or another kind of place."""
    return len(text) <= _REFERENCE_MAX and _REFERENCE.fullmatch(text) is not None


def _wrong(key: str, value: str) -> str:
    if key == "pull" and value not in POLICIES:
        return f"one of {', '.join(POLICIES)}"
    return "yes or no" if key == "pinned" and value not in ("yes", "no") else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One rank's container. `image` is what `Containers.ready` answered; `uid` None: rootless, as the agent's user."""

    name: str
    image: str
    home: Path
    passwd: Path
    pidfile: Path
    uid: int | None
    network: bool
    accelerators: bool
    tmp_bytes: int
    mounts: Sequence[str]
    shared: Sequence[tuple[str, bool]]
    rlimits: Mapping[str, int]
    cgroup: str | None  # path below each controller; None: the keeper watches


class Containers:
    """`reason` says why images cannot be run here, '' where they can; `fix` what would change it."""

    def __init__(self, settings: ContainerSettings) -> None:
        self._settings = settings
        self.reason, self.fix = self._probe()

    def _probe(self) -> tuple[str, str]:
        program = self._settings.engine[0]
        if shutil.which(program) is None:
            return f"{program} is not installed", f"as root: {INSTALL}"
        done = self._ask("info", "--format={{.Host.OCIRuntime.Name}}")
        if done.returncode:
            return f"{program} fails: {_last(done.stderr)}", f"make `{' '.join(self._settings.engine)} info` work"
        return "", ""

    @staticmethod
    def environment() -> dict[str, str]:
        """What podman needs of ours, and nothing of the job's."""
        kept = ("HOME", "XDG_RUNTIME_DIR", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "REGISTRY_AUTH_FILE")
        path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        return {"PATH": path, "LANG": "C.UTF-8", **{name: os.environ[name] for name in kept if name in os.environ}}

    def _ask(self, *words: str) -> "subprocess.CompletedProcess[str]":
        try:
            return subprocess.run(
                [*self._settings.engine, *words], capture_output=True, text=True, timeout=ASK_S, check=False,
                env=self.environment(), stdin=subprocess.DEVNULL, errors="replace",
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as cause:
            return subprocess.CompletedProcess(words, 1, "", str(cause))

    # ── images ────────────────────────────────────────────────────────────────────────────────────────────────────
    def ready(self, image: str, unwanted: Callable[[], bool]) -> str:
        """The id under which the image lies here, fetched first if need be. Raises SiteRefused by name.

        Fetching ends early when `unwanted` says so.
        """
        if self.reason:
            raise SiteRefused(reason=f"it runs in the image {image[:100]}, and {self.reason}; {self.fix}")
        if not is_image(image):
            raise SiteRefused(reason=f"{image[:100]!r} is no name of an image: {IMAGE_FORM}")
        digest = "@sha256:" in image
        if self._settings.pinned and not digest:
            raise SiteRefused(reason=f"this site runs images by digest only: {image}@sha256:… instead of {image}")
        found = self._look(image)
        if found is None or (self._settings.pull == "always" and not digest):
            if self._settings.pull == "never":
                raise SiteRefused(reason=f"the image {image} is not at this site, which fetches none")
            self._fetch(image, unwanted)
            found = self._look(image)
        if found is None:
            raise SiteRefused(reason=f"the image {image} was fetched, and podman does not know it by that name")
        have, here = (str(found.get("Os")), str(found.get("Architecture"))), ("linux", _machine())
        if have != here:
            raise SiteRefused(reason=f"the image {image} is for {'/'.join(have)}, this host is {'/'.join(here)}")
        return str(found["Id"])

    def _look(self, image: str) -> dict[str, Any] | None:
        done = self._ask("image", "inspect", image)
        try:
            documents: list[dict[str, Any]] = json.loads(done.stdout) if done.returncode == 0 else []
        except ValueError:
            documents = []
        return documents[0] if documents else None

    def _fetch(self, image: str, unwanted: Callable[[], bool]) -> None:
        """By the registry's protocol alone: other transports of podman's read files of this host."""
        process = subprocess.Popen(
            [*self._settings.engine, "pull", "--quiet", f"docker://{image}"], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace", env=self.environment(),
        )  # fmt: skip
        deadline, why = time.monotonic() + self._settings.timeout, ""
        while True:
            try:
                _, said = process.communicate(timeout=LOOK_S)
                break
            except subprocess.TimeoutExpired:
                late = time.monotonic() > deadline
                if late or unwanted():
                    why = f"it took longer than {self._settings.timeout:g} s" if late else "the run is not wanted now"
                    process.kill()
        if process.returncode:
            raise SiteRefused(reason=f"the image {image} cannot be fetched: {why or _last(said)}")

    # ── containers ────────────────────────────────────────────────────────────────────────────────────────────────
    def remove(self, name: str) -> list[str]:
        """The command that ends a container of this name, and what is left of one; no error where there is none."""
        return [*self._settings.engine, "rm", "--force", "--ignore", "--time=0", name]

    def end(self, name: str) -> None:
        """Whose keeper is gone."""
        self._ask(*self.remove(name)[len(self._settings.engine) :])

    def command(self, place: Place) -> list[str]:
        """The beginning of the command line; what runs inside is appended. Descriptors 3 and 4 are passed on."""
        engine = [*self._settings.engine, "--log-level=error"]  # its output is the job's
        if place.cgroup is not None:
            engine += ["--cgroup-manager=cgroupfs"]
        limits = {"RLIMIT_NPROC": _PROCESSES_MAX, **place.rlimits}
        limits.pop("RLIMIT_DATA", None)  # the run time would have to start under it too: the keeper sets it inside
        arguments = [
            *engine, "run", "--rm", "--replace", f"--name={place.name}", f"--pidfile={place.pidfile}",
            "--log-driver=none", "--pull=never", "--read-only", "--read-only-tmpfs=false", "--image-volume=ignore",
            "--no-healthcheck", "--http-proxy=false", "--systemd=false", "--hostname=gridtie", "--preserve-fds=2",
            "--cap-drop=all", "--security-opt=no-new-privileges", "--security-opt=label=disable",
            f"--shm-size={place.tmp_bytes}b", f"--network={'host' if place.network else 'none'}",
            f"--workdir={sandbox.HOME}", f"--env=HOME={sandbox.HOME}", "--env=TMPDIR=/tmp", "--entrypoint=",
        ]  # fmt: skip
        if place.uid is None:
            arguments += ["--userns=keep-id", f"--user={os.getuid()}:{os.getgid()}"]
        else:
            arguments += [f"--user={place.uid}:{place.uid}"]
        if place.cgroup is not None:
            arguments += [f"--cgroup-parent=/{place.cgroup}", "--pids-limit=-1"]  # the group above has one
        arguments += [f"--ulimit={n.removeprefix('RLIMIT_').lower()}={v}:{v}" for n, v in limits.items()]
        arguments += [_bind(place.home, sandbox.HOME), _bind(place.passwd, "/etc/passwd", read_only=True)]
        for folder, inside in (("tmp", "/tmp"), ("var", "/var/tmp")):  # noqa: S108  inside
            if folder not in place.mounts:
                arguments += [f"--tmpfs={inside}:rw,nosuid,nodev,notmpcopyup,mode=1777,size={place.tmp_bytes}"]
        arguments += [_bind(sandbox.mounted(place.home, name), f"/{name}") for name in place.mounts]
        arguments += [_bind(path, path, read_only=not writable) for path, writable in place.shared]
        if place.accelerators:
            arguments += [f"--device={path}" for path in sandbox.device_nodes()]
        return [*arguments, *self._settings.run, place.image]


def _bind(source: Path | str, target: str, *, read_only: bool = False) -> str:
    return f"--mount=type=bind,source={source},destination={target}{',ro=true' if read_only else ''}"


def _machine() -> str:
    machine = platform.machine()
    return _MACHINES.get(machine, machine)


def _last(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return (lines or ["no word of why"])[-1][-300:]
