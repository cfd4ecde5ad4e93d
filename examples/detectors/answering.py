"""What every detector does: say what it is, then answer each line of texts by a line of what was found in them.

A detector runs in an environment of its own and needs nothing of gridtie. Standard output belongs to the answers, so
whatever a library prints goes to standard error.
"""

import json
import os
import sys
from collections.abc import Callable, Iterable
from typing import Any

Found = tuple[int, int, str, float]  # start and end in code points, what the tool calls it, 0 to 1


def answer(tool: str, version: str, model: str, find: Callable[[list[str]], Iterable[Iterable[Found]]]) -> None:
    """`find` is handed texts and says of each what it holds. Ends at the end of the input."""
    with os.fdopen(os.dup(1), "w", encoding="ascii") as answers:
        os.dup2(2, 1)
        _say(answers, {"form": "gridtie/detector/1", "tool": tool, "version": version, "model": model})
        for line in sys.stdin.buffer:
            asked = json.loads(line)
            spans = [
                {"text": number, "start": start, "end": end, "found": text[start:end], "entity": entity, "score": score}
                for number, (text, found) in enumerate(zip(asked["texts"], find(asked["texts"]), strict=True))
                for start, end, entity, score in found
                if start < end
            ]
            _say(answers, {"batch": asked["batch"], "spans": spans})


def _say(answers: Any, said: dict[str, Any]) -> None:
    answers.write(json.dumps(said) + "\n")
    answers.flush()
