"""What a sandboxed process sees: a read-only system, a private /tmp, its own home as /job, and nothing else.

Decides only; starting it is the keeper's work. As root the sandbox is set up with root's rights and the job then runs
under a user id of its own: the folders above its home need not be open to it, because the sandbox binds the home
itself. Otherwise it is a user namespace, under the agent's own id, with nothing of that user's in sight.
"""

import glob
import os
import sys
from collections.abc import Sequence
from pathlib import Path

HOME = "/job"
TMP_BYTES_MAX = 1 << 30
STATUS_FD = "{status_fd}"  # the keeper fills it in: where bubblewrap says which process it started, and how it ended
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_ETC = ("/etc/alternatives", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/localtime",
        "/etc/ssl/certs", "/etc/ca-certificates", "/etc/nsswitch.conf", "/etc/protocols", "/etc/services")  # fmt: skip
_ETC_NETWORK = ("/etc/resolv.conf", "/etc/hosts", "/etc/gai.conf")
# Device nodes that a job with accelerators needs, by vendor.
_DEVICES = ("/dev/nvidia*", "/dev/kfd", "/dev/dri", "/dev/mkfd", "/dev/davinci*", "/dev/devmm_svm", "/dev/hisi_hdc",
            "/dev/cambricon*", "/dev/mtgpu*", "/dev/mxcd", "/dev/mxgvm", "/dev/xpu*", "/dev/iluvatar*", "/dev/gcu*",
            "/dev/accel*", "/dev/infiniband")  # fmt: skip


def python_folders() -> list[str]:
    """What must be visible so that this interpreter runs: its environment and the installation below it.

    Folders that this user cannot enter are left out: bubblewrap could not bind them either.
    """
    folders = {sys.prefix, sys.base_prefix, os.path.dirname(os.path.realpath(sys.executable))}
    return sorted(f for f in folders if not f.startswith("/usr") and os.access(f, os.R_OK | os.X_OK))


def python() -> str:
    """The interpreter a job finds in GRIDTIE_PYTHON."""
    system = "/usr/bin/python3"
    if sys.executable.startswith("/usr/") or sys.prefix in python_folders():
        return sys.executable
    return system


def command(*, home: Path, network: bool, accelerators: bool, uid: int | None, tmp_bytes: int,
            passwd: Path | None = None, status: bool = True, mounts: Sequence[str] = (),
            shared: Sequence[tuple[str, bool]] = ()) -> list[str]:  # fmt: skip
    """The beginning of the command line; what runs inside is appended. `home` becomes /job.

    `mounts` are folders right below /, found where `mounted` says. `shared` are folders of the host that its owner
    shows to jobs, each with whether they may write there.
    """
    arguments = ["bwrap", "--unshare-ipc", "--unshare-pid", "--unshare-uts", "--unshare-cgroup-try"]
    if uid is None:
        arguments += ["--unshare-user", "--disable-userns"]
    if not network:
        arguments += ["--unshare-net"]
    arguments += ["--die-with-parent", "--new-session", "--hostname", "gridtie"]
    if status:
        arguments += ["--json-status-fd", STATUS_FD]
    for path in _SYSTEM:
        if os.path.islink(path):
            arguments += ["--symlink", os.readlink(path), path]
        elif os.path.isdir(path):
            arguments += ["--ro-bind", path, path]
    arguments += ["--proc", "/proc", "--dev", "/dev"]
    arguments += ["--perms", "1777", "--size", str(tmp_bytes), "--tmpfs", "/dev/shm"]  # noqa: S108  inside
    if accelerators:
        arguments += ["--ro-bind-try", "/sys", "/sys"]
        for path in device_nodes():
            arguments += ["--dev-bind-try", path, path]
    # Before the interpreter is bound: it may live below /tmp or /var/tmp itself.
    if "tmp" not in mounts:
        arguments += ["--perms", "1777", "--size", str(tmp_bytes), "--tmpfs", "/tmp"]  # noqa: S108  inside
    arguments += ["--dir", "/run", "--dir", "/var"]
    for name in mounts:
        arguments += ["--bind", str(mounted(home, name)), f"/{name}"]
    below = [*python_folders(), *(folder for folder, _ in shared)]
    if "var" not in mounts and not any(Path(folder).is_relative_to("/var/tmp") for folder in below):  # noqa: S108
        arguments += ["--symlink", "/tmp", "/var/tmp"]  # noqa: S108  inside
    arguments += _ways(["/etc/x", *below])
    for path in (*_ETC, *(_ETC_NETWORK if network else ())):
        arguments += ["--ro-bind-try", os.path.realpath(path), path]
    if passwd is not None:
        arguments += ["--ro-bind", str(passwd), "/etc/passwd"]
    for path in python_folders():
        arguments += ["--ro-bind", path, path]
    for path, writable in shared:
        arguments += ["--bind" if writable else "--ro-bind", path, path]
    arguments += ["--bind", str(home), HOME, "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", HOME]
    if uid is not None:
        arguments += ["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups", "--no-new-privs",
                      "--bounding-set=-all", "--inh-caps=-all"]  # fmt: skip
    return arguments


def device_nodes() -> list[str]:
    """What of this host's /dev a job with accelerators needs."""
    return [path for pattern in _DEVICES for path in sorted(glob.glob(pattern))]


def mounted(home: Path, name: str) -> Path:
    """What a job finds as /name, in its home."""
    return home / "sky_workdir" / "root" / name


def _ways(paths: Sequence[str]) -> list[str]:
    """The folders above what is bound, open to the job's user; bubblewrap would make them for root alone."""
    above = {str(parent) for path in paths for parent in Path(path).parents if str(parent) != "/"}
    return [part for folder in sorted(above) if not folder.startswith("/usr") for part in ("--dir", folder)]
