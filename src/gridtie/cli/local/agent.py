"""`gridtie agent`: join a site to an exchange, and run its agent."""

import argparse
import json
import logging
import os
import pwd
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gridtie import __version__
from gridtie.cli.context import data_home, exchange_url, text_of_file
from gridtie.cli.output import add_format, print_record, say
from gridtie.errors import InvalidInput, Problem, SchedulerAway
from gridtie.values.quantity import parse_bytes

if TYPE_CHECKING:
    from gridtie.agent.declaration import SiteConfig, Slices
    from gridtie.agent.spool import Spool
    from gridtie.dispatch.site import Site

log = logging.getLogger("gridtie.agent")


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    noun = verbs.add_parser("agent", help="join a cluster to an exchange and run its agent")
    inner = noun.add_subparsers(dest="verb", metavar="VERB", required=True)
    join = inner.add_parser("join", help="enrol this host with a one-time token")
    join.add_argument("token", nargs="?", help="file with the token; '-' reads stdin (or GRIDTIE_ENROL_TOKEN)")
    join.add_argument("--token-file", metavar="FILE", help="the same, as an option")
    join.add_argument("--exchange", metavar="URL", help="the exchange")
    join.add_argument("--config", metavar="TOML", help="what to lend, machine by machine, instead of the options below")
    join.add_argument("--name", help="what the lent pool is called (default: its chip)")
    join.add_argument("--machines", type=int, help="lend this many equal slices (default 1; with --parts: all cards)")
    join.add_argument("--cpus", type=int, help="cores of one slice (default: all, shared equally)")
    join.add_argument("--memory", help="of one slice, e.g. 8GB (default: nine tenths, shared equally)")
    join.add_argument("--disk", default="20GB", help="scratch of one slice (default 20GB)")
    join.add_argument("--accelerators", type=int, help="of one slice (default: all, shared equally)")
    join.add_argument("--parts", type=int, default=1, metavar="N",
                      help="lend every card in N equal parts (2, 3, 4, 5, 7, 8 or 10), to jobs that want less than "
                           "one; each card is a slice then")  # fmt: skip
    join.add_argument("--trust", action="append", default=[], metavar="ORGANISATION",
                      help="id of one whose jobs may run here even without a sandbox (repeatable)")  # fmt: skip
    join.add_argument("--scheduler", metavar="KIND",
                      help="lend the cluster this host is the door of, instead of this host: "
                           "slurm, ray, kubernetes")  # fmt: skip
    join.add_argument("--containers", metavar="COMMAND",
                      help="run jobs that name an image in containers: podman, perhaps with options")  # fmt: skip
    join.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", dest="settings",
                      help="how that cluster or the containers are used; `--set =?` lists the keys "
                           "(repeatable)")  # fmt: skip
    join.add_argument("--share", action="append", default=[], metavar="FOLDER[:rw]",
                      help="show this folder to sandboxed jobs, at its own path, its bin first in PATH; "
                           ":rw lets them write there (repeatable)")  # fmt: skip
    join.add_argument("--user", metavar="NAME",
                      help="run every job as this local user, who then owns what it writes into a shared folder "
                           "(as root only; default: a user id of its own for each run)")  # fmt: skip
    join.add_argument("--datasets", metavar="FOLDER",
                      help="data that jobs may come to here; it is read for them and never sent")  # fmt: skip
    add_format(join)
    join.set_defaults(run=join_site)
    run = inner.add_parser("run", help="serve this site until stopped; jobs go on under their keepers")
    run.add_argument("--once", action="store_true", help="one sync, finish what is there, then end")
    run.add_argument("--stop-jobs", action="store_true", help="when stopped, end the jobs too (they go on elsewhere)")
    run.add_argument("--datasets", metavar="FOLDER", help="data that jobs may come to here (default: as joined)")
    run.add_argument("--verbose", action="store_true")
    run.set_defaults(run=run_agent)
    status = inner.add_parser("status", help="what this home is joined to, and what it runs")
    add_format(status)
    status.set_defaults(run=show_status)
    leave = inner.add_parser("leave", help="forget the exchange (refused while jobs run; the key is deleted)")
    leave.add_argument("--yes", action="store_true", help="do it")
    leave.set_defaults(run=leave_site)


def agent_home() -> Path:
    return data_home() / "agent"


def join_site(args: argparse.Namespace) -> int:
    from gridtie.adapters.sites.process.probe import probe_isolation
    from gridtie.agent.declaration import join
    from gridtie.client.transport import HttpTransport

    url = exchange_url(args).value.rstrip("/")
    if args.scheduler or (args.settings and args.containers is None):
        return _join_cluster(args, url)
    kept, images = _containers(args)
    if kept == {}:  # only asked what there is
        return 0
    isolation = probe_isolation()
    if isolation.level == "none":
        say(f"NOT ISOLATED: {isolation.reason}. Only jobs of organisations named with --trust will run here.")
        say(f"  to change that, as root: {isolation.fix}")
    config, state = join(
        HttpTransport(url),
        agent_home(),
        url=url,
        printed=_token(args.token_file or args.token or os.environ.get("GRIDTIE_ENROL_TOKEN", "")),
        slices=_slices(args),
        isolation=isolation.level,
        version=__version__,
        trusted=tuple(args.trust),
        shared=_shared(args.share),
        user=_user(args.user),
        containers=kept,
        images=images,
        datasets=_datasets(args.datasets),
    )
    print_record(
        {"site": config.site, "name": config.site_name, "state": state, "fingerprint": config.fingerprint,
         "isolation": isolation.level, "images": images},
        args,
    )  # fmt: skip
    _say_next(config, state, args)
    return 0


def _containers(args: argparse.Namespace) -> tuple[dict[str, Any] | None, bool]:
    """What is kept of how this host runs images, and whether it does. Raises InvalidInput."""
    from gridtie.adapters.sites.process.containers import ABOUT, Containers, ContainerSettings

    if args.containers is None:
        return None, False
    if any(text.endswith("=?") for text in args.settings):
        for key, about in ABOUT.items():
            print(f"{key:12} {about}")
        return {}, False
    kept = {"engine": args.containers, "settings": read_settings(args.settings)}
    found = Containers(ContainerSettings.read(kept["engine"], kept["settings"]))
    if found.reason:
        say(f"NO IMAGES: {found.reason}; jobs that name one will not be sent here.")
        say(f"  to change that, {found.fix}")
    return kept, not found.reason


def _join_cluster(args: argparse.Namespace, url: str) -> int:
    """The same for a cluster: what is lent is read from its scheduler."""
    from gridtie.adapters.sites.kinds import SETTINGS, open_scheduler
    from gridtie.adapters.tables import load_chips
    from gridtie.agent.declaration import Slices, declare_cluster, join
    from gridtie.client.transport import HttpTransport

    kind = args.scheduler or ""
    if args.containers is not None:
        problem = Problem(f"is of this host; how {kind} runs images is one of its own settings: --set =?")
        raise InvalidInput(source="--containers", problems=[problem])
    if args.parts != 1:
        problem = Problem(f"is of this host; how {kind} lends parts of cards is one of its own settings: --set =?")
        raise InvalidInput(source="--parts", problems=[problem])
    if any(text.endswith("=?") for text in args.settings):
        for key, about in SETTINGS.get(kind, {}).items():
            print(f"{key:12} {about}")
        return 0
    settings = read_settings(args.settings)
    opened = open_scheduler(kind, settings, chips=load_chips(), url=url, trusted=args.trust)
    try:
        facts = opened.scheduler.facts()
    except SchedulerAway:
        say("not joined; the token is still good")
        raise
    for note in facts.notes:
        say(note)
    isolation = opened.scheduler.isolation
    if isolation == "none":
        say("NOT ISOLATED: all runs share one local user. Only jobs of organisations named with --trust will run here.")
        say(f"  {opened.remedy}")
    config, state = join(
        HttpTransport(url), agent_home(), url=url, slices=Slices(name=args.name), isolation=isolation,
        printed=_token(args.token_file or args.token or os.environ.get("GRIDTIE_ENROL_TOKEN", "")),
        version=__version__, trusted=tuple(args.trust), scheduler={"kind": kind, "settings": settings},
        declared=declare_cluster(facts, isolation=isolation, images=opened.scheduler.images, name=args.name),
        datasets=_datasets(args.datasets),
    )  # fmt: skip
    machines = [f"{len(pool.machines)} × {pool.chip}" for pool in facts.pools]
    print_record(
        {"site": config.site, "name": config.site_name, "state": state, "fingerprint": config.fingerprint,
         "isolation": isolation, "images": opened.scheduler.images, "scheduler": kind, "machines": machines},
        args,
    )  # fmt: skip
    _say_next(config, state, args)
    return 0


def read_settings(given: list[str]) -> dict[str, Any]:
    """`partition=main`, `users.org_x=alice` → {partition: main, users: {org_x: alice}}. Raises InvalidInput."""
    found: dict[str, Any] = {}
    for text in given:
        key, equals, value = text.partition("=")
        table, dot, inner = key.partition(".")
        if not equals or not key or (dot and not inner):
            raise InvalidInput(source="--set", problems=[Problem(f"{text!r} is not KEY=VALUE")])
        if dot:
            kept = found.setdefault(table, {})
            if not isinstance(kept, dict):
                raise InvalidInput(
                    source="--set", problems=[Problem(f"{table} is given twice, with and without a dot")]
                )
            kept[inner] = value
        else:
            found[key] = value
    return found


def _say_next(config: "SiteConfig", state: str, args: argparse.Namespace) -> None:
    if state == "pending" and args.output == "table":
        say("The operator must see the same fingerprint and let the site in:")
        say(f"  gridtie site approve {config.site_name} --fingerprint {config.fingerprint}")
        say("Then: gridtie agent run")


def _token(source: str) -> str:
    if source == "-":
        return sys.stdin.read().strip()
    if not source:
        raise InvalidInput(source="token", problems=[Problem("missing: give a file, or '-' for stdin")])
    if source.startswith("gridtie_enrol_"):
        if source == os.environ.get("GRIDTIE_ENROL_TOKEN"):
            return source
        say("warning: a token on the command line is seen by every process of this host; give a file, or '-'")
        return source
    return text_of_file(Path(source)).strip()


def _shared(given: list[str]) -> tuple[tuple[str, bool], ...]:
    """Absolute folders that are there, each with whether jobs may write. Raises InvalidInput."""
    shared = [(text.removesuffix(":rw").rstrip("/"), text.endswith(":rw")) for text in given]
    for folder, _ in shared:
        if not folder.startswith("/") or not Path(folder).is_dir() or Path(folder).resolve() != Path(folder):
            message = f"{folder or '/'!r} must be the whole path of a folder of this host, without links, and not /"
            raise InvalidInput(source="--share", problems=[Problem(message)])
        if folder.split("/")[1] in ("usr", "bin", "sbin", "lib", "lib64", "proc", "sys", "dev", "etc", "job"):
            raise InvalidInput(source="--share", problems=[Problem(f"{folder} is the system's; jobs see that anyway")])
    return tuple(shared)


def _datasets(given: str | None) -> str:
    """The whole path of a folder. Raises InvalidInput."""
    if not given:
        return ""
    folder = Path(given).resolve()
    if not folder.is_dir():
        raise InvalidInput(source="--datasets", problems=[Problem(f"there is no folder {given!r}")])
    return str(folder)


def _user(given: str | None) -> int | None:
    """A user id. Raises InvalidInput."""
    if given is None:
        return None
    try:
        uid = int(given) if given.isdecimal() else pwd.getpwnam(given).pw_uid
    except KeyError:
        raise InvalidInput(source="--user", problems=[Problem(f"this host knows no user {given!r}")]) from None
    if os.getuid() != 0 or not 0 < uid < 1 << 31:
        raise InvalidInput(source="--user", problems=[Problem("needs root, and a user who is not root")])
    return uid


def _slices(args: argparse.Namespace) -> "Slices":
    from gridtie.agent.declaration import Slices

    if args.config:
        return Slices.from_toml(Path(args.config))
    try:
        memory = parse_bytes(args.memory, default_unit="GB") if args.memory else None
        disk = parse_bytes(args.disk, default_unit="GB")
    except ValueError as cause:
        raise InvalidInput(source="--memory/--disk", problems=[Problem(str(cause))]) from None
    numbers = (("--machines", args.machines), ("--cpus", args.cpus), ("--accelerators", args.accelerators))
    wrong = [name for name, value in numbers if value is not None and value < (0 if name == "--accelerators" else 1)]
    if wrong:
        raise InvalidInput(source=wrong[0], problems=[Problem("must be at least 1")])
    return Slices(
        machines=args.machines, cpus=args.cpus, memory_bytes=memory, disk_bytes=disk, accelerators=args.accelerators,
        name=args.name, parts=args.parts,
    )  # fmt: skip


def run_agent(args: argparse.Namespace) -> int:
    """Until SIGTERM or Ctrl-C. Runs keep working under their keepers and are taken up by the next start."""
    from gridtie.adapters.signers.ed25519 import load_or_create
    from gridtie.agent.declaration import KEY_FILE, SiteConfig
    from gridtie.agent.loop import Agent, lock_home
    from gridtie.client.transport import HttpTransport

    level = logging.DEBUG if args.verbose else logging.INFO
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr)
    home = agent_home()
    config = SiteConfig.load(home)
    if args.datasets:
        config = replace(config, datasets=_datasets(args.datasets))
    handle = lock_home(home)
    served = _cluster(config, home) if config.scheduler else _processes(config, home)
    agent = Agent(
        config=replace(config, isolation=served.site.isolation),
        transport=HttpTransport(config.exchange_url),
        signer=load_or_create(home / KEY_FILE, os.urandom(32)),
        site=served.site,
        spool=served.spool,
        declare=served.declare,
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: agent.stop())
    try:
        agent.run(once=args.once, stop_jobs=args.stop_jobs)
    finally:
        handle.close()
    log.info("stopped; what still runs goes on until its lease ends")
    return 0


@dataclass(frozen=True)
class _Served:
    site: "Site"
    spool: "Spool"
    declare: "Callable[[], dict[str, Any]] | None" = None


def _processes(config: "SiteConfig", home: Path) -> _Served:
    from gridtie.adapters.sites.process.adapter import ProcessSite
    from gridtie.adapters.sites.process.containers import Containers, ContainerSettings
    from gridtie.agent.spool import Spool

    containers = None
    if config.containers is not None:
        kept = config.containers
        containers = Containers(ContainerSettings.read(kept["engine"], kept["settings"]))
        if containers.reason:
            log.warning("NO IMAGES: %s; %s", containers.reason, containers.fix)
    site = ProcessSite(
        name=config.site,
        exchange_url=config.exchange_url,
        trusted=frozenset(config.trusted),
        shared=config.shared,
        user=config.user,
        containers=containers,
    )
    if site.isolation == "none":
        log.warning("NOT ISOLATED: %s; as root: %s", site.reason, site.fix)
    log.info("site %s of %s, limits by %s", config.site_name, config.exchange_url, site.limits)
    served = replace(config, isolation=site.isolation)
    return _Served(site, Spool(home), lambda: served.declaration(images=site.images))


def _cluster(config: "SiteConfig", home: Path) -> _Served:
    """What is declared is read anew at each hello; while the scheduler is away the last reading stands."""
    from gridtie.adapters.sites.kinds import open_scheduler
    from gridtie.adapters.tables import load_chips
    from gridtie.agent.declaration import declare_cluster
    from gridtie.agent.scheduled import ScheduledSite
    from gridtie.agent.spool import Spool
    from gridtie.errors import LocalFault

    assert config.scheduler is not None
    kind, settings = config.scheduler["kind"], config.scheduler["settings"]
    opened = open_scheduler(
        kind, settings, chips=load_chips(), url=config.exchange_url, trusted=frozenset(config.trusted)
    )
    kept = home / "declared.json"

    def declare() -> dict[str, Any]:
        try:
            facts = opened.scheduler.facts()
        except SchedulerAway as away:
            if not kept.exists():
                raise LocalFault(reason=f"{away.message}, and it was never read before") from away
            log.warning("%s; what it had before is declared again", away.message)
            last: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8"))
            return last
        declared = declare_cluster(
            facts, isolation=opened.scheduler.isolation, images=opened.scheduler.images, name=config.slices.name
        )
        kept.write_text(json.dumps(declared), encoding="utf-8")
        return declared

    log.info("site %s of %s, by %s, isolation %s", config.site_name, config.exchange_url, kind,
             opened.scheduler.isolation)  # fmt: skip
    site = ScheduledSite(opened.scheduler, every=opened.every, patience=opened.patience)
    return _Served(site, Spool(home, scratch=opened.scratch), declare)


def show_status(args: argparse.Namespace) -> int:
    from gridtie.agent.declaration import SiteConfig
    from gridtie.agent.spool import Spool

    config = SiteConfig.load(agent_home())
    runs = [f"{folder.plan.run} ({folder.phase})" for folder in Spool(agent_home()).all()]
    print_record(
        {"site": config.site, "name": config.site_name, "exchange": config.exchange_url,
         "fingerprint": config.fingerprint, "runs": runs},
        args,
    )  # fmt: skip
    return 0


def leave_site(args: argparse.Namespace) -> int:
    from gridtie.agent.declaration import FILE, KEY_FILE, SiteConfig
    from gridtie.agent.loop import lock_home
    from gridtie.agent.spool import Spool

    home = agent_home()
    config = SiteConfig.load(home)
    handle = lock_home(home)  # refuses while the agent runs
    live = [folder.path.name for folder in Spool(home).all() if folder.phase != "done"]
    if live:
        say(f"{len(live)} run(s) are still here: {', '.join(live)}; drain first: gridtie site drain {config.site_name}")
        return 5
    if not args.yes:
        say(f"This deletes the key of {config.site_name}; joining again needs a fresh token. Repeat with --yes.")
        return 5
    (home / KEY_FILE).unlink(missing_ok=True)
    (home / FILE).unlink(missing_ok=True)
    handle.close()
    say(f"{config.site_name} has left; to void its key: gridtie site revoke {config.site_name} --reason left --yes")
    return 0
