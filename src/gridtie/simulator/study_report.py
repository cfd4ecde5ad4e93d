"""A study as the series of its page."""

from gridtie.simulator.report_data import (
    ACCELERATORS,
    CORES,
    EqualWait,
    Gain,
    MobilityPoint,
    ReportData,
    SiteLine,
    SizeRow,
    WaitPoint,
    Words,
)
from gridtie.simulator.report_names import capacity, counted, explained, left_out, named
from gridtie.simulator.study import Cell, Study, without_equal


def report_data(study: Study, *, command: str, currency: str = "CNY") -> ReportData:
    top = max(study.plan.mobility)
    full = [cell for cell in study.cells if cell.arrangement != "federated" or cell.mobility == top]
    moving = [cell for cell in study.cells if cell.arrangement == "federated" and cell.factor == 1]
    return ReportData(
        title=study.title,
        command=command,
        currency=currency,
        unit=CORES if study.unit == "cores" else ACCELERATORS,
        facts=_facts(study),
        assumptions=assumptions(study),
        names=tuple(
            map(explained, dict.fromkeys([c.arrangement for c in study.cells] + [c.policy for c in study.cells]))
        ),
        waits=tuple(
            WaitPoint(
                scope=cell.arrangement, policy=cell.policy, capacity=cell.capacity, mean_s=cell.figures.mean_s,
                median_s=cell.figures.median_s, p95_s=cell.figures.p95_s, p99_s=cell.figures.p99_s,
                utilisation=cell.figures.utilisation, moved_share=cell.figures.moved, low_s=cell.low_s,
                high_s=cell.high_s, missed_share=cell.figures.missed, value_share=cell.figures.value,
                never=study.jobs - cell.figures.ran,
            )
            for cell in full
        ),
        equal=tuple(
            EqualWait(
                alone=f"silo · {one.silo_policy}", alone_capacity=one.silo_capacity, alone_mean_s=one.silo_mean_s,
                alone_utilisation=one.silo_utilisation, connected=f"{one.arrangement} · {one.policy}",
                capacity=one.capacity, mean_s=one.mean_s, utilisation=one.utilisation,
            )
            for one in study.equal_wait
        ),
        without_equal=tuple(" · ".join(one) for one in without_equal(study)),
        size_classes=_classes(study),
        sizes=_sizes(study),
        mobility=tuple(
            MobilityPoint(
                policy=cell.policy, capacity=cell.capacity, share=cell.mobility, mean_s=cell.figures.mean_s,
                low_s=cell.low_s, high_s=cell.high_s,
            )
            for cell in moving
        ) if len(study.plan.mobility) > 1 else (),
        usage=study.usage,
        prices=study.prices,
        sample=study.sample,
        sites=tuple(
            SiteLine(
                site=row.site, units=row.units, demand=row.demand, jobs=row.jobs, speed=row.speed, price=row.price,
                earned=row.earned,
            )
            for row in study.sites
        ),
        gains=tuple(
            Gain(
                organisation=gain.organisation, jobs=gain.jobs, alone_s=gain.alone_s, connected_s=gain.connected_s,
                paid=gain.paid, earned=gain.earned, alone_never=gain.alone_never, connected_never=gain.connected_never,
            )
            for gain in study.gains
        ) if study.compared[0] != study.compared[1] else (),
        compared=study.compared,
    )  # fmt: skip


def _shown(study: Study) -> list[Cell]:
    return [cell for cell in study.cells if cell.factor == 1 and cell.sizes]


def _classes(study: Study) -> tuple[str, ...]:
    classes = max((cell.sizes for cell in _shown(study)), key=len, default=())
    return tuple(f"{of.least:,}–{of.most:,}" if of.most > of.least else f"{of.least:,}" for of in classes)


def _sizes(study: Study) -> tuple[SizeRow, ...]:
    classes = max((cell.sizes for cell in _shown(study)), key=len, default=())
    return tuple(
        SizeRow(
            scope=cell.arrangement, policy=cell.policy,
            share=cell.mobility if cell.arrangement == "federated" else None,
            means_s=tuple(next((of.mean_s for of in cell.sizes if of.least == one.least), None) for one in classes),
            low_s=cell.log_low_s, high_s=cell.log_high_s,
        )
        for cell in _shown(study)
    )  # fmt: skip


def _facts(study: Study) -> tuple[tuple[Words, str | Words], ...]:
    unit = CORES if study.unit == "cores" else ACCELERATORS
    rows, why = sum(count for _, count in study.skipped), left_out(study.skipped)
    demand = sum(row.demand for row in study.sites)
    never = study.jobs - min(cell.figures.ran for cell in study.cells)
    return (
        (Words("Jobs", "作业数"), f"{study.jobs:,}"),
        (
            Words("Rows left out", "未计入的行"),
            Words(f"{rows:,} ({why.en})", f"{rows:,}（{why.zh}）") if rows else "0",
        ),
        *(((Words("Jobs that never ran, at most", "从未运行的作业（至多）"), f"{never:,}"),) if never else ()),
        (Words("Sites", "站点数"), f"{len(study.sites):,}"),
        (Words("Days of submissions", "提交跨度（天）"), f"{study.span_s / 86_400:.1f}"),
        (Words("Capacity", "总容量"), capacity(sum(row.units for row in study.sites), unit, study.capacity_rule)),
        (Words("Mean demand", "平均需求"), Words(f"{demand:,.0f} {unit.en}", counted(demand, unit))),
        (Words("Seeds", "随机种子数"), str(study.plan.seeds)),
    )


def assumptions(study: Study) -> tuple[Words, ...]:
    """What is taken for granted, and what of the figures asks for care: the page and the terminal say the same."""
    found = (*_of_the_work(study), *_of_the_market(study), *_of_the_comparison(study))
    return tuple(words for words in found if words is not None)


def _of_the_work(study: Study) -> tuple[Words | None, ...]:
    assumed = study.plan.assumed
    estimates = {
        "exact": Words("Policies know run times exactly.", "策略确切知道运行时间。"),
        "limits": Words("Policies see the limits that were asked for.", "策略看到的是用户申请的时限。"),
        "error": Words(
            f"Policies see run times with a lognormal error (sigma {assumed.error:g}).",
            f"策略看到的运行时间带有对数正态误差（σ = {assumed.error:g}）。",
        ),
    }
    moving = Words("Moving a job's data takes no time.", "迁移作业的数据不耗时。")
    if assumed.delay_s:
        moving = Words(
            f"A job that moves holds its place {assumed.delay_s:,} s longer, for its data, and counts as waiting "
            "meanwhile.",
            f"迁移的作业因数据传输多占用资源 {assumed.delay_s:,} 秒，其间计为等待。",
        )
    speeds = sorted({row.speed for row in study.sites})
    return (
        estimates[assumed.estimates],
        moving,
        _deadlines(study),
        Words(
            f"Sites differ in speed, from {speeds[0]:g} to {speeds[-1]:g}: a job takes its run time over the speed of "
            "the site where it runs; in one pool, over the mean.",
            f"各站点速度不同（{speeds[0]:g} 至 {speeds[-1]:g}）："
            "作业耗时为其运行时间除以所在站点的速度；合为一池时除以平均速度。",
        )
        if len(speeds) > 1
        else None,
        Words(
            "An organisation's jobs may use the sites at which it has run in this trace.",
            "各机构的作业只能使用其在本轨迹中运行过的站点。",
        )
        if assumed.eligible == "observed"
        else None,
    )


def _deadlines(study: Study) -> Words | None:
    factor = study.plan.assumed.deadline
    if factor is not None:
        return Words(
            f"Deadlines are assumed, not the log's: each job is due {factor:g} times its run time after it came, and "
            "worth its units times its run time if it ends by then, else nothing.",
            f"期限为假设，并非日志所载：每个作业须在到达后 {factor:g} 倍运行时间内完成；"
            "按期完成的价值为其用量乘以运行时间，否则为零。",
        )
    if all(cell.figures.missed is None for cell in study.cells):
        return None
    return Words("Deadlines, and what is worth how much by when, are the log's.", "期限及各期限下的价值均取自日志。")


def _of_the_market(study: Study) -> tuple[Words | None, ...]:
    plan, assumed = study.plan, study.plan.assumed
    ticks: list[Words | None] = []
    if "late" in plan.policies:
        every = max(plan.tick_s, 300)
        ticks.append(
            Words(
                f"late plans every {every:,} s: what would have to start in between is late.",
                f"“延后排布”每 {every:,} 秒排布一次：须在两次之间开始的作业即告误期。",
            )
        )
    if not {"market", "bid"} & set(plan.policies):
        return tuple(ticks)
    bids = {
        "flat": Words("All bid alike.", "所有出价相同。"),
        "log": Words("Bids are those of the log.", "出价取自日志。"),
    }
    premium = Words(
        f"Bids are assumed: the list price plus a lognormal premium (sigma {assumed.premium_sigma:g}), drawn.",
        f"出价为假设：标价加上随机抽取的对数正态溢价（σ = {assumed.premium_sigma:g}）。",
    )
    ticks.append(bids.get(assumed.bids, premium))
    if "market" not in plan.policies:
        return tuple(ticks)
    return (
        *ticks,
        Words(
            f"The market clears every {plan.tick_s:,} s; who has to wait starts at a clearing.",
            f"市场每 {plan.tick_s:,} 秒出清一次；排队的作业在出清时开始。",
        ),
        Words(
            "The market keeps places at every site for the best bid that finds no room, if it needs more than one.",
            "出清时，各站点会为因空位不足而未能开始的最高出价保留位置（只需一个单位的作业除外）。",
        ),
    )


def _of_the_comparison(study: Study) -> tuple[Words | None, ...]:
    alone, other = (named(label) for label in study.compared)
    changed = study.compared[0].split(" · ")[1] != study.compared[1].split(" · ")[1]
    return (
        Words(
            f"Sites alone have no market: {alone.en} stands in its place.",
            f"站点单独运行时没有市场：以“{alone.zh}”代替。",
        )
        if "market" in study.plan.policies
        else None,
        Words(
            f"{other.en} against {alone.en} is a change of sharing and of the order of service. "
            "What sharing alone brings is seen between two rows of one policy, and from 0 % to 100 % movable.",
            f"“{other.zh}”与“{alone.zh}”相比，共享方式与服务次序都变了；"
            "仅由互联带来的部分，请看同一策略的两行之间，或可迁移比例从 0 % 到 100 % 的变化。",
        )
        if changed
        else None,
        Words(
            "Waits are of the jobs that ran. Others were given up, or are larger than any site open to them: read the "
            "waits of a policy beside how many never ran.",
            "等待只统计已运行的作业。其余作业被放弃，或大于对其开放的任何站点："
            "请将某策略的等待与其从未运行的作业数一并阅读。",
        )
        if any(cell.figures.ran < study.jobs for cell in study.cells)
        else None,
        Words(
            "There is one site: nothing can be shared. Give a log per cluster, or say which column is the site.",
            "只有一个站点：没有可共享的。请为每个集群提供一份日志，或指明哪一列是站点。",
        )
        if len(study.sites) == 1
        else None,
        Words(
            "Jobs last longer than the time within which they came: their mean demand is counted as all of them at "
            "once, and sizes that follow from it say little. Give a longer log, or the sizes (--capacity).",
            "作业运行的时间超过它们到达的时段：平均需求按全部作业同时运行计，由此得出的规模意义不大。"
            "请提供更长的日志，或给出规模（--capacity）。",
        )
        if sum(gain.unit_hours for gain in study.gains) * 3600
        > 1.001 * study.span_s * sum(row.demand for row in study.sites)
        else None,
    )
