"""`gridtie serve`: the exchange over HTTP until SIGTERM; held calls end at once, nothing acknowledged is lost."""

import argparse
import os
import socket
from pathlib import Path

from gridtie.cli.local.compiled import kept
from gridtie.cli.output import say
from gridtie.errors import LocalFault, PortInUse
from gridtie.settings import home_of, load


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = verbs.add_parser("serve", help="run the exchange")
    parser.add_argument("--host", help="address to listen on (default 127.0.0.1)")
    parser.add_argument("--port", type=int, help="port (default 8474; 0: a free one)")
    parser.set_defaults(run=run)


COMPILED = "compiled"  # of the exchange's home: for where the installation is read-only

# Judging a test multiplies matrices for a moment; threads that spin for that would starve the calls beside it.
SINGLE_THREADED = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


def run(args: argparse.Namespace) -> int:
    for name in SINGLE_THREADED:  # before NumPy is loaded, or it does not hear of it
        os.environ.setdefault(name, "1")
    from gridtie.api.server import ExchangeServer, address_of
    from gridtie.flow.fair_terms import check_fairness
    from gridtie.market.rules.welfare import NAME as BEST_WELFARE
    from gridtie.wiring import close_exchange, open_exchange

    settings = load(home_of(os.environ), host=args.host, port=args.port)
    listener = _listen(settings.host, settings.port)
    if settings.auction_rule == BEST_WELFARE and settings.home.is_dir():  # here, not on the writer at the first tick
        _load_engine(settings.home)
    exchange = open_exchange(settings)
    try:
        exchange.database.read(lambda unit: check_fairness(unit, exchange))
        host, url = listener.getsockname()[0], address_of(listener)
        say(f"exchange {settings.name!r} in {settings.home}")
        if not host.startswith("127.") and host != "::1":
            say("warning: not loopback, and without TLS of its own; put a proxy with TLS in front")
        ExchangeServer(exchange, listener, ready=lambda: say(f"serving {url}")).run()
    finally:
        close_exchange(exchange)
        listener.close()
    say("stopped")
    return 0


def _load_engine(home: Path) -> None:
    """Compiles what is not compiled yet, and says so: no tick waits for it."""
    engine_kept(home)
    from gridtie.market.engine.lanes import lane_pass
    from gridtie.market.engine.warm import warm

    if any(Path(str(lane_pass.stats.cache_path)).glob("lanes.lane_pass-*.nbc")):
        say("loading the clearing engine")
    else:
        say("compiling the clearing engine, once (one or two minutes) …")
    warm()


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


def _listen(host: str, port: int) -> socket.socket:
    """Raises PortInUse with a free port, LocalFault when the address cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(2048)
    except OSError as cause:
        listener.close()
        if cause.errno == 98 or "in use" in str(cause):
            raise PortInUse(port=port, host=host, suggestion=_free_port(host, family)) from cause
        raise LocalFault(reason=f"cannot listen on {host}:{port}: {cause.strerror or cause}") from cause
    return listener


def _free_port(host: str, family: socket.AddressFamily) -> int:
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])
