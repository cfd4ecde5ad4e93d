"""How the arguments of a noun's verbs are read."""

from argparse import Namespace

import pytest

from gridtie.cli.nouns import of_version
from gridtie.errors import InvalidInput


@pytest.mark.parametrize(
    ("dataset", "version", "meant"),
    [("lab/a@v2", "", ("lab/a", "v2")), ("lab/a", "v2", ("lab/a", "v2")), ("lab/a@v2", "v2", ("lab/a", "v2")),
     ("lab/a", "", ("lab/a", ""))],
)  # fmt: skip
def test_a_version_may_stand_behind_the_name(dataset: str, version: str, meant: tuple[str, str]) -> None:
    seen = []
    of_version(lambda args: seen.append((args.dataset, args.version)) or 0)(Namespace(dataset=dataset, version=version))
    assert seen == [meant]


def test_two_versions_are_refused() -> None:
    with pytest.raises(InvalidInput):
        of_version(lambda _: 0)(Namespace(dataset="lab/a@v2", version="v3"))
