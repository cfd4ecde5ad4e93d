"""What travels is complete, and each probe measures the real thing."""

import ast
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from gridtie.adapters.probes.local import run_here
from gridtie.adapters.probes.program import probe_files, program_digest
from gridtie.certification import challenge as challenges
from gridtie.certification.challenge import Challenge
from gridtie.certification.plan import ResourceFacts, plan
from gridtie.cli.main import main
from gridtie.errors import LocalFault
from gridtie.values.quantity import GIB, MIB


def small() -> Challenge:
    quick = plan(ResourceFacts(resource="res", chip="cpu", machines=1, units=1, memory_bytes=2 * GIB))
    small = replace(quick, matrix_budget_s=0.02, n_max=256, memory_budget_s=0.01, bandwidth_bytes=4 * MIB,
                    capacity_bytes=16 * MIB, storage_bytes=MIB, transformer_budget_s=0.02)  # fmt: skip
    return challenges.make(id="chal", resource="res", nonce=b"p" * 32, program_digest=program_digest(), plan=small)


def test_the_files_that_travel_import_only_each_other_the_standard_library_numpy_and_torch() -> None:
    files = dict(probe_files())
    assert next(iter(files)) == "program.py"
    modules = {name.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for name in files}
    allowed = set(sys.stdlib_module_names) | {"numpy", "torch"}
    for name, content in files.items():
        for node in ast.walk(ast.parse(content)):
            found = []
            if isinstance(node, ast.Import):
                found = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0
                found = [node.module or ""]
                if node.module in modules:
                    found += [f"{node.module}.{a.name}" for a in node.names if f"{node.module}.{a.name}" in modules]
            for module in found:
                assert module in modules or module.split(".")[0] in allowed, f"{name} imports {module}"


def test_the_digest_names_the_very_text() -> None:
    assert program_digest() == program_digest()
    assert program_digest().startswith("sha256:")


def test_it_runs_where_nothing_of_ours_is_installed(tmp_path: Path) -> None:
    """-S and -P leave neither site packages nor the current folder but what the launcher adds; NumPy is handed in."""
    import numpy

    extra = {"PYTHONPATH": str(Path(numpy.__file__).parents[1]), "PYTHONSAFEPATH": "1", "PYTHONNOUSERSITE": "1"}
    assert run_here(small(), tmp_path, extra=extra).evidence.item("matrix.fp32") is not None


class _Exchange(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = b"x" * (40_000 if self.path == "/openapi.json" else 2)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def exchange_url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Exchange)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_the_way_to_the_exchange_is_measured_over_http(exchange_url: str, tmp_path: Path) -> None:
    evidence = run_here(small(), tmp_path, extra={"GRIDTIE_EXCHANGE_URL": exchange_url}).evidence
    latency, bandwidth = evidence.item("exchange.latency"), evidence.item("exchange.bandwidth")
    assert latency is not None
    assert latency.unit == "s"
    assert len(latency.samples_s) == 10
    assert all(0 < sample < 5 for sample in latency.samples_s)
    assert bandwidth is not None
    assert bandwidth.amount == 40_000


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "not a url", "http://nowhere.invalid:80"])
def test_an_exchange_out_of_reach_is_said_to_be_so(url: str, tmp_path: Path) -> None:
    evidence = run_here(small(), tmp_path, extra={"GRIDTIE_EXCHANGE_URL": url}).evidence
    assert "no network" in {one.name: one.reason for one in evidence.missing}["exchange.latency"]


def test_a_machine_whose_peers_do_not_come_says_so_and_finishes(tmp_path: Path) -> None:
    extra = {"SKYPILOT_NUM_NODES": "2", "SKYPILOT_NODE_IPS": "127.0.0.1"}
    evidence = run_here(small(), tmp_path, extra=extra).evidence
    assert "1 of 2 addresses" in {one.name: one.reason for one in evidence.missing}["peers.meeting"]


def test_a_program_of_another_suite_refuses(tmp_path: Path) -> None:
    from gridtie.adapters.probes.local import stage

    stage(small(), tmp_path)
    question = json.loads((tmp_path / "challenge.json").read_text())
    question["suite"] = "gridtie-probe/2"
    (tmp_path / "challenge.json").write_text(json.dumps(question))
    import subprocess

    done = subprocess.run(
        [sys.executable, "program.py", "challenge.json"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "gridtie-probe/2" in done.stderr


def test_an_interpreter_that_cannot_run_it_is_a_local_fault(tmp_path: Path) -> None:
    with pytest.raises(LocalFault):
        run_here(small(), tmp_path, python="/bin/false")


def test_anyone_can_run_the_kit_at_home(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["probe", "run", "--profile", "quick", "-o", "json"])
    said = json.loads(capsys.readouterr().out)
    assert code == (0 if said["passed"] else 1)
    assert {"matrix.fp32", "memory.capacity", "training.step"} <= {item["name"] for item in said["items"]}


def test_where_numpy_is_missing_it_says_so_and_which_python_lacks_it(tmp_path: Path) -> None:
    for name, content in probe_files():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    bare = [sys.executable, "-I", "-S", str(tmp_path / "program.py"), "challenge.json"]
    ended = subprocess.run(bare, capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == 1
    assert ended.stderr == f"the tests of a certification need NumPy, and {sys.executable} of this machine has none\n"
