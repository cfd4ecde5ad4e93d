"""What a sandboxed process sees: a read-only system, a private /tmp, its own home, and nothing else.

Decides only; starting it is the keeper's work. As root the sandbox is set up with root's rights and the job then runs
under a user id of its own; otherwise in a user namespace, under the agent's id, with nothing of that user in sight.
"""

import glob
import os
import sys
from pathlib import Path

HOME = "/job"
TMP_BYTES_DEFAULT = 1 << 30
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_ETC = ("/etc/alternatives", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/localtime",
        "/etc/ssl/certs", "/etc/ca-certificates", "/etc/nsswitch.conf", "/etc/protocols", "/etc/services")  # fmt: skip
_ETC_NETWORK = ("/etc/resolv.conf", "/etc/hosts", "/etc/gai.conf")
# Device nodes that a job with accelerators needs, by vendor.
_DEVICES = ("/dev/nvidia*", "/dev/kfd", "/dev/dri", "/dev/mkfd", "/dev/davinci*", "/dev/devmm_svm", "/dev/hisi_hdc",
            "/dev/cambricon*", "/dev/mtgpu*", "/dev/mxcd", "/dev/mxgvm", "/dev/xpu*", "/dev/iluvatar*", "/dev/gcu*",
            "/dev/accel*", "/dev/infiniband")  # fmt: skip


def python_folders() -> list[str]:
    """What must be visible so that GRIDTIE_PYTHON runs: its environment and the installation below it."""
    folders = {sys.prefix, sys.base_prefix, os.path.dirname(os.path.realpath(sys.executable))}
    return sorted(f for f in folders if not f.startswith("/usr/") and f not in ("/usr", "/usr/bin"))


def command(*, home: Path, network: bool, accelerators: bool, uid: int | None, tmp_bytes: int) -> list[str]:
    """The beginning of the command line; what runs inside is appended. `home` becomes /job."""
    arguments = ["bwrap", "--unshare-ipc", "--unshare-pid", "--unshare-uts", "--unshare-cgroup-try"]
    if uid is None:
        arguments += ["--unshare-user-try"]
    if not network:
        arguments += ["--unshare-net"]
    arguments += ["--die-with-parent", "--new-session", "--hostname", "gridtie"]
    for path in _SYSTEM:
        if os.path.islink(path):
            arguments += ["--symlink", os.readlink(path), path]
        elif os.path.isdir(path):
            arguments += ["--ro-bind", path, path]
    arguments += ["--proc", "/proc", "--dev", "/dev"]
    if not accelerators:
        arguments += ["--dir", "/sys"]
    else:
        arguments += ["--ro-bind-try", "/sys", "/sys"]
        for pattern in _DEVICES:
            for path in sorted(glob.glob(pattern)):
                arguments += ["--dev-bind-try", path, path]
    for path in (*_ETC, *(_ETC_NETWORK if network else ())):
        arguments += ["--ro-bind-try", os.path.realpath(path), path]
    for path in python_folders():
        arguments += ["--ro-bind", path, path]
    arguments += ["--perms", "1777", "--size", str(tmp_bytes), "--tmpfs", "/tmp"]  # noqa: S108  inside the sandbox
    arguments += ["--dir", "/var/tmp", "--dir", "/run"]  # noqa: S108
    arguments += ["--bind", str(home), HOME, "--chdir", HOME]
    if uid is not None:
        arguments += ["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups", "--no-new-privs",
                      "--bounding-set=-all", "--inh-caps=-all"]  # fmt: skip
    return arguments
