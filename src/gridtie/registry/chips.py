"""The chip registry: one row per accelerator model, and a reader of the dozen ways each is spelled.

A spelling is taken apart into words; vendor names, counts and memory kinds are dropped; a memory size and a form factor
are understood as hints; what remains is the model. `A100-80GB`, `NVIDIA A100-SXM4-80GB`, `a100_80g_sxm` and
`gpu_8x_a100_80gb_sxm4` therefore meet. Where the form factor is left open, the module (SXM, OAM) is meant; where the
memory size is left open and matters, the alias table decides by what clouds mean (SkyPilot's `A100` has 40 GB), or the
name is refused. An alias stands for a whole name: nothing is ever chosen because it merely looks alike. A word that is
not understood belongs to the model, in whatever script: `RTX 4090 笔记本`, a laptop's, is another chip.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from gridtie.errors import UnknownChip

CPU = "cpu"
_NOISE = frozenset(
    {
        "nvidia", "tesla", "geforce", "corporation",
        "amd", "ati", "instinct", "radeon", "huawei", "ascend", "cambricon",
        "hygon", "dcu", "moore", "threads", "mtt", "metax", "xiyun", "iluvatar", "corex", "enflame", "cloudblazer",
        "kunlunxin", "biren", "intel", "habana", "google", "aws", "gres", "nvlink", "gddr6", "gpu", "npu",
        "accelerator", "card", "series", "device", "tensor", "core",
        "英伟达", "华为", "昇腾", "寒武纪", "海光", "摩尔线程", "沐曦", "天数智芯", "燧原", "壁仞", "昆仑芯", "平头哥",
        "曦云", "天垓", "显卡", "加速卡", "计算卡",
    }
)  # fmt: skip
_GLUED = re.compile(r"^(nvidia|tesla|geforce|ascend|instinct|huawei|mtt)(?=.)")
_FORM_INSIDE = re.compile(r"(?<=\d)(sxm[2-6]?|pcie|nvl)(?![a-z])")  # A100PCIE, H100NVL, A100SXM480GB
_COUNT_BEFORE = re.compile(r"\s*\d{1,4}\s*[x×*]\s*(?=[a-z])")  # 8xA100, 8 x H100, 8*T4
_COUNT = re.compile(r"\d{1,4}x")
_PART = re.compile(r"(?<![a-z0-9])\d{1,2}g\.\d{1,3}gb?(?![a-z0-9])")  # MIG: 3g.20gb is a part of a chip, another thing
_MEMORY_APART = re.compile(r"(?<![a-z0-9.])(\d{1,4})\s+(gb|gib)(?![a-z0-9])")  # 80 GB
_MEMORY = re.compile(r"(\d{1,4})(?:g|gb|gib)")
_HBM = re.compile(r"hbm(\d)e?")
_WORD = re.compile(r"[a-z0-9]+|[^\W_a-z0-9]+")
_FORMS = {"sxm": "SXM", "pcie": "PCIE", "pci": "PCIE", "oam": "OAM", "nvl": "NVL", "sxm2": "SXM", "sxm3": "SXM",
          "sxm4": "SXM", "sxm5": "SXM", "sxm6": "SXM"}  # fmt: skip
_STACKS = {"CUDA": "cuda", "ROCm": "rocm", "CANN": "cann", "MUSA": "musa", "MACA": "maca", "CoreX": "corex",
           "XRE": "xpu", "DTK": "dtk", "Neuware": "neuware", "TopsRider": "tops", "Gaudi": "gaudi", "XLA": "xla",
           "BIRENSUPA": "supa", "PPU": "ppu", "oneAPI": "oneapi", "Neuron": "neuron"}  # fmt: skip
_MARKS = dict.fromkeys(map(ord, "®™©"), " ")
NAME_MAX = 120
_OVER = 1.08  # 32 GiB is 34.4 GB: a size may be named in either
NEAREST_MAX = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """Peaks are dense rates of the whole package in TFLOP/s (int8: TOP/s); None where nothing reliable is public."""

    id: str
    vendor: str
    vendor_zh: str
    model: str
    form_factor: str
    memory_gb: int
    memory_type: str
    memory_bandwidth_gbs: float | None
    peaks: Mapping[str, float]
    dies: int  # one package, counted once, even where drivers show each die
    stack: str  # software stack: cuda, rocm, cann, dtk, musa, maca, …
    tool: str
    k8s_resource: str
    confidence: str
    note: str


@dataclass(frozen=True, slots=True)
class _Spelling:
    whole: str  # every word that is not noise, joined: what aliases are kept under
    model: str  # the same less memory size and form factor
    memory_gb: int | None
    form: str | None
    hbm: str | None  # its generation: 2, 3


class ChipRegistry:
    """Built from the rows of chips.csv and chip_aliases.csv; reads nothing itself."""

    def __init__(self, chips: Iterable[Chip], aliases: Iterable[tuple[str, str]]) -> None:
        """`aliases` are (spelling, chip id). Raises ValueError for an id or a spelling that stands for two chips."""
        self.chips = tuple(chips)
        self._by_id = {chip.id: chip for chip in self.chips}
        if len(self._by_id) != len(self.chips):
            raise ValueError("two chips have one id")
        self._as_listed = {chip.model.lower(): chip for chip in self.chips}
        self._families: dict[str, list[Chip]] = {}
        for chip in self.chips:
            self._families.setdefault(_family(chip), []).append(chip)
        self._aliases: dict[str, Chip] = {}
        for alias, key in aliases:
            if key not in self._by_id:
                raise ValueError(f"alias {alias!r} stands for {key!r}, which is no chip")
            if self._aliases.setdefault(_read(alias).whole, self._by_id[key]).id != key:
                raise ValueError(f"alias {alias!r} stands for two chips")

    @staticmethod
    def from_rows(rows: Iterable[Mapping[str, str]], aliases: Iterable[Mapping[str, str]]) -> "ChipRegistry":
        return ChipRegistry([_chip(row) for row in rows], [(row["alias"], row["chip"]) for row in aliases])

    def get(self, key: str) -> Chip | None:
        """By id."""
        return self._by_id.get(key)

    def find(self, name: str, *, memory_gb: float | None = None) -> Chip:
        """The one chip that `name` means. `memory_gb`: what a driver reports, a little below the nominal size.

        Raises UnknownChip with the nearest names; two chips that fit equally well are refused, never guessed.
        """
        listed = name.strip().lower()
        if chip := self._by_id.get(listed) or self._as_listed.get(listed):
            return chip
        if len(name) > NAME_MAX:
            raise UnknownChip(name=name[:40] + "…", nearest="none")
        spelling = _read(name)
        exact = self._aliases.get(spelling.whole)
        if exact is not None and (memory_gb is None or _same_size(exact, memory_gb)) and _has_hbm(exact, spelling.hbm):
            return exact
        family = self._families.get(spelling.model) or self._family_of_alias(spelling.model)
        if not family:
            raise UnknownChip(name=name, nearest=self._nearest(spelling))
        left = _of_module(_fitting(family, spelling, memory_gb))
        if len(left) > 1 and (usual := self._aliases.get(spelling.model)) in left:
            left = [usual]
        if len(left) != 1:
            raise UnknownChip(name=name, nearest=", ".join(chip.model for chip in left or family))
        return left[0]

    def _family_of_alias(self, model: str) -> list[Chip]:
        chip = self._aliases.get(model)
        return [] if chip is None else self._families[_family(chip)]

    def _nearest(self, spelling: _Spelling) -> str:
        """Models that look most alike by name or alias, best first."""
        wanted, best = spelling.model, dict[str, float]()
        if not wanted:
            return "none"
        names = [(name, chip) for name, family in self._families.items() for chip in family]
        for name, chip in (*names, *self._aliases.items()):
            likeness = SequenceMatcher(None, wanted, name).ratio()
            if name.startswith(wanted) or wanted.startswith(name):
                likeness += 0.3
            best[chip.model] = max(likeness, best.get(chip.model, 0.0))
        ranked = sorted(best, key=lambda model: -best[model])[:NEAREST_MAX]  # equally alike: as the table has them
        return ", ".join(model for model in ranked if best[model] > 0.4) or "none"


def _fitting(family: list[Chip], spelling: _Spelling, memory_gb: float | None) -> list[Chip]:
    """The chips of a family that agree with every hint.

    A size in the name must match; a driver's, which may be of a part of the device, must not exceed and may choose.
    """
    left = family if memory_gb is None else [chip for chip in family if memory_gb <= chip.memory_gb * _OVER]
    if spelling.memory_gb is not None:
        left = [chip for chip in left if abs(chip.memory_gb - spelling.memory_gb) <= 1]  # 95 GB, of 96
    if memory_gb is not None and len({chip.memory_gb for chip in left}) > 1:
        left = [chip for chip in left if _same_size(chip, memory_gb)]
    if spelling.form is not None:
        left = [chip for chip in left if _has_form(chip, spelling.form)]
    return [chip for chip in left if _has_hbm(chip, spelling.hbm)]


def _of_module(chips: list[Chip]) -> list[Chip]:
    """Where cards and a module of one memory size remain, the module is meant."""
    modules = [chip for chip in chips if chip.form_factor != "PCIe"]
    return modules if len(modules) == 1 and len({chip.memory_gb for chip in chips}) == 1 else chips


def _same_size(chip: Chip, reported_gb: float) -> bool:
    """Drivers report binary sizes less what they reserve: 79.6 for 80, 180 of 192."""
    return chip.memory_gb * 0.90 <= reported_gb <= chip.memory_gb * _OVER


def _has_form(chip: Chip, form: str) -> bool:
    known = "NVL" if "NVL" in chip.model else f"{chip.form_factor} {chip.model}".upper()
    return form in known or not any(name in known for name in ("SXM", "PCIE", "NVL", "OAM"))


def _has_hbm(chip: Chip, generation: str | None) -> bool:
    """People write HBM2 for HBM2e; nobody takes HBM2 for HBM3."""
    return generation is None or chip.memory_type.upper().startswith(f"HBM{generation}")


def _family(chip: Chip) -> str:
    """What its rows share; in our own table brackets explain."""
    return _read(re.sub(r"\([^)]*\)", " ", chip.model)).model


def _read(name: str) -> _Spelling:
    text = unicodedata.normalize("NFKC", name.translate(_MARKS)).lower()
    text = re.sub(r"\((?:r|c|tm)\)", " ", text)
    text = _FORM_INSIDE.sub(r" \1 ", _COUNT_BEFORE.sub("", text, count=1) if _COUNT_BEFORE.match(text) else text)
    text = _MEMORY_APART.sub(r"\1\2", _PART.sub(" mig ", text))
    memory, form, hbm, whole, model = None, None, None, [], []
    for word in _WORD.findall(text):
        word = _GLUED.sub("", word)
        if not word or word in _NOISE or _COUNT.fullmatch(word):
            continue
        if generation := _HBM.fullmatch(word):
            hbm = generation[1]
            continue
        whole.append(word)
        if word in _FORMS:
            form = _FORMS[word]
        elif (size := _MEMORY.fullmatch(word)) and memory in (None, int(size[1])):
            memory = int(size[1])
        else:
            model.append(word)
    return _Spelling("".join(whole), "".join(model), memory, form, hbm)


def _chip(row: Mapping[str, str]) -> Chip:
    peaks = {
        precision: float(row[column])
        for precision, column in (
            ("fp64", "fp64_tflops"), ("fp32", "fp32_tflops"), ("tf32", "tf32_tflops"), ("fp16", "fp16_tflops"),
            ("bf16", "bf16_tflops"), ("fp8", "fp8_tflops"), ("int8", "int8_tops"),
        )
        if row[column]
    }  # fmt: skip
    stack = next((short for name, short in _STACKS.items() if row["software_stack"].startswith(name)), "other")
    return Chip(
        id=row["id"],
        vendor=row["vendor"],
        vendor_zh=row["vendor_zh"],
        model=row["model"],
        form_factor=row["form_factor"],
        memory_gb=int(row["memory_gb"]),
        memory_type=row["memory_type"],
        memory_bandwidth_gbs=float(row["mem_bw_gbs"]) if row["mem_bw_gbs"] else None,
        peaks=peaks,
        dies=int(row["dies"]),
        stack=stack,
        tool=row["mgmt_cli"],
        k8s_resource=row["k8s_resource"],
        confidence=row["confidence"],
        note=row["note"],
    )
