"""Settings: variable over file over default; every mistake named at once, with what was meant."""

from pathlib import Path

import pytest

from gridtie.errors import InvalidInput
from gridtie.settings import SENTENCES, Settings, home_of, load


def write(home: Path, text: str) -> None:
    (home / "gridtie.toml").write_text(text, encoding="utf-8")


def test_a_flag_wins_over_a_variable_over_the_file_over_the_default(tmp_path: Path) -> None:
    write(tmp_path, 'name = "file"\nport = 1\ntick_s = 3')
    settings = load(tmp_path, {"GRIDTIE_NAME": "variable", "GRIDTIE_PORT": "2"}, port=3)
    assert (settings.name, settings.port, settings.tick_s, settings.currency) == ("variable", 3, 3.0, "CNY")


def test_every_mistake_is_named_at_once(tmp_path: Path) -> None:
    write(tmp_path, 'nmae = "x"\nport = "many"\nlevel = "galactic"\ncurrency = "yuan"')
    with pytest.raises(InvalidInput) as caught:
        load(tmp_path, {"GRIDTIE_TICK_S": "0.01"})
    text = "\n".join(str(problem) for problem in caught.value.problems)
    for part in ("did you mean name?", "whole number", "national, regional or industry"[:8], "GRIDTIE_TICK_S", "0.2"):
        assert part in text


def test_leases_that_could_run_a_job_twice_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="settings") as caught:
        load(tmp_path, {"GRIDTIE_LEASE_STOP_S": "100"})
    assert "leases must grow" in str(caught.value.problems[0])


def test_the_demo_times_are_valid(tmp_path: Path) -> None:
    demo = {"SYNC_HOLD_S": "1", "LEASE_CONTROL_S": "3", "LEASE_STOP_S": "4", "LEASE_REPLACE_S": "6", "TICK_S": "2"}
    assert load(tmp_path, {f"GRIDTIE_{key}": value for key, value in demo.items()}).lease_replace_s == 6


def test_rates_of_other_currencies_carry_their_date(tmp_path: Path) -> None:
    table = load(tmp_path, {"GRIDTIE_RATES": "USD=7.10@2026-05-01, EUR=7.9@2026-04-30"}).rate_table()
    assert table == {"USD": ("7.10", "2026-05-01"), "EUR": ("7.9", "2026-04-30")}
    assert load(tmp_path, {}).rate_table() == {}
    for wrong in ("USD=7.10", "usd=7@2026-05-01", "USD=0@2026-05-01", "USD=7@2026-02-30", "USD=-7@2026-05-01", ","):
        with pytest.raises(InvalidInput, match="settings"):
            load(tmp_path, {"GRIDTIE_RATES": wrong})


def test_each_setting_has_a_sentence_and_none_is_told_that_should_not_be(tmp_path: Path) -> None:
    assert all(sentence.endswith(".") for sentence in SENTENCES.values())
    public = Settings(home=tmp_path).public()
    assert "home" not in public
    assert "host" not in public


def test_the_home_follows_the_environment() -> None:
    assert home_of({"GRIDTIE_HOME": "/a"}) == Path("/a")
    assert home_of({"XDG_DATA_HOME": "/b"}) == Path("/b/gridtie")


def test_a_file_that_is_not_toml_is_named(tmp_path: Path) -> None:
    write(tmp_path, "= 3")
    with pytest.raises(InvalidInput) as caught:
        load(tmp_path, {})
    assert "gridtie.toml" in caught.value.message


@pytest.mark.parametrize("text", ["-1", "nan", "1e3", "0.0000001", "12345678"])
def test_what_moving_data_costs_is_an_amount_from_zero(tmp_path: Path, text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        load(tmp_path, {"GRIDTIE_TRANSFER_PER_GB_1000_KM": text})
    assert "transfer_per_gb_1000_km" in str(caught.value.problems[0])
