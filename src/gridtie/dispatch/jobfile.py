"""A job file's text becomes checked jobs, or every problem at its line and column.

Any valid SkyPilot task file loads; what it says that has no meaning here yet becomes a note. `#!` and `#SBATCH` scripts
are read by dispatch/sbatch.py.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import yaml

from gridtie.dispatch.artefact import safe_path
from gridtie.dispatch.gridtie_keys import read_gridtie, read_labels
from gridtie.dispatch.job import FileMount, JobDocument, JobSpec, Retry
from gridtie.dispatch.jobfile_keys import HEADER, JOB, MACHINES_MAX
from gridtie.dispatch.resources_keys import ChipFinder, read_ports, read_resources, with_image
from gridtie.dispatch.sbatch import is_script, parse_script
from gridtie.dispatch.yaml_source import Reader, documents, is_mapping, is_null, place_of, places_below
from gridtie.errors import InvalidJobFile, Problem, UnsafePath

JOBS_MAX = 256
PATH_MAX = 4096
_ENV_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,254}")
_SUBSTITUTED = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]{0,254})\}|\$([A-Za-z_][A-Za-z0-9_]{0,254})")
_DOWNLOADS = re.compile(r"(?:^|[\s;&|(])(pip3?|uv|apt|apt-get|conda|curl|wget|git clone|hf|huggingface-cli)(?=\s)")

# Loads, and has no meaning here yet; the words say what SkyPilot does with it.
IGNORED = {
    "managed_secrets": "secrets kept by a SkyPilot server; give them with --secret",
    "volumes": "disks of a cloud or cluster, mounted at a path",
    "volume_mounts": "disks of a cloud or cluster, mounted at a path",
    "service": "a service with replicas behind one address; its run starts once here, as a job",
    "pool": "a pool of warm workers",
    "config": "settings of SkyPilot itself",
    "event_callback": "a script run on every change of state; use gridtie job events",
    "api_server_access": "a token for submitting further jobs from inside",
    "file_mounts_mapping": "internal to SkyPilot",
    "outputs": "sizes for SkyPilot's optimiser; name files to bring back under gridtie.outputs",
}
_HEADER_NOTES = {
    "primary_tasks": "the jobs whose end ends the group; here each job ends on its own",
    "termination_delay": "how long other jobs of a group live on; here each job ends on its own",
    "inter_connection": "a network between the jobs of a group",
}


def parse(
    text: bytes | str,
    *,
    source: str,
    chips: ChipFinder,
    environment: Mapping[str, str] | None = None,
    secrets: Collection[str] = (),
    hubs: Sequence[str] = (),
) -> JobDocument:
    """`environment`: values given at submit, which win over `envs`. `secrets`: names of secrets given with it. `hubs`:
    those that a job may name; none: any.

    Pure, bounded in time and memory for any input. Raises InvalidJobFile with up to 50 problems at once, InputTooLarge.
    """
    if is_script(text):
        return parse_script(text, source=source, chips=chips)
    nodes = documents(text, source)
    reader = Reader()
    if not nodes:
        raise InvalidJobFile(source=source, problems=[Problem("the file is empty", 1, 1)])
    kind, name = "job", ""
    if len(nodes) > 1:
        kind = "chain"
        if _is_header(nodes[0]):
            kind, name = _header(reader, nodes.pop(0))
    if len(nodes) > JOBS_MAX:
        reader.problem(nodes[JOBS_MAX], f"more than {JOBS_MAX} jobs in one file")
    jobs = tuple(_Job(reader, chips, environment or {}, secrets, hubs).read(node) for node in nodes[:JOBS_MAX])
    if reader.problems:
        ordered = sorted(reader.problems, key=lambda problem: (problem.line, problem.column))
        raise InvalidJobFile(source=source, problems=ordered)
    kept = tuple(dict.fromkeys(pair for _, values in jobs for pair in values))
    if len(kept) > len(dict(kept)):
        raise InvalidJobFile(
            source=source, problems=[Problem("a secret has two values in this file; give it with --secret")]
        )
    return JobDocument(
        jobs=tuple(spec for spec, _ in jobs),
        kind=kind,
        name=name,
        source=source,
        notes=tuple(sorted(reader.notes, key=place_of)),
        places=tuple(places_below(node, ("gridtie", "resources")) for node in nodes),
        secret_values=kept,
    )


def explain_notes(document: JobDocument) -> str:
    """What loaded without effect, one line each as `line:column words`; '' when everything means something."""
    return "\n".join(document.notes)


def _is_header(node: yaml.Node) -> bool:
    """A first document that only announces what follows: a name, perhaps how the jobs relate."""
    if not is_mapping(node) or not node.value:
        return False
    return all(isinstance(key, yaml.ScalarNode) and key.value in HEADER.known for key, _ in node.value)


def _header(reader: Reader, node: yaml.Node) -> tuple[str, str]:
    HEADER.check(reader, node, "")
    kind, name = "chain", ""
    for key, key_node, value in reader.pairs(node, "the first document"):
        if key == "execution" and not is_null(value):
            kind = "group" if reader.text(value, key) == "parallel" else "chain"
        elif key == "name":
            name = reader.text(value, key)
        elif key in _HEADER_NOTES:
            reader.note(key_node, f"{key} has no effect here yet ({_HEADER_NOTES[key]})")
    return kind, name


class _Job:
    """Reads one document: its shape first, then its values."""

    def __init__(
        self, reader: Reader, chips: ChipFinder, given: Mapping[str, str], secrets: Collection[str], hubs: Sequence[str]
    ) -> None:
        self._reader = reader
        self._chips = chips
        self._given = given
        self._secrets = secrets
        self._hubs = hubs

    def read(self, node: yaml.Node) -> tuple[JobSpec, tuple[tuple[str, str], ...]]:
        """(the job, values of secrets that stand in the file)."""
        reader = self._reader
        if not is_mapping(node):
            reader.problem(node, "a job file is a mapping: name:, resources:, run: …")
            return JobSpec(), ()
        JOB.check(reader, node, "")
        fields: dict[str, yaml.Node] = {}
        for key, key_node, value in reader.pairs(node, "a job"):
            if is_null(value) or key not in JOB.known:
                continue
            fields[key] = value
            if key in IGNORED:
                reader.note(key_node, f"{key} has no effect here yet ({IGNORED[key]})")
        name, setup, run = (reader.text(fields[key], key) if key in fields else "" for key in ("name", "setup", "run"))
        spec = JobSpec(name=name, setup=setup, run=run)
        if "num_nodes" in fields:
            count = reader.integer(fields["num_nodes"], "num_nodes", low=1, high=MACHINES_MAX, default=1)
            spec = replace(spec, machines=count)
        if "resources" in fields:
            spec = self._resources(fields["resources"], spec)
        spec = self._environment(fields, spec)
        spec, values = self._read_secrets(fields, spec)
        spec = self._files(fields, spec, {**dict(spec.envs), **self._given})
        sizes: dict[str, float] = {}
        if "inputs" in fields:
            sizes = {name: self._gigabytes(size) for name, _, size in reader.pairs(fields["inputs"], "inputs")}
            spec = replace(spec, input_gb=sum(sizes.values()))
        if "gridtie" in fields:
            spec = read_gridtie(reader, fields["gridtie"], spec, self._hubs)
            spec = self._sized(fields["gridtie"], spec, sizes)
        self._warn_of_network(fields, spec)
        return spec, values

    def _sized(self, node: yaml.Node, spec: JobSpec, sizes: Mapping[str, float]) -> JobSpec:
        """Each dataset whose hub is named has the size of the input of its name, counted once."""
        data = []
        for use in spec.data:
            if use.at and use.name not in sizes:
                self._reader.problem(node, f'how large "{use.name[:40]}" is must stand under inputs', "gridtie.data")
            data.append(replace(use, gb=sizes[use.name]) if use.at and use.name in sizes else use)
        if len({use.name for use in data if use.at}) < sum(bool(use.at) for use in data):
            self._reader.problem(node, "a dataset that lies in a hub is named twice", "gridtie.data")
        return replace(spec, data=tuple(data))

    def _resources(self, node: yaml.Node, spec: JobSpec) -> JobSpec:
        reader = self._reader
        spec = replace(spec, alternatives=read_resources(reader, node, self._chips))
        fields = {key: value for key, _, value in reader.pairs(node, "resources") if not is_null(value)}
        if "priority" in fields:
            priority = reader.integer(fields["priority"], "resources.priority", low=-1000, high=1000, default=0)
            spec = replace(spec, priority=priority)
        if "ports" in fields:
            spec = replace(spec, ports=read_ports(reader, fields["ports"]))
        if isinstance(fields.get("image_id"), yaml.ScalarNode):
            spec = replace(spec, image=with_image(reader.text(fields["image_id"], "image_id")))
        if "job_recovery" in fields:
            spec = replace(spec, retry=self._recovery(fields["job_recovery"], spec.retry))
        return read_labels(reader, fields["labels"], spec, self._hubs) if "labels" in fields else spec

    def _recovery(self, node: yaml.Node, retry: Retry) -> Retry:
        """A strategy says where SkyPilot starts again; restarts on errors are our retry on `failure`."""
        reader = self._reader
        if not is_mapping(node):
            reader.note(node, "resources.job_recovery: the market chooses where a job starts again; see gridtie.retry")
            return retry
        for key, key_node, value in reader.pairs(node, "resources.job_recovery"):
            if is_null(value):
                continue
            if key == "max_restarts_on_errors":
                limit = reader.integer(value, f"resources.job_recovery.{key}", low=0, high=100, default=0)
                if limit:
                    retry = replace(retry, on=tuple(dict.fromkeys((*retry.on, "failure"))), limit=limit)
            else:
                reader.note(key_node, f"resources.job_recovery.{key} has no effect here yet; see gridtie.retry")
        return retry

    def _environment(self, fields: Mapping[str, yaml.Node], spec: JobSpec) -> JobSpec:
        reader = self._reader
        envs: dict[str, str] = {}
        required: list[str] = []
        hidden: list[str] = []
        for name, name_node, value in reader.pairs(fields["envs"], "envs") if "envs" in fields else ():
            if not _ENV_NAME.fullmatch(name):
                reader.problem(name_node, f'"{name[:40]}" is not a name of an environment variable', "envs")
            elif name in self._given:
                envs[name] = self._given[name]
            elif is_null(value):
                (hidden if name in self._secrets else required).append(name)
            else:
                envs[name] = reader.text(value, f"envs.{name}")
                self._note_spelling(name, value)
        return replace(spec, envs=tuple(envs.items()), envs_required=tuple(required), secrets=tuple(hidden))

    def _note_spelling(self, name: str, node: yaml.Node) -> None:
        """YAML 1.1 reads no, 010 or 1_000 as something else, and SkyPilot passes that on; here the text stands."""
        read = _as_python(node)
        if read is not None and read != node.value:
            self._reader.note(node, f"envs.{name} is passed as {node.value}; SkyPilot would pass {read}; quote it")

    def _read_secrets(
        self, fields: Mapping[str, yaml.Node], spec: JobSpec
    ) -> tuple[JobSpec, tuple[tuple[str, str], ...]]:
        reader = self._reader
        node = fields.get("secrets")
        names: list[str] = list(spec.secrets)
        values: list[tuple[str, str]] = []
        if node is not None and is_mapping(node):
            for name, name_node, value in reader.pairs(node, "secrets"):
                if not _ENV_NAME.fullmatch(name):
                    reader.problem(name_node, f'"{name[:40]}" is not a name of an environment variable', "secrets")
                    continue
                names.append(name)
                if not is_null(value):
                    values.append((name, reader.text(value, f"secrets.{name}")))
                    if value.value:
                        reader.note(
                            value, f"the value of secret {name} stands in the file; better give it with --secret"
                        )
        elif node is not None:
            names += [text.removeprefix("secrets:") for text in reader.texts(node, "secrets")]
        both = [name for name in names if name in dict(spec.envs)]
        if both and node is not None:
            reader.problem(node, f"{both[0]} stands in envs and in secrets", "secrets")
        return replace(spec, secrets=tuple(dict.fromkeys(names))), tuple(values)

    def _files(self, fields: Mapping[str, yaml.Node], spec: JobSpec, known: Mapping[str, str]) -> JobSpec:
        reader = self._reader
        if (node := fields.get("workdir")) is not None:
            if is_mapping(node):
                reader.note(node, "workdir from a git URL has no effect here yet; check it out and name the folder")
            else:
                spec = replace(spec, workdir=_substituted(reader, node, reader.text(node, "workdir"), known))
        mounts = []
        if "file_mounts" in fields:
            for target, target_node, value in reader.pairs(fields["file_mounts"], "file_mounts"):
                mount = self._mount(_substituted(reader, target_node, target, known), target_node, value, known)
                if mount is not None:
                    mounts.append(mount)
        return replace(spec, file_mounts=tuple(mounts))

    def _mount(self, target: str, place: yaml.Node, value: yaml.Node, known: Mapping[str, str]) -> FileMount | None:
        """A local path is copied in; a bucket or URI has no meaning here yet."""
        reader = self._reader
        shown = target[:80]
        if is_null(value) or reader.is_bad(place):
            return None
        if is_mapping(value):
            reader.note(place, f"file_mounts.{shown}: buckets are not mounted here yet")
            return None
        origin = _substituted(reader, value, reader.text(value, f"file_mounts.{shown}"), known)
        if "://" in origin:
            scheme = origin.split("://")[0][:20]
            reader.note(place, f"file_mounts.{shown}: {scheme}:// is not fetched here yet; do it in setup")
            return None
        inside = target.removeprefix("~/").removeprefix("./").lstrip("/")
        if target.startswith(("/", "~")):
            reader.note(place, f"file_mounts.{shown}: appears at ~/sky_workdir/{inside[:80]} here, not at {shown}")
        try:
            return FileMount(target=safe_path(inside), source=origin)
        except UnsafePath as unsafe:
            reader.problem(place, f"file_mounts: {unsafe.message}", "file_mounts")
            return None

    def _gigabytes(self, node: yaml.Node) -> float:
        return self._reader.converted(node, "inputs", lambda text: float(text or 0), 0.0)

    def _warn_of_network(self, fields: Mapping[str, yaml.Node], spec: JobSpec) -> None:
        if spec.network != "none":
            return
        if spec.machines > 1 and "num_nodes" in fields:
            self._reader.note(
                fields["num_nodes"],
                "num_nodes: the machines cannot reach each other unless the job asks for it: gridtie: {network: host}",
            )
        for key in ("setup", "run"):
            found = _DOWNLOADS.search(spec.setup if key == "setup" else spec.run)
            if found and key in fields:
                self._reader.note(
                    fields[key],
                    f"{key} calls {found[1]}, and jobs have no network unless they ask: gridtie: {{network: host}}",
                )
                return


def _substituted(reader: Reader, place: yaml.Node, text: str, known: Mapping[str, str]) -> str:
    """`${VAR}` and `$VAR` from envs, as SkyPilot does for paths; an unknown name stays as it is.

    Lengths are bounded on the way, as a long value repeated in a long path multiplies.
    """
    if len(text) <= PATH_MAX:
        text = _SUBSTITUTED.sub(lambda m: known.get(m[1] or m[2], m[0])[: PATH_MAX + 1], text)
    if len(text) > PATH_MAX:
        reader.problem(place, f"a path is longer than {PATH_MAX} characters")
        return ""
    return text


def _as_python(node: yaml.Node) -> str | None:
    """What Python makes of a plain scalar that YAML 1.1 takes for a truth value or a number; None for other scalars."""
    kind = str(node.tag).rpartition(":")[2]
    if kind not in ("bool", "int", "float") or len(node.value) > 64:
        return None
    try:
        return str(yaml.SafeLoader("").construct_object(node))
    except (ValueError, OverflowError, yaml.YAMLError):
        return None


def summary(document: JobDocument) -> dict[str, Any]:
    """What a client must know before it submits: which files to send, what to give values for."""
    sources: list[dict[str, Any]] = []  # the folders and files of each job, by its number in the document
    for number, spec in enumerate(document.jobs):
        if spec.workdir:
            sources.append({"job": number, "target": "", "source": spec.workdir})
        sources += [{"job": number, "target": m.target, "source": m.source} for m in spec.file_mounts]
    return {
        "kind": document.kind,
        "jobs": [spec.name for spec in document.jobs],
        "sources": sources,
        "envs_required": sorted({name for spec in document.jobs for name in spec.envs_required}),
        "secrets": sorted({name for spec in document.jobs for name in spec.secrets}),
        "notes": list(document.notes),
    }
