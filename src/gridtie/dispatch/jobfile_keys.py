"""Every key a job file may have, as one tree of shapes: SkyPilot's task file, and ours under `gridtie:`.

The SkyPilot half follows its public schema (0.14): what it accepts loads here. Types are looser in one way only: any
scalar passes for text, as people write `run: 5`.
"""

from gridtie.dispatch.jobfile_shape import Anything, Each, Flag, Keys, Number, OneOf, Shape, Text
from gridtie.registry.places import PLACE
from gridtie.registry.resource import ISOLATIONS

MACHINES_MAX = 4096
RETRY_ON = ("site_lost", "preempted", "failure", "out_of_memory", "time_limit", "setup")
ON_DISCONNECT = ("wait", "stop", "replace")
MODES = ("posted", "auction")
NETWORKS = ("none", "host")
STACKS = ("cuda", "cann", "rocm", "dtk", "musa", "maca", "corex", "xpu", "neuware", "tops", "gaudi", "supa", "cpu")

_whole = Number(low=0, whole=True)
_seconds = Number(low=0)
_exit_code = Number(low=0, high=255, whole=True)
_lines = Text()
_name = Text(r"[^\x00-\x1f\x7f-\x9f]{0,200}", "one line of at most 200 characters, none of them a control character")
_map_of_text = Keys(others=Text())
_size = Text(r"\s*\d{1,12}(\.\d{1,6})?\s*[A-Za-z]*\+?\s*", "a size such as 100 or 100GB")
_duration = Text(r".{1,40}", "a duration such as 90s, 10m, 2h or 1d")
_amount = Text(r".{1,40}", "an amount such as 2.50")
_count = r"\s*\d{1,9}(\.\d{1,9})?\s*"

# ── SkyPilot: resources ───────────────────────────────────────────────────────────────────────────────────────────
_single: dict[str, Shape] = {
    "infra": Text(r"[^\s].{0,255}", "cloud[/region[/zone]] or gridtie/[<hub>/]<site>",
                  about="gridtie/<site> asks for a site, gridtie/<hub>/* for a hub; any other is only noted"),
    "cloud": Text(), "region": Text(), "zone": Text(),
    "accelerators": OneOf((Text(), Keys(others=Number(low=0)), Each(Text(), most=64)),
                          "a model such as H100:8, a mapping of models to counts, or a list in order of preference",
                          about="A mapping or set accepts any of them; a list is an order of preference"),
    "gpus": OneOf((Text(), Keys(others=Number(low=0)), Each(Text(), most=64)), "as accelerators"),
    "accelerator_args": Keys({"runtime_version": Text(), "tpu_name": Text(), "tpu_vm": Flag(),
                              "gcp_queued_resource": Flag()}),
    "cpus": Text(_count + r"\+?\s*", "a number from 1 to 99999, such as 8 or 8+",
                 about="8 is exact, 8+ at least; 1 where not given"),
    "memory": Text(r"\s*\d{1,9}(\.\d{1,9})?\s*(x|[A-Za-z]*)\+?\s*", "a size such as 16, 16+, 64GB or 4x",
                   about="GB where no unit is given; 4x is 4 GB for each CPU"),
    "instance_type": Text(), "local_disk": Text(), "disk_size": _size, "ephemeral_storage": _size,
    "disk_tier": Text(choices=("low", "medium", "high", "ultra", "best", "none"), folded=True),
    "network_tier": Text(choices=("standard", "best", "none"), folded=True),
    "use_spot": Flag(),
    "max_hourly_cost": Number(low=0, about="Per machine and hour"),
    "priority": Number(low=-1000, high=1000, whole=True), "priority_class": Text(),
    "autostop": OneOf((Flag(), Text(r"\d{1,9}\s*[a-z]*", "a duration"),
                       Keys({"idle_minutes": Number(low=-1, whole=True), "down": Flag(),
                             "wait_for": Text(choices=("jobs_and_ssh", "jobs", "none"), folded=True),
                             "hook": _lines, "hook_timeout": _whole})), "true, false, minutes, 10h or a mapping"),
    "job_recovery": OneOf((Text(), Keys({"strategy": Text(), "max_restarts_on_errors": _whole,
                                         "recover_on_exit_codes": Each(_exit_code, alone=True)},
                                        others=Anything())), "a strategy or a mapping"),
    "image_id": OneOf((Text(), Keys(others=Text())), "an image or a mapping of regions to images"),
    "ports": Each(Text(r"\d{1,5}(-\d{1,5})?", "a port or a range such as 8000-8010"), alone=True),
    "labels": Keys(others=Text(), about="Free; names that begin with gridtie/ are read as keys of gridtie:"),
    "volumes": Each(Keys({"disk_size": _size, "disk_tier": Text(), "path": Text(), "auto_delete": Flag(),
                          "storage_type": Text(), "name": Text(), "attach_mode": Text()}, others=Anything())),
}  # fmt: skip
RESOURCES_GONE = {"spot_recovery": "job_recovery", "accelerator": "accelerators"}
_one = Keys(_single, gone=RESOURCES_GONE)
RESOURCES = Keys(
    {
        **_single,
        "any_of": Each(_one, most=64, about="Any of these, each laid over the fields around it"),
        "ordered": Each(_one, most=64, about="These in order of preference"),
    },
    gone=RESOURCES_GONE,
)

# ── SkyPilot: storage, services, settings ─────────────────────────────────────────────────────────────────────────
_cache_size = Text(r"\d{1,15}[bkmgtpBKMGTP]?", "a size such as 512M")
_cache_time = Text(r"[-+0-9a-zA-Z.]{1,40}", "a duration such as 1h")
_read_only = {"read_only": Flag()}
_storage_settings: dict[str, Shape] = {
    "mount": Keys({**_read_only, "hf_mount_args": Each(Text())}),
    "hf_mount_args": Each(Text()),
    "mount_cached": Keys({
        **_read_only, "transfers": _whole, "buffer_size": _cache_size, "vfs_cache_max_size": _cache_size,
        "vfs_cache_max_age": _cache_time, "vfs_read_ahead": _cache_size, "vfs_read_chunk_size": _cache_size,
        "vfs_read_chunk_streams": _whole, "vfs_write_back": _cache_time}),
    "disk_size": _size, "disk_tier": Text(), "storage_type": Text(), "attach_mode": Text(),
}  # fmt: skip
_storage = Keys({
    "name": Text(), "source": Each(Text(), alone=True), "store": Text(), "persistent": Flag(),
    "mode": Text(choices=("MOUNT", "COPY", "MOUNT_CACHED"), folded=True),
    "type": Text(choices=("MODEL_CHECKPOINT_RO", "MODEL_CHECKPOINT_RW", "DATASET_RO", "DATASET_RW"), folded=True),
    "config": Keys(_storage_settings)})  # fmt: skip
_probe = Keys({
    "path": Text(), "initial_delay_seconds": _seconds, "timeout_seconds": _seconds,
    "endpoint_probe_interval_seconds": _seconds, "consecutive_failure_threshold_timeout": _seconds,
    "post_data": OneOf((Text(), Keys(others=Anything())), "text or a mapping"), "headers": _map_of_text},
    required=("path",))  # fmt: skip
_pool: dict[str, Shape] = {"workers": _whole, "min_workers": _whole, "max_workers": _whole,
         "queue_length_threshold": Number(low=1, whole=True), "upscale_delay_seconds": _seconds,
         "downscale_delay_seconds": _seconds}  # fmt: skip
_policy = Keys({
    "min_replicas": _whole, "max_replicas": _whole, "num_overprovision": _whole,
    "target_qps_per_replica": OneOf((_seconds, Keys(others=_seconds)), "a rate, or one for each accelerator"),
    "dynamic_ondemand_fallback": Flag(), "base_ondemand_fallback_replicas": _whole, "spot_placer": Text(),
    "upscale_delay_seconds": _seconds, "downscale_delay_seconds": _seconds}, required=("min_replicas",))  # fmt: skip
SERVICE = Keys({
    "readiness_probe": OneOf((Text(), _probe), "a path or a mapping"), "replicas": _whole, "replica_policy": _policy,
    "load_balancing_policy": Text(), "load_balancer": Keys({"stream_timeout_seconds": _seconds}),
    "ports": Number(low=1, high=65535, whole=True), "workers": _whole, "pool": Keys(_pool),
    "tls": Keys({"keyfile": Text(), "certfile": Text()}, required=("keyfile", "certfile"))})  # fmt: skip
_hook = Keys(
    {"run": _lines, "events": Each(Text(choices=("stop", "preemption", "down"))), "timeout": _whole}, required=("run",)
)
_tree = Keys(others=Anything())
CONFIG = Keys({
    "docker": Keys({"run_options": Each(Text(), alone=True)}), "nvidia_gpus": Keys({"disable_ecc": Flag()}),
    "ssh": _tree, "kubernetes": _tree, "azure": _tree, "gcp": _tree, "vast": _tree, "slurm": _tree,
    "active_workspace": Text(), "hooks": Each(_hook, most=32)}, others=Anything())  # fmt: skip

# ── ours ──────────────────────────────────────────────────────────────────────────────────────────────────────────
_listed = Each(Text(r".{1,200}", "a name"), alone=True)
_places = Each(Text(PLACE, "a place such as CN-52 or CN-520100"), alone=True)
GRIDTIE = Keys({
    "budget": Keys({
        "max_price": Text(_amount.pattern, _amount.looks, about="The most for one unit-hour; in an auction, the bid"),
        "max_total": Text(_amount.pattern, _amount.looks, about="The most for the whole job; so much is held"),
        "pay_with": Each(Text(r"balance|bank|voucher:.{1,200}", "balance, voucher:NAME or bank"), alone=True,
                         about="Used in this order; bank, a withdrawal of hours, stands alone")}),
    "where": Keys({"hubs": _listed, "places": _places, "max_latency_ms": Number(low=1, high=60_000, whole=True)}),
    "isolation": Text(choices=ISOLATIONS, about="The weakest isolation that is good enough"),
    "network": Text(choices=NETWORKS, about="host: the site's network; none unless asked for"),
    "retry": Keys({"on": Each(Text(choices=RETRY_ON), alone=True), "max": Number(low=0, high=100, whole=True)}),
    "on_disconnect": Text(choices=ON_DISCONNECT, about="When the site falls silent: wait for it, stop, or replace it"),
    "data": Each(Keys({"name": Text(), "to": Text(), "stays_in": _listed,
                       "at": Text(r".{1,64}", "a hub", about="Where it lies; its size stands under inputs")},
                      required=("name",)), alone=True),
    "outputs": Each(Text(), alone=True, about="Files and folders below the work directory to bring back"),
    "results": Each(Text(), alone=True, about="The same as outputs"),
    "variants": Keys({stack: Keys({"setup": _lines, "run": _lines, "image": Text(), "envs": _map_of_text})
                      for stack in STACKS}, about="How the job differs on one software stack"),
    "time_limit": Text(_duration.pattern, _duration.looks, about="The run is stopped then"),
    "expected": Text(_duration.pattern, _duration.looks, about="How long it will take; cost is shown and held for it"),
    "deadline": Text(r".{1,40}", "a time such as 2026-05-01T12:00:00Z"),
    "start_at": Text(r".{1,40}", "a time such as 2026-05-01T12:00:00Z",
                     about="Books capacity from then on, for as long as `expected` says"),
    "start_by": Text(r".{1,40}", "a time such as 2026-05-01T20:00:00Z",
                     about="With start_at: the exchange picks the start, from start_at on and no later than this"),
    "mode": Text(choices=MODES), "purpose": Text(r".{1,64}", "at most 64 characters"), "certified": Flag(),
    "preemptible": Flag("May be displaced by a higher bid once it has a checkpoint; else where it runs as use_spot"),
    "priority": Number(low=-1000, high=1000, whole=True),
    "interactive": Flag(about="Whoever submits it may run commands beside it and reach its ports, while it runs"),
})  # fmt: skip

# ── a whole document ──────────────────────────────────────────────────────────────────────────────────────────────
_gigabytes = Keys(others=Number(low=0), about="URI → GB")
JOB = Keys(
    {
        "name": _name,
        "workdir": OneOf((Text(), Keys({"url": Text(), "ref": Text()}, required=("url",))), "a folder or {url, ref}"),
        "num_nodes": Number(low=1, high=MACHINES_MAX, whole=True, about="Machines, all at one site at one time"),
        "resources": RESOURCES,
        "setup": _lines,
        "run": _lines,
        "envs": Keys(others=Text(), about="A value of null must be given at submit"),
        "secrets": OneOf((_map_of_text, Each(Text())), "a mapping or a list of names"),
        "managed_secrets": Each(OneOf((Text(), Keys(others=Keys({"mount_path": Text()}))), "a name or a mapping")),
        "file_mounts": Keys(others=OneOf((Text(), _storage), "a path, a URI or a mapping")),
        "volumes": Keys(others=OneOf((Text(), _tree), "a name or a mapping")),
        "volume_mounts": Each(_tree),
        "service": SERVICE,
        "pool": Keys({**_pool}),
        "config": CONFIG,
        "inputs": _gigabytes,
        "outputs": Keys(
            others=Number(low=0),
            about="URI → GB; files to bring back stand under gridtie.outputs",
            otherwise="outputs at the top is SkyPilot's URI: GB; list files to bring back under gridtie.outputs",
        ),
        "event_callback": _lines,
        "api_server_access": Flag(),
        "file_mounts_mapping": _tree,
        "gridtie": GRIDTIE,
    },
    hints={key: f'It belongs under "gridtie:", as gridtie.{key}' for key in GRIDTIE.known if key != "outputs"},
)
HEADER = Keys({
    "name": _name,
    "execution": Text(choices=("serial", "parallel")),
    "primary_tasks": Each(Text(), alone=True), "termination_delay": OneOf((Text(), _tree), "a duration or a mapping"),
    "inter_connection": Anything()})  # fmt: skip


def published_schema() -> dict[str, object]:
    """JSON Schema of one document, for editors. The parser is stricter: chips, money, durations, places."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Gridtie job file", **JOB.schema()}
