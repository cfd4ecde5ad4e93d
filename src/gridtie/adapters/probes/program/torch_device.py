"""The tests on whatever PyTorch drives: CUDA and ROCm, Ascend, Cambricon, Moore Threads, Intel, or the processor."""

import contextlib
import importlib
import os
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from gridtie.adapters.probes.program.recorder import NotMeasured
from gridtie.certification import generator

# Device type of PyTorch → the plug-in that brings it. ROCm, Hygon, MetaX, Iluvatar and T-Head call theirs cuda.
_PLUGINS = {"cuda": "", "npu": "torch_npu", "mlu": "torch_mlu", "musa": "torch_musa", "gcu": "torch_gcu",
            "hpu": "habana_frameworks.torch", "xpu": ""}  # fmt: skip


class TorchDevice:
    def __init__(self, kind: str, index: int) -> None:
        self.device = torch.device(kind, index) if kind != "cpu" else torch.device("cpu")
        self._module: Any = getattr(torch, kind, None)
        get_name = getattr(self._module, "get_device_name", None)
        model = get_name(index) if kind != "cpu" and get_name else kind
        self.name = f"{model} (PyTorch {torch.__version__}, {self.device})"

    def load(self, values: npt.NDArray[np.int16], precision: str) -> torch.Tensor:
        return torch.from_numpy(values.astype(np.int32)).to(self.device).to(self._compute_type(precision))

    def state(self, values: npt.NDArray[np.int16], precision: str) -> torch.Tensor:
        return torch.from_numpy(values.astype(np.int32)).to(self.device).to(_state_type(precision))

    def scaled(self, diagonal: npt.NDArray[np.int16], state: torch.Tensor, precision: str) -> torch.Tensor:
        reduced = _symmetric(self.state(diagonal, precision)[:, None] * state, generator.MODULUS[precision])
        return reduced.to(self._compute_type(precision))

    def product(self, a: torch.Tensor, z: torch.Tensor, precision: str) -> torch.Tensor:
        """bf16 holds integers to 256 only, so a longer inner side goes in blocks, each exact."""
        if precision == "int8":
            result: torch.Tensor = torch._int_mm(a, z)
            return result
        with _tf32(precision == "tf32"):
            inner = generator.INNER_MAX[precision]
            if a.shape[1] <= inner:
                return a @ z
            blocks = [a[:, at : at + inner] @ z[at : at + inner] for at in range(0, a.shape[1], inner)]
            return torch.stack([block.to(_state_type(precision)) for block in blocks]).sum(0)

    def reduced(self, product: torch.Tensor, precision: str) -> torch.Tensor:
        sums = product.to(_state_type(precision))
        most = generator.EXACT_MAX[precision] * -(-product.shape[0] // generator.INNER_MAX[precision])
        if sums.abs().max().item() >= most:
            raise NotMeasured("a sum left the range in which products are exact")
        return _symmetric(sums, generator.MODULUS[precision])

    def fetch(self, state: torch.Tensor) -> npt.NDArray[np.int16]:
        small: npt.NDArray[np.int16] = state.to(torch.float32).cpu().numpy().astype("<i2")
        return small

    def real_product(self, a: Any, b: Any, precision: str) -> npt.NDArray[np.float64]:
        kind = _state_type(precision)
        with _tf32(False):
            left, right = (torch.from_numpy(x).to(kind).to(self.device) for x in (a, b))
            product: npt.NDArray[np.float64] = (left @ right).cpu().numpy().astype(np.float64)
            return product

    def wait(self) -> None:
        if self.device.type != "cpu":
            self._module.synchronize(self.device)

    def integers(self, values: npt.NDArray[np.int64]) -> torch.Tensor:
        return torch.from_numpy(values.copy()).to(self.device)

    def fill_chunk(self, base: torch.Tensor, index: int) -> torch.Tensor:
        mixed = base * (2 * index + 1) + index
        mixed ^= mixed >> 29
        mixed *= 0x14D049BB133111EB
        mixed ^= mixed >> 32
        return mixed

    def checksum(self, chunk: torch.Tensor, weights: torch.Tensor) -> int:
        return int((chunk * weights).sum().item())

    def floats(self, count: int) -> torch.Tensor:
        return torch.arange(count, dtype=torch.float32, device=self.device)

    def copy(self, target: torch.Tensor, source: torch.Tensor) -> None:
        target.copy_(source)

    def triad(self, target: torch.Tensor, left: torch.Tensor, right: torch.Tensor) -> int:
        torch.add(left, right, alpha=3, out=target)
        return 3

    def _compute_type(self, precision: str) -> torch.dtype:
        if precision == "tf32" and self.device.type != "cuda":
            raise NotMeasured(f"PyTorch has no TF32 on {self.device.type}")
        kinds = {"fp64": torch.float64, "fp32": torch.float32, "tf32": torch.float32, "bf16": torch.bfloat16,
                 "fp16": torch.float16, "int8": torch.int8}  # fmt: skip
        return kinds[precision]


def _state_type(precision: str) -> torch.dtype:
    return torch.float64 if precision in ("fp64", "int8") else torch.float32


def _symmetric(values: torch.Tensor, modulus: int) -> torch.Tensor:
    return values - torch.round(values * (1 / modulus)) * modulus


@contextlib.contextmanager
def _tf32(allowed: bool) -> Any:
    before = torch.backends.cuda.matmul.allow_tf32
    torch.backends.cuda.matmul.allow_tf32 = allowed
    try:
        yield
    finally:
        torch.backends.cuda.matmul.allow_tf32 = before


def torch_devices(*, only_processor: bool = False) -> list[TorchDevice]:
    for kind, plugin in () if only_processor else _PLUGINS.items():
        if plugin:
            try:
                importlib.import_module(plugin)
            except (ImportError, OSError, RuntimeError):
                continue
        module: Any = getattr(torch, kind, None)
        if module is not None and module.is_available():
            return [TorchDevice(kind, index) for index in range(module.device_count())]
    torch.set_num_threads(int(os.environ.get("GRIDTIE_CPUS") or len(os.sched_getaffinity(0))))
    return [TorchDevice("cpu", 0)]
