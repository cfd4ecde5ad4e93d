"""Matrix products per precision: a chain of repetitions whose inputs follow from the results before them."""

import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .numbers import NotMeasured, first_seed, item, matrix, timed

Multiply = Callable[[NDArray[np.int8], NDArray[np.int8]], tuple[NDArray[Any], int]]
_NUMPY = {"fp32": np.float32, "fp64": np.float64}
# Vendors' plug-ins for torch add their device when they are imported.
_PLUGINS = ("torch_npu", "torch_mlu", "torch_musa", "torch_gcu", "habana_frameworks.torch")
_KINDS = ("cuda", "npu", "mlu", "musa", "gcu", "xpu", "hpu", "mps")  # ROCm, DTK, MACA and CoreX call theirs cuda


class Backend:
    """Where products are computed: torch on an accelerator or the CPU, else NumPy."""

    def __init__(self, *, accelerator: bool, threads: int) -> None:
        self.torch = _torch()
        self.kind, self.devices, self.reason = "cpu", 1, ""
        if self.torch is not None:
            self.torch.set_num_threads(threads)
        if accelerator:
            self._find_accelerator()

    def _find_accelerator(self) -> None:
        if self.torch is None:
            self.reason = "torch is not installed, so the accelerator cannot be reached"
            return
        for kind in _KINDS:
            module = getattr(self.torch, kind, None)
            if module is not None and module.is_available():
                self.kind = kind
                self.devices = int(module.device_count()) if hasattr(module, "device_count") else 1
                return
        self.reason = f"torch {self.torch.__version__} sees no accelerator"

    def describe(self) -> dict[str, str]:
        found = {"numpy": np.__version__, "device": self.kind}
        if self.torch is not None:
            found["torch"] = str(self.torch.__version__)
            if self.kind == "cuda":
                found["model"] = str(self.torch.cuda.get_device_name(0))
        return found

    def wait(self, device: int) -> None:
        """Accelerators run behind our back; a time counts only once they are done."""
        module = getattr(self.torch, self.kind, None)
        if self.kind == "mps":
            module.synchronize()  # type: ignore[union-attr]
        elif self.kind != "cpu" and module is not None:
            module.synchronize(device)

    def multiplier(self, precision: str, device: int) -> Multiply:
        """(A, B) → (the product as whole numbers, nanoseconds of the product alone)."""
        if self.torch is None:
            return _numpy_multiplier(precision)
        return self._torch_multiplier(precision, device)

    def _torch_multiplier(self, precision: str, device: int) -> Multiply:
        torch = self.torch
        assert torch is not None
        types = {"fp64": torch.float64, "fp32": torch.float32, "tf32": torch.float32, "fp16": torch.float16,
                 "bf16": torch.bfloat16, "int8": torch.int8}  # fmt: skip
        if self.kind == "cuda":
            torch.backends.cuda.matmul.allow_tf32 = precision == "tf32"
        elif precision == "tf32":
            raise NotMeasured(f"{self.kind} has no TF32")
        place = torch.device("cpu" if self.kind == "cpu" else f"{self.kind}:{device}")
        product = torch._int_mm if precision == "int8" else torch.matmul

        def multiply(a: NDArray[np.int8], b: NDArray[np.int8]) -> tuple[NDArray[Any], int]:
            left, right = (torch.from_numpy(m).to(place).to(types[precision]) for m in (a, b))
            self.wait(device)

            def work() -> Any:
                result = product(left, right)
                self.wait(device)
                return result

            result, spent = timed(work)
            return result.to(torch.float64 if precision == "fp64" else torch.float32).cpu().numpy(), spent

        return multiply


def _torch() -> Any:
    try:
        import torch
    except ImportError:
        return None
    import importlib

    for name in _PLUGINS:
        try:
            importlib.import_module(name)
        except Exception:  # noqa: BLE001, S112  a vendor's plug-in that cannot start is as good as none
            continue
    return torch


def _numpy_multiplier(precision: str) -> Multiply:
    if precision not in _NUMPY:
        raise NotMeasured(f"NumPy has no fast {precision} product, and torch is not installed")
    kind = _NUMPY[precision]

    def multiply(a: NDArray[np.int8], b: NDArray[np.int8]) -> tuple[NDArray[Any], int]:
        left, right = a.astype(kind), b.astype(kind)
        return timed(lambda: left @ right)

    return multiply


def measure(
    backend: Backend, params: dict[str, Any], *, name: str, nonce: bytes, rank: int, device: int, folder: Path
) -> dict[str, Any]:
    """One chain. The results that must be shown are written to `folder`."""
    precision, count = str(params["precision"]), int(params["repetitions"])
    try:
        multiply = backend.multiplier(precision, device)
        n = _size(multiply, params)
        seed = first_seed(nonce, name, rank, device)
        samples, digests, kept = [], [], []
        for _ in range(count):
            a, b = matrix(seed, b"A", n, precision), matrix(seed, b"B", n, precision)
            product, spent = multiply(a, b)
            shown = np.ascontiguousarray(np.rint(product)).astype("<i2").tobytes()
            digest = sha256(shown).digest()
            samples.append(spent)
            digests.append(digest.hex())
            kept.append(_keep(folder, shown, digest))
            seed = sha256(seed + digest).digest()
    except (RuntimeError, NotImplementedError, AttributeError) as cause:  # torch's way of saying "not on this device"
        raise NotMeasured(f"{precision} on {backend.kind}: {str(cause).splitlines()[0][:160]}") from None
    chosen = _opened(seed, count, int(params["opened"]))
    for index, path in enumerate(kept):
        if index not in chosen:
            path.unlink(missing_ok=True)
    return item(name, samples, 2.0 * n**3, "FLOP", device=device, n=n, digests=digests, opened=chosen)


def _keep(folder: Path, content: bytes, digest: bytes) -> Path:
    """On disk rather than in memory: which ones are asked for is known only after the last."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{digest.hex()}.bin"
    path.write_bytes(content)
    return path


def _opened(last_seed: bytes, repetitions: int, count: int) -> list[int]:
    order = sorted(range(repetitions - 1), key=lambda i: sha256(last_seed + i.to_bytes(4, "big")).digest())
    return sorted([*order[: count - 1], repetitions - 1])


def _size(multiply: Multiply, params: dict[str, Any]) -> int:
    """The largest size of the plan whose repetitions fit the budget, by a warm-up that doubles as the estimate."""
    sizes, budget_s = sorted(params["sizes"]), params["budget_ms"] / 1000
    chosen = int(sizes[0])
    for n in sizes:
        trial = np.ones((n, n), dtype=np.int8)
        multiply(trial, trial)
        start = time.perf_counter()
        _, spent = multiply(trial, trial)
        whole = time.perf_counter() - start
        if n > sizes[0] and max(spent / 1e9, whole) * params["repetitions"] > budget_s:
            break
        chosen = int(n)
        following = next((m for m in sizes if m > n), None)
        if following is None or whole * (following / n) ** 3 * params["repetitions"] > budget_s:
            break
    return chosen
