"""The sentences of a report in both of its languages. Figures never stand here: they come from the data."""

from gridtie.simulator.report_data import Words

TITLE = Words("What interconnection would bring", "互联能带来什么")
COMMAND = Words(
    "Made by this command; running it again gives the same page, byte for byte.",
    "由下面的命令生成；再次运行得到逐字节相同的页面。",
)
READ_FIRST = Words("Read this with the numbers", "请与数字一并阅读")
NUMBERS = Words("The numbers", "数据表")
ABSENT = Words("Not shown: this study has no such series.", "未显示：本次研究没有这一数据。")
SHORTER = Words(
    "The picture shows {shown} of {all}: those that gain most and least; the table has all.",
    "图中只显示 {all} 个中的 {shown} 个：获益最多与最少者；表中为全部。",
)

CAVEATS = (
    Words(
        "Demand is fixed: jobs come when they came in the trace, however long they wait. Real users would react.",
        "需求固定：作业按轨迹中的时刻到达，不因等待而推迟。真实用户会作出反应。",
    ),
    Words(
        "At fixed demand utilisation hardly moves, so it is never shown alone: look at wait at equal capacity, "
        "at capacity at equal wait, and at the mobility curve.",
        "需求固定时利用率几乎不变，因此从不单独给出：请看同等容量下的等待、同等等待下的容量，以及可迁移比例曲线。",
    ),
    Words(
        "What holds for this trace, these capacities and these policies need not hold for others; no general "
        "gain is claimed.",
        "结论只适用于本轨迹、这些容量和这些策略，不代表普遍收益。",
    ),
)

WAITS = Words("Wait against capacity", "等待时间与容量")
WAITS_AXES = Words(
    "up: mean wait, logarithmic from 1 s; right: {unit} in all; whiskers: confidence interval over "
    "seeds, where there is one",
    "纵轴：平均等待（1 秒以上为对数）；横轴：{unit}总数；须线：多个随机种子的置信区间（如有）",
)
WAITS_CAVEAT = Words(
    "Waits are of the jobs that ran. Capacities are what the study was given.",
    "等待只统计已运行的作业。容量按研究所给。",
)
WAITS_ALT = Words(
    "Of {n} simulated points the longest mean wait is {high} ({high_of}), the shortest {low} ({low_of}).",
    "在 {n} 个模拟点中，平均等待最长为 {high}（{high_of}），最短为 {low}（{low_of}）。",
)
NOBODY_RAN = Words("No job ran at any simulated point.", "在所有模拟点都没有作业运行。")
ALIKE = Words("Alike at every capacity: {names}.", "各容量下等待相同：{names}。")
NAMES = Words("What the names mean", "名称含义")
ONE_CAPACITY = Words(
    "One capacity was simulated, so there is no curve to draw.", "只模拟了一种容量，因此没有曲线可画。"
)
EQUAL = Words("Capacity at equal wait", "同等等待下所需容量")
EQUAL_CAVEAT = Words(
    "The smallest capacity among those simulated at which the connected system waits no longer than the sites "
    "alone; ≤ where it is the smallest simulated. Nothing is interpolated.",
    "在已模拟的容量中，互联系统等待不超过各站点单独运行时的最小容量；≤ 表示它已是模拟的最小容量。未作插值。",
)

NOT_EQUAL = Words(
    "{names}: waits longer than the sites alone, or runs fewer jobs, even with all their capacity.",
    "{names}：即使使用全部容量，等待仍长于各站点单独运行，或运行的作业更少。",
)
EQUAL_FOUND = Words(
    "Found by halving between capacities that were replayed; waits need not fall evenly with capacity, so less "
    "might do as well.",
    "在逐次回放的容量之间二分得到；等待未必随容量单调下降，因此更小的容量也可能足够。",
)

SIZES = Words("Wait by size, and over other weeks", "按作业规模的等待，以及换成其他周的结果")
SIZES_AXES = Words(
    "Mean wait in seconds by the {unit} that a job needs at once, at full capacity.",
    "全部容量下，按作业同时所需的{unit}数划分的平均等待（秒）。",
)
SIZES_CAVEAT = Words(
    "Other weeks: 95 % interval of the mean wait if the log were made of other weeks like its own (days, where it has "
    "fewer than four weeks), drawn with replacement. It is too narrow where a queue outlasts a week, and says nothing "
    "about other logs.",
    "其他周：假设日志由与其自身相似的其他周组成（不足四周时以天计），有放回抽取得到的平均等待 95 % 区间。"
    "若排队跨越一周以上，该区间偏窄；它也不说明其他日志的情况。",
)
OTHER_WEEKS = Words("other weeks, s", "其他周（秒）")

MOBILITY = Words("Mobility curve", "可迁移比例曲线")
MOBILITY_AXES = Words(
    "up: mean wait, logarithmic from 1 s; right: share of jobs that may leave home",
    "纵轴：平均等待（1 秒以上为对数）；横轴：允许离开本组织站点的作业比例",
)
MOBILITY_CAVEAT = Words(
    "Which jobs may move is drawn at random; in practice data, licences and trust decide, and moving data "
    "takes time that counts here only where the study says so.",
    "可迁移的作业随机抽取；实际取决于数据、许可与信任，数据搬运时间仅在研究注明时计入。",
)
MOBILITY_ALT = Words(
    "{name}: mean wait {first} with {first_share} movable, {last} with {last_share}.",
    "{name}：{first_share} 可迁移时平均等待 {first}，{last_share} 时为 {last}。",
)

USAGE = Words("Work and queue over time", "运行与排队随时间的变化")
USAGE_AXES = Words(
    "above: {unit} at work, the grey line is the capacity; below: {unit} asked for by waiting jobs",
    "上图：正在工作的{unit}，灰线为容量；下图：排队作业所需的{unit}",
)
USAGE_CAVEAT = Words(
    "What is busy says little without the queue below them: idle capacity beside a queue is what "
    "interconnection can use.",
    "只看忙碌的部分说明不了什么，须与下方的队列同看：有队列而又有空闲，才是互联可利用之处。",
)
USAGE_ALT = Words(
    "{name}: on average {busy} of {capacity} {unit} at work while {waiting} were asked for in the queue.",
    "{name}：平均 {capacity} 个{unit}中有 {busy} 个在工作，同时排队需求为 {waiting} 个。",
)

PRICES = Words("Price paths", "价格走势")
PRICES_AXES = Words(
    "up: {currency} per unit and hour, units are {unit}; right: time from the trace's beginning",
    "纵轴：每{unit}小时的 {currency}；横轴：自轨迹开始的时间",
)
PRICES_CAVEAT = Words(
    "No public trace carries bids: values and asks are assumptions of the study, so only the shape of a path "
    "means something, not its height.",
    "公开轨迹都不含报价：估值与要价均为研究假设，因此只有走势有意义，绝对高低没有。",
)
PRICES_ALT = Words(
    "{name}: from {low} to {high}, {last} at the end.",
    "{name}：{low} 至 {high}，末值 {last}。",
)
PRICES_STILL = Words(
    "{name}: {last} throughout, what the owners ask: no clearing asked for more.",
    "{name}：始终为 {last}，即所有者的要价：没有一次出清要得更多。",
)

SAMPLE = Words("A sample of runs", "运行抽样")
SAMPLE_AXES = Words(
    "a lane per site, height is {unit}: above what is at home there, below and hatched what came from elsewhere",
    "每个站点一行，高度为{unit}数：上为本地作业，下为来自别处的作业（斜线）",
)
SAMPLE_CAVEAT = Words(
    "A stretch of the trace to look at, not a statistic; the longest tenth may run on beyond the right edge. "
    "Node shapes inside a site are left out.",
    "仅截取一段供查看，不是统计；最长的十分之一可能超出右边界；站点内部的节点形态未计入。",
)
SAMPLE_ALT = Words(
    "{n} runs at {sites} sites, {away} of them away from home.",
    "{sites} 个站点上的 {n} 次运行，其中 {away} 次不在本地。",
)

SITES = Words("The sites", "各站点")
SITES_CAVEAT = Words(
    "Speed 1 is that of the log. Asks are the study's; earned is what those who came from elsewhere paid, under "
    "{connected}.",
    "速度 1 即日志所载的速度。要价为研究所设；收入为在“{connected}”下来自别处的作业所付。",
)
GAINS = Words("Who wins and who loses", "谁受益，谁受损")
GAINS_AXES = Words(
    "mean wait per organisation: hollow circle alone ({alone}), full mark connected ({connected}); a cross "
    "marks who waits longer",
    "各组织的平均等待：空心圆为单独（{alone}），实心为互联（{connected}）；叉号表示等待变长者",
)
GAINS_CAVEAT = Words(
    "Means hide single jobs, and capacities per organisation are assumed: who is given too little alone "
    "gains most. Losers are named, not averaged away.",
    "平均值掩盖个别作业，且各组织的容量为假设：单独运行时容量偏少者获益最多。受损者逐一列出，不被平均掩盖。",
)
GAINS_ALT = Words(
    "{won} organisations wait less, {same} the same, {lost} longer.",
    "{won} 个组织等待缩短，{same} 个不变，{lost} 个变长。",
)

LAWS = Words("Invariants of the run", "运行的不变式")
LAWS_CAVEAT = Words(
    "Checked over the whole run by recomputing from the books, not by trusting them.",
    "对整个运行逐条核算得出，而非轻信账目。",
)

SCOPE = Words("scope", "范围")
POLICY = Words("policy", "策略")
CAPACITY = Words("capacity", "容量")
MEAN = Words("mean wait, s", "平均等待（秒）")
MEDIAN = Words("median, s", "中位数（秒）")
INTERVAL = Words("interval, s", "区间（秒）")
UTILISATION = Words("utilisation", "利用率")
MOVED = Words("moved", "迁移比例")
SHARE = Words("may move", "可迁移")
ORGANISATION = Words("organisation", "组织")
JOBS = Words("jobs", "作业")
ALONE = Words("alone", "单独")
CONNECTED = Words("connected", "互联")
AT_HOME = Words("at home", "本地作业")
ELSEWHERE = Words("from elsewhere", "来自别处")
CONNECTED_LONGER = Words("connected, waits longer", "互联且等待变长")
CHANGE = Words("change", "变化")
PAID = Words("paid", "支付")
EARNED = Words("earned", "收入")
NEVER = Words("never ran", "从未运行")
ALONE_NEVER = Words("never ran alone", "单独时从未运行")
CONNECTED_NEVER = Words("never ran connected", "互联时从未运行")
SITE = Words("site", "站点")
UNITS = Words("units", "数量")
DEMAND = Words("mean demand", "平均需求")
SPEED = Words("speed", "速度")
ASK = Words("ask", "要价")
LAW = Words("law", "规则")
HOLDS = Words("holds", "成立")
DETAIL = Words("detail", "说明")
P95 = Words("p95, s", "p95（秒）")
P99 = Words("p99, s", "p99（秒）")
YES = Words("yes", "是")
NO = Words("NO", "否")
OF_ALONE = Words("of the capacity alone", "占单独容量")
ALONE_CAPACITY = Words("alone: capacity", "单独：容量")
ALONE_UTILISATION = Words("alone: utilisation", "单独：利用率")
MISSED = Words("deadlines missed", "错过期限")
VALUE = Words("value obtained", "实现价值")
ALONE_WAIT = Words("alone: mean wait, s", "单独：平均等待（秒）")
ALONE_MEAN = Words("alone, s", "单独（秒）")
CONNECTED_MEAN = Words("connected, s", "互联（秒）")
WINS = Words("shorter", "缩短")
LOSES = Words("LONGER", "变长")
SAME = Words("same", "不变")
NO_MATCH = Words("none of those simulated", "已模拟的容量中没有")
