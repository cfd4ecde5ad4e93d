"""A training step and an inference step of a small transformer, on PyTorch where it is and on NumPy elsewhere."""

import math
import time
from functools import partial
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from gridtie.adapters.probes.program.device import Device
from gridtie.adapters.probes.program.recorder import NotMeasured, Test
from gridtie.certification import transformer
from gridtie.certification.transformer import Shape

Tokens = npt.NDArray[np.int64]
_LOSSES_KEPT = 5
_MOST_SAMPLES = 2000


class Model(Protocol):
    def train(self, tokens: Tokens) -> float:
        """One step; the loss before it."""
        ...

    def next_tokens(self, tokens: Tokens) -> Tokens:
        """The likeliest token after each sequence."""
        ...


def shape_of(plan: dict[str, Any]) -> Shape:
    return Shape(width=plan["width"], blocks=plan["blocks"], length=plan["length"], batch=plan["batch"])


def training(test: Test, plan: dict[str, Any], nonce: bytes, rank: int, device: Device) -> None:
    shape = shape_of(plan)
    model = _model(nonce, rank, shape, device)
    losses: list[float] = []
    end = time.perf_counter() + plan["transformer_budget_s"]
    while (time.perf_counter() < end or len(losses) < _LOSSES_KEPT) and len(losses) < _MOST_SAMPLES:
        tokens = transformer.batch(nonce, rank, len(losses), shape)
        losses.append(test.time(partial(model.train, tokens)))
    if not all(map(math.isfinite, losses)):
        raise NotMeasured("the loss left the finite numbers")
    test.unit, test.amount = "tokens/s", float(shape.tokens)
    test.details = {"losses": losses[:_LOSSES_KEPT], "last_loss": losses[-1], "on": device.name}


def inference(test: Test, plan: dict[str, Any], nonce: bytes, rank: int, device: Device) -> None:
    """Greedy: the second half of every sequence, token by token. Each round's prompt is what the last one wrote."""
    shape = shape_of(plan)
    model = _model(nonce, rank, shape, device)
    half = shape.length // 2
    prompt = transformer.batch(nonce, rank, 0, shape)[:, :half]
    first: Tokens | None = None
    end = time.perf_counter() + plan["transformer_budget_s"]
    while (time.perf_counter() < end or len(test.samples_s) < 3) and len(test.samples_s) < _MOST_SAMPLES:

        def write(prompt: Tokens = prompt) -> Tokens:
            tokens = prompt
            for _ in range(half):
                tokens = np.concatenate([tokens, model.next_tokens(tokens)[:, None]], 1)
            return tokens

        tokens = test.time(write)
        first = tokens if first is None else first
        prompt = tokens[:, half:]
    assert first is not None
    test.unit, test.amount = "tokens/s", float(shape.batch * half)
    test.details = {"tokens": first[:, half:].tolist(), "on": device.name}


def _model(nonce: bytes, rank: int, shape: Shape, device: Device) -> Model:
    start = transformer.parameters(nonce, rank, shape)
    handle = getattr(device, "device", None)
    return _NumpyModel(start, shape) if handle is None else _TorchModel(start, shape, handle)


class _NumpyModel:
    def __init__(self, start: transformer.Parameters, shape: Shape) -> None:
        self._p = {name: value.astype(np.float32) for name, value in start.items()}
        self._shape = shape

    def train(self, tokens: Tokens) -> float:
        return transformer.train_step(self._p, tokens, self._shape)

    def next_tokens(self, tokens: Tokens) -> Tokens:
        logits, _ = transformer.forward(self._p, tokens, self._shape.blocks)
        best: Tokens = logits[:, -1].argmax(-1)
        return best


class _TorchModel:
    """The same arithmetic by PyTorch's operators and its own backward pass."""

    def __init__(self, start: transformer.Parameters, shape: Shape, device: Any) -> None:
        import torch

        self._torch, self._shape, self._device = torch, shape, device
        self._p = {name: torch.tensor(value, dtype=torch.float32, device=device, requires_grad=True)
                   for name, value in start.items()}  # fmt: skip

    def _logits(self, tokens: Any) -> Any:
        torch, p = self._torch, self._p
        length = tokens.shape[1]
        x = p["embed"][tokens] + p["place"][:length]
        hidden = torch.full((length, length), -1e9, device=self._device).triu(1)
        for block in range(self._shape.blocks):
            q, k, v = (x @ p[f"{block}.{name}"] for name in ("query", "key", "value"))
            weights = torch.softmax(q @ k.transpose(1, 2) * self._shape.width**-0.5 + hidden, -1)
            x = x + (weights @ v) @ p[f"{block}.out"]
            x = x + torch.relu(x @ p[f"{block}.up"]) @ p[f"{block}.down"]
        return x @ p["embed"].T

    def train(self, tokens: Tokens) -> float:
        torch = self._torch
        data = torch.from_numpy(tokens).to(self._device)
        logits = self._logits(data[:, :-1])
        loss = torch.nn.functional.cross_entropy(logits.reshape(-1, self._shape.vocabulary), data[:, 1:].reshape(-1))
        slopes = torch.autograd.grad(loss, list(self._p.values()))
        with torch.no_grad():
            for value, slope in zip(self._p.values(), slopes, strict=True):
                value -= transformer.LEARNING_RATE * slope
        return float(loss.item())

    def next_tokens(self, tokens: Tokens) -> Tokens:
        with self._torch.no_grad():
            best = self._logits(self._torch.from_numpy(tokens).to(self._device))[:, -1].argmax(-1)
        found: Tokens = best.cpu().numpy()
        return found
