"""Nothing is packed twice, fragments are measured as published, and an exchange never loses."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridtie.errors import InvalidBook
from gridtie.market.packing import RULES, Packing, Pool, Tasks, big_first, improved, mix_of, pack
from gridtie.market.packing_kernel import fragments


def pool(*machines: tuple[int, int, list[int], int]) -> Pool:
    cpu, memory, free, model = zip(*machines, strict=True)
    return Pool(cpu=np.array(cpu), memory=np.array(memory), free=np.array(free), model=np.array(model))


def tasks(kinds: list[list[int]], of: list[int]) -> Tasks:
    return Tasks(kind=np.array(kinds, dtype=np.int64).reshape(-1, 5), of=np.array(of, dtype=np.int64))


def packed(there: Pool, wanted: Tasks, rule: str, **more) -> Packing:
    return pack(there, wanted, np.arange(len(wanted.of)), rule, **more)


@st.composite
def instances(draw):
    machine = st.tuples(
        st.integers(0, 8000),
        st.integers(0, 64),
        st.lists(st.sampled_from((0, 250, 1000, 1000)), min_size=3, max_size=3),
        st.integers(0, 2),
    )
    count = st.sampled_from(((0, 0), (1, 300), (1, 1000), (2, 1000), (3, 1000)))
    kind = st.tuples(st.integers(0, 4000), st.integers(0, 32), count, st.integers(0, 7))
    kinds = [[c, m, *a, models] for c, m, a, models in draw(st.lists(kind, min_size=1, max_size=5))]
    of = draw(st.lists(st.integers(0, len(kinds) - 1), max_size=20))
    return pool(*draw(st.lists(machine, min_size=1, max_size=6))), tasks(kinds, of)


def check(there: Pool, wanted: Tasks, found: Packing) -> None:
    """Recomputes what is left from where everything went."""
    cpu, memory, free = there.cpu.copy(), there.memory.copy(), there.free.copy()
    for i, n in enumerate(found.machine):
        if n < 0:
            continue
        c, m, count, milli, models = wanted.kind[wanted.of[i]]
        assert not models or models >> there.model[n] & 1
        used = [a for a in range(free.shape[1]) if found.taken[i] >> a & 1]
        assert len(used) == count
        cpu[n] -= c
        memory[n] -= m
        free[n, used] -= milli
    assert min(cpu.min(), memory.min(), free.min()) >= 0
    assert np.array_equal(cpu, found.left.cpu)
    assert np.array_equal(memory, found.left.memory)
    assert np.array_equal(free, found.left.free)


@settings(max_examples=150, deadline=None)
@given(instances(), st.sampled_from(RULES), st.integers(0, 2**32 - 1))
def test_no_machine_gives_more_than_it_has_and_whoever_waits_fits_nowhere(instance, rule, seed):
    there, wanted = instance
    draw = np.random.default_rng(seed).random(len(wanted.of))
    found = pack(there, wanted, big_first(wanted), rule, draw=draw)
    check(there, wanted, found)
    waiting = np.flatnonzero(found.machine < 0)
    again = pack(found.left, wanted, waiting, "best-fit")
    assert (again.machine < 0).all()


@settings(max_examples=150, deadline=None)
@given(instances(), st.sampled_from(RULES))
def test_an_exchange_keeps_every_limit_and_never_loses(instance, rule):
    there, wanted = instance
    value = (wanted.kind[:, 2] * wanted.kind[:, 3] + 1).astype(float)
    found = packed(there, wanted, rule)
    better = improved(wanted, found, value)
    check(there, wanted, better)
    assert value[wanted.of][better.machine >= 0].sum() >= value[wanted.of][found.machine >= 0].sum()


@settings(max_examples=100, deadline=None)
@given(instances())
def test_fragments_are_what_a_task_of_the_mix_could_not_use(instance):
    there, wanted = instance
    weight = mix_of(wanted)
    for n in range(len(there.cpu)):
        lost = 0.0
        for (c, m, count, milli, models), part in zip(wanted.kind.tolist(), weight.tolist(), strict=True):
            free = there.free[n].tolist()
            usable = [f for f in free if f >= milli]
            fits = c <= there.cpu[n] and m <= there.memory[n] and len(usable) >= count
            if count and not (fits and (not models or models >> int(there.model[n]) & 1)):
                usable = []
            lost += part * (sum(free) - sum(usable) if count else 0)
        seen = fragments(there.cpu[n], there.memory[n], there.free[n], there.model[n], wanted.kind, weight)
        assert seen == pytest.approx(lost)


def test_a_task_with_many_cores_leaves_accelerators_that_others_can_still_use():
    there = pool((8000, 64, [1000, 1000, 1000], 0), (16000, 64, [1000, 1000, 1000], 0))
    heavy, light = [8000, 1, 1, 1000, 0], [1000, 1, 1, 1000, 0]
    wanted = tasks([heavy, light], [0, 1, 1, 1, 1, 1])
    assert packed(there, wanted, "best-fit").machine[0] == 0
    found = packed(there, wanted, "gradient")
    assert found.machine[0] == 1
    assert (found.machine >= 0).all()


def test_a_part_of_an_accelerator_goes_where_one_is_open_already():
    there = pool((8000, 64, [1000, 600, 1000], 0))
    wanted = tasks([[1000, 1, 1, 500, 0], [1000, 1, 2, 1000, 0]], [0, 1])
    for rule in ("best-fit", "gradient"):
        found = packed(there, wanted, rule)
        assert found.taken.tolist() == [0b010, 0b101]


def test_a_task_that_waits_takes_the_place_of_one_that_is_worth_less():
    there = pool((8000, 64, [1000, 1000, 0], 0))
    wanted = tasks([[8000, 1, 1, 1000, 0], [4000, 1, 2, 1000, 0]], [0, 1])
    found = packed(there, wanted, "best-fit")
    assert found.machine.tolist() == [0, -1]
    assert improved(wanted, found, np.array([1.0, 2.0])).machine.tolist() == [-1, 0]
    assert improved(wanted, found, np.array([2.0, 2.0])).machine.tolist() == [0, -1]


def test_an_empty_pool_and_an_empty_list_are_answers_too():
    nobody = Pool(cpu=np.zeros(0, np.int64), memory=np.zeros(0, np.int64), free=np.zeros((0, 4), np.int64),
                  model=np.zeros(0, np.int64))  # fmt: skip
    wanted = tasks([[1, 1, 1, 1000, 0]], [0, 0])
    assert packed(nobody, wanted, "gradient").machine.tolist() == [-1, -1]
    assert len(packed(pool((1, 1, [1000], 0)), tasks([], []), "gradient").machine) == 0


@pytest.mark.parametrize(
    ("there", "wanted", "rule", "named"),
    [
        (pool((1, 1, [1000], 0)), tasks([[1, 1, 1, 1000, 0]], [0]), "worst-fit", "rule"),
        (pool((-1, 1, [1000], 0)), tasks([[1, 1, 1, 1000, 0]], [0]), "gradient", "cpu[0]"),
        (pool((1, 1, [1001], 0)), tasks([[1, 1, 1, 1000, 0]], [0]), "gradient", "free[0]"),
        (pool((1, 1, [1000], 63)), tasks([[1, 1, 1, 1000, 0]], [0]), "gradient", "model[0]"),
        (pool((1, 1, [1000], 0)), tasks([[1, 1, 2, 500, 0]], [0]), "gradient", "kind[0]"),
        (pool((1, 1, [1000], 0)), tasks([[1, 1, 1, 0, 0]], [0]), "gradient", "kind[0]"),
        (pool((1, 1, [1000], 0)), tasks([[1, 1, 1, 1000, 0]], [1]), "gradient", "of[0]"),
    ],
)
def test_a_figure_that_makes_no_sense_is_named(there, wanted, rule, named):
    with pytest.raises(InvalidBook) as refused:
        packed(there, wanted, rule)
    assert f": {named}:" in str(refused.value)


def test_an_order_that_names_a_task_twice_is_refused():
    with pytest.raises(InvalidBook, match="names a task twice"):
        pack(pool((1, 1, [1000], 0)), tasks([[0, 0, 1, 1000, 0]], [0]), np.array([0, 0]), "gradient")


@pytest.mark.parametrize("value", [[np.nan], [-1.0], [1.0, 2.0]])
def test_a_value_that_makes_no_sense_is_refused(value):
    wanted = tasks([[0, 0, 1, 1000, 0]], [0])
    found = packed(pool((1, 1, [1000], 0)), wanted, "gradient")
    with pytest.raises(InvalidBook, match="value"):
        improved(wanted, found, np.array(value))
