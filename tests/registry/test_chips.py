"""The same chip by a dozen names; and names that nobody may guess at."""

import csv
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridtie.adapters.tables import load_chips
from gridtie.errors import UnknownChip
from gridtie.registry.chips import ChipRegistry

CHIPS = load_chips()

# Clouds, drivers, schedulers, brokers and people, each chip's spellings on one line.
SPELLINGS = {
    "nv-a100-40": "A100|a100|A100-40GB|a100-40|NVIDIA A100-SXM4-40GB|nvidia-tesla-a100|gpu_1x_a100|gpu_8x_a100|"
    "gpu:a100|gres/gpu:a100|8 x A100|8*A100|A100 SXM|a100-sxm4-40gb|A100_SXM4_40GB|Ａ１００|"
    "NVIDIA A100 Tensor Core GPU|A100 (40 GB)",
    "nv-a100-80": "A100-80GB|NVIDIA A100-SXM4-80GB|a100_80g_sxm|gpu_8x_a100_80gb_sxm4|nvidia-a100-80gb|A100 80G|"
    "a100-80|8xA100-80GB|8x A100 80GB|A100 80GB SXM|A100SXM480GB|A100-80GB-SXM|a100-sxm4-80gb|A100 (80GB)|"
    "A100 80 GB|A100–80GB|英伟达 A100 80G|a100-80gb-hbm2",
    "nv-a100-40-pcie": "NVIDIA A100-PCIE-40GB|A100-PCIE-40GB|A100 40GB PCIe|A100PCIE-40GB",
    "nv-a100-80-pcie": "NVIDIA A100 80GB PCIe|Nvidia-A100-80G-PCIe|a100_80gb_pcie",
    "nv-a800": "A800|NVIDIA A800-SXM4-80GB|a800-80gb",
    "nv-a800-pcie": "NVIDIA A800 80GB PCIe|A800-PCIE",
    "nv-h100": "H100|NVIDIA H100 80GB HBM3|H100-80GB-SXM|H100-80GB|H100-SXM|H100 SXM5|gpu_8x_h100_sxm5|"
    "nvidia-h100-80gb|nvidia-h100-mega-80gb|H100-MEGA-80GB|H100_SXM|NVIDIA-H100-80GB-HBM3|HGX H100|"
    "gpu:nvidia_h100_80gb_hbm3|NVIDIA H100 Tensor Core",
    "nv-h100-pcie": "NVIDIA H100 PCIe|H100-PCIE|gpu_1x_h100_pcie|H100PCIE|H100 (PCIe)|NVIDIA H100 80GB HBM2e|"
    "H100 80GB PCIe",
    "nv-h100-nvl": "NVIDIA H100 NVL|H100-NVL|H100NVL|H100_NVL|H100-94GB",
    "nv-h800": "H800|NVIDIA H800|h800-sxm5",
    "nv-h20": "H20|NVIDIA H20|h20-96gb",
    "nv-h20-3e": "NVIDIA H20-3e|H20-141GB",
    "nv-h200": "H200|NVIDIA H200|H200-SXM|nvidia-h200-141gb|HGX H200|H200 141GB HBM3e|h200-144gb",
    "nv-h200-nvl": "NVIDIA H200 NVL|H200-NVL",
    "nv-b200": "B200|NVIDIA B200|nvidia-b200|gpu_8x_b200_sxm6|b200-192gb|B200-180GB",
    "nv-b300": "B300|NVIDIA B300",
    "nv-gb200": "GB200|NVIDIA GB200|GB200-192GB|NVIDIA-GB200",
    "nv-gh200": "GH200|NVIDIA GH200 480GB|gpu_1x_gh200",
    "nv-v100-16": "V100|Tesla V100-SXM2-16GB|V100-16GB|nvidia-tesla-v100|NVIDIA Tesla V100",
    "nv-v100-32": "V100-32GB|Tesla V100-SXM2-32GB|V100-SXM3-32GB",
    "nv-v100-16-pcie": "Tesla V100-PCIE-16GB",
    "nv-v100-32-pcie": "Tesla V100-PCIE-32GB",
    "nv-v100s": "Tesla V100S-PCIE-32GB|V100S",
    "nv-t4": "T4|Tesla T4|nvidia-tesla-t4|NVIDIA T4|NVIDIA® Tesla® T4|1 * NVIDIA T4",
    "nv-t4g": "T4g|NVIDIA T4G",
    "nv-k80": "K80|Tesla K80|nvidia-tesla-k80",
    "nv-p4": "P4|Tesla P4",
    "nv-p40": "Tesla P40",
    "nv-m60": "M60|Tesla M60",
    "nv-p100-16": "P100|Tesla P100-PCIE-16GB|Tesla P100-SXM2-16GB|nvidia-tesla-p100",
    "nv-p100-12": "Tesla P100-PCIE-12GB",
    "nv-a10": "A10|NVIDIA A10|a10-24gb",
    "nv-a10g": "A10G|A10g|NVIDIA A10G",
    "nv-a16": "NVIDIA A16",
    "nv-a30": "A30|NVIDIA A30",
    "nv-a40": "A40|NVIDIA A40",
    "nv-l4": "L4|NVIDIA L4|nvidia-l4",
    "nv-l40": "L40|NVIDIA L40",
    "nv-l40s": "L40S|NVIDIA L40S|nvidia-l40s",
    "nv-l20": "NVIDIA L20",
    "nv-rtx4090": "RTX4090|NVIDIA GeForce RTX 4090|GeForce RTX 4090|RTX_4090|4090|RTX4090-24G|rtx-4090",
    "nv-rtx4090d": "NVIDIA GeForce RTX 4090 D|RTX4090D|4090D",
    "nv-rtx3090": "RTX3090|NVIDIA GeForce RTX 3090|3090",
    "nv-rtx3090ti": "RTX 3090 Ti|3090Ti",
    "nv-rtx3080": "RTX3080|NVIDIA GeForce RTX 3080",
    "nv-rtx2080ti": "GeForce RTX 2080 Ti|RTX2080Ti|2080Ti",
    "nv-rtx5090": "RTX5090|NVIDIA GeForce RTX 5090|5090",
    "nv-rtxa6000": "A6000|RTX A6000|RTXA6000|NVIDIA RTX A6000|RTX_A6000",
    "nv-rtxa4000": "A4000|NVIDIA RTX A4000",
    "nv-rtxa5000": "A5000|RTXA5000",
    "nv-rtx6000ada": "RTX6000-Ada|RTX 6000 Ada|NVIDIA RTX 6000 Ada Generation|RTX_6000Ada",
    "nv-rtx4000ada": "NVIDIA RTX 4000 Ada Generation",
    "nv-rtx4000sffada": "NVIDIA RTX 4000 SFF Ada Generation|RTX 4000 SFF Ada",
    "nv-rtx8000": "Quadro RTX 8000|gpu:rtx8000|Q RTX 8000",
    "in-max1550": "Intel® Data Center GPU Max 1550|Intel(R) Data Center GPU Max 1550",
    "nv-rtx6000": "RTX6000|Quadro RTX 6000|Q RTX 6000|gpu:quadro_rtx_6000",
    "nv-rtxpro6000": "RTXPRO6000|NVIDIA RTX PRO 6000 Blackwell Server Edition|RTX PRO 6000 WS|nvidia-rtx-pro-6000",
    "amd-mi300x": "MI300X|MI300|AMD Instinct MI300X|Instinct MI300X|amd-mi300x-192gb|AMD Instinct MI300X OAM",
    "amd-mi250x": "MI250X|AMD INSTINCT MI250X|AMD_Instinct_MI250X_/_MI250",
    "amd-mi250": "MI250|AMD Instinct MI250",
    "amd-mi210": "MI210|AMD Instinct MI210",
    "amd-mi325x": "MI325X|AMD Instinct MI325X",
    "amd-v520": "Radeon Pro V520",
    "hw-910b3": "Ascend910B3|Ascend 910B3|910B3|huawei-ascend-910b3|昇腾910B3",
    "hw-910b4": "910B4|Ascend910B4",
    "hw-910b4-1": "910B4-1",
    "hw-910c": "Ascend910C|910C",
    "hw-310p": "Ascend310P3|310P3|Atlas 300I Pro",
    "cb-370x8": "MLU370-X8|MLU370X8|cambricon mlu370 x8|寒武纪 MLU370-X8|思元370-X8",
    "cb-370x4": "MLU370-X4",
    "cb-590": "MLU590|思元590",
    "hy-k100ai": "K100_AI|K100-AI|DCU K100 AI|海光 K100_AI",
    "hy-k100": "K100",
    "hy-bw1000": "BW1000|BW",
    "mt-s4000": "MTT S4000|MTTS4000|mtt-s4000|S4000|摩尔线程 MTT S4000",
    "mx-c500": "C500|MXC500|MetaX C500|曦云C500",
    "il-bi150": "BI-V150|Iluvatar BI-V150|天数智芯 BI-V150|天垓150",
    "kl-p800": "P800|昆仑芯P800",
    "ef-s60": "S60|Enflame S60|S60G",
    "in-gaudi1": "Gaudi HL-205|HL-205",
    "in-gaudi2": "Gaudi2|HL-225|gaudi-2|HL-225B",
    "in-gaudi3": "Gaudi 3|HL-325|HL-325L",
    "gg-v5e": "tpu-v5e|tpu-v5-lite|v5litepod|tpu-v5-lite-podslice|TPU v5 lite",
    "gg-v5p": "tpu-v5p|TPU v5p|tpu-v5p-slice",
    "gg-v6e": "tpu-v6e|TPU Trillium|tpu-v6e-slice",
    "aw-trn1": "Trainium|trn1|Trainium1",
    "aw-inf2": "Inferentia2",
    "th-ppu": "PPU|ZW810E|PPU-ZW810E",
}
PAIRS = [(name, chip) for chip, names in SPELLINGS.items() for name in names.split("|")]

# name: one of the nearest that the refusal must offer ("none": nothing is alike)
REFUSED = {
    "910B": "Ascend 910B1",  # five chips of different rates are sold under this name
    "Ascend910": "Ascend 910A",  # the scheduler's resource name of every 910
    "mlu370": "MLU370-X8",
    "A100X": "A100 SXM4 40GB",
    "A100-20GB": "A100 SXM4 40GB",
    "A100-SXM-64GB": "A100 SXM4 80GB",
    "A100PCIE": "A100 PCIe 40GB",  # 40 or 80 GB, and no convention
    "A10080GB": "A100 SXM4 80GB",
    "NVIDIA A100-SXM4-40GB MIG 1g.5gb": "A100 SXM4 40GB",  # a part of a chip is another thing
    "gpu:a100_4g.40gb": "A100 SXM4 40GB",  # two sizes: the first counts slices
    "gpu:h100_7g.80gb": "H100 SXM5 80GB",
    "A30-4g.24gb": "A30",
    "A100-7g-80gb": "A100 SXM4 80GB",
    "NVIDIA-A100-SXM4-80GB-SHARED": "A100 SXM4 80GB",  # device plugins mark what several share
    "GRID A100-40C": "A100 SXM4 40GB",
    "RTX 4090 (Laptop)": "GeForce RTX 4090",  # what stands in brackets counts
    "RTX 4090 笔记本": "GeForce RTX 4090",  # and so does what is not English
    "A100 半卡": "A100 SXM4 40GB",
    "H100 96GB": "H100 NVL 94GB",  # sold as an SXM5, and said of the NVL
    "NVIDIA H100 64GB HBM2": "H100 SXM5 80GB",
    "NVIDIA RTX PRO 6000 Blackwell Max-Q Workstation Edition": "RTX PRO 6000 Blackwell",
    "HGX A100": "A100 SXM4 40GB",
    "Ascend910PremiumA": "Ascend 910A",
    "Ascend910B3-vir10_3c_32g": "Ascend 910B3",
    "MI308X": "Instinct MI300X",
    "AMD Instinct MI300X VF": "Instinct MI300X",
    "MLU590-M9": "MLU590",
    "NVIDIA A40-48Q": "A40",
    "H1000": "H100 SXM5 80GB",
    "H10O": "H100 SXM5 80GB",
    "H100-40GB": "H100 SXM5 80GB",
    "H100:8": "H100 SXM5 80GB",  # counts are read by who reads job files
    "V1000": "V100 SXM2 16GB",
    "RTX": "GeForce RTX 3090",
    "RTX 40900": "GeForce RTX 4090",
    "tpu-v4-8": "TPU v4",
    "v5litepod-8": "TPU v5e",
    "MI350": "Instinct MI350X",
    "MI30OX": "Instinct MI300X",
    "Z100": "DCU Z100L",
    "MTT S400": "MTT S4000",
    "Atlas 800T A2": "A800 SXM4 80GB",
    "MLU": "MLU590",
    "GPU": "none",
    "NVIDIA": "none",
    "80GB": "none",
    "": "none",
    "昆仑芯": "none",
    "x" * 5000: "none",
}


def test_the_tables_below_are_long_enough_to_mean_something() -> None:
    assert len(PAIRS) == len(set(PAIRS)) >= 150
    assert len(REFUSED) >= 20


@pytest.mark.parametrize(("name", "chip"), PAIRS)
def test_a_spelling_means_its_chip(name: str, chip: str) -> None:
    assert CHIPS.find(name).id == chip


@pytest.mark.parametrize("name", REFUSED)
def test_an_unknown_or_ambiguous_name_is_refused_with_the_nearest(name: str) -> None:
    with pytest.raises(UnknownChip) as refused:
        CHIPS.find(name)
    assert REFUSED[name] in str(refused.value.params["nearest"]).split(", ")


@pytest.mark.parametrize("chip", CHIPS.chips, ids=lambda chip: chip.id)
def test_each_row_is_found_by_its_id_and_its_model(chip: object) -> None:
    assert CHIPS.find(chip.id) is CHIPS.find(chip.model) is chip  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("name", "memory_gb", "chip"),
    [
        ("NVIDIA A100", 39.4, "nv-a100-40"),
        ("NVIDIA A100", 79.2, "nv-a100-80"),
        ("Tesla V100-SXM2", 31.7, "nv-v100-32"),
        ("NVIDIA GH200 480GB", 95.6, "nv-gh200"),
        ("NVIDIA A10G", 22.5, "nv-a10g"),
        ("NVIDIA A16", 15.0, "nv-a16"),
        ("NVIDIA H100 80GB HBM3", 79.6, "nv-h100"),
    ],
)
def test_what_a_driver_reports_decides_between_sizes(name: str, memory_gb: float, chip: str) -> None:
    assert CHIPS.find(name, memory_gb=memory_gb).id == chip


@pytest.mark.parametrize(
    ("name", "memory_gb"), [("910B4", 64.0), ("NVIDIA A100-SXM4-40GB", 79.6), ("NVIDIA H20", 139.8)]
)
def test_a_device_with_more_memory_than_its_chip_has_is_another_chip(name: str, memory_gb: float) -> None:
    with pytest.raises(UnknownChip):
        CHIPS.find(name, memory_gb=memory_gb)


@given(st.text(max_size=150), st.none() | st.floats(0, 500))
def test_any_text_is_found_or_refused_and_a_find_repeats(name: str, memory_gb: float | None) -> None:
    try:
        chip = CHIPS.find(name, memory_gb=memory_gb)
    except UnknownChip:
        return
    assert CHIPS.find(name, memory_gb=memory_gb) is chip


@given(st.sampled_from(PAIRS), st.sampled_from(["upper", "lower", "swapcase"]), st.sampled_from("-_ /"))
def test_case_and_separators_do_not_matter(pair: tuple[str, str], case: str, separator: str) -> None:
    name, chip = pair
    respelled = getattr(name, case)().replace("-", separator).replace("_", separator)
    assert CHIPS.find(respelled).id == chip


def test_a_package_of_two_dies_is_one_accelerator() -> None:
    assert {chip.id for chip in CHIPS.chips if chip.dies == 2} == {"hw-910c", "amd-mi250x", "amd-mi250"}
    assert CHIPS.find("910C").memory_gb == CHIPS.find("MI250X").memory_gb == 128


def test_rates_are_plausible_and_every_row_says_where_it_comes_from() -> None:
    """Dense rates: half-width is never slower than single, a byte never slower than half."""
    for chip in CHIPS.chips:
        assert chip.memory_gb > 0
        assert chip.confidence in {"gk-datasheet", "cross", "estimate", "unknown"}, chip.id
        assert chip.stack != "other", chip.id
        ladder = [chip.peaks[name] for name in ("fp64", "fp16", "fp8") if name in chip.peaks]
        assert ladder == sorted(ladder), chip.id
        assert chip.peaks.get("int8", 1e9) >= chip.peaks.get("bf16", 0), chip.id
    assert CHIPS.find("A100-80GB").peaks["fp16"] == 312  # 624 is the sparse figure
    assert CHIPS.find("H100").peaks["fp16"] == 989


def test_a_table_that_names_one_thing_twice_is_refused() -> None:
    tables = files("gridtie.registry") / "tables"
    rows = list(csv.DictReader((tables / "chips.csv").read_text(encoding="utf-8").splitlines()))
    with pytest.raises(ValueError, match="one id"):
        ChipRegistry.from_rows([rows[0], rows[0]], [])
    twice = [{"alias": "t-4", "chip": "nv-t4"}, {"alias": "T4", "chip": "nv-a10"}]
    with pytest.raises(ValueError, match="two chips"):
        ChipRegistry.from_rows(rows, twice)
    with pytest.raises(ValueError, match="no chip"):
        ChipRegistry.from_rows(rows, [{"alias": "t4", "chip": "nv-t5"}])


def test_every_row_has_as_many_cells_as_the_table_has_columns() -> None:
    tables = files("gridtie.registry") / "tables"
    for name in ("chips.csv", "chip_aliases.csv", "hubs.csv"):
        heading, *lines = csv.reader((tables / name).read_text(encoding="utf-8").splitlines())
        assert all(len(line) == len(heading) for line in lines), name
