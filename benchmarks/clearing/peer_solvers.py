"""Runs in `.bench`, beside us: one book through a solver of OR-Tools. Prints welfare, bound, wall s, CPU s, peak MB."""

import json
import sys
import time

import numpy as np
from benchmarks.peak import peak_mb


def pdlp(data, limit_s):
    from ortools.linear_solver.python import model_builder

    model = model_builder.Model()
    count, jobs = len(data["pool"]), len(data["first"]) - 1
    x = [model.new_num_var(0, 1, f"x{k}") for k in range(count)]
    for job in range(jobs):
        mine = x[data["first"][job] : data["first"][job + 1]]
        if mine:
            model.add(sum(mine) <= 1)
    for use, room in capacity_rows(data):
        model.add(model_builder.LinearExpr.weighted_sum([x[k] for k, _ in use], [float(u) for _, u in use]) <= room)
    model.maximize(model_builder.LinearExpr.weighted_sum(x, data["value"].astype(float)))
    solver = model_builder.Solver("PDLP")
    solver.set_time_limit_in_seconds(limit_s)
    solver.set_solver_specific_parameters(
        "termination_criteria { simple_optimality_criteria { eps_optimal_relative: 1e-4 eps_optimal_absolute: 1 } }"
    )
    status = solver.solve(model)
    if status != model_builder.SolveStatus.OPTIMAL:
        sys.exit(f"status {status}")
    return solver.objective_value, solver.objective_value


def cp_sat(data, limit_s):
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    x = [model.new_bool_var(f"x{k}") for k in range(len(data["pool"]))]
    for job in range(len(data["first"]) - 1):
        mine = x[data["first"][job] : data["first"][job + 1]]
        if mine:
            model.add_at_most_one(mine)
    for use, room in capacity_rows(data):
        model.add(cp_model.LinearExpr.weighted_sum([x[k] for k, _ in use], [int(u) for _, u in use]) <= int(room))
    model.maximize(cp_model.LinearExpr.weighted_sum(x, [int(v) for v in data["value"]]))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = limit_s
    solver.parameters.num_workers = 2
    solver.parameters.relative_gap_limit = 0.001
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        sys.exit("no solution within the limit")
    return solver.objective_value, solver.best_objective_bound


def flow(data, _limit_s):
    """Accelerators only, and gangs may be split: a bound for that dimension."""
    from ortools.graph.python import min_cost_flow

    jobs, pools = len(data["first"]) - 1, len(data["capacity"])
    owner = np.repeat(np.arange(jobs), np.diff(data["first"]))
    units = data["use"][:, 0]
    source, sink = jobs + pools, jobs + pools + 1
    network = min_cost_flow.SimpleMinCostFlow()
    add = network.add_arcs_with_capacity_and_unit_cost
    add(np.full(jobs, source), np.arange(jobs), units, np.zeros(jobs, np.int64))
    add(owner, jobs + data["pool"], units[owner], -(data["value"] // units[owner]))
    add(jobs + np.arange(pools), np.full(pools, sink), data["capacity"][:, 0], np.zeros(pools, np.int64))
    add(np.array([source]), np.array([sink]), np.array([units.sum()]), np.zeros(1, np.int64))
    network.set_nodes_supplies(np.array([source, sink]), np.array([units.sum(), -units.sum()]))
    if network.solve() != network.OPTIMAL:
        sys.exit("no flow")
    return -network.optimal_cost(), -network.optimal_cost()


def capacity_rows(data):
    """([(column, units)], room) of each pool and resource."""
    owner = np.repeat(np.arange(len(data["first"]) - 1), np.diff(data["first"]))
    order = np.argsort(data["pool"], kind="stable")
    ends = np.searchsorted(data["pool"][order], np.arange(len(data["capacity"]) + 1))
    for pool in range(len(data["capacity"])):
        mine = order[ends[pool] : ends[pool + 1]]
        if len(mine):
            for r in range(data["use"].shape[1]):
                yield list(zip(mine, data["use"][owner[mine], r], strict=True)), data["capacity"][pool, r]


def main():
    data, name, limit_s = dict(np.load(sys.argv[1])), sys.argv[2], float(sys.argv[3])
    wall, cpu = time.perf_counter(), time.process_time()
    welfare, bound = {"PDLP": pdlp, "CP-SAT": cp_sat, "min-cost flow": flow}[name](data, limit_s)
    took = time.perf_counter() - wall, time.process_time() - cpu
    print(json.dumps([welfare, bound, *took, peak_mb()]))


if __name__ == "__main__":
    main()
