"""The event loop once more, in plain Python and as plainly as it can be said: what the compiled one is held against."""

from gridtie.simulator.events import EASY, FILL, STRICT, Jobs, Places


def reference(jobs: Jobs, places: Places, discipline: int) -> tuple[list[int], list[int]]:
    """[J] site (-1 none, -2 dropped, -3 too large) and start of every job."""
    count, sites = len(jobs.submit), len(places.capacity)
    free = [int(c) for c in places.capacity]
    site, start = [-1] * count, [-1] * count
    running: list[tuple[int, int]] = []  # end, job
    waiting: set[int] = set()
    groups = [
        [int(s) for s in places.group_site[places.group_first[g] : places.group_first[g + 1]]]
        for g in range(len(places.group_first) - 1)
    ]

    def occupies(job: int, at: int, seconds: int) -> int:
        delay = 0 if jobs.home[job] in (at, -1) else int(jobs.delay[job])
        return delay + max(int(-(-seconds // places.speed[at])), 1)

    def queue(at: int) -> list[int]:
        return sorted((j for j in waiting if at in groups[jobs.group[j]]), key=lambda j: jobs.rank[j])

    def shadow(at: int, head: int, now: int) -> tuple[int, int]:
        room, need = free[at], int(jobs.units[head])
        plan = sorted(
            (start[j] + occupies(j, at, int(jobs.estimate[j])), int(jobs.units[j])) for _, j in running if site[j] == at
        )
        for i, (end, units) in enumerate(plan):
            room += units
            if room >= need:
                moment = max(end, now)
                room += sum(u for e, u in plan[i + 1 :] if e <= moment)
                return moment, room - need
        return now, 0

    def begin(job: int, at: int, now: int) -> None:
        headed = [s for s in groups[jobs.group[job]] if queue(s)[0] == job]
        waiting.discard(job)
        touched.update(s for s in headed if queue(s) and free[s] > 0)
        site[job], start[job] = at, now
        free[at] -= int(jobs.units[job])
        running.append((now + occupies(job, at, int(jobs.run[job])), job))

    def serve(at: int, now: int) -> None:
        """One walk along the queue."""
        head, moment, extra = None, 0, 0
        for job in queue(at):
            if free[at] <= 0:
                break
            if jobs.latest[job] < now:
                waiting.discard(job)
                site[job] = -2
            elif jobs.units[job] <= free[at]:
                late = head is not None and now + occupies(job, at, int(jobs.estimate[job])) > moment
                if not late or jobs.units[job] <= extra:
                    begin(job, at, now)
                    extra -= int(jobs.units[job]) if late else 0
            elif discipline == STRICT:
                break
            elif discipline == EASY and head is None:
                head = job
                moment, extra = shadow(at, job, now)

    def serve_touched(now: int) -> None:
        """Where something ended or the head of the queue left, until nothing more does."""
        while touched:
            for at in range(sites):
                if at in touched:
                    touched.discard(at)
                    serve(at, now)

    def may(job: int, at: int, now: int) -> bool:
        if jobs.units[job] > free[at]:
            return False
        first = queue(at)[0]
        if discipline == FILL or first == job:
            return True
        if discipline == STRICT:
            return False
        moment, extra = shadow(at, first, now)
        return int(jobs.units[job]) <= extra or now + occupies(job, at, int(jobs.estimate[job])) <= moment

    came, touched = 0, set[int]()
    while came < count or running:
        now = min([int(moment) for moment in jobs.submit[came : came + 1]] + [end for end, _ in running])
        for end, job in sorted(running):
            if end == now:
                running.remove((end, job))
                free[site[job]] += int(jobs.units[job])
                touched.add(site[job])
        arrived = []
        while came < count and jobs.submit[came] == now:
            if any(jobs.units[came] <= places.capacity[s] for s in groups[jobs.group[came]]):
                waiting.add(came)
                arrived.append(came)
            else:
                site[came] = -3
            came += 1
        serve_touched(now)
        for job in sorted(arrived, key=lambda j: jobs.rank[j]):
            if site[job] != -1:
                continue
            if jobs.latest[job] < now:
                waiting.discard(job)
                site[job] = -2
                continue
            here = [s for s in groups[jobs.group[job]] if may(job, s, now)]
            if here:
                best = min(
                    here,
                    key=lambda s: (
                        occupies(job, s, int(jobs.estimate[job])),
                        -1 if s == jobs.home[job] else free[s] - int(jobs.units[job]),
                    ),
                )
                begin(job, best, now)
        serve_touched(now)
    return site, start
