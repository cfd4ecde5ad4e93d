"""What a container site promises besides what every site does: the image's world, its limits, and refusals by name."""

import hashlib
import http.server
import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.adapters.sites import images
from tests.adapters.sites.contract import MB, Bench

from gridtie.adapters.sites.process.adapter import ProcessSite
from gridtie.adapters.sites.process.containers import Containers, ContainerSettings
from gridtie.agent.spool import Spool
from gridtie.errors import InvalidInput, SiteRefused

podman = pytest.mark.podman


@pytest.fixture(scope="module")
def root() -> Iterator[Path]:
    with images.stocked() as folder:
        yield folder


@pytest.fixture(params=["caged", "uncaged"])
def bench(request: pytest.FixtureRequest, tmp_path: Path, root: Path) -> Iterator[Bench]:
    """Once with control groups, and once with the keeper's own watch alone."""
    if request.param == "caged" and os.getuid() != 0:
        pytest.skip("only root has control groups on every host")
    containers = Containers(ContainerSettings.read(images.engine(root), {"pull": "never"}))

    def make() -> ProcessSite:
        return ProcessSite(
            name=f"images{os.getpid()}", exchange_url="http://x", trusted=frozenset(), containers=containers,
            caged=request.param == "caged",
        )  # fmt: skip

    bench = Bench(make, Spool(tmp_path / "agent"), ("m0",), image=images.IMAGE, slow=2.0)
    yield bench
    bench.remove_all()


def containers_of(root: Path) -> str:
    asked = [*images.engine(root).split(), "ps", "--all", "--format={{.Names}} {{.Status}}"]
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout


def answer(root: Path, **settings: str) -> Callable[[str], str]:
    """What becomes of an image: its id, or the words of the refusal."""
    containers = Containers(ContainerSettings.read(images.engine(root), settings))

    def ask(image: str) -> str:
        try:
            return containers.ready(image, lambda: False)
        except SiteRefused as refused:
            return str(refused.params["reason"])

    return ask


@podman
def test_a_job_finds_the_images_world_its_own_home_and_nothing_of_the_host(bench: Bench, root: Path) -> None:
    run = bench.start(
        'cat /etc/made-of; echo "$FROM_IMAGE $MINE $HOME $PWD"; id -u; [ -e /usr/bin/python3 ] && echo host;'
        "echo x > /etc/x || echo read-only; echo y > /tmp/y && cat /tmp/y; echo $(cat /proc/net/dev | wc -l);"
        "cat /data/in; touch /data/out", envs=(("MINE", "m"),), network="none", mounts=("data",), setup="",
    )  # fmt: skip
    (bench.home(run) / "sky_workdir" / "root" / "data" / "in").write_text("given\n")
    [end] = bench.ended(run)
    assert (end.exit_code, end.reason) == (0, ""), bench.said(run)
    uid = bench.home(run).stat().st_uid
    said = [line for line in bench.said(run).splitlines() if "bash: " not in line]
    assert said == [images.IMAGE, "yes m /job /job/sky_workdir", str(uid), "read-only", "y", "3", "given"]
    assert uid != 0
    assert (bench.home(run) / "sky_workdir" / "root" / "data" / "out").exists()
    assert containers_of(root) == ""


@podman
def test_a_job_that_outgrows_its_memory_is_named_and_what_it_used_is_counted(
    bench: Bench, request: pytest.FixtureRequest
) -> None:
    run = bench.start("n=0; while ((n++ < 200000)); do :; done; tail /dev/zero || exit 9")
    [end] = bench.ended(run)
    if request.node.callspec.params["bench"] == "caged":
        assert end.reason == "out_of_memory", (end, bench.said(run))
        assert "out of memory" in bench.said(run)
    else:  # each process is refused more by the kernel, or the keeper sees it first
        assert end.reason == "out_of_memory" or (end.exit_code, "memory exhausted" in bench.said(run)) == (9, True)
    assert end.memory_peak_bytes > 32 * MB
    assert end.cpu_us > 100_000


@podman
def test_a_container_does_not_outlive_its_keeper_and_leaves_no_trace(bench: Bench, root: Path) -> None:
    run = bench.start("trap '' TERM; echo up; sleep 100 & wait; sleep 100")
    bench.running(run, "up")
    first = int((run.rank(0) / "container.pid").read_text())
    os.kill(json.loads((run.rank(0) / "keeper.json").read_text())["pid"], signal.SIGKILL)
    bench.until(lambda: not Path(f"/proc/{first}").exists() or state_of(first) == "Z")  # before anybody looked
    assert [state.state for state in bench.site.states(run.ranks)] == ["gone"]
    assert containers_of(root) == ""
    assert not list(Path("/sys/fs/cgroup").glob(f"*/gridtie/images{os.getpid()}/{run.plan.run}*"))


def state_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"


@podman
def test_a_member_enters_the_container_of_his_job_and_not_the_host(bench: Bench) -> None:
    run = bench.start("echo up; sleep 100", interactive=True)
    bench.running(run, "up")
    read, write = os.pipe()
    words = "/bin/bash -c 'cat /etc/made-of; echo \"$FROM_IMAGE $GRIDTIE_RUN\"; id -u; exit 5'"
    with open(os.devnull, "rb") as nothing:
        guest = bench.site.enter(run.rank(0), words, (nothing.fileno(), write, write), tty=False, term="dumb")
    os.close(write)
    with open(read, encoding="utf-8") as output:
        said = output.read().split("\n")
    assert said == [images.IMAGE, f"yes {run.plan.run}", str(bench.home(run).stat().st_uid), ""]
    assert guest.ended() == 5
    guest.close()


@podman
def test_an_image_that_cannot_be_run_is_refused_by_name(root: Path) -> None:
    never, pinned = answer(root, pull="never"), answer(root, pull="never", pinned="yes")
    own = images.make(root, image="localhost/other:1", programs=("cat",))
    images.make(root, image="localhost/foreign:1", programs=("cat",), arch="s390x")
    assert never("localhost/other:1") == own
    assert never("localhost/none:1") == "the image localhost/none:1 is not at this site, which fetches none"
    assert never("localhost/foreign:1").startswith("the image localhost/foreign:1 is for linux/s390x, this host is")
    assert pinned("localhost/other:1").startswith("this site runs images by digest only: localhost/other:1@sha256:")
    for odd in ("--privileged", "dir:/etc", "docker-archive:/etc/shadow", "a b", "A/b", "", "x" * 600):
        assert "is no name of an image" in never(odd)
    asked = [*images.engine(root).split(), "image", "inspect", "--format={{index .RepoDigests 0}}", own]
    by_digest = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    assert pinned(by_digest) == own
    assert "is not at this site" in pinned(by_digest[:-4] + "0000")


def test_a_host_without_podman_says_how_to_get_it_and_a_job_without_an_image_runs_there(tmp_path: Path) -> None:
    gone = Containers(ContainerSettings.read(str(tmp_path / "podman"), {}))
    assert gone.reason == f"{tmp_path / 'podman'} is not installed"
    with pytest.raises(SiteRefused, match="as root: apt-get install -y podman"):
        gone.ready("debian:12", lambda: False)
    assert not ProcessSite(name="t", exchange_url="", trusted=frozenset(), containers=gone).images


def test_settings_that_cannot_be_are_refused_all_at_once() -> None:
    with pytest.raises(InvalidInput) as refused:
        ContainerSettings.read("podman 'x", {"pull": "often", "pinned": "maybe", "colour": "red", "timeout": "-1"})
    assert [problem.path for problem in refused.value.problems] == ["pull", "pinned", "colour", "timeout", "engine"]
    assert ContainerSettings.read("podman", {"run": "--device=a 'b c'"}).run == ("--device=a", "b c")


@podman
def test_an_image_without_bash_ends_as_the_jobs_own_failure(tmp_path: Path, root: Path) -> None:
    images.make(root, image="localhost/bare:1", programs=("cat",))
    containers = Containers(ContainerSettings.read(images.engine(root), {}))
    bench = Bench(
        lambda: ProcessSite(name="bare", exchange_url="", trusted=frozenset(), containers=containers),
        Spool(tmp_path / "agent"), ("m0",), image="localhost/bare:1", slow=2.0,
    )  # fmt: skip
    run = bench.start("echo never")
    assert [(state.exit_code, state.reason) for state in bench.ended(run)] == [(127, "exit")]
    assert "/bin/bash" in bench.said(run)
    bench.remove_all()
    assert containers_of(root) == ""


# ── fetching ──────────────────────────────────────────────────────────────────────────────────────────────────────────
class Registry(http.server.ThreadingHTTPServer):
    """Serves one image over the distribution protocol; `silent`: takes the question and says nothing."""

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.folder, self.asked, self.silent = folder, [], threading.Event()
        threading.Thread(target=self.serve_forever, daemon=True).start()


class _Answers(http.server.BaseHTTPRequestHandler):
    server: Registry

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        while self.server.silent.is_set():
            time.sleep(0.05)
        kind, _, name = self.path.rpartition("/")
        manifest = (self.server.folder / "manifest.json").read_bytes()
        digest = "sha256:" + hashlib.sha256(manifest).hexdigest()
        body = manifest if kind.endswith("manifests") and name in ("1", digest) else None
        if kind.endswith("blobs") and (self.server.folder / name.removeprefix("sha256:")).exists():
            body = (self.server.folder / name.removeprefix("sha256:")).read_bytes()
        if self.path == "/v2/":
            body = b"{}"
        self.send_response(404 if body is None else 200)
        if kind.endswith("manifests") and body is not None:
            self.send_header("Content-Type", json.loads(manifest)["mediaType"])
            self.send_header("Docker-Content-Digest", digest)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body or b"")

    do_HEAD = do_GET  # noqa: N815  the library's name

    def log_message(self, *_: object) -> None:
        pass


@podman
def test_an_image_is_fetched_once_by_its_name_and_by_digest_only_as_what_it_was(tmp_path: Path, root: Path) -> None:
    engine = images.engine(root)
    images.make(root, image="localhost/sent:1", programs=("cat",))
    push = [*engine.split(), "push", "--quiet", "--format=oci", "localhost/sent:1", f"dir:{tmp_path / 'sent'}"]
    subprocess.run(push, capture_output=True, check=True)
    sent = json.loads((tmp_path / "sent" / "manifest.json").read_text())
    sent["mediaType"] = "application/vnd.oci.image.manifest.v1+json"
    (tmp_path / "sent" / "manifest.json").write_text(json.dumps(sent))
    digest = hashlib.sha256((tmp_path / "sent" / "manifest.json").read_bytes()).hexdigest()
    registry = Registry(tmp_path / "sent")
    place = f"127.0.0.1:{registry.server_port}"
    (tmp_path / "registries.conf").write_text(f'[[registry]]\nlocation = "{place}"\ninsecure = true\n')
    through = f"env CONTAINERS_REGISTRIES_CONF={tmp_path / 'registries.conf'} {engine}"

    def ask(image: str, **settings: str) -> str:
        containers = Containers(ContainerSettings.read(through, settings))
        try:
            return containers.ready(image, lambda: registry.silent.is_set() and bool(registry.asked))
        except SiteRefused as refused:
            return str(refused.params["reason"])

    found = ask(f"{place}/team/sent:1")
    assert len(found) == 64, found
    before = len(registry.asked)
    assert ask(f"{place}/team/sent:1") == found
    assert len(registry.asked) == before
    assert ask(f"{place}/team/sent:1", pull="always") == found
    assert len(registry.asked) > before
    assert ask(f"{place}/team/sent@sha256:{digest}", pinned="yes") == found
    other = "0" * 64
    assert f"sent@sha256:{other} cannot be fetched: " in ask(f"{place}/team/sent@sha256:{other}")
    registry.asked.clear()
    registry.silent.set()
    began = time.monotonic()
    assert ask(f"{place}/team/late:1").endswith("cannot be fetched: the run is not wanted now")
    assert time.monotonic() - began < 5
    registry.silent.clear()
    registry.shutdown()
    registry.server_close()
