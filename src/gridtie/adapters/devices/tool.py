"""What a vendor's file provides: which programs to run, and how to read what they print."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gridtie.registry.inventory import Accelerator

Parser = Callable[..., tuple[Accelerator, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """`commands[0]` must work; what the others add is left out when they do not.

    `parse` takes as many texts as there are commands, in their order, the extra ones empty when their command failed;
    it raises UnreadableTool and nothing else.
    """

    vendor: str
    commands: tuple[tuple[str, ...], ...]
    parse: Parser
    needs_pci: bool = False  # another vendor's program has the same name: run it only with the device on the bus

    @property
    def program(self) -> str:
        return self.commands[0][0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendor:
    """`tools` in order of preference: the first that works is believed."""

    name: str
    pci_vendor: str  # four hex digits
    pci_classes: tuple[str, ...]  # first digits of the PCI class of its accelerators
    tools: tuple[Tool, ...]
    install: str  # what to install when the tool is missing
    folders: Sequence[str] = ()  # where the tool lives when it is not on the PATH
