"""The file by which a rank's lease is renewed."""

from pathlib import Path

from gridtie.errors import NO_ROOM


def write_lease(path: Path, text: str, mode: int = 0o600) -> None:
    """All of it or nothing; on a disk that is full over what is there, which takes no room and is of the same length:
    a run must not end because somebody has filled a disk."""
    fresh = path.with_suffix(".new")
    try:
        fresh.write_text(text, encoding="ascii")
        fresh.chmod(mode)
        fresh.replace(path)
    except OSError as cause:
        if cause.errno not in NO_ROOM:
            raise
        with path.open("r+b", buffering=0) as file:
            file.write(text.encode("ascii"))
