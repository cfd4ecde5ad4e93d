"""What is free at a site that its own users share."""

from dataclasses import replace

from gridtie.market.offer import Capacity, MachineShape, limited


def test_what_others_take_is_not_free_and_what_ours_hold_is_not_taken_twice(made) -> None:
    total = MachineShape(name="m0", cpus=8, memory_bytes=800, disk_bytes=9, accelerators=4)
    ours = replace(total, cpus=6, memory_bytes=600, accelerators=3)  # free after a run of ours took 2, 200 and 1
    capacity: Capacity = made.capacity(machines=(ours,), machines_total=(total,))
    assert limited(capacity, {"m0": (8, 800, 4)}).machines == (ours,)
    [left] = limited(capacity, {"m0": (5, 700, 4)}).machines
    assert (left.cpus, left.memory_bytes, left.accelerators, left.disk_bytes) == (3, 500, 3, 9)
    [drained] = limited(capacity, {}).machines
    assert (drained.cpus, drained.memory_bytes, drained.accelerators) == (0, 0, 0)
