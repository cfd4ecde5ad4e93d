"""The unit of work under the name that faces know it by: they pass it to verbs and views and never import the store."""

from gridtie.store.unit import Unit

__all__ = ["Unit"]
