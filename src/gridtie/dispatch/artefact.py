"""Files that travel by content: names that stay inside, and what a manifest may hold."""

from gridtie.errors import UnsafePath

PATH_MAX = 1024
DEPTH_MAX = 64


def safe_path(text: str) -> str:
    """The same relative path, normalised. Raises UnsafePath for anything that could leave its directory.

    Refused: absolute paths, '..', empty or '.' parts, NUL and control characters, backslashes, a drive or a tilde in
    front, too long or too deep. What remains is joined to a directory and opened without following links.
    """
    shown = text[:80]
    if not text or len(text.encode("utf-8", "surrogatepass")) > PATH_MAX:
        raise UnsafePath(path=shown)
    if text.startswith(("/", "~")) or "\\" in text or any(ord(char) < 32 or ord(char) == 127 for char in text):
        raise UnsafePath(path=shown)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise UnsafePath(path=shown.encode("ascii", "replace").decode()) from None
    parts = text.removeprefix("./").rstrip("/").split("/")
    if len(parts) > DEPTH_MAX or any(part in ("", ".", "..") or len(part.encode()) > 255 for part in parts):
        raise UnsafePath(path=shown)
    return "/".join(parts)
