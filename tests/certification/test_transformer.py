"""The backward pass by hand is the slope of the forward pass."""

import numpy as np

from gridtie.certification import transformer
from gridtie.certification.transformer import Shape

SHAPE = Shape(width=8, blocks=2, vocabulary=16, length=6, batch=2)
NONCE = b"t" * 32


def loss_of(p: transformer.Parameters, tokens: np.ndarray) -> float:  # type: ignore[type-arg]
    logits, _ = transformer.forward(p, tokens[:, :-1], SHAPE.blocks)
    chance = transformer.softmax(logits)
    return float(-np.log(np.take_along_axis(chance, tokens[:, 1:, None], 2)).mean())


def test_every_parameter_has_the_slope_that_finite_differences_show() -> None:
    p = transformer.parameters(NONCE, 0, SHAPE)
    tokens = transformer.batch(NONCE, 0, 0, SHAPE)
    after = {name: value.copy() for name, value in p.items()}
    assert transformer.train_step(after, tokens, SHAPE) == loss_of(p, tokens)
    rng = np.random.default_rng(0)
    for name, value in p.items():
        slope = (value - after[name]) / transformer.LEARNING_RATE
        for _ in range(4):
            at = tuple(int(rng.integers(size)) for size in value.shape)
            kept, h = value[at], 1e-5
            value[at] = kept + h
            up = loss_of(p, tokens)
            value[at] = kept - h
            down = loss_of(p, tokens)
            value[at] = kept
            assert abs((up - down) / (2 * h) - slope[at]) < 1e-6, (name, at)


def test_it_learns_an_arithmetic_progression() -> None:
    shape = Shape()
    p = transformer.parameters(NONCE, 0, shape)
    losses = [transformer.train_step(p, transformer.batch(NONCE, 0, i, shape), shape) for i in range(200)]
    assert losses[-1] < losses[0] - 0.5


def test_the_future_is_hidden() -> None:
    p = transformer.parameters(NONCE, 0, SHAPE)
    tokens = transformer.batch(NONCE, 0, 0, SHAPE)[:, :-1]
    changed = tokens.copy()
    changed[:, -1] = (changed[:, -1] + 1) % SHAPE.vocabulary
    one, two = (transformer.forward(p, t, SHAPE.blocks)[0] for t in (tokens, changed))
    assert np.array_equal(one[:, :-1], two[:, :-1])
    assert not np.array_equal(one[:, -1], two[:, -1])
