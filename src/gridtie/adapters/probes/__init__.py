"""The certification program, as it travels: plain files, started as `"$GRIDTIE_PYTHON" probe.py challenge.json`."""

from importlib.resources import files

MODULES = ("__init__", "main", "numbers", "compute", "memory", "network", "model")


def program_files() -> tuple[tuple[str, bytes], ...]:
    """(path below the work directory, content), in a fixed order."""
    folder = files("gridtie.adapters.probes")
    inside = ((f"program/{name}.py", (folder / "program" / f"{name}.py").read_bytes()) for name in MODULES)
    return (("probe.py", (folder / "launch.py").read_bytes()), *inside)
