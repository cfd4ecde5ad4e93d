"""Threads on a host that may have none to give: who may use up all processes of our user is not only we."""

import threading

from gridtie.errors import LocalFault


def begin(thread: threading.Thread) -> None:
    """Raises LocalFault where there is none now; a moment later there may be. No agent ends by it, and no run."""
    try:
        thread.start()
    except RuntimeError as cause:
        raise LocalFault(reason=f"{thread.name}: {cause}") from cause
