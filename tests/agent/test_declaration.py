"""Joining: the exchange proves itself first, the site keeps its key, and lends no more than it has."""

import json
from pathlib import Path
from typing import Any

import pytest

from gridtie.adapters.devices.probe import read_host
from gridtie.adapters.tables import load_chips
from gridtie.agent.declaration import KEY_FILE, SiteConfig, Slices, declare, join
from gridtie.client.transport import HttpTransport
from gridtie.errors import InvalidInput, InvalidSignature, LocalFault
from gridtie.identity.signing import encode, fingerprint

TOKEN = "gridtie_enrol_abcd1234_" + "s" * 43 + "crc123"


def enrol(world: Any, printed: str) -> tuple[SiteConfig, str]:
    return join(HttpTransport(world.exchange.url), world.home / "new", url=world.exchange.url, printed=printed,
                slices=Slices(machines=2, cpus=1, memory_bytes=1 << 28), isolation="sandbox", version="1")  # fmt: skip


def test_a_site_joins_keeps_its_key_private_and_finds_itself_again(world: Any) -> None:
    config, state = enrol(world, f"{TOKEN}.{fingerprint(world.exchange.signer.public_key)}\n")
    home = world.home / "new"
    assert state == "pending"
    assert SiteConfig.load(home) == config
    assert world.exchange.token_secret == TOKEN
    assert config.fingerprint == fingerprint(world.exchange.site_key)
    assert config.exchange_key == encode(world.exchange.signer.public_key)
    assert (home / KEY_FILE).stat().st_mode & 0o077 == 0
    assert home.stat().st_mode & 0o077 == 0


def test_the_secret_is_not_sent_to_another_exchange_than_the_token_names(world: Any) -> None:
    with pytest.raises(InvalidSignature, match="not the one that made this token"):
        enrol(world, f"{TOKEN}.0000-0000-0000-0000")
    assert world.exchange.token_secret == ""


@pytest.mark.parametrize("text", ["", "hello", "gridtie_user_abc", "gridtie_enrol_x_y", TOKEN])
def test_what_is_not_an_enrolment_token_is_refused_before_any_call(world: Any, text: str) -> None:
    with pytest.raises(InvalidInput):
        enrol(world, text)


def test_a_home_that_joined_nothing_says_how_to_join(tmp_path: Path) -> None:
    with pytest.raises(LocalFault, match="gridtie agent join"):
        SiteConfig.load(tmp_path)
    (tmp_path / "site.json").write_text("{")
    with pytest.raises(LocalFault, match="join again"):
        SiteConfig.load(tmp_path)


def test_machines_may_be_listed_one_by_one(tmp_path: Path) -> None:
    path = tmp_path / "slices.toml"
    path.write_text(
        'name = "lab"\n[[machines]]\nname = "a"\ncpus = 1\nmemory = "64MB"\n[[machines]]\ncpus = 1\nmemory = 0.1\n'
    )
    declared = declare(read_host(load_chips()), Slices.from_toml(path), isolation="sandbox")["resources"]
    if len(declared) == 1:
        assert declared[0]["name"] == "lab"
    assert [machine["name"] for machine in declared[0]["machines"]] == ["a", "m1"]
    assert declared[0]["simulated_machines"] is True
    json.dumps(declared)


@pytest.mark.parametrize(
    "text",
    ["", "machines = 3", "[[machines]]\ncpus = 1", "[[machines]]\ncpu = 1", "colour = 1\nmachines = []", "not toml",
     '[[machines]]\ncpus = 1\nmemory = "lots"',
     '[[machines]]\nname="a"\ncpus=1\nmemory=1\n[[machines]]\nname="a"\ncpus=1\nmemory=1'],
)  # fmt: skip
def test_a_wrong_list_of_machines_is_refused_by_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "slices.toml"
    path.write_text(text)
    with pytest.raises(InvalidInput) as caught:
        Slices.from_toml(path)
    assert caught.value.problems


def test_more_memory_than_the_host_has_is_refused() -> None:
    with pytest.raises(InvalidInput):
        declare(read_host(load_chips()), Slices(machines=2, memory_bytes=1 << 60), isolation="sandbox")
