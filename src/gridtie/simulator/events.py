"""The event loop of book depth: one trace, one way of sharing, one policy, compiled.

Every site serves the waiting jobs that may run there in one order, by rank. A job waits at all of them and starts
where it first can: at equal times where it would end soonest, then at home, then where least is left over. What a
policy is, is its order and its discipline: STRICT stops at the first job that finds no room, EASY lets later ones
past it if by their estimates they do not delay it (D. Lifka, 1995), FILL lets any past. HELD starts nothing by
itself once jobs wait, PLANNED nothing at all: whoever drives the loop does.

Waiting jobs are sets of bits over ranks, one set per site, so that the next one is found without a queue to shift.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from gridtie import brought

Ints = npt.NDArray[np.int64]

STRICT, EASY, FILL, HELD, PLANNED = 0, 1, 2, 3, 4
NEVER = np.int64(2**62)

_DE_BRUIJN = np.uint64(0x03F79D71B4CB0A89)
_BIT = np.zeros(64, np.int64)
for _position in range(64):
    _BIT[(((1 << _position) * 0x03F79D71B4CB0A89) >> 58) & 63] = _position


class Jobs(NamedTuple):
    """[J], by submission. Seconds are whole."""

    submit: Ints
    run: Ints  # at speed 1
    estimate: Ints  # of `run`, as the policy sees it
    units: Ints
    home: Ints  # site, or -1
    delay: Ints  # seconds that moving its data takes if it runs away from home; its place is held meanwhile
    rank: Ints  # its place in the policy's order
    by_rank: Ints
    group: Ints  # of sites it may use
    latest: Ints  # moment after which it is dropped when its turn comes, or NEVER


class Places(NamedTuple):
    capacity: Ints  # [S]
    speed: npt.NDArray[np.float64]  # [S]
    group_first: Ints  # [G + 1] into group_site
    group_site: Ints


class State(NamedTuple):
    """Everything that changes. `mark` holds now, the next arrival, how many run."""

    mark: Ints  # [3]
    free: Ints  # [S]
    waiting: Ints  # [S] jobs that wait there
    words: npt.NDArray[np.uint64]  # [S, W] a bit per rank
    heads: npt.NDArray[np.uint64]  # [S, V] a bit per word that is not zero
    ends: Ints  # [J] heap of ends
    ended: Ints  # [J] the job of each
    plan_end: Ints  # [S, N] estimated ends of what runs there, ascending
    plan_units: Ints  # [S, N]
    plan_count: Ints  # [S]
    site: Ints  # [J] where it ran; -1 not yet, -2 dropped, -3 fits nowhere
    start: Ints  # [J] when its place was taken
    end: Ints  # [J]


def fresh(jobs: Jobs, places: Places, *, planned: bool = True) -> State:
    """Nothing has come yet. `planned`: what runs is kept by its estimated end, which those need who look ahead."""
    count, sites = len(jobs.submit), len(places.capacity)
    words = max((count + 63) // 64, 1)
    most = int(places.capacity.max(initial=1)) + 1
    return State(
        mark=np.zeros(3, np.int64),
        free=places.capacity.copy(),
        waiting=np.zeros(sites, np.int64),
        words=np.zeros((sites, words), np.uint64),
        heads=np.zeros((sites, (words + 63) // 64), np.uint64),
        ends=np.zeros(count + 1, np.int64),
        ended=np.zeros(count + 1, np.int64),
        plan_end=np.zeros((sites, min(most, count + 1) * planned), np.int64),
        plan_units=np.zeros((sites, min(most, count + 1) * planned), np.int64),
        plan_count=np.zeros(sites, np.int64),
        site=np.full(count, -1, np.int64),
        start=np.full(count, -1, np.int64),
        end=np.full(count, -1, np.int64),
    )


def jit(function: Any) -> Any:
    return brought.njit(nogil=True)(function)


@jit
def _lowest(word: np.uint64) -> int:
    """Position of the lowest bit that is set."""
    one = word & (~word + np.uint64(1))
    return _BIT[(one * _DE_BRUIJN) >> np.uint64(58)]  # type: ignore[no-any-return]


@jit
def _next(words: Any, heads: Any, at: int) -> int:
    """The first rank from `at` on that is set, or -1."""
    word = at >> 6
    if word >= len(words):
        return -1
    left = words[word] & (np.uint64(0xFFFFFFFFFFFFFFFF) << np.uint64(at & 63))
    if left:
        return (word << 6) + _lowest(left)  # type: ignore[no-any-return]
    word += 1
    head = word >> 6
    if head >= len(heads):
        return -1
    rest = heads[head] & (np.uint64(0xFFFFFFFFFFFFFFFF) << np.uint64(word & 63))
    while not rest:
        head += 1
        if head >= len(heads):
            return -1
        rest = heads[head]
    word = (head << 6) + _lowest(rest)
    return (word << 6) + _lowest(words[word])  # type: ignore[no-any-return]


@jit
def _wait(jobs: Jobs, places: Places, state: State, job: int) -> None:
    rank = jobs.rank[job]
    bit = np.uint64(1) << np.uint64(rank & 63)
    word = rank >> 6
    for at in range(places.group_first[jobs.group[job]], places.group_first[jobs.group[job] + 1]):
        site = places.group_site[at]
        state.words[site, word] |= bit
        state.heads[site, word >> 6] |= np.uint64(1) << np.uint64(word & 63)
        state.waiting[site] += 1


@jit
def _unwait(jobs: Jobs, places: Places, state: State, job: int) -> None:
    rank = jobs.rank[job]
    bit = np.uint64(1) << np.uint64(rank & 63)
    word = rank >> 6
    for at in range(places.group_first[jobs.group[job]], places.group_first[jobs.group[job] + 1]):
        site = places.group_site[at]
        state.words[site, word] &= ~bit
        if not state.words[site, word]:
            state.heads[site, word >> 6] &= ~(np.uint64(1) << np.uint64(word & 63))
        state.waiting[site] -= 1


@jit
def _drop(jobs: Jobs, places: Places, state: State, job: int) -> None:
    _unwait(jobs, places, state, job)
    state.site[job] = -2


@jit
def give_up(jobs: Jobs, places: Places, state: State, who: Ints) -> None:
    for job in who:
        _drop(jobs, places, state, job)


@jit
def occupies(jobs: Jobs, places: Places, job: int, site: int, seconds: int) -> int:
    delay = 0 if jobs.home[job] == site or jobs.home[job] < 0 else jobs.delay[job]
    length: Any = np.int64(np.ceil(seconds / places.speed[site]))
    return delay + max(length, 1)  # type: ignore[no-any-return]


@jit
def _push(state: State, end: int, job: int) -> None:
    at = state.mark[2]
    state.mark[2] += 1
    while at > 0:
        up = (at - 1) >> 1
        if state.ends[up] < end or (state.ends[up] == end and state.ended[up] < job):
            break
        state.ends[at] = state.ends[up]
        state.ended[at] = state.ended[up]
        at = up
    state.ends[at] = end
    state.ended[at] = job


@jit
def _pop(state: State) -> int:
    """The job that ends first."""
    out = state.ended[0]
    state.mark[2] -= 1
    size = state.mark[2]
    end, job = state.ends[size], state.ended[size]
    at = 0
    while True:
        down = 2 * at + 1
        if down >= size:
            break
        right = down + 1
        if right < size and (
            state.ends[right] < state.ends[down]
            or (state.ends[right] == state.ends[down] and state.ended[right] < state.ended[down])
        ):
            down = right
        if end < state.ends[down] or (end == state.ends[down] and job < state.ended[down]):
            break
        state.ends[at] = state.ends[down]
        state.ended[at] = state.ended[down]
        at = down
    state.ends[at] = end
    state.ended[at] = job
    return out  # type: ignore[no-any-return]


@jit
def _plan(state: State, site: int, end: int, units: int) -> None:
    at = state.plan_count[site]
    while at > 0 and state.plan_end[site, at - 1] > end:
        state.plan_end[site, at] = state.plan_end[site, at - 1]
        state.plan_units[site, at] = state.plan_units[site, at - 1]
        at -= 1
    state.plan_end[site, at] = end
    state.plan_units[site, at] = units
    state.plan_count[site] += 1


@jit
def _unplan(state: State, site: int, end: int, units: int) -> None:
    count = state.plan_count[site]
    at = np.searchsorted(state.plan_end[site, :count], end)
    while state.plan_units[site, at] != units:
        at += 1
    for i in range(at, count - 1):
        state.plan_end[site, i] = state.plan_end[site, i + 1]
        state.plan_units[site, i] = state.plan_units[site, i + 1]
    state.plan_count[site] -= 1


@jit
def begin(jobs: Jobs, places: Places, state: State, job: int, site: int, touched: Any) -> None:
    """A waiting job takes its place now. Marks in `touched` the sites that it headed: the next may fit there."""
    now = state.mark[0]
    _unwait(jobs, places, state, job)
    for at in range(places.group_first[jobs.group[job]], places.group_first[jobs.group[job] + 1]):
        other = places.group_site[at]
        if (
            state.waiting[other] > 0
            and state.free[other] > 0
            and _next(state.words[other], state.heads[other], 0) > jobs.rank[job]
        ):
            touched[other] = 1
    state.free[site] -= jobs.units[job]
    state.site[job] = site
    state.start[job] = now
    state.end[job] = now + occupies(jobs, places, job, site, jobs.run[job])
    if state.plan_end.shape[1] > 0:
        _plan(state, site, now + occupies(jobs, places, job, site, jobs.estimate[job]), jobs.units[job])
    _push(state, state.end[job], job)


@jit
def _finish(jobs: Jobs, places: Places, state: State, job: int) -> int:
    site = state.site[job]
    state.free[site] += jobs.units[job]
    if state.plan_end.shape[1] > 0:
        planned = state.start[job] + occupies(jobs, places, job, site, jobs.estimate[job])
        _unplan(state, site, planned, jobs.units[job])
    return site  # type: ignore[no-any-return]


@jit
def _shadow(state: State, site: int, need: int) -> tuple[int, int]:
    """When `need` units will be free at a site, by estimates, and how many are free beside them then.

    What has outrun its estimate may end any moment: it counts as ending now.
    """
    free, now = state.free[site], state.mark[0]
    for i in range(state.plan_count[site]):
        free += state.plan_units[site, i]
        if free >= need:
            moment = max(state.plan_end[site, i], now)
            j = i + 1
            while j < state.plan_count[site] and state.plan_end[site, j] <= moment:
                free += state.plan_units[site, j]
                j += 1
            return moment, free - need
    return now, 0


@jit
def _serve(jobs: Jobs, places: Places, state: State, site: int, discipline: int, touched: Any) -> None:
    """Start what may start at one site, in order."""
    now = state.mark[0]
    head, moment, extra = -1, NEVER, np.int64(0)
    rank = _next(state.words[site], state.heads[site], 0)
    while rank >= 0 and state.free[site] > 0:
        job = jobs.by_rank[rank]
        if jobs.latest[job] < now:
            _drop(jobs, places, state, job)
        elif jobs.units[job] <= state.free[site]:
            late = head >= 0 and now + occupies(jobs, places, job, site, jobs.estimate[job]) > moment
            if not late or jobs.units[job] <= extra:
                begin(jobs, places, state, job, site, touched)
                if late:
                    extra -= jobs.units[job]
        elif discipline == STRICT:
            break
        elif discipline == EASY and head < 0:
            head = job
            moment, extra = _shadow(state, site, jobs.units[job])
        rank = _next(state.words[site], state.heads[site], rank + 1)


@jit
def _may_start(jobs: Jobs, places: Places, state: State, job: int, site: int, discipline: int) -> bool:
    if jobs.units[job] > state.free[site]:
        return False
    if discipline == FILL:
        return True
    first = _next(state.words[site], state.heads[site], 0)
    if first == jobs.rank[job]:
        return True
    if discipline != EASY:
        return False
    moment, extra = _shadow(state, site, jobs.units[jobs.by_rank[first]])
    ends = state.mark[0] + occupies(jobs, places, job, site, jobs.estimate[job])
    return jobs.units[job] <= extra or ends <= moment  # type: ignore[no-any-return]


@jit
def _serve_touched(jobs: Jobs, places: Places, state: State, discipline: int, touched: Any) -> None:
    """Until nothing more starts: a job that leaves the head of several queues may let others start at each."""
    again = True
    while again:
        again = False
        for site in range(len(touched)):
            if touched[site]:
                touched[site] = 0
                if state.waiting[site] > 0:
                    _serve(jobs, places, state, site, discipline, touched)
                    again = True


@jit
def _place(jobs: Any, places: Places, state: State, job: int, discipline: int, touched: Any) -> None:
    """A job that has just come starts where it ends soonest, if anywhere."""
    if jobs.latest[job] < state.mark[0]:
        _drop(jobs, places, state, job)
        return
    best, best_end, best_left = -1, int(NEVER), int(NEVER)
    for at in range(places.group_first[jobs.group[job]], places.group_first[jobs.group[job] + 1]):
        site = places.group_site[at]
        if jobs.units[job] > state.free[site]:
            continue
        end = occupies(jobs, places, job, site, jobs.estimate[job])
        left = -1 if site == jobs.home[job] else state.free[site] - jobs.units[job]
        if (end < best_end or (end == best_end and left < best_left)) and _may_start(
            jobs, places, state, job, site, discipline
        ):
            best, best_end, best_left = site, end, left
    if best >= 0:
        begin(jobs, places, state, job, best, touched)


@jit
def advance(jobs: Jobs, places: Places, state: State, discipline: int, until: int, touched: Any) -> bool:
    """Handles every moment before `until`, whole; under HELD only until jobs wait. Returns whether anything is left.

    `touched` [S] is scratch: the sites at which a place or the head of the queue became free.
    """
    count = len(jobs.submit)
    while True:
        arrival = jobs.submit[state.mark[1]] if state.mark[1] < count else NEVER
        end = state.ends[0] if state.mark[2] > 0 else NEVER
        now: Any = min(arrival, end)
        if now >= until:
            return now < NEVER  # type: ignore[no-any-return]
        state.mark[0] = now
        touched[:] = 0
        while state.mark[2] > 0 and state.ends[0] == now:
            touched[_finish(jobs, places, state, _pop(state))] = 1
        first = state.mark[1]
        while state.mark[1] < count and jobs.submit[state.mark[1]] == now:
            job = state.mark[1]
            fits = False
            for at in range(places.group_first[jobs.group[job]], places.group_first[jobs.group[job] + 1]):
                fits |= jobs.units[job] <= places.capacity[places.group_site[at]]
            if fits:
                _wait(jobs, places, state, job)
            else:
                state.site[job] = -3
            state.mark[1] += 1
        if discipline == PLANNED:
            continue
        if discipline != HELD:
            _serve_touched(jobs, places, state, discipline, touched)
        held = False
        arrived = np.arange(first, state.mark[1])
        for job in arrived[np.argsort(jobs.rank[first : state.mark[1]])]:
            if state.site[job] == -1:
                _place(jobs, places, state, job, discipline, touched)
                held |= state.site[job] == -1
        if discipline != HELD:
            _serve_touched(jobs, places, state, discipline, touched)
        if discipline == HELD and held:
            return True


@jit
def kept(jobs: Jobs, places: Places, state: State, now: int) -> tuple[Ints, Ints]:
    """[S] the moment from which a site keeps places for the first in its order who finds no room, by estimates, and
    how many units others may take beyond it; NEVER and all that is free where everybody finds room, or he needs but
    one unit, which the next end gives him.

    Those ahead of him, who find room now, are counted as if they stayed.
    """
    state.mark[0] = now
    moments, beside = np.full(len(places.capacity), NEVER), state.free.copy()
    for site in range(len(places.capacity)):
        ahead: Any = np.int64(0)
        rank = _next(state.words[site], state.heads[site], 0)
        while rank >= 0:
            units = jobs.units[jobs.by_rank[rank]]
            if units > places.capacity[site] or units <= state.free[site] - ahead:
                ahead += units if units <= places.capacity[site] else 0
            else:
                if units > 1:
                    moments[site], over = _shadow(state, site, min(units + ahead, places.capacity[site]))
                    beside[site] = over + ahead
                break
            rank = _next(state.words[site], state.heads[site], rank + 1)
    return moments, beside


def next_event(jobs: Jobs, state: State) -> int:
    """When the next job comes or ends, or NEVER."""
    arrival = int(jobs.submit[state.mark[1]]) if state.mark[1] < len(jobs.submit) else int(NEVER)
    return min(arrival, int(state.ends[0]) if state.mark[2] > 0 else int(NEVER))


@jit
def begin_all(jobs: Jobs, places: Places, state: State, who: Any, where: Any, now: int, touched: Any) -> None:
    """Starts waiting jobs where a clearing or a plan put them, at the last moment handled or later."""
    state.mark[0] = now
    for i in range(len(who)):
        begin(jobs, places, state, who[i], where[i], touched)
