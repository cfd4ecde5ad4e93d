"""Gets the clearing engine ready beside an exchange that serves already: its ticks wait, and nothing else does."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from gridtie.cli.local.compiled import compiled, kept
from gridtie.cli.output import say
from gridtie.errors import LocalFault
from gridtie.flow.exchange import Engine

COMPILED = "compiled"  # of the exchange's home: for where the installation is read-only
PATIENCE_S = 10
LOADS_S = 10  # a child that takes longer does not only load


class Begun:
    """What it was compiled in: a process of its own, as compiling would hold this one's interpreter."""

    def __init__(self, engine: Engine, slots: int) -> None:
        self._engine, self._slots, self._ended = engine, slots, False
        self._child: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._work, name="clearing engine", daemon=True)
        self._thread.start()

    def _work(self) -> None:
        began = time.monotonic()
        try:
            self._compile()
            if self._ended:
                return
            from gridtie.market.engine.warm import warm

            warm(min(self._slots, 2))  # loads what lies there, and compiles what that process did not
        except Exception as cause:  # noqa: BLE001 (whatever it was: ticks that wait for ever would say less)
            say(f"the clearing engine could not be made ready ({cause!r}): ticks compile it themselves")
        else:
            say(f"the clearing engine is ready after {time.monotonic() - began:.0f} s")
        self._engine.ready = True

    def _compile(self) -> None:
        """At each start: what lies compiled may be of older sources, and only a process that loads it can tell."""
        import numba

        environment = dict(os.environ)
        if folder := numba.config.CACHE_DIR:  # type: ignore[attr-defined]
            environment["NUMBA_CACHE_DIR"] = str(folder)
        command = (sys.executable, "-m", "gridtie.market.engine.warm", str(self._slots))
        silent_s = LOADS_S if compiled() else 0
        with self._lock:
            if self._ended:
                return
            # A session of its own: Ctrl-C is for the exchange, which ends the child itself.
            self._child = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, start_new_session=True,
                                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
        try:
            code = self._child.wait(silent_s)
        except subprocess.TimeoutExpired:
            say(
                "compiling the clearing engine beside it, once (about half a minute of one core): until then ticks wait"
            )
            code = self._child.wait()
        if code and not self._ended:
            say(f"the process that compiles the clearing engine failed ({code}): this one does it, and answers slowly")

    def end(self) -> None:
        """What was compiled stays; the rest is compiled at the next start."""
        with self._lock:
            self._ended = True
            if self._child is not None and self._child.poll() is None:
                self._child.terminate()
        self._thread.join(PATIENCE_S)
        if self._child is not None and self._child.poll() is None:
            self._child.kill()


def begin(engine: Engine, home: Path, slots: int) -> Begun:
    """Raises LocalFault where nothing compiled can be kept."""
    engine_kept(home)
    engine.ready = False
    return Begun(engine, slots)


def engine_kept(home: Path) -> None:
    """Imports the engine. What it compiles is kept in the home where the installation cannot be written.

    Raises LocalFault where neither can be.
    """

    def imports() -> None:
        import gridtie.market.engine.warm  # noqa: F401

    folder = home / COMPILED
    try:
        if kept(imports, lambda: folder) is not None:
            say(f"the installation cannot be written: what is compiled is kept in {folder}")
    except RuntimeError as cause:
        reason = f"what the clearing engine compiles can be kept nowhere, not even in {folder}"
        raise LocalFault(reason=reason) from cause
