"""`gridtie db`: the exchange's database brought forward, copied, put back and proved, without a server."""

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from gridtie.cli.output import say
from gridtie.settings import Settings, home_of, load

if TYPE_CHECKING:
    from gridtie.store.backend import Backend

FILE_WORDS = "one SQLite file, whichever database the exchange is on"


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    words = "migrate, backup, restore and check the database of the exchange"
    inner = verbs.add_parser("db", help=words, description=words).add_subparsers(dest="verb", required=True)
    for name, run, words in (
        ("migrate", migrate, "bring its tables to the version of this program; stop its servers first"),
        ("backup", backup, "copy it while it serves"),
        ("restore", restore, "put a copy into the database of the settings, where no exchange is yet"),
        ("check", check, "prove the hash chains, the books, the receipts and the references of every row"),
    ):
        leaf = inner.add_parser(name, help=words, description=words)
        if name in ("backup", "restore"):
            leaf.add_argument("file", metavar="FILE", help=FILE_WORDS)
        if name == "check":
            leaf.add_argument("file", metavar="FILE", nargs="?", help="a copy instead: " + FILE_WORDS)
        leaf.add_argument("--database", help="a file, or postgresql://… (default: what the settings say)")
        leaf.set_defaults(run=run)


def migrate(args: argparse.Namespace) -> int:
    from gridtie.store.migrations import migrate as forward

    with _backend(args) as (settings, backend):
        taken = forward(backend)
        say(f"{backend.place}: " + (f"took step {', '.join(map(str, taken))}" if taken else "nothing to do"))
        say(f"next: gridtie db check, then gridtie serve (home {settings.home})")
    return 0


def backup(args: argparse.Namespace) -> int:
    from gridtie.store.backup import backup as copy

    with _backend(args) as (settings, backend):
        counts = copy(backend, Path(args.file))
        say(f"{backend.place} → {args.file}: {sum(counts.values())} rows of {len(counts)} tables")
        say(_beside(settings))
    return 0


def restore(args: argparse.Namespace) -> int:
    from gridtie.store.backup import restore as put_back
    from gridtie.wiring import missing_keys

    with _backend(args) as (settings, backend):
        counts = put_back(Path(args.file), backend)
        say(f"{args.file} → {backend.place}: {sum(counts.values())} rows of {len(counts)} tables")
        what = "keys" if settings.s3_bucket else "keys, files and logs"  # a bucket keeps the others where they are
        first = f"copy its {what} to {settings.home}, then " if missing_keys(settings.home) else ""
        say(f"next: {first}gridtie db check, then gridtie serve")
    return 0


def check(args: argparse.Namespace) -> int:
    """Exit 0 when all holds, 1 with a line for each thing that does not."""
    from gridtie.wiring import bucket_of, check_store

    with _backend(args, copy=args.file) as (settings, backend):
        proof = check_store(settings, backend)
        for line in proof.lines:
            print(line)
        if bucket := bucket_of(settings):
            bucket.prove()
            print(f"{bucket.place} answers, and can be written")
        say(_beside(settings))
    return 0 if proof.holds else 1


def _beside(settings: Settings) -> str:
    """What no command here covers."""
    if not settings.s3_bucket:
        return f"its keys, files and logs are not in it; copy them as well: {settings.home}"
    bucket = f"s3://{settings.s3_bucket}/{settings.s3_prefix}".rstrip("/")
    return (
        f"its keys are not in it, copy them as well: {settings.home}; nor are files and logs, "
        f"which are in {bucket}: keep versions or a replica of the bucket. Each file is proved when it is read"
    )


@contextmanager
def _backend(args: argparse.Namespace, *, copy: str | None = None) -> "Iterator[tuple[Settings, Backend]]":
    from gridtie.store.backend import backend_at
    from gridtie.wiring import place_of, waits_of

    settings = load(home_of(os.environ), database=args.database)
    backend = backend_at(Path(copy)) if copy else backend_at(place_of(settings), **waits_of(settings))
    try:
        yield settings, backend
    finally:
        backend.close()
