"""One unit of work: everything a verb reads, writes and notes happens together, or not at all."""

from gridtie.store.session import Session


class Unit(Session):
    """Rows of each noun hang off it; a verb is handed one and never commits by itself."""
