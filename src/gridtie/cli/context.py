"""Where the exchange is and who asks: flag > GRIDTIE_* > project gridtie.toml > user file > default."""

import argparse
import json
import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from gridtie.client.exchange import ExchangeClient
from gridtie.errors import InputTooLarge, InvalidInput, NotSignedIn, Problem, StorageUnwritable
from gridtie.wholefile import write_whole

FILE_MAX_BYTES = 16 << 20  # of one text file to send; the exchange has its own, smaller limits
DEFAULT_URL = "http://127.0.0.1:8474"


@dataclass(frozen=True, slots=True)
class Setting:
    value: str
    origin: str  # which of the places won


def user_folder() -> Path:
    base = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(base) / "gridtie"


def data_home() -> Path:
    """GRIDTIE_HOME, else the XDG data folder."""
    if home := os.environ.get("GRIDTIE_HOME"):
        return Path(home)
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "gridtie"


def add_connection(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--exchange", metavar="URL", help=f"the exchange (default {DEFAULT_URL})")
    parser.add_argument("--token-file", metavar="FILE", help="read the API token from this file ('-': stdin)")


def exchange_url(args: argparse.Namespace) -> Setting:
    if given := getattr(args, "exchange", None):
        return Setting(given, "--exchange")
    if given := os.environ.get("GRIDTIE_EXCHANGE"):
        return Setting(given, "GRIDTIE_EXCHANGE")
    for path in (Path("gridtie.toml"), user_folder() / "config.toml"):
        found = _from_toml(path, "exchange")
        if found:
            return Setting(found, str(path))
    return Setting(DEFAULT_URL, "default")


def token(args: argparse.Namespace, url: str) -> Setting:
    """Raises NotSignedIn when no place has one. Never a flag: a token in argv is seen by every process."""
    if path := getattr(args, "token_file", None):
        import sys

        text = sys.stdin.read() if path == "-" else text_of_file(Path(path))
        return _checked(Setting(text.strip(), path))
    if given := os.environ.get("GRIDTIE_TOKEN"):
        return _checked(Setting(given.strip(), "GRIDTIE_TOKEN"))
    saved = load_credentials().get(url)
    if saved:
        return _checked(Setting(saved, str(credentials_file())))
    local = data_home() / "admin.token"
    if local.exists() and os.access(local, os.R_OK):
        return _checked(Setting(text_of_file(local).strip(), str(local)))
    raise NotSignedIn(reason=f"no token for {url}")


def connect(args: argparse.Namespace) -> ExchangeClient:
    url = exchange_url(args).value.rstrip("/")
    return ExchangeClient(url, token(args, url).value)


def _checked(found: Setting) -> Setting:
    """It becomes a header of every call, whose end no line break in it may be."""
    if not (found.value.isascii() and found.value.isprintable()):
        raise NotSignedIn(reason=f"what {found.origin} holds is not a token")
    return found


def credentials_file() -> Path:
    return user_folder() / "credentials.json"


def load_credentials() -> dict[str, str]:
    path = credentials_file()
    if not path.exists():
        return {}
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        raise InvalidInput(source=str(path), problems=[Problem("not JSON; delete it and log in again")]) from None
    return {str(url): str(value) for url, value in data.items()}


def save_credentials(url: str, value: str) -> Path:
    path = credentials_file()
    merged = {**load_credentials(), url: value}
    write_private(path, json.dumps(merged, indent=2) + "\n")
    return path


def write_private(path: Path, text: str) -> None:
    """Whole or not at all, readable by its owner alone. Raises StorageUnwritable."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(path, text)
    except OSError as cause:
        raise StorageUnwritable(path=path, reason=cause.strerror or str(cause)) from cause


def _from_toml(path: Path, key: str) -> str | None:
    if not path.exists():
        return None
    try:
        value = tomllib.loads(path.read_text(encoding="utf-8")).get(key)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as cause:
        raise InvalidInput(source=str(path), problems=[Problem(f"not TOML: {cause}")]) from None
    return str(value) if value is not None else None


def read_bounded(path: Path, most: int = FILE_MAX_BYTES) -> bytes:
    """Raises OSError, InputTooLarge: a device or a pipe never ends."""
    with path.open("rb") as file:
        raw = file.read(most + 1)
    if len(raw) > most:
        raise InputTooLarge(source=str(path), limit=f"{most} bytes")
    return raw


def bytes_of_file(path: Path, most: int = FILE_MAX_BYTES) -> bytes:
    """Raises InvalidInput, InputTooLarge."""
    try:
        return read_bounded(path, most)
    except OSError as cause:
        raise InvalidInput(source=str(path), problems=[Problem(f"cannot be read: {cause.strerror}")]) from None


def text_of_file(path: Path) -> str:
    """Raises InvalidInput, InputTooLarge."""
    return decoded(bytes_of_file(path), path)


def decoded(raw: bytes, path: Path) -> str:
    """Raises InvalidInput. The mark with which some editors begin a file is none of its text."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as cause:
        raise InvalidInput(source=str(path), problems=[Problem.undecoded(cause)]) from None


def json_of_file(path: Path, most: int = FILE_MAX_BYTES) -> Any:
    """Raises InvalidInput, InputTooLarge."""
    try:
        return json.loads(decoded(bytes_of_file(path, most), path))
    except json.JSONDecodeError as cause:
        problem = Problem(f"not JSON, or cut off: {cause.msg}", cause.lineno, cause.colno)
    except (ValueError, RecursionError):  # numbers of thousands of digits, brackets without end
        problem = Problem("not JSON that anybody wrote: nested too deep, or a number too long")
    raise InvalidInput(source=str(path), problems=[problem])


def unlisted(cause: OSError) -> NoReturn:
    """For `os.walk`, which without it leaves out a folder that cannot be listed, and says nothing."""
    raise cause


def sayable(name: str) -> str:
    """A file's name as it can be sent: what is not UTF-8 in it is spelt out."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")
