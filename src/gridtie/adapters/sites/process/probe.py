"""Does the sandbox work on this host? Asked once at the start, and answered with what would mend it."""

import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from gridtie.adapters.sites.process.limits import any_uid
from gridtie.adapters.sites.process.sandbox import command

INSTALL = "apt-get install -y bubblewrap"
ALLOW = "sysctl -w kernel.unprivileged_userns_clone=1 user.max_user_namespaces=15000"


@dataclass(frozen=True, slots=True)
class Isolation:
    """`level` is 'sandbox' or 'none'; `reason` says why it is none, `fix` the command that would change it."""

    level: str
    reason: str = ""
    fix: str = ""


def probe_isolation() -> Isolation:
    """Runs one process in the very sandbox that jobs get."""
    if shutil.which("bwrap") is None:
        return Isolation("none", "bubblewrap is not installed", INSTALL)
    with tempfile.TemporaryDirectory(prefix="gridtie-probe-") as folder:
        start = command(
            home=Path(folder), network=False, accelerators=False, uid=any_uid(), tmp_bytes=1 << 20, status=False
        )
        try:
            done = subprocess.run([*start, "true"], capture_output=True, text=True, timeout=20, check=False)
        except (OSError, subprocess.TimeoutExpired) as cause:
            return Isolation("none", f"bubblewrap does not start: {cause}", INSTALL)
    if done.returncode != 0:
        said = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        return Isolation("none", f"bubblewrap fails: {said}", ALLOW)
    return Isolation("sandbox")
