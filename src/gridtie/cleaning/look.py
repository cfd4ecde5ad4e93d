"""All that is to be known of one record before anything is decided: found once, kept beside the text, used often."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import numpy as np
import numpy.typing as npt

from gridtie.cleaning import kernels
from gridtie.cleaning.detectors import Detection
from gridtie.cleaning.document import Leaves, keys, leaves, main_text, scan_leaves
from gridtie.cleaning.policy import Policy
from gridtie.cleaning.quality import qualities, reason_to_drop
from gridtie.cleaning.scan import Scanner
from gridtie.cleaning.spans import Span
from gridtie.cleaning.words import WordFinder

Found = tuple[tuple[int, Span], ...]  # place among the record's texts, span
NOTHING = np.full(kernels.BINS, kernels.EMPTY, np.uint32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """`told`: what other tools found. `problem`: why it is dropped,
    whatever its kinds."""

    size: int  # bytes of its texts
    digest: bytes = b""
    language: str = ""
    problem: str = ""
    spans: Found = ()
    told: tuple[Detection, ...] = ()
    risks: dict[str, int] = field(default_factory=dict)
    signature: npt.NDArray[np.uint32] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Looker:
    """What a look is taken with; made once a process."""

    scanner: Scanner
    policy: Policy
    words: WordFinder | None = None
    text_field: str = "text"

    def look(self, record: Any) -> Look:
        return self.looks([leaves(record)], [record])[0]

    def looks(self, texts: Sequence[Leaves], records: Sequence[Any]) -> list[Look]:
        """Of each record, with `texts` as `leaves` has them: the same as of one, for less."""
        flat = iter(scan_leaves(self.scanner, [leaf for own in texts for leaf in own]))
        spans = [tuple((number, span) for number in range(len(own)) for span in next(flat)) for own in texts]
        names = [list(keys(record)) for record in records]
        known = list({name: None for own in names for name in own})
        personal = {
            name
            for name, found in zip(known, self.scanner.scan_all(known), strict=True)
            if any(span.score >= self.policy.score for span in found)
        }
        return [
            self._look(record, own, found, not personal.isdisjoint(named))
            for record, own, found, named in zip(records, texts, spans, names, strict=True)
        ]

    def _look(self, record: Any, texts: Leaves, spans: Found, personal: bool) -> Look:
        said = main_text(record, self.text_field)
        about = said if said is not None else "\n".join(text for _, text in texts)
        encoded = about.encode("utf-8", "replace")
        if personal:
            return Look(size=len(encoded), problem="personal-key")
        if "\0" in about:
            return Look(size=len(encoded), problem="nul-bytes", spans=spans)
        data = np.frombuffer(encoded, np.uint8)
        counts, squeezed = kernels.squeezed(data)
        found = qualities(data, counts, squeezed, self.policy.limits)
        problem = reason_to_drop(found, self.policy.limits)
        if not problem and self.policy.languages and found.language not in self.policy.languages:
            problem = "language"
        whole = encoded if said is not None else _whole(record)
        return Look(
            size=len(encoded), digest=sha256(whole).digest(), language=found.language, problem=problem, spans=spans,
            risks=dict(self.words.risks(about)) if self.words else {},
            signature=kernels.signature(squeezed) if self.policy.near else NOTHING,
        )  # fmt: skip


def _whole(record: Any) -> bytes:
    """What makes a record without a main text another one: all of it, numbers too."""
    return json.dumps(record, sort_keys=True, default=str).encode()
