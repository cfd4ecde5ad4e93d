"""A small transformer block: one training step and one inference step, by hand in NumPy or with torch."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .compute import Backend
from .numbers import first_seed, item, timed, words

Array = NDArray[np.float32]
RATE = 0.5


def measure(
    backend: Backend, params: dict[str, Any], *, name: str, nonce: bytes, rank: int
) -> list[dict[str, Any]] | dict[str, Any]:
    """Tokens per second, and for training the loss before and after: a model that does not learn did not train."""
    count = int(params["repetitions"])
    model: Any = NumpyModel(params) if backend.torch is None else TorchModel(params, backend)
    tokens = _tokens(params, first_seed(nonce, name, rank))
    each = float(params["batch"] * params["context"])
    if name == "inference":
        model.infer(tokens)
        return item(name, [timed(lambda: model.infer(tokens))[1] for _ in range(count)], each, "token", **model.size())
    losses, samples = [model.step(tokens)], []
    for _ in range(count):
        loss, spent = timed(lambda: model.step(tokens))
        losses.append(loss)
        samples.append(spent)
    return item(name, samples, each, "token", first_loss=losses[0], last_loss=losses[-1], **model.size())


def _tokens(params: dict[str, Any], seed: bytes) -> NDArray[np.int64]:
    """A sequence that can be learnt: each token says which one follows it, by a table from the nonce."""
    vocabulary, batch, context = (int(params[key]) for key in ("vocabulary", "batch", "context"))
    raw = words(seed, b"tokens", vocabulary + batch)
    table = (raw[:vocabulary] % np.uint64(vocabulary)).astype(np.int64)
    rows = [(raw[vocabulary:] % np.uint64(vocabulary)).astype(np.int64)]
    for _ in range(context):
        rows.append(table[rows[-1]])
    return np.stack(rows, axis=1)


def _weights(params: dict[str, Any]) -> dict[str, Array]:
    vocabulary, width, context = (int(params[key]) for key in ("vocabulary", "width", "context"))
    chance = np.random.default_rng(7)
    shapes = {"embed": (vocabulary, width), "place": (context, width), "qkv": (width, 3 * width),
              "out": (width, width), "up": (width, 4 * width), "down": (4 * width, width),
              "head": (width, vocabulary)}  # fmt: skip
    return {
        key: (chance.standard_normal(shape) * (0.02 if key == "head" else shape[0] ** -0.5)).astype(np.float32)
        for key, shape in shapes.items()
    }


class NumpyModel:
    """Embedding, one block of causal attention and a ReLU layer, both with residuals; plain gradient descent."""

    def __init__(self, params: dict[str, Any]) -> None:
        self.w = _weights(params)
        self.heads, self.context = int(params["heads"]), int(params["context"])
        self.mask = np.triu(np.full((self.context, self.context), -1e9, dtype=np.float32), 1)

    def size(self) -> dict[str, Any]:
        return {"parameters": sum(weight.size for weight in self.w.values()), "engine": "numpy"}

    def _split(self, x: Array) -> Array:
        batch, context, width = x.shape
        return x.reshape(batch, context, self.heads, width // self.heads).transpose(0, 2, 1, 3)

    def _join(self, x: Array) -> Array:
        batch, heads, context, each = x.shape
        return x.transpose(0, 2, 1, 3).reshape(batch, context, heads * each)

    def _forward(self, tokens: NDArray[np.int64]) -> tuple[Array, dict[str, Any]]:
        w = self.w
        x = w["embed"][tokens] + w["place"]
        q, k, v = (self._split(part) for part in np.split(x @ w["qkv"], 3, axis=2))
        weights = _softmax(q @ k.transpose(0, 1, 3, 2) * np.float32(q.shape[-1] ** -0.5) + self.mask)
        mixed = self._join(weights @ v)
        y = x + mixed @ w["out"]
        hidden = np.maximum(y @ w["up"], 0)
        z = y + hidden @ w["down"]
        return z @ w["head"], {"x": x, "q": q, "k": k, "v": v, "a": weights, "m": mixed, "y": y, "h": hidden, "z": z}

    def infer(self, tokens: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.asarray(self._forward(tokens[:, :-1])[0].argmax(axis=2))

    def step(self, tokens: NDArray[np.int64]) -> float:
        """The loss before this step."""
        inputs, targets = tokens[:, :-1], tokens[:, 1:]
        logits, s = self._forward(inputs)
        chances = _softmax(logits)
        at = (np.arange(targets.shape[0])[:, None], np.arange(targets.shape[1])[None, :], targets)
        loss = float(-np.log(chances[at] + 1e-9).mean())
        delta = chances
        delta[at] -= 1
        self._descend(inputs, delta / np.float32(targets.size), s)
        return loss

    def _descend(self, inputs: NDArray[np.int64], delta: Array, s: dict[str, Any]) -> None:
        w, gradient = self.w, {}
        gradient["head"] = _outer(s["z"], delta)
        dz = delta @ w["head"].T
        gradient["down"] = _outer(s["h"], dz)
        dh = (dz @ w["down"].T) * (s["h"] > 0)
        gradient["up"] = _outer(s["y"], dh)
        dy = dz + dh @ w["up"].T
        gradient["out"] = _outer(s["m"], dy)
        dm = self._split(dy @ w["out"].T)
        da = dm @ s["v"].transpose(0, 1, 3, 2)
        dv = s["a"].transpose(0, 1, 3, 2) @ dm
        ds = s["a"] * (da - (da * s["a"]).sum(axis=3, keepdims=True)) * np.float32(s["q"].shape[-1] ** -0.5)
        parts = (ds @ s["k"], ds.transpose(0, 1, 3, 2) @ s["q"], dv)
        dqkv = np.concatenate([self._join(part) for part in parts], axis=2)
        gradient["qkv"] = _outer(s["x"], dqkv)
        dx = dy + dqkv @ w["qkv"].T
        gradient["place"] = dx.sum(axis=0)
        gradient["embed"] = np.zeros_like(w["embed"])
        np.add.at(gradient["embed"], inputs, dx)
        for key, value in gradient.items():
            w[key] -= np.float32(RATE) * value


def _softmax(x: Array) -> Array:
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True))


def _outer(left: Array, right: Array) -> Array:
    return left.reshape(-1, left.shape[-1]).T @ right.reshape(-1, right.shape[-1])


class TorchModel:
    """The same model; torch derives the gradients and runs it on whatever device there is."""

    def __init__(self, params: dict[str, Any], backend: Backend) -> None:
        torch = backend.torch
        self.torch, self.backend, self.heads = torch, backend, int(params["heads"])
        self.place = torch.device("cpu" if backend.kind == "cpu" else f"{backend.kind}:0")
        self.w = {k: torch.tensor(v, device=self.place, requires_grad=True) for k, v in _weights(params).items()}

    def size(self) -> dict[str, Any]:
        return {"parameters": sum(weight.numel() for weight in self.w.values()), "engine": "torch"}

    def _forward(self, tokens: Any) -> Any:
        torch, w = self.torch, self.w
        x = w["embed"][tokens] + w["place"]
        batch, context, width = x.shape
        q, k, v = ((x @ w["qkv"]).view(batch, context, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4))
        mixed = torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        y = x + mixed.transpose(1, 2).reshape(batch, context, width) @ w["out"]
        return (y + torch.relu(y @ w["up"]) @ w["down"]) @ w["head"]

    def infer(self, tokens: NDArray[np.int64]) -> Any:
        with self.torch.no_grad():
            answer = self._forward(self.torch.from_numpy(tokens[:, :-1].copy()).to(self.place)).argmax(dim=2)
        self.backend.wait(0)
        return answer

    def step(self, tokens: NDArray[np.int64]) -> float:
        torch = self.torch
        both = torch.from_numpy(tokens).to(self.place)
        logits = self._forward(both[:, :-1])
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), both[:, 1:].flatten())
        gradients = torch.autograd.grad(loss, list(self.w.values()))
        with torch.no_grad():
            for weight, gradient in zip(self.w.values(), gradients, strict=True):
                weight -= RATE * gradient
        self.backend.wait(0)
        return float(loss.detach())
