"""`gridtie serve`: the exchange over HTTP until SIGTERM; held calls end at once, nothing acknowledged is lost."""

import argparse
import gc
import os
import socket

from gridtie.cli.context import DEFAULT_URL
from gridtie.cli.local.begin_engine import begin
from gridtie.cli.output import say
from gridtie.errors import LocalFault, PortInUse
from gridtie.settings import home_of, load
from gridtie.values.rule_names import BEST_WELFARE


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = verbs.add_parser("serve", help="run the exchange")
    parser.add_argument("--host", help="address to listen on (default 127.0.0.1)")
    parser.add_argument("--port", type=int, help="port (default 8474; 0: a free one)")
    parser.set_defaults(run=run)


# Judging a test multiplies matrices for a moment; threads that spin for that would starve the calls beside it.
SINGLE_THREADED = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


def run(args: argparse.Namespace) -> int:
    for name in SINGLE_THREADED:  # before NumPy is loaded, or it does not hear of it
        os.environ.setdefault(name, "1")
    gc.disable()  # what is made until it serves stays to its end: looking it through for garbage costs half a second
    from gridtie.api.server import ExchangeServer, address_of
    from gridtie.flow.fair_terms import check_fairness
    from gridtie.views.exchange import clock_words
    from gridtie.wiring import close_exchange, open_exchange

    settings = load(home_of(os.environ), host=args.host, port=args.port)
    listener = _listen(settings.host, settings.port)
    exchange = open_exchange(settings)
    begun = None
    try:
        if settings.auction_rule == BEST_WELFARE:  # beside it, not on the writer at the first tick
            begun = begin(exchange.engine, settings.home, settings.auction_slots)
        exchange.database.read(lambda unit: check_fairness(unit, exchange))
        host, url = listener.getsockname()[0], address_of(listener)
        say(f"exchange {settings.name!r} in {settings.home}")
        for words in clock_words(exchange):
            say(f"warning: {words}")
        if not host.startswith("127.") and host != "::1":
            say("warning: not loopback, and without TLS of its own; put a proxy with TLS in front")
        server = ExchangeServer(exchange, listener, ready=lambda: _ready(url))
        gc.freeze()
        gc.enable()
        server.run()
    finally:
        if begun is not None:
            begun.end()
        close_exchange(exchange)
        listener.close()
    say("stopped")
    return 0


def _ready(url: str) -> None:
    """Its address is kept nowhere: several may serve from one home, such as a restored copy beside the exchange."""
    say(f"serving {url}")
    if url not in (DEFAULT_URL, os.environ.get("GRIDTIE_EXCHANGE", "").rstrip("/")):
        say(f"commands look for it at {DEFAULT_URL} until told: export GRIDTIE_EXCHANGE={url}")


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
            place = "" if host == "127.0.0.1" else f" --host {host}"
            command = f"gridtie serve{place} --port {_free_port(host, family)}"
            raise PortInUse(port=port, host=host, command=command) from cause
        raise LocalFault(reason=f"cannot listen on {host}:{port}: {cause.strerror or cause}") from cause
    return listener


def _free_port(host: str, family: socket.AddressFamily) -> int:
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])
