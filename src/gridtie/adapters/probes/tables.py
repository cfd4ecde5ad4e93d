"""The package data of certification, read for those who may not read files."""

from functools import cache
from importlib.resources import files

from gridtie.certification.bands import Bands, read_bands


@cache
def load_bands() -> Bands:
    return read_bands((files("gridtie.certification") / "bands.toml").read_text(encoding="utf-8"))
