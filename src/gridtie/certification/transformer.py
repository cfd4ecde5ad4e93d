"""A small causal transformer with its backward pass by hand. The probes time it; the verifier runs the same again.

Pre-activation residual blocks: x += attention(x); x += relu(x·W1)·W2, one head, no normalisation layers (two
blocks train without). Logits by the tied embedding; loss is the mean cross-entropy of the next token. Travels with the
probes.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from gridtie.certification.generator import fractions, seed, words

Array = npt.NDArray[Any]
Parameters = dict[str, Array]


@dataclass(frozen=True)
class Shape:
    width: int = 64
    blocks: int = 2
    vocabulary: int = 64
    length: int = 32
    batch: int = 8

    @property
    def tokens(self) -> int:
        return self.length * self.batch

    @property
    def flop_per_token(self) -> int:
        """What one token costs at the very least, forward: the weights once, attention's scores not counted."""
        return 2 * self.width * (12 * self.blocks * self.width + self.vocabulary)


LEARNING_RATE = 0.5


def parameters(nonce: bytes, rank: int, shape: Shape) -> Parameters:
    """float64; whoever computes in another type converts them."""
    sizes = {"embed": (shape.vocabulary, shape.width), "place": (shape.length, shape.width)}
    for block in range(shape.blocks):
        for name in ("query", "key", "value", "out"):
            sizes[f"{block}.{name}"] = (shape.width, shape.width)
        sizes[f"{block}.up"] = (shape.width, 4 * shape.width)
        sizes[f"{block}.down"] = (4 * shape.width, shape.width)
    made = {}
    for name, (rows, columns) in sizes.items():
        scale = 0.1 if name in ("embed", "place") else rows**-0.5
        made[name] = fractions(seed(nonce, "weights", rank, name), rows * columns).reshape(rows, columns) * scale
    return made


def batch(nonce: bytes, rank: int, step: int, shape: Shape) -> npt.NDArray[np.int64]:
    """[batch, length + 1] tokens: an arithmetic progression from a random start, so that there is something to
    learn."""
    raw = words(seed(nonce, "tokens", rank, step), 2 * shape.batch).astype(np.int64) & 0xFFFF
    start, stride = raw[: shape.batch, None], 1 + raw[shape.batch :, None] % 3
    tokens: npt.NDArray[np.int64] = (start + stride * np.arange(shape.length + 1)) % shape.vocabulary
    return tokens


def forward(p: Parameters, tokens: npt.NDArray[np.int64], blocks: int) -> tuple[Array, list[dict[str, Array]]]:
    """(logits, what the backward pass needs)."""
    length = tokens.shape[1]
    x = p["embed"][tokens] + p["place"][:length]
    scale = p["embed"].shape[1] ** -0.5
    hidden = np.triu(np.full((length, length), -1e9, x.dtype), 1)
    saved = []
    for block in range(blocks):
        q, k, v = (x @ p[f"{block}.{name}"] for name in ("query", "key", "value"))
        weights = softmax(q @ k.swapaxes(1, 2) * scale + hidden)
        mixed = weights @ v
        middle = x + mixed @ p[f"{block}.out"]
        up = middle @ p[f"{block}.up"]
        active = np.maximum(up, 0)
        saved.append({"x": x, "q": q, "k": k, "v": v, "weights": weights, "mixed": mixed, "middle": middle,
                      "active": active})  # fmt: skip
        x = middle + active @ p[f"{block}.down"]
    saved.append({"x": x})
    return x @ p["embed"].T, saved


def train_step(p: Parameters, tokens: npt.NDArray[np.int64], shape: Shape) -> float:
    """One SGD step in place; the loss before it."""
    inputs, targets = tokens[:, :-1], tokens[:, 1:]
    logits, saved = forward(p, inputs, shape.blocks)
    chance = softmax(logits)
    picked = np.take_along_axis(chance, targets[..., None], 2)
    loss = float(-np.log(np.maximum(picked, 1e-30)).mean())
    np.put_along_axis(chance, targets[..., None], picked - 1, 2)
    for name, slope in gradients(p, inputs, chance / targets.size, saved, shape).items():
        p[name] -= LEARNING_RATE * slope
    return loss


def gradients(
    p: Parameters, inputs: npt.NDArray[np.int64], d_logits: Array, saved: list[dict[str, Array]], shape: Shape
) -> Parameters:
    scale = shape.width**-0.5
    g: Parameters = {"embed": _outer(d_logits, saved[-1]["x"])}
    dx = d_logits @ p["embed"]
    for block in reversed(range(shape.blocks)):
        s = saved[block]
        g[f"{block}.down"] = _outer(s["active"], dx)
        d_up = (dx @ p[f"{block}.down"].T) * (s["active"] > 0)
        g[f"{block}.up"] = _outer(s["middle"], d_up)
        dx = dx + d_up @ p[f"{block}.up"].T
        g[f"{block}.out"] = _outer(s["mixed"], dx)
        d_mixed = dx @ p[f"{block}.out"].T
        d_weights = d_mixed @ s["v"].swapaxes(1, 2)
        d_score = s["weights"] * (d_weights - (d_weights * s["weights"]).sum(2, keepdims=True)) * scale
        parts = {"query": d_score @ s["k"], "key": d_score.swapaxes(1, 2) @ s["q"],
                 "value": s["weights"].swapaxes(1, 2) @ d_mixed}  # fmt: skip
        for name, part in parts.items():
            g[f"{block}.{name}"] = _outer(s["x"], part)
            dx = dx + part @ p[f"{block}.{name}"].T
    g["place"] = np.zeros_like(p["place"])
    g["place"][: dx.shape[1]] = dx.sum(0)
    np.add.at(g["embed"], inputs, dx)
    return g


def softmax(scores: Array) -> Array:
    raised = np.exp(scores - scores.max(-1, keepdims=True))
    shares: Array = raised / raised.sum(-1, keepdims=True)
    return shares


def _outer(left: Array, right: Array) -> Array:
    """Sum over batch and place of left ⊗ right."""
    product: Array = left.reshape(-1, left.shape[-1]).T @ right.reshape(-1, right.shape[-1])
    return product
