"""Gridtie, the open exchange for computing power."""

__version__ = "0.1.0"
