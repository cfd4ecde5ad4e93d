"""Runs in `.bench`, beside us: Gavel's programme for one input, in cvxpy with ECOS as its authors solve it."""

import json
import sys
import time

import cvxpy as cp
import numpy as np


def main() -> None:
    data, objective = np.load(sys.argv[1]), sys.argv[2]
    throughput, units, there = data["throughput"], data["units"], data["there"]
    jobs, kinds = throughput.shape
    factor = np.repeat(units[:, None], kinds, axis=1).astype(float)
    part = there / jobs
    equal = throughput @ (part / part.sum())
    begun, wall = time.process_time(), time.perf_counter()
    x = cp.Variable((jobs, kinds))
    limits = [x >= 0, cp.sum(cp.multiply(factor, x), axis=0) <= there, cp.sum(x, axis=1) <= 1]
    if objective == "max-min":
        goal = cp.min(cp.sum(cp.multiply(throughput * factor / equal[:, None], x), axis=1))
    else:
        goal = cp.sum(cp.multiply(throughput, x))
    best = cp.Problem(cp.Maximize(goal), limits).solve(solver="ECOS")
    print(json.dumps({
        "objective": float(best), "cpu_s": time.process_time() - begun, "wall_s": time.perf_counter() - wall
    }))  # fmt: skip


if __name__ == "__main__":
    main()
