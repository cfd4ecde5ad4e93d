"""What an operator typed or a log said, in both languages: ways of sharing, policies, capacity rules, rows left out.

In English a name is the word that the command takes; in Chinese it is translated, and explained once with that word.
"""

import re

from gridtie.simulator.report_data import CORES, Words

SHARING = {
    "silo": Words("every organisation alone, on its own site", "独立"),
    "federated": Words("jobs may go to any site that is open to them; a gang never spans two", "互联"),
    "merged": Words("one single pool of all units", "合池"),
}
_SHARING_ZH = {
    "silo": "各组织只用自己的站点",
    "federated": "作业可去任一对其开放的站点，成组作业不跨站点",
    "merged": "全部资源合为一个资源池",
}
# Policy → (Chinese name, what it does).
POLICIES = {
    "fifo": (
        "先来先服务",
        Words("in order of arrival; stops at the first job without room", "按到达次序；遇到放不下的作业即停"),
    ),
    "easy": (
        "回填",
        Words(
            "in order of arrival; others may pass the first without room if by their estimates they do not delay it",
            "按到达次序；按预估不耽误首个放不下的作业者，可先行",
        ),
    ),
    "fill": (
        "填空",
        Words("in order of arrival; any job may pass one without room", "按到达次序；放得下者可越过放不下者"),
    ),
    "sjf": (
        "短作业优先",
        Words("shortest first; stops at the first job without room", "最短者先；遇到放不下的作业即停"),
    ),
    "sjf-fill": (
        "短作业填空",
        Words("shortest first; any job may pass one without room", "最短者先；放得下者可越过放不下者"),
    ),
    "sjf-drop": (
        "短作业可弃",
        Words("as sjf-fill, and gives up what can no longer be in time", "同“短作业填空”，并放弃已赶不上期限者"),
    ),
    "edf": (
        "期限优先",
        Words("earliest deadline first; any job may pass one without room", "期限最早者先；放得下者可越过放不下者"),
    ),
    "edf-drop": (
        "期限可弃",
        Words("as edf, and gives up what can no longer be in time", "同“期限优先”，并放弃已赶不上期限者"),
    ),
    "laxity": (
        "余量优先",
        Words(
            "first who must start soonest to be in time; any job may pass one without room",
            "最晚须开始时刻最近者先；放得下者可越过放不下者",
        ),
    ),
    "laxity-drop": (
        "余量可弃",
        Words("as laxity, and gives up what can no longer be in time", "同“余量优先”，并放弃已赶不上期限者"),
    ),
    "late": (
        "延后排布",
        Words(
            "places all that waits as late as it is still in time, and gives up the rest",
            "把排队作业尽量排在仍能按期完成的最晚位置，放弃赶不上者",
        ),
    ),
    "bid": (
        "出价优先",
        Words("highest bid first; any job may pass one without room", "出价高者先；放得下者可越过放不下者"),
    ),
    "market": (
        "市场出清",
        Words(
            "the large engine clears what waits at every tick; who comes while nobody waits starts at once",
            "大型引擎在每个出清时点为排队作业出清；无人排队时到达者立即开始",
        ),
    ),
    "posted": (
        "标价",
        Words("the first request in time takes the cheapest offer that fits", "先到者取最便宜的合适报价"),
    ),
    "auction": ("集合竞价", Words("a call auction at every tick", "每个出清时点一次集合竞价")),
    "welfare": ("大型引擎", Words("the large engine at every tick", "每个出清时点由大型引擎出清")),
}
_ZH = {name: words.zh for name, words in SHARING.items()} | {name: zh for name, (zh, _) in POLICIES.items()}

# Why a row of a log is no job of the study, as the readers say it.
REASONS = {
    "is a step, not a job": "是作业步，不是作业",
    "has not ended": "尚未结束",
    "is a part of a job": "是作业的一部分",
    "was cancelled before it ran": "运行前已取消",
    "has no time of submission": "没有提交时间",
    "never started": "从未开始",
    "has no run time": "没有运行时长",
    "ran for no time": "运行时长为零",
    "ended before it started": "结束早于开始",
    "started before it was submitted": "开始早于提交",
    "asks for no accelerators": "未申请加速器",
    "asks for no cores": "未申请核",
    "bids nothing": "没有出价",
    "has no site": "没有站点",
    "stands there twice": "在同一日志中重复",
    "stands in another log too": "在另一份日志中已有",
    "submitted outside --days": "提交于 --days 之外",
    "its site has fewer jobs than --min-jobs": "其站点作业数少于 --min-jobs",
}
# The invariants of a run at system depth, and what is counted under them.
LAWS = {
    "books balance": "账目平衡",
    "nothing is sold twice": "没有一份算力卖出两次",
    "each job that ran has exactly one receipt": "每个运行过的作业恰有一份计量凭证",
    "both sides signed every receipt": "每份计量凭证均由双方签名",
    "every receipt follows from its intervals": "每份计量凭证均可由其时段算出",
    "what buyers paid is what sellers and the exchange got": "买方所付等于卖方与交易节点所得",
    "no money was made or lost": "没有凭空多出或丢失的钱",
    "book depth starts every job at the same moment": "订单簿深度下每个作业的开始时刻相同",
}
_DETAILS = (
    (
        r"books balance: (\S+) transfers, debits = credits, (\S+) held, chain (\S+)",
        "账目平衡：{0} 笔分录，借贷相等，冻结 {1}，链 {2}",
    ),
    (
        r"(\S+) receipts, each paid exactly once, (\S+) signed by both sides",
        "{0} 份计量凭证，各支付一次，{1} 份由双方签名",
    ),
    (r"journal of (\S+) facts unbroken", "{0} 条日志账记录首尾相连"),
    (r"(\d+) runs within every site", "{0} 次运行，均未超出站点容量"),
    (r"(\d+) receipts, (\d+) jobs with another number", "{0} 份计量凭证，{1} 个作业的份数不符"),
    (r"(\d+) unsigned, (\d+) objections", "{0} 份未签名，{1} 项异议"),
    (r"(\d+) that do not", "{0} 份不符"),
    (r"(\S+) paid in, (\S+) still held", "入账 {0}，仍冻结 {1}"),
    (r"(\d+) of (\d+)", "{1} 个中的 {0} 个"),
)
_RULES = (
    (r"load=(.+)", "mean demand over {0}", "平均需求除以 {0}"),
    (r"total=(.+)", "shared in proportion to mean demand", "按平均需求分配"),
    (r"peak=(.+)", "{0} quantile of demand over time", "各时刻需求的 {0} 分位数"),
    (r"(observed)", "the most that really ran at once", "实际同时运行的最大值"),
)  # fmt: skip
_UNITS = {"s": "秒", "min": "分钟", "h": "小时", "d": "天", "a": "年"}


def named(text: str) -> Words:
    """A name, or several joined as in `silo · easy`."""
    return Words(text, " · ".join(_ZH.get(part, part) for part in text.split(" · ")))


def explained(name: str) -> Words:
    """What a way of sharing or a policy does, behind its name."""
    if name in SHARING:
        return Words(f"{name}: {SHARING[name].en}", f"{_ZH[name]}（{name}）：{_SHARING_ZH[name]}")
    if name in POLICIES:
        does = POLICIES[name][1]
        return Words(f"{name}: {does.en}", f"{_ZH[name]}（{name}）：{does.zh}")
    return Words(name, name)


def lasting(text: str) -> Words:
    """A time with its units, such as `10 min` or `21.8 min (1,307 s)`."""
    zh = re.sub(r"(\d) (s|min|h|d|a)\b", lambda found: f"{found[1]} {_UNITS[found[2]]}", text)
    return Words(text, zh.replace(" (", "（").replace(")", "）"))


def law(text: str) -> Words:
    """The name of an invariant, behind the way of sharing that it was checked for."""
    sharing, _, name = text.rpartition(": ")
    said = LAWS.get(name, name)
    return Words(text, f"{_ZH.get(sharing, sharing)}：{said}" if sharing else said)


def detail(text: str) -> Words:
    return Words(text, "；".join(map(_detail, text.split("; "))))


def _detail(text: str) -> str:
    for pattern, zh in _DETAILS:
        if found := re.fullmatch(pattern, text):
            return zh.format(*found.groups())
    return text


def left_out(skipped: tuple[tuple[str, int], ...]) -> Words:
    return Words(
        "; ".join(f"{count:,} {reason}" for reason, count in skipped),
        "；".join(f"{count:,} 行{REASONS.get(reason, reason)}" for reason, count in skipped),
    )


def capacity(units: int, unit: Words, rule: str) -> Words:
    """With the rule as it was typed, and what it means."""
    for pattern, en, zh in _RULES:
        if found := re.fullmatch(pattern, rule):
            means = Words(f"{rule}: {en.format(found[1])}", f"{rule}：{zh.format(found[1])}")
            return Words(f"{units:,} {unit.en} ({means.en})", f"{counted(units, unit)}（{means.zh}）")
    return Words(f"{units:,} {unit.en} ({rule})", f"{counted(units, unit)}（{rule}）")


def counted(units: float, unit: Words) -> str:
    """In Chinese, with the measure word that suits."""
    return f"{units:,.0f} {unit.zh}" if unit == CORES else f"{units:,.0f} 个{unit.zh}"
