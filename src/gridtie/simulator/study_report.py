"""A study as the series of its page."""

from gridtie.simulator.report_data import (
    ACCELERATORS,
    CORES,
    EqualWait,
    Gain,
    MobilityPoint,
    ReportData,
    SizeRow,
    WaitPoint,
    Words,
)
from gridtie.simulator.study import Cell, Study


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
        assumptions=_assumptions(study),
        waits=tuple(
            WaitPoint(
                scope=cell.arrangement, policy=cell.policy, capacity=cell.capacity, mean_s=cell.figures.mean_s,
                median_s=cell.figures.median_s, p95_s=cell.figures.p95_s, p99_s=cell.figures.p99_s,
                utilisation=cell.figures.utilisation, moved_share=cell.figures.moved, low_s=cell.low_s,
                high_s=cell.high_s, missed_share=cell.figures.missed, value_share=cell.figures.value,
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
        gains=tuple(
            Gain(
                organisation=gain.organisation, jobs=gain.jobs, alone_s=gain.alone_s, connected_s=gain.connected_s,
                paid=gain.paid, earned=gain.earned,
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


def _facts(study: Study) -> tuple[tuple[Words, str], ...]:
    left_out = sum(count for _, count in study.skipped)
    capacity = sum(row.units for row in study.sites)
    never = study.jobs - min(cell.figures.ran for cell in study.cells)
    return (
        (Words("Jobs", "作业数"), f"{study.jobs:,}"),
        (Words("Rows left out", "未计入的行"), f"{left_out:,}" + (f" ({_reasons(study)})" if left_out else "")),
        *(((Words("Jobs that never ran, at most", "从未运行的作业(至多)"), f"{never:,}"),) if never else ()),
        (Words("Sites", "站点数"), f"{len(study.sites):,}"),
        (Words("Days of submissions", "提交跨度(天)"), f"{study.span_s / 86_400:.1f}"),
        (Words("Capacity", "总容量"), f"{capacity:,} {study.unit} ({study.capacity_rule})"),
        (Words("Mean demand", "平均需求"), f"{sum(row.demand for row in study.sites):,.0f} {study.unit}"),
        (Words("Seeds", "随机种子数"), str(study.plan.seeds)),
    )


def _reasons(study: Study) -> str:
    return "; ".join(f"{count:,} {reason}" for reason, count in study.skipped)


def _assumptions(study: Study) -> tuple[Words, ...]:
    assumed = study.plan.assumed
    estimates = {
        "exact": Words("Policies know run times exactly.", "策略确切知道运行时间。"),
        "limits": Words("Policies see the limits that were asked for.", "策略看到的是用户申请的时限。"),
        "error": Words(
            f"Policies see run times with a lognormal error (sigma {assumed.error:g}).",
            f"策略看到的运行时间带有对数正态误差(σ = {assumed.error:g})。",
        ),
    }
    out = [
        estimates[assumed.estimates],
        Words(
            f"A job that moves holds its place {assumed.delay_s} s longer, for its data.",
            f"迁移的作业因数据传输多占用资源 {assumed.delay_s} 秒。",
        )
        if assumed.delay_s
        else Words("Moving a job's data takes no time.", "迁移作业的数据不耗时。"),
    ]
    if "market" in study.plan.policies:
        bids = {
            "flat": Words("All bid alike.", "所有报价相同。"),
            "log": Words("Bids are those of the log.", "报价取自日志。"),
        }
        premium = Words(
            f"Bids are assumed: the list price plus a lognormal premium (sigma {assumed.premium_sigma:g}), drawn.",
            f"报价为假设：标价加上随机抽取的对数正态溢价(σ = {assumed.premium_sigma:g})。",
        )
        out.append(bids.get(assumed.bids, premium))
        out.append(
            Words(
                "The market keeps places at every site for the best bid that finds no room, if it needs more than one.",
                "出清时，各站点会为因空位不足而未能开始的最高报价保留位置（只需一个单位的作业除外）。",
            )
        )
    if study.compared[0].split(" · ")[1] != study.compared[1].split(" · ")[1]:
        out.append(
            Words(
                f"{study.compared[1]} against {study.compared[0]} is a change of sharing and of the order of service. "
                "What sharing alone brings is seen between two rows of one policy, and from 0 % to 100 % movable.",
                f"{study.compared[1]} 与 {study.compared[0]} 相比，共享方式与服务次序都变了；"
                "仅由互联带来的部分，请看同一策略的两行之间，或可迁移比例从 0 % 到 100 % 的变化。",
            )
        )
    if assumed.eligible == "observed":
        out.append(
            Words(
                "An organisation's jobs may use the sites at which it has run in this trace.",
                "各机构的作业只能使用其在本轨迹中运行过的站点。",
            )
        )
    return tuple(out)
