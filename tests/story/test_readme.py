"""The commands that the documents show, run as they stand there."""

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gridtie.cli.main import main
from gridtie.client.exchange import ExchangeClient

ROOT = Path(__file__).parents[2]
# The server needs a moment that a person takes by typing; everything else runs exactly as written.
PATIENCE = "until gridtie whoami >/dev/null 2>&1; do sleep 0.1; done"


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)


def commands(block: str) -> list[str]:
    return [re.split(r"\s+# ", line)[0].strip() for line in block.splitlines() if line.strip()]


@pytest.mark.sandbox
def test_each_step_by_hand_runs_as_the_readme_has_it(tmp_path: Path) -> None:
    [block] = [block for block in blocks("README.md", "sh") if "gridtie serve &" in block]
    script = "set -e\ntrap 'kill $(jobs -p)' EXIT\n" + block.replace(
        "gridtie serve &", f"gridtie serve &\n{PATIENCE}\n#"
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    environment = {
        "HOME": str(tmp_path), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "GRIDTIE_PORT": str(port), "GRIDTIE_EXCHANGE": f"http://127.0.0.1:{port}",
    }  # fmt: skip
    with (tmp_path / "out").open("w+") as out:  # not a pipe: what runs in the background holds its end open
        done = subprocess.run(
            ["bash", "-c", script], cwd=tmp_path, env=environment, stdout=out, stderr=out, timeout=240
        )
        out.seek(0)
        told = out.read()
    assert done.returncode == 0, told
    said = ("is active, isolation sandbox", "paid by a voucher", "signed by exchange and site", "voucher AI-2026",
            "accept one of those", "cancelled by its owner", "books balance")  # fmt: skip
    assert [words for words in said if words not in told] == [], told


def test_both_readmes_show_the_same_commands() -> None:
    english, chinese = ([commands(block) for block in blocks(page, "sh")] for page in ("README.md", "README.zh.md"))
    assert english == chinese


def test_the_simulation_that_both_readmes_show_gives_the_figures_that_they_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    [[command]] = [commands(block) for block in blocks("README.md", "sh") if block.startswith("gridtie simulate")]
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    assert main(command.split()[1:]) == 0
    study = json.loads((tmp_path / "study" / "study.json").read_text(encoding="utf-8"))
    found = {cell["arrangement"]: cell["figures"] for cell in study["cells"]}
    quiet = {gain["organisation"]: gain for gain in study["gains"]}["chemistry"]
    earned = {site["site"]: site["earned"] for site in study["sites"]}["south"]
    figures = [
        f"{found['silo']['mean_s']:,.0f}", f"{found['federated']['mean_s']:,.0f}", f"{quiet['connected_s']:,.0f}",
        f"{100 * found['federated']['moved']:.0f} %", f"{earned / 1e6:.2f}",
    ]  # fmt: skip
    assert quiet["alone_s"] == 0
    for page in ("README.md", "README.zh.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        assert [figure for figure in figures if figure not in text] == [], page


@pytest.mark.sandbox
def test_the_python_example_runs_as_its_page_has_it(stage: Any, tmp_path: Path) -> None:
    stage.join("aurora", memory="1200MB")
    subprocess.run([sys.executable, "-m", "gridtie.cli.main", "job", "init"], cwd=tmp_path, check=True)
    token = (stage.home / "admin.token").read_text().strip()
    [example] = blocks("docs/reference/python-client.md", "python")
    environment = {**os.environ, "GRIDTIE_EXCHANGE": stage.url, "GRIDTIE_TOKEN": token}
    done = subprocess.run(
        [sys.executable, "-c", example], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert "succeeded" in done.stdout
    assert (tmp_path / "results" / "result.txt").read_text() == "42\n"
    [job] = ExchangeClient(stage.url, token).jobs()
    assert job["id"]


def test_every_page_that_a_document_links_to_is_there() -> None:
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    broken = [
        f"{page.name}: {target}"
        for page in pages
        for target in re.findall(r"\]\(((?!https?:|#)[^)#]+)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert broken == []
