"""The client's types of answers are those of the exchange's own description, written out for a type checker."""

import os
import re
from keyword import iskeyword
from pathlib import Path
from typing import Any

from gridtie.api.shapes import SHAPES
from gridtie.client import answers

WORDS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "object": "dict[str, Any]"}
HEAD = '''"""What the exchange answers, as types: written from its description by tests/client/test_answers.py."""

from typing import Any, TypedDict
'''


def word(schema: dict[str, Any]) -> str:
    """A schema as an annotation; a shape by its name, in quotes, as it may stand further down."""
    if "$ref" in schema:
        return f'"{schema["$ref"].rpartition("/")[2]}"'
    if "anyOf" in schema:
        inner = word(schema["anyOf"][0])
        return f'"{inner[1:-1]} | None"' if inner.startswith('"') else f"{inner} | None"
    return f"list[{word(schema['items'])}]" if schema["type"] == "array" else WORDS[schema["type"]]


def written() -> str:
    """A class each; where a name is a word of Python's own, a call. Left out: pages, which the client turns, and what
    clients of other protocols read with types of their own."""
    parts = [HEAD]
    for name, shape in SHAPES.items():
        if (
            name == "OneRound"
            or re.match("(Tes|Delta|Hub)[A-Z]", name)
            or set(shape["properties"]) == {"items", "next"}
        ):
            continue
        fields = {key: word(schema) for key, schema in shape["properties"].items()}
        if any(iskeyword(key) for key in fields):
            rows = "".join(f'        "{key}": {kind},\n' for key, kind in fields.items())
            parts.append(f'\n{name} = TypedDict(\n    "{name}",\n    {{\n{rows}    }},\n)\n')
        else:
            rows = "".join(f"    {key}: {kind}\n" for key, kind in fields.items())
            parts.append(f"\nclass {name}(TypedDict):\n{rows}")
    return "\n".join(parts)


def test_the_types_are_those_of_the_description() -> None:
    path = Path(answers.__file__)
    if os.environ.get("GRIDTIE_UPDATE_GOLDEN"):
        path.write_text(written(), encoding="utf-8")
    assert path.read_text(encoding="utf-8") == written()
