"""What every clearing keeps, on small books at random: against the checker, HiGHS, and itself in another order."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest

from gridtie.adapters.threads import BlockThreads
from gridtie.errors import InvalidBook
from gridtie.market.engine.audit import faults
from gridtie.market.engine.clear import EngineSettings, clear
from gridtie.market.engine.columns import ColumnBook, ColumnClearing, Ints
from gridtie.market.engine.warm import tiny

SETTINGS = EngineSettings(rounds=4)
LINEAR = 1e-5  # relative: how exactly HiGHS solves


def same(one: ColumnClearing, other: ColumnClearing) -> bool:
    arrays = ("choice", "start", "price", "payment", "made_whole", "hurdle")
    whole = (one.welfare, one.bound, one.ceiling) == (other.welfare, other.bound, other.ceiling)
    return whole and all(getattr(one, name).tobytes() == getattr(other, name).tobytes() for name in arrays)


@pytest.mark.parametrize("block", range(10))
def test_the_checker_finds_no_fault_in_any_clearing(block, small):
    for seed in range(block * 100, block * 100 + 100):
        book = small.book(seed)
        assert not faults(book, clear(book, settings=SETTINGS)), f"seed {seed}"


@pytest.mark.parametrize("seed", range(60))
def test_the_bound_is_above_the_relaxation_the_integer_optimum_and_the_welfare(seed, small):
    book = small.book(seed)
    cleared = clear(book, settings=SETTINGS)
    relaxed, best = small.optimum(book, whole=False), small.optimum(book, whole=True)
    slack = LINEAR * max(relaxed, 1.0)
    assert cleared.bound >= relaxed - slack
    assert relaxed >= best - slack
    assert best >= cleared.welfare - slack
    assert cleared.bound >= cleared.ceiling >= best - slack


def test_hurdles_prove_a_ceiling_below_the_bound_and_below_the_relaxation(small):
    """Where prices sell a part of a gang: about one random book in three, and one in ten below the relaxation."""
    below = [0, 0]
    for seed in range(100, 200):
        book = small.book(seed, slots=1)
        cleared = clear(book, settings=replace(SETTINGS, rounds=30))
        relaxed, best = small.optimum(book, whole=False), small.optimum(book, whole=True)
        assert cleared.bound >= cleared.ceiling >= best * (1 - LINEAR), f"seed {seed}"
        below[0] += cleared.ceiling < cleared.bound
        below[1] += cleared.ceiling < relaxed * (1 - LINEAR)
    print(f"of 100 books {below[0]} have a ceiling below the bound, {below[1]} below the relaxation")
    assert below[0] > 20
    assert below[1] > 5


def test_a_pool_too_large_to_be_dealt_out_unit_by_unit_counts_at_its_price(small):
    for seed in range(200, 240):
        book = small.book(seed, slots=1)
        grown = book.capacity.copy()
        grown[0] += 600
        book = replace(book, capacity=grown)
        cleared = clear(book, settings=SETTINGS)
        assert not faults(book, cleared), f"seed {seed}"
        assert cleared.ceiling >= small.optimum(book, whole=True) * (1 - LINEAR), f"seed {seed}"


def test_small_books_are_cleared_near_their_optimum(small):
    found, best = 0.0, 0.0
    for seed in range(1000, 1080):
        book = small.book(seed, slots=1)
        found += clear(book, settings=SETTINGS).welfare
        best += small.optimum(book, whole=True)
    print(f"welfare {found:.0f} of {best:.0f}: {found / best:.4f}")
    assert found >= 0.97 * best


@pytest.mark.parametrize("seed", range(30))
def test_the_bound_does_not_fall_when_capacity_grows(seed, small):
    """The bound at the larger book's prices is one of the smaller book as well, and no larger."""
    book = small.book(seed, tranches=False)
    more = replace(book, capacity=book.capacity + 2)
    at_more = clear(more, settings=SETTINGS)
    proof = at_more.bound - int(2 * at_more.price.sum())
    assert proof >= small.optimum(book, whole=False) * (1 - LINEAR) - 1e-6
    assert at_more.bound >= proof


@pytest.mark.parametrize("seed", range(40))
def test_the_order_of_jobs_classes_and_alternatives_changes_nothing(seed, small):
    book = small.book(seed)
    dice = np.random.default_rng(seed)
    book = replace(book, column_value=book.column_value * 1000 + dice.permutation(book.columns))  # no two the same
    classes, jobs = dice.permutation(book.classes), dice.permutation(book.jobs)
    parts = [dice.permutation(np.arange(book.class_first[c], book.class_first[c + 1])) for c in classes]
    columns = np.concatenate(parts or [np.zeros(0, int)]).astype(np.int64)
    place = np.argsort(classes).astype(np.int32)
    moved = {f"column_{name}": getattr(book, f"column_{name}")[columns]
             for name in ("pool", "shape", "value", "delay", "start", "due", "end", "length")}  # fmt: skip
    first = np.concatenate(([0], np.cumsum([len(part) for part in parts]))).astype(np.int32)
    shuffled = replace(book, class_first=first, job_class=place[book.job_class[jobs]], **moved)
    one, other = clear(book, settings=SETTINGS), clear(shuffled, settings=SETTINGS)
    assert (one.welfare, one.bound, one.ceiling) == (other.welfare, other.bound, other.ceiling)
    assert one.price.tobytes() == other.price.tobytes()
    for c in range(book.classes):  # jobs of one class are alike: who of them wins is decided by their order
        mine, theirs = np.flatnonzero(book.job_class == c), np.flatnonzero(shuffled.job_class == place[c])
        back = np.where(other.choice[theirs] >= 0, columns[other.choice[theirs]], -1) if book.columns else other.choice
        assert sorted(one.choice[mine].tolist()) == sorted(back.tolist())
        assert sorted(one.payment[mine].tolist()) == sorted(other.payment[theirs].tolist())


@pytest.mark.parametrize("seed", range(40))
def test_a_class_of_many_jobs_clears_like_as_many_equal_classes(seed, small):
    book = small.book(seed)
    parts = [np.arange(book.class_first[c], book.class_first[c + 1]) for c in book.job_class]
    columns = np.concatenate([*parts, np.zeros(0, int)]).astype(np.int64)
    split = replace(
        book, job_class=np.arange(book.jobs, dtype=np.int32),
        class_first=np.concatenate(([0], np.cumsum([len(part) for part in parts]))).astype(np.int32),
        **{f"column_{name}": getattr(book, f"column_{name}")[columns]
           for name in ("pool", "shape", "value", "delay", "start", "due", "end", "length")},
    )  # fmt: skip
    one, other = clear(book, settings=SETTINGS), clear(split, settings=SETTINGS)
    assert (one.welfare, one.bound, one.ceiling) == (other.welfare, other.bound, other.ceiling)
    assert one.price.tobytes() == other.price.tobytes()
    assert one.payment.tobytes() == other.payment.tobytes()


def large(seed: int) -> ColumnBook:
    """Some 80,000 columns: large enough to be split into blocks."""
    dice = np.random.default_rng(seed)
    jobs, pools, each = 8_000, 300, 10
    size = dice.choice((1, 2, 4, 8), jobs)
    columns = jobs * each
    zeros = np.zeros(columns, np.int32)
    return ColumnBook(
        capacity=np.repeat(dice.integers(8, 60, (pools, 1, 1)) * np.array([1, 12]), 1, axis=1).astype(np.int64),
        tranche_pool=np.zeros(0, np.int32), tranche_units=np.zeros(0, np.int64), tranche_ask=np.zeros(0, np.int64),
        shape_use=np.stack([size, size * dice.integers(2, 20, jobs)], axis=1),
        class_first=np.arange(0, columns + 1, each, dtype=np.int32),
        column_pool=dice.integers(0, pools, columns).astype(np.int32),
        column_shape=np.repeat(np.arange(jobs), each).astype(np.int32),
        column_value=(np.repeat(size, each) * dice.lognormal(13, 0.6, columns)).astype(np.int64),
        column_delay=np.zeros(columns, np.int64), column_start=zeros, column_due=zeros, column_end=zeros,
        column_length=zeros + 1, job_class=np.arange(jobs, dtype=np.int32),
    )  # fmt: skip


def spread(book: ColumnBook, slots: int) -> ColumnBook:
    """The same jobs over so many slots, with as much of everything in each of them, and a window of three starts."""
    dice = np.random.default_rng(slots)
    capacity = np.repeat(-(-book.capacity // slots), slots, axis=1)
    start = np.repeat(dice.integers(0, slots, book.jobs), np.diff(book.class_first)).astype(np.int32)
    end = np.minimum(start + 2, slots - 1).astype(np.int32)
    return replace(book, capacity=capacity, column_start=start, column_due=end, column_end=end)


def backwards(work: Callable[[int], object], count: int) -> None:
    for block in reversed(range(count)):
        work(block)


def test_threads_their_order_and_repetition_change_no_byte():
    book = large(1)
    one = clear(book, settings=SETTINGS)
    assert not faults(book, one)
    assert same(one, clear(book, settings=SETTINGS))
    assert same(one, clear(book, settings=SETTINGS, run_blocks=backwards))
    for count in (1, 2, 5):
        threads = BlockThreads(count)
        for _ in range(3):
            assert same(one, clear(book, settings=SETTINGS, run_blocks=threads))
        threads.close()


def test_an_interrupted_clearing_is_feasible_says_its_gap_and_repeats():
    book = large(2)
    answers = iter([True, True, False])
    cut = clear(book, settings=replace(SETTINGS, sweeps=50), goes_on=lambda: next(answers))
    assert cut.sweeps == 2
    assert not faults(book, cut)
    again = clear(book, settings=replace(SETTINGS, passes=cut.passes, sweeps=cut.sweeps))
    assert same(cut, again)


def test_repair_ends_at_the_gap_that_was_asked_for():
    book = large(3)
    loose = clear(book, settings=replace(SETTINGS, sweeps=20, gap=0.03))
    assert loose.gap <= 0.03
    assert loose.sweeps < 20


def test_prices_before_save_passes_and_prove_as_much():
    book = large(4)
    cold = clear(book, settings=SETTINGS)
    warm = clear(book, settings=SETTINGS, prices_before=cold.price)
    assert warm.passes < cold.passes
    assert not faults(book, warm)
    assert warm.bound <= cold.bound * 1.0005


def test_any_prices_before_give_a_valid_clearing(small):
    for seed in range(40):
        book = small.book(seed)
        before = np.random.default_rng(seed).integers(-5, 500, book.capacity.shape)
        assert not faults(book, clear(book, settings=SETTINGS, prices_before=before)), f"seed {seed}"


def of_other_books(book: ColumnBook, own: Ints, seed: int) -> Iterator[Ints]:
    """Prices that clear another book than this: at random, of other pools, of other resources, and where a part of the
    supply is a quarter of what it is."""
    dice = np.random.default_rng(seed)
    high = max(int(own.max(initial=0)), 1)
    yield np.zeros_like(own)
    yield own * 5
    yield dice.integers(0, 3 * high + 1, own.shape)
    yield np.rint(high * dice.lognormal(-2, 3, own.shape)).astype(np.int64)
    yield own[dice.permutation(book.pools)]
    yield np.roll(own, 1, axis=2)
    for scarce in range(book.resources):
        less = book.capacity.copy()
        less[:, :, scarce] //= 4
        yield clear(replace(book, capacity=less), settings=SETTINGS).price
    less = book.capacity.copy()
    less[dice.random(book.pools) < 0.5] //= 8
    yield clear(replace(book, capacity=less), settings=SETTINGS).price
    yield np.where(dice.random((book.pools, 1, 1)) < 0.2, 50 * high, own)


def test_prices_of_another_book_lead_as_near_as_none(small):
    """All but one in fifty prove less than 1 % more than nothing would, and the worst not 10 %."""
    more = []
    for seed in range(60):
        book = small.book(seed)
        book = replace(book, column_value=book.column_value * 1000, column_delay=book.column_delay * 1000,
                       tranche_ask=book.tranche_ask * 1000)  # fmt: skip
        cold = clear(book, settings=SETTINGS)
        for before in of_other_books(book, cold.price, seed):
            led = clear(book, settings=SETTINGS, prices_before=before)
            assert not faults(book, led), f"seed {seed}"
            more.append(led.bound / max(cold.bound, 1) - 1.0)
    more.sort()
    print(f"of {len(more)} the worst {more[-1]:.2%}, one in fifty {more[-len(more) // 50]:.2%}")
    assert more[-1] < 0.1
    assert more[-len(more) // 50] < 0.01


@pytest.mark.parametrize("slots", [1, 6])
def test_prices_of_another_book_cost_a_large_one_no_more_than_a_pass(slots):
    book = spread(large(6), slots)
    cold = clear(book, settings=SETTINGS)
    for before in of_other_books(book, cold.price, 6):
        led = clear(book, settings=SETTINGS, prices_before=before)
        print(f"gap {led.gap:.3%} for {cold.gap:.3%}, bound {led.bound / cold.bound - 1:+.4%}, {led.passes} passes")
        assert led.gap <= 1.2 * cold.gap
        assert led.passes <= cold.passes + 1


COOL = replace(SETTINGS, warm_passes=4, warm_temperature=0.02, sweeps=2, fall=2)  # where few of a book have changed


@pytest.mark.parametrize("percent", [95, 105])
def test_prices_that_are_a_twentieth_off_lead_a_cool_start_as_well(percent):
    book = large(6)
    cold = clear(book, settings=COOL)
    led = clear(book, settings=COOL, prices_before=cold.price * percent // 100)
    assert led.passes == COOL.warm_passes
    assert not faults(book, led)
    assert led.bound <= 1.002 * cold.bound


def test_a_cool_start_tells_prices_of_another_book_in_one_pass():
    book = large(6)
    cold = clear(book, settings=COOL)
    for before in of_other_books(book, cold.price, 6):
        assert clear(book, settings=COOL, prices_before=before).passes == cold.passes + 1


@pytest.mark.parametrize(
    ("prices", "why"),
    [(np.zeros((1, 1, 1), np.int64), "their shape is (1, 1, 1)"), (np.zeros((2, 1), np.int64), "their shape is (2, 1)"),
     (np.zeros((3, 1, 2), np.int64), "their shape is (3, 1, 2)"), (np.full((2, 1, 2), np.nan), "they are float64")],
)  # fmt: skip
def test_prices_before_of_another_shape_or_no_whole_numbers_are_refused_by_name(prices, why):
    with pytest.raises(InvalidBook, match="prices_before") as refused:
        clear(tiny(1, 2, False, False), settings=SETTINGS, prices_before=prices)
    assert why in str(refused.value)


def test_a_choice_before_is_kept_where_it_is_still_good_and_any_other_is_trimmed(small):
    kept = 0
    for seed in range(200):
        book = small.book(seed, slots=1)
        dice = np.random.default_rng(seed)
        first, width = book.class_first[book.job_class], np.diff(book.class_first)[book.job_class]
        choice = np.where(width > 0, first + dice.integers(0, 1000, book.jobs) % np.maximum(width, 1), -1)
        warm = clear(book, settings=SETTINGS, choice_before=choice.astype(np.int64))
        assert not faults(book, warm), f"seed {seed}"
        assert same(warm, clear(book, settings=SETTINGS, choice_before=choice.astype(np.int64)))
        less = replace(book, capacity=book.capacity // 2)
        assert not faults(less, clear(less, settings=SETTINGS, choice_before=warm.choice)), f"seed {seed}"
        again = clear(book, settings=replace(SETTINGS, sweeps=0), choice_before=warm.choice)
        assert not faults(book, again)
        kept += int((again.choice == warm.choice)[warm.choice >= 0].sum())
    print(f"{kept} kept")
    assert kept > 0


def test_a_choice_before_saves_sweeps_and_most_stay_where_they_were():
    book = large(5)
    cold = clear(book, settings=SETTINGS)
    settings = replace(SETTINGS, sweeps=1)
    warm = clear(book, settings=settings, prices_before=cold.price, choice_before=cold.choice)
    assert not faults(book, warm)
    stay = (warm.choice == cold.choice)[cold.choice >= 0].mean()
    print(f"{stay:.1%} stay; gap {warm.gap:.3%} after {cold.gap:.3%}")
    assert stay > 0.8
    assert warm.gap <= clear(book, settings=settings, prices_before=cold.price).gap
    threads = BlockThreads(2)
    assert same(warm, clear(book, settings=settings, prices_before=cold.price, choice_before=cold.choice,
                            run_blocks=threads))  # fmt: skip
    threads.close()


@pytest.mark.parametrize(
    ("choice", "named"),
    [
        (np.zeros(3, np.int32), "int32"),
        (np.zeros(2, np.int64), "the 3 jobs"),
        (np.array([0, 1, -2]), "column 1 is not one of this job's"),
        (np.array([-1, -1, 2**62]), "choice_before[2]"),
    ],
)
def test_a_choice_before_that_is_none_is_refused_by_name(choice, named):
    with pytest.raises(InvalidBook) as refused:
        clear(tiny(1, 2, False, False), settings=SETTINGS, choice_before=choice)
    assert named in str(refused.value)


def test_a_choice_before_is_refused_for_several_slots():
    with pytest.raises(InvalidBook, match="single slot"):
        clear(tiny(2, 2, False, False), settings=SETTINGS, choice_before=np.full(3, -1, np.int64))


def test_a_million_equal_bids_are_one_class():
    book = replace(tiny(1, 2, False, False), job_class=np.zeros(1_000_000, np.int32))
    book = replace(book, capacity=book.capacity * 300_001)
    cleared = clear(book, settings=SETTINGS)
    assert not faults(book, cleared)
    assert (cleared.choice >= 0).sum() == 900_002  # two pools of 900,003 units, two to a job


@pytest.mark.parametrize("slots", [1, 3])
def test_a_first_tranche_without_a_unit_changes_no_byte(slots, small):
    longer = 0
    for seed in range(100):
        book = small.book(seed, slots=slots)
        there = book.capacity[book.tranche_pool, :, 0].any(axis=1)  # where nothing is, the first one says the price
        first = np.flatnonzero((np.diff(book.tranche_pool, prepend=-1) > 0) & there)
        longer += len(first)
        more = replace(
            book, tranche_pool=np.insert(book.tranche_pool, first, book.tranche_pool[first]),
            tranche_units=np.insert(book.tranche_units, first, 0), tranche_ask=np.insert(book.tranche_ask, first, 0),
        )  # fmt: skip
        one, other = clear(book, settings=SETTINGS), clear(more, settings=SETTINGS)
        assert not faults(more, other), f"seed {seed}"
        assert same(one, other), f"seed {seed}"
    assert longer > 0


@pytest.mark.parametrize("stepped", [False, True])
@pytest.mark.parametrize(("slots", "resources"), [(1, 1), (1, 4), (1, 6), (3, 5)])
def test_any_number_of_resources_and_slots_clears(slots, resources, stepped):
    book = tiny(slots, resources, stepped, stepped)
    cleared = clear(book, settings=SETTINGS)
    assert not faults(book, cleared)
    assert cleared.welfare > 0


def test_nobody_to_buy_or_nothing_to_sell_clears_to_nothing():
    book = tiny(1, 2, False, False)
    empty = replace(book, job_class=np.zeros(0, np.int32))
    full = replace(book, capacity=0 * book.capacity)
    huge = replace(book, shape_use=book.shape_use * 1000)
    for sold_out in (empty, full, huge):
        cleared = clear(sold_out, settings=SETTINGS)
        assert not faults(sold_out, cleared)
        assert (cleared.choice == -1).all()
        assert cleared.welfare == 0
    no_pool = replace(
        book, capacity=np.zeros((0, 1, 2), np.int64), class_first=np.zeros(4, np.int32),
        **{f"column_{name}": getattr(book, f"column_{name}")[:0]
           for name in ("pool", "shape", "value", "delay", "start", "due", "end", "length")},
    )  # fmt: skip
    assert clear(no_pool, settings=SETTINGS).bound == 0


def test_what_the_empty_pool_cannot_hold_is_worth_nothing_in_the_bound():
    book = tiny(3, 2, False, False)  # shapes of two and one, three of each resource in a slot
    seven = replace(book, shape_use=np.array([[7, 1], [1, 1]], np.int64))  # the first two jobs
    alone = replace(seven, job_class=np.array([0, 1], np.int32))
    assert clear(alone, settings=SETTINGS).bound == 0
    capacity = book.capacity.copy()
    capacity[:, 0] = 1  # what runs now holds the rest
    late = replace(book, capacity=capacity)
    cleared = clear(late, settings=SETTINGS)
    assert not faults(late, cleared)
    first = late.job_class < 2
    assert (cleared.start[first] >= 1).all()
    waiting = replace(late, column_delay=late.column_value)  # worth nothing unless it starts now
    assert clear(replace(waiting, job_class=np.array([0, 1], np.int32)), settings=SETTINGS).bound == 0
