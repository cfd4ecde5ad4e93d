"""Names that nothing announces: a small linear model over hashed features of places where a name could stand.

Rules find the names that a form, a letter or a title announces. What is left is judged by the characters or words of
the name, what stands beside it, and what other personal data is near: `tagging.py` has the features.
"""

import base64
import json
import re
import zlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np

from gridtie.cleaning import tagging
from gridtie.cleaning.block import Block
from gridtie.cleaning.spans import Span
from gridtie.errors import InvalidInput, Problem

FORM = "gridtie/names/2"
KIND = "NAME"
RULE = "names-tagger"
WIDE = 160  # code points to other personal data on the same line, within which a name is one of somebody concerned
CLOSE = tagging.BESIDE  # the same on the next line
SHORT, LONGEST = 2_000, 60  # code points of a text that is looked at whole, and of a name
HAN = "\u3000"  # characters before it are no Chinese ones
ALONE = 300  # what a name far from any must score more: most of those are of authors, actors, heads of state
EASE, EASE_HAN = 80, 15  # what a name beside other personal data, on its line and CLOSE to it, may score less
OF_NOBODY = frozenset({"IPV4", "IPV6", "MAC"})  # stand in public texts too
# Names, and what parts them, that are company of each other.
ROW, PARTED = 3, re.compile(r"(?:[、，,；;/|和与及 　]|以及){1,4}")
# Ordinary words that begin as names do: what begins with one of these is none, nor what ends with such a letter; and no
# name has one of these words of offices and computers.
WORDS = tuple(
    "周一 周二 周三 周四 周五 周六 周日 周末 周期 籍贯 许可 应当 应该 应到 应用 应急 应付 毕竟 毕业 谢谢 王者 孟子 孔子 曾经 曾任 何时 何处 何人 "
    "何必 何况 任何 任意 任务 任职 任期 于是 符合 符号 成为 成功 成立 成员 成本 安全 安装 安排 方便 方法 方式 方面 方案 方向 高级 高校 高中 高等 高速 "
    "常见 常用 常常 常务 单位 单击 单元 单价 单独 万元 金额 金融 金枝 白天 白色 马上 马路 温度 温馨 时间 时候 时代 平时 平台 平均 平方 牛奶 花费 车辆 "
    "车站 车牌 房间 房屋 房产 房价 路由 路口 路径 沙发 项目 阎王 沃尔 施工 施行 施华蔻 华为 付款 付费 付宝 计算 计划 管理 解决 解除 强制 严重 严格 "
    "明确 明天 相关 关于 关注 权利 容易 习惯 商品 商务 商家 党员 农民 农业 向前 和平 和尚 和谐 全部 全体 全国".split()
)
LAST = frozenset("曰矣哉兮乎者也的了吗呢吧偈")
OFFICE = frozenset(
    "account act annual bank build chapter cloud cluster code commit committee company corpus council data database "
    "department deposit development document duration engineer engineering error figure file files group hardware index "
    "join linux log logs management merge ministry network node project query release reorder report request scene section "
    "server service services shell signed software source storage support system table team test tests title university "
    "update version warning windows machinery trading textile technology electronics industry industries logistics hotel "
    "restaurant international holdings partners associates".split()
)
SCORES, SURER = (50, 59), 16  # of a span, one more for every 16 above the limit: what a rule found is surer


@dataclass(frozen=True, slots=True)
class NamesModel:
    """Weights of `tagging.SIZE` features, and the sum from which a candidate is a name. `digest` names this file."""

    weights: tagging.Weights
    least: int
    digest: str
    made: str  # from what, in words

    @classmethod
    def read(cls, text: str, *, source: str) -> "NamesModel":
        """Raises InvalidInput: no model, or one of another version or size."""
        try:
            said = json.loads(text)
            if said["form"] != FORM:
                raise _no_model(source, said["form"])
            packed = base64.b64decode(said["weights"], validate=True)
            table = np.frombuffer(zlib.decompressobj().decompress(packed, tagging.SIZE + 1), np.int8)
            least, made = int(said["least"]), str(said["made"])
        except (ValueError, KeyError, TypeError, RecursionError, zlib.error):
            raise _no_model(source) from None
        if table.size != tagging.SIZE:
            raise _no_model(source)
        return cls(table, least, sha256(text.encode()).hexdigest(), made)


def _no_model(source: str, form: object = None) -> InvalidInput:
    how = "gridtie clean train LABELLED.jsonl --out MODEL"
    if isinstance(form, str) and form.startswith(FORM.rpartition("/")[0] + "/"):
        why = f"a model of names of another version of this software ({form}, not {FORM}): train it again with {how}"
    else:
        why = f"no model of names; make one with {how}"
    return InvalidInput(source=source, problems=[Problem(why)])


def written(weights: tagging.Weights, least: int, made: str) -> str:
    """A model file. A weight has one byte."""
    packed = base64.b64encode(zlib.compress(weights.tobytes(), 9)).decode()
    said = {"form": FORM, "least": least, "made": made, "weights": packed}
    return json.dumps(said, ensure_ascii=False, indent=0) + "\n"


class Tagger:
    """A model made ready; may be used by any number of processes."""

    def __init__(self, model: NamesModel, *, everywhere: bool = False) -> None:
        """`everywhere`: a name far from other personal data needs no more than one near it. Handles such as `@name` are
        left to other rules always.
        """
        self.model = model
        self._everywhere = everywhere

    def spans(self, text: str, known: Sequence[Span]) -> list[Span]:
        """Names in the text without overlaps, in order of place. `known`: what rules found in it."""
        return self.spans_of(Block.of([text]), [known], frozenset()).get(0, [])

    def spans_of(self, block: Block, known: Sequence[Sequence[Span]], but: frozenset[int]) -> dict[int, list[Span]]:
        """The same of each text of a block but some, by number; without those that have none."""
        numbers: list[int] = []
        windows: list[tuple[int, int, int, int, int, int]] = []
        rows: list[tuple[int, int, bool]] = []
        starts = block.starts.tolist()
        for number, (text, own) in enumerate(zip(block.texts, known, strict=True)):
            whole = self._everywhere or len(text) <= SHORT
            if number in but or not (whole or own):
                continue
            first, begin, end = len(rows), starts[number], starts[number] + len(text)
            near = [(0, len(text))] if whole else _around(_company(own), len(text))
            rows.extend((span.start, span.end, span.kind == KIND) for span in own if near)
            windows.extend((begin, end, low, high, first, len(rows)) for low, high in near)
            numbers.extend(number for _ in near)
        if not windows:
            return {}
        found: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
        for window, *place in self._in_windows(block, windows, rows).tolist():
            found[numbers[window]].append((place[0], place[1], place[2]))
        named = {number: self._named(block.texts[number], found[number], known[number]) for number in found}
        return {number: names for number, names in named.items() if names}

    def _in_windows(self, block: Block, windows: object, rows: Sequence[object]) -> tagging.Words:
        company = np.array(rows, np.int32).reshape(-1, 3)
        out = np.empty((256, 4), np.int32)
        while True:
            count = tagging.in_windows(
                block.codes, np.array(windows, np.int32), company, tagging.FLAGS, tagging.KINDS, tagging.DOUBLES,
                tagging.PARTICLE_NUMBERS, self.model.weights, self.model.least - EASE, out,
            )  # fmt: skip
            if count <= len(out):
                return out[:count]
            out = np.empty((count, 4), np.int32)

    def _named(self, text: str, places: Sequence[tuple[int, int, int]], known: Sequence[Span]) -> list[Span]:
        likely, company = likeliest([one for one in places if not is_word(text[one[0] : one[1]])]), _company(known)
        rows = self._rows(text, likely)
        return [
            Span(start, end, KIND, min(SCORES[1], SCORES[0] + max(0, score - self.model.least) // SURER), RULE)
            for start, end, score in likely
            if text[start - 1 : start] != "@" and (start in rows or self._counts(text, start, end, score, company))
        ]

    def _rows(self, text: str, likely: Sequence[tuple[int, int, int]]) -> set[int]:
        """Where those begin that stand in a row of names: `ROW` and more that are sure, and what stands among them."""
        made: set[int] = set()
        row: list[tuple[int, int, int]] = []
        for one in [*likely, (len(text) + 9, len(text) + 9, 0)]:
            if row and not PARTED.fullmatch(text, row[-1][1], one[0]):
                if sum(score >= self.model.least for _, _, score in row) >= ROW:
                    made.update(start for start, _, _ in row)
                row = []
            row.append(one)
        return made

    def _counts(self, text: str, start: int, end: int, score: int, company: Sequence[Span]) -> bool:
        own_line = text[start - 1 : start] in ("", "\n") and text[end : end + 1] in ("", "\n")
        sure = score >= self.model.least
        eased = score >= self.model.least - (EASE if text[start] < HAN else EASE_HAN)
        if (self._everywhere and sure) or (score >= self.model.least + ALONE and not own_line):
            return True
        for span in company:
            low, high = (span.end, start) if span.end <= start else (end, span.start)
            if high - low > (WIDE if sure else CLOSE) or not (sure or eased):
                continue
            if text.count("\n", low, high) <= (sure and high - low <= CLOSE):
                return True
        return False

    def seen(self, text: str, known: Sequence[Span]) -> tuple[tagging.Words, tagging.Words]:
        """Every candidate of a text (start, end, score) and its features, for training."""
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        company = np.array([(span.start, span.end, span.kind == KIND) for span in known], np.int32).reshape(-1, 3)
        found = np.empty((len(text) * 4 + 16, 3), np.int32)  # a place begins at most four candidates
        features = np.empty((len(found), tagging.MOST), np.int32)
        count = tagging.candidates(
            codes, 0, len(text), company, tagging.FLAGS, tagging.KINDS, tagging.DOUBLES, tagging.PARTICLE_NUMBERS,
            self.model.weights, -(1 << 30), found, features,
        )  # fmt: skip
        return found[:count], features[:count]


def is_word(said: str) -> bool:
    if said[0] > HAN:
        return said.startswith(WORDS) or said[-1] in LAST
    return not OFFICE.isdisjoint(said.lower().split())


def _company(known: Sequence[Span]) -> list[Span]:
    return [span for span in known if span.kind not in OF_NOBODY]


def _around(company: Sequence[Span], size: int) -> list[tuple[int, int]]:
    """The windows, apart and in order, in which a name is near one of these."""
    made: list[tuple[int, int]] = []
    for span in sorted(company):
        low, high = max(0, span.start - WIDE - LONGEST), min(size, span.end + WIDE)
        if made and low <= made[-1][1]:
            made[-1] = (made[-1][0], max(high, made[-1][1]))
        else:
            made.append((low, high))
    return made


def likeliest(places: Sequence[Sequence[int]]) -> list[tuple[int, int, int]]:
    """Of candidates (start, end, score) that overlap, the likeliest, then the longest; in order of place."""
    kept: list[tuple[int, int, int]] = []
    taken: set[int] = set()
    for start, end, score in sorted(places, key=lambda one: (-one[2], one[0] - one[1], one[0])):
        if taken.isdisjoint(range(start, end)):
            taken.update(range(start, end))
            kept.append((start, end, score))
    return sorted(kept)
