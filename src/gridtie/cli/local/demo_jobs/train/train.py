"""A two-layer network learns to tell two spirals apart, in NumPy; goes on from its last checkpoint if there is one."""

import os
import time
from pathlib import Path

import numpy as np

epochs = int(os.environ["EPOCHS"])
pace = float(os.environ["SECONDS_PER_EPOCH"])
checkpoints = Path(os.environ["GRIDTIE_CHECKPOINT_DIR"])
saved = checkpoints / "model.npz"

rng = np.random.default_rng(7)
angle = np.sqrt(rng.random(400)) * 3 * np.pi
side = np.repeat([1.0, -1.0], 200)
points = np.stack([np.cos(angle) * angle * side, np.sin(angle) * angle * side], 1) / 10
points += rng.normal(0, 0.02, points.shape)
labels = (side > 0).astype(float)

if saved.exists():
    state = np.load(saved)
    start, w1, b1, w2 = int(state["epoch"]), state["w1"], state["b1"], state["w2"]
    print(f"goes on from the checkpoint after epoch {start}", flush=True)
else:
    start, w1, b1, w2 = 0, rng.normal(0, 1.5, (2, 64)), rng.normal(0, 1, 64), rng.normal(0, 0.1, 64)

for epoch in range(start + 1, epochs + 1):
    begun = time.monotonic()
    loss = 0.0
    while True:
        hidden = np.tanh(points @ w1 + b1)
        guess = 1 / (1 + np.exp(-(hidden @ w2)))
        loss = float(-np.mean(labels * np.log(guess + 1e-9) + (1 - labels) * np.log(1 - guess + 1e-9)))
        error = (guess - labels) / len(labels)
        back = np.outer(error, w2) * (1 - hidden**2)
        w2 -= 2.0 * (hidden.T @ error)
        w1 -= 2.0 * (points.T @ back)
        b1 -= 2.0 * back.sum(0)
        if time.monotonic() - begun > pace:
            break
    accuracy = float(np.mean((guess > 0.5) == (labels > 0.5)))
    print(f"epoch {epoch}/{epochs} loss {loss:.4f} accuracy {accuracy:.3f}", flush=True)
    fresh = checkpoints / ".model.npz"
    with fresh.open("wb") as file:
        np.savez(file, epoch=epoch, w1=w1, b1=b1, w2=w2)
    fresh.rename(saved)  # a rename publishes a checkpoint

np.savez("model.npz", w1=w1, b1=b1, w2=w2)
print("wrote model.npz", flush=True)
