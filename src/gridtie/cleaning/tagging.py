"""Where the name of a person could stand, and what is seen there: kernels over code points, in Chinese and English.

A candidate is a known surname and one or two Han characters behind it, or two to three capitalised words. Its features
are hashed into one table of weights; the sum of those weights is its score. Nothing else of the text is looked at.
"""

import numpy as np
import numpy.typing as npt

from gridtie.cleaning.compiled import njit

BITS = 17
SIZE = 1 << BITS  # of the table of weights
MOST = 24  # features of a candidate
PLANE = 1 << 16
BARE = -60  # what the characters of a name must be worth by themselves
FAINT, FAINT_HAN = -150, -130  # the same of a name beside something else that is personal, on its line
BESIDE = 24  # code points
NEAR = 40  # code points in which something else that is personal counts as company
HAN, SURNAME, DOUBLE, LOWER, UPPER, DIGIT = 1, 2, 4, 8, 16, 32
# What a character is to its neighbours: 0 nothing (start or end), then these; letters and Han have their own.
CLASSES = ("\n\r", " \t\u3000", "，,、;；", "。.!?！？…", ":：", "()（）[]【】<>《》", "\"'“”‘’「」`", "|/\\=@#*_~+&-—")
ASIDE = len(CLASSES) + 1  # anything else
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖萧田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔"
    "谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫阎段雷龙黎史陶贺毛郝顾龚邵万钱覃武戴孔汤庞樊兰殷施洪翟安倪严牛温芦"
    "季俞章鲁葛伍申尤毕聂焦向柳邢岳齐梅莫庄辛管祝左涂谷祁时舒耿牟卜路詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位"
    "霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边楚易常康乔文颜蒙佟窦岑冷敖晏扈桑蔺邬胥臧计褚娄应宗丘骆蓝麦傅"
    "滕简佘邝揭隗卞戚冼储喻巫练符苟瞿茹荆鄢巩仝郜宓蒲饶卓池艾濮郦阙况"
    "赖尚古沙商权麻穆荣花习区玉敬帅丰谌容燕鹿党师厉仇粟寇戈闻衡冀屠郎昌廉皮湛奚狄米贝谈茅危刁虞裘缪宣贲郁杭诸钮嵇滑荀羊惠封芮"
    "羿汲邴糜乌巴弓牧蓬郗仲伊宫栾钭戎祖束幸韶蓟宿怀邰鄂索咸籍阴莘贡劳逄姬扶堵宰雍郤璩寿郏浦农宦鱼慎庾暨弘匡禄殳沃蔚夔厍晁勾訾阚"
    "毋乜鞠巢蒯竺逯盖桓亓揣卯母潭衣褟禤侬岩刀召苑腾镡禚苌檀佴庹亢仉荔奉淳靖姒冶皋宾肇昝凤酆禹"
)
LONG_SURNAMES = (
    "欧阳 上官 司马 东方 独孤 南宫 闻人 夏侯 诸葛 尉迟 赫连 皇甫 公孙 慕容 令狐 司徒 司空 长孙 端木 轩辕 宇文 西门 "
    "太史 万俟 澹台 宗政 濮阳 淳于 申屠 仲孙 钟离 鲜于 闾丘 亓官 拓跋 百里 呼延 东郭 梁丘 左丘 完颜 纳兰"
)
PARTICLES = ("van", "von", "de", "der", "den", "da", "di", "del", "la", "bin", "al", "el", "le", "ten", "dos")
Codes = npt.NDArray[np.uint32]
Words = npt.NDArray[np.int32]
Weights = npt.NDArray[np.int8]


def _flags() -> npt.NDArray[np.uint8]:
    made = np.zeros(PLANE, np.uint8)
    made[0x4E00:0xA000] |= HAN
    for letters, flag in ((SURNAMES, SURNAME), ("".join(pair[0] for pair in LONG_SURNAMES.split()), DOUBLE)):
        for letter in letters:
            made[ord(letter)] |= flag
    for code in (*range(0x41, 0x180),):
        letter = chr(code)
        made[code] |= UPPER if letter.isupper() else LOWER if letter.islower() else 0
    made[0x30:0x3A] |= DIGIT
    return made


def _classes() -> npt.NDArray[np.uint8]:
    made = np.full(PLANE, ASIDE, np.uint8)
    for number, letters in enumerate(CLASSES, start=1):
        for letter in letters:
            made[ord(letter)] = number
    made[0x4E00:0xA000] = ASIDE + 1
    made[np.flatnonzero(_flags() & (LOWER | UPPER))] = ASIDE + 2
    made[0x30:0x3A] = ASIDE + 3
    return made


def _number(word: str) -> int:
    """As `_spelled` has it, in 31 bits."""
    made = 2166136261
    for letter in word:
        made = ((made ^ ord(letter)) * 16777619) & 0xFFFFFFFF
    return made & 0x7FFFFFFF


FLAGS = _flags()
KINDS = _classes()
PARTICLE_NUMBERS = np.array([[_number(word)] for word in PARTICLES], np.int32)
DOUBLES = np.array([[ord(letter) for letter in pair] for pair in LONG_SURNAMES.split()], np.uint32)


@njit(cache=True, nogil=True)
def _mix(template: int, one: int, other: int = 0, third: int = 0) -> int:
    mixed = template * 0x9E3779B1 + int(one) * 0x85EBCA6B + int(other) * 0xC2B2AE35 + int(third) * 0x27D4EB2F
    made = mixed & 0xFFFFFFFF
    return (((made ^ (made >> 15)) * 0x2C1B3C6D) & 0xFFFFFFFF) >> (32 - BITS)


@njit(cache=True, nogil=True)
def _flag(codes: Codes, at: int, flags: npt.NDArray[np.uint8]) -> int:
    return int(flags[codes[at]]) if 0 <= at < codes.size and codes[at] < PLANE else 0


@njit(cache=True, nogil=True)
def _kind(codes: Codes, at: int, kinds: npt.NDArray[np.uint8]) -> int:
    if at < 0 or at >= codes.size:
        return 0
    return int(kinds[codes[at]]) if codes[at] < PLANE else ASIDE


@njit(cache=True, nogil=True)
def _code(codes: Codes, at: int) -> int:
    return int(codes[at]) if 0 <= at < codes.size else 0


@njit(cache=True, nogil=True)
def _company(codes: Codes, start: int, end: int, known: Words) -> int:
    """What else that is personal stands near, at most one line away: 0 no, 1 behind, 2 before, 3 a name."""
    for row in range(known.shape[0]):
        first, last = known[row, 0], known[row, 1]
        if last <= start and start - last <= NEAR:
            low, high, said = last, start, 2
        elif first >= end and first - end <= NEAR:
            low, high, said = end, first, 1
        else:
            continue
        lines = 0
        for at in range(low, high):
            lines += codes[at] == 10
        if lines <= 1:
            return 3 if known[row, 2] else said
    return 0


@njit(cache=True, nogil=True)
def _beside(codes: Codes, start: int, end: int, known: Words) -> bool:
    for row in range(known.shape[0]):
        first, last = known[row, 0], known[row, 1]
        low, high = (last, start) if last <= start else (end, first)
        if 0 <= high - low <= BESIDE:
            apart = False
            for at in range(low, high):
                apart |= codes[at] == 10
            if not apart:
                return True
    return False


@njit(cache=True, nogil=True)
def _worth(out: Words, count: int, weights: Weights, codes: Codes, at: int, end: int, known: Words) -> bool:
    """Whether a candidate of these features, its own, is looked at any further."""
    bare = _sum(out, 0, count, weights)
    return bare >= BARE or (bare >= (FAINT if codes[at] < 0x3000 else FAINT_HAN) and _beside(codes, at, end, known))


@njit(cache=True, nogil=True)
def chinese(codes: Codes, at: int, family: int, end: int, out: Words) -> int:
    """What `codes[at:end]` is made of, with a surname of `family` characters; how many features."""
    given, last = at + family, end - 1
    name = _code(codes, at) * 31 + (_code(codes, at + 1) if family == 2 else 0)
    long = (end - given) * 4 + family
    first = _code(codes, given)
    out[0] = _mix(1, long)
    out[1] = _mix(2, name, long)
    out[2] = _mix(3, name, first)
    out[3] = _mix(4, first, long)
    out[4] = _mix(5, _code(codes, last), long)
    out[5] = _mix(6, first, _code(codes, last), long)
    out[6] = _mix(7, name, first, _code(codes, last) * 4 + end - given)
    return 7


@njit(cache=True, nogil=True)
def beside_chinese(
    codes: Codes, at: int, end: int, known: Words, kinds: npt.NDArray[np.uint8], count: int, out: Words
) -> int:
    """What stands beside it, from `out[count]` on; how many features there are now."""
    last = _code(codes, end - 1)
    left, right = _kind(codes, at - 1, kinds), _kind(codes, end, kinds)
    before, behind = _code(codes, at - 1), _code(codes, end)
    near = _company(codes, at, end, known)
    out[count] = _mix(11, before, end - at)
    out[count + 1] = _mix(12, before, _code(codes, at - 2))
    out[count + 2] = _mix(13, behind, end - at)
    out[count + 3] = _mix(14, behind, _code(codes, end + 1))
    out[count + 4] = _mix(15, last, behind)
    out[count + 5] = _mix(16, before, _code(codes, at))
    out[count + 6] = _mix(17, left, right, end - at)
    out[count + 7] = _mix(18, near, left)
    out[count + 8] = _mix(19, near, right)
    out[count + 9] = _mix(20, left)
    out[count + 10] = _mix(21, right)
    out[count + 11] = _mix(22, before, _code(codes, at - 2), _code(codes, at - 3))
    out[count + 12] = _mix(23, behind, _code(codes, end + 1), _code(codes, end + 2))
    out[count + 13] = _mix(24, before, behind)
    out[count + 14] = _mix(25, last, behind, _code(codes, end + 1))
    return count + 15


@njit(cache=True, nogil=True)
def _spelled(codes: Codes, start: int, end: int) -> int:
    """A word's number, whatever its case."""
    made = 2166136261
    for at in range(start, end):
        code = int(codes[at])
        if 0x41 <= code <= 0x5A or 0xC0 <= code <= 0xDE:
            code += 32
        made = ((made ^ code) * 16777619) & 0xFFFFFFFF
    return made


@njit(cache=True, nogil=True)
def _word_before(codes: Codes, at: int, flags: npt.NDArray[np.uint8]) -> tuple[int, int]:
    """The word that ends at `at`, blanks and one mark aside; empty where there is none on this line."""
    end = at
    while end > 0 and at - end < 3 and not _flag(codes, end - 1, flags) & (LOWER | UPPER | DIGIT):
        if codes[end - 1] == 10:
            return end, end
        end -= 1
    start = end
    while start > 0 and end - start < 20 and _flag(codes, start - 1, flags) & (LOWER | UPPER | DIGIT):
        start -= 1
    return start, end


@njit(cache=True, nogil=True)
def _word_behind(codes: Codes, at: int, flags: npt.NDArray[np.uint8]) -> tuple[int, int]:
    start = at
    while start < codes.size and start - at < 3 and not _flag(codes, start, flags) & (LOWER | UPPER | DIGIT):
        if codes[start] == 10:
            return start, start
        start += 1
    end = start
    while end < codes.size and end - start < 20 and _flag(codes, end, flags) & (LOWER | UPPER | DIGIT):
        end += 1
    return start, end


@njit(cache=True, nogil=True)
def english(codes: Codes, words: Words, count: int, form: int, flags: npt.NDArray[np.uint8], out: Words) -> int:
    """What the words `words[:count]` (start and end of each) are, written in one `form`; how many features.

    Forms: 0 `John Smith`, 1 `John Q. Smith`, 2 `John van Smith`, 3 `John Paul Smith`, 4 `Smith, John`.
    """
    given, family = (count - 1, 0) if form == 4 else (0, count - 1)
    a, b = words[given, 0], words[given, 1]
    c, d = words[family, 0], words[family, 1]
    called, surname = _spelled(codes, a, b), _spelled(codes, c, d)
    loud = (_flag(codes, a + 1, flags) & UPPER != 0) + 2 * (_flag(codes, c + 1, flags) & UPPER != 0)
    out[0] = _mix(41, form)
    out[1] = _mix(42, called)
    out[2] = _mix(43, surname)
    out[3] = _mix(44, _spelled(codes, max(c, d - 3), d))
    out[4] = _mix(45, _spelled(codes, max(c, d - 2), d))
    out[5] = _mix(46, _spelled(codes, max(a, b - 2), b))
    out[6] = _mix(47, loud, form)
    out[7] = _mix(48, min(d - c, 12), min(b - a, 12))
    out[8] = _mix(50, _spelled(codes, words[1, 0], words[1, 1]) if count == 3 else 0, form)
    out[9] = _mix(51, _spelled(codes, max(a, b - 3), b))
    return 10


@njit(cache=True, nogil=True)
def beside_english(
    codes: Codes, start: int, end: int, form: int, known: Words, flags: npt.NDArray[np.uint8],
    kinds: npt.NDArray[np.uint8], count: int, out: Words,
) -> int:  # fmt: skip
    """What stands beside it, from `out[count]` on; how many features there are now."""
    e, f = _word_before(codes, start, flags)
    g, h = _word_behind(codes, end, flags)
    before = _spelled(codes, e, f)
    led = f == start - 1 and e < f and codes[f] == 32 and _flag(codes, e, flags) & UPPER != 0
    followed = g == end + 1 and g < h and codes[end] == 32 and _flag(codes, g, flags) & UPPER != 0
    left, right = _kind(codes, start - 1, kinds), _kind(codes, end, kinds)
    near = _company(codes, start, end, known)
    out[count] = _mix(61, before)
    out[count + 1] = _mix(62, _spelled(codes, g, h))
    out[count + 2] = _mix(63, left, right)
    out[count + 3] = _mix(64, int(led), int(followed), form)
    out[count + 4] = _mix(65, near, form)
    out[count + 5] = _mix(66, near, left)
    out[count + 6] = _mix(67, left, int(led))
    out[count + 7] = _mix(68, right, int(followed))
    out[count + 8] = _mix(69, before, left)
    return count + 9


@njit(cache=True, nogil=True)
def _capital_word(codes: Codes, at: int, flags: npt.NDArray[np.uint8]) -> int:
    """Where the capitalised word that begins here ends; `at` where none does. `O'Neil-McKay` is one."""
    end = at
    if not _flag(codes, at, flags) & UPPER:
        return at
    while end < codes.size and end - at < 24:
        if _flag(codes, end, flags) & (LOWER | UPPER):
            end += 1
        elif codes[end] in (0x27, 0x2019, 0x2D) and _flag(codes, end + 1, flags) & UPPER:
            end += 2
        else:
            break
    return end if end - at >= 2 and not _flag(codes, end, flags) & DIGIT else at


@njit(cache=True, nogil=True)
def _particle(codes: Codes, at: int, particles: Words) -> int:
    """Where a particle such as `van` that begins here, and its blank, end."""
    end = at
    while end < codes.size and end - at < 5 and 0x61 <= codes[end] <= 0x7A:
        end += 1
    if end - at < 2 or _code(codes, end) != 32:
        return at
    spelled = _spelled(codes, at, end)
    for row in range(particles.shape[0]):
        if particles[row, 0] == spelled & 0x7FFFFFFF:
            return end
    return at


@njit(cache=True, nogil=True)
def _english_at(
    codes: Codes, at: int, flags: npt.NDArray[np.uint8], particles: Words, words: Words, forms: Words
) -> int:
    """The ways to read a name that begins here, as up to three: (form, words) into `forms`, places into `words`."""
    one = _capital_word(codes, at, flags)
    if one == at:
        return 0
    found = 0
    comma = _code(codes, one) == 0x2C
    at_two = one + 2 if comma else one + 1
    if _code(codes, at_two - 1) != 32:
        return 0
    two = _capital_word(codes, at_two, flags)
    words[0, 0], words[0, 1], words[1, 0], words[1, 1] = at, one, at_two, two
    if two > at_two:
        forms[0, 0], forms[0, 1] = (4, 2) if comma else (0, 2)
        found = 1
        three = _capital_word(codes, two + 1, flags) if _code(codes, two) == 32 and not comma else two + 1
        if three > two + 1:
            words[2, 0], words[2, 1] = two + 1, three
            forms[1, 0], forms[1, 1] = 3, 3
            found = 2
        return found
    if comma:
        return 0
    if _flag(codes, at_two, flags) & UPPER:  # an initial, with or without its point
        two = at_two + (2 if _code(codes, at_two + 1) == 0x2E else 1)
        form = 1
    else:
        two = _particle(codes, at_two, particles)
        second = _particle(codes, two + 1, particles) if two > at_two else two + 1
        two = second if second > two + 1 else two
        form = 2
    if two == at_two or _code(codes, two) != 32:
        return 0
    three = _capital_word(codes, two + 1, flags)
    if three == two + 1:
        return 0
    words[1, 0], words[1, 1], words[2, 0], words[2, 1] = at_two, two, two + 1, three
    forms[0, 0], forms[0, 1] = form, 3
    return 1


@njit(cache=True, nogil=True)
def candidates(
    codes: Codes, low: int, high: int, known: Words, flags: npt.NDArray[np.uint8], kinds: npt.NDArray[np.uint8],
    doubles: Codes, particles: Words, weights: Weights, least: int, places: Words, features: Words,
) -> int:  # fmt: skip
    """Every candidate that begins from `low` to before `high` and scores at least `least`: start, end and score into
    `places`; how many there are.

    `known`: start, end and whether it is a name, of what rules found. Where `features` has rows, those of every
    candidate are put there; else one whose own characters score less than `BARE` (or `FAINT…`) is not looked at any
    further.
    It stops when `places` is full.
    """
    out, words, forms = np.empty(MOST, np.int32), np.empty((3, 2), np.int32), np.empty((2, 2), np.int32)
    found, every = 0, features.shape[0] > 0
    begins = np.empty(max(0, high - low), np.int32)
    for at in begins[: beginnings(codes, low, high, flags, begins)]:
        flag = flags[codes[at]]
        if flag & (SURNAME | DOUBLE):
            for family in range(1, 3):
                if family == 1 and not flag & SURNAME:
                    continue
                if family == 2 and not (flag & DOUBLE and _double(codes, at, doubles)):
                    continue
                for end in range(at + family + 1, at + family + 3):
                    if not _flag(codes, end - 1, flags) & HAN:
                        break
                    count = chinese(codes, at, family, end, out)
                    if every or _worth(out, count, weights, codes, at, end, known):
                        count = beside_chinese(codes, at, end, known, kinds, count, out)
                        found = _kept(found, at, end, count, out, weights, least, places, features)
        else:
            for row in range(_english_at(codes, at, flags, particles, words, forms)):
                form, size = forms[row, 0], forms[row, 1]
                end = words[size - 1, 1]
                count = english(codes, words, size, form, flags, out)
                if every or _worth(out, count, weights, codes, at, end, known):
                    count = beside_english(codes, at, end, form, known, flags, kinds, count, out)
                    found = _kept(found, at, end, count, out, weights, least, places, features)
        if found + 8 > places.shape[0]:
            break
    return found


@njit(cache=True, nogil=True)
def beginnings(codes: Codes, low: int, high: int, flags: npt.NDArray[np.uint8], out: Words) -> int:
    """How many places from `low` to before `high` a candidate may begin at, by the character there and those beside
    it; they are put into `out`."""
    found, before, own = 0, _flag(codes, low - 1, flags), _flag(codes, low, flags)
    for at in range(low, high):  # no branch hangs on what a character is
        after = flags[min(codes[at + 1], PLANE - 1)] if at + 1 < codes.size else 0
        chinese = own & (SURNAME | DOUBLE) != 0
        out[found] = at
        found += (chinese & (after & HAN != 0)) | (
            (not chinese) & (own & UPPER != 0) & (before & (LOWER | UPPER | DIGIT) == 0)
        )
        before, own = own, int(after)
    return found


@njit(cache=True, nogil=True)
def in_windows(
    codes: Codes, windows: Words, known: Words, flags: npt.NDArray[np.uint8], kinds: npt.NDArray[np.uint8],
    doubles: Codes, particles: Words, weights: Weights, least: int, out: Words,
) -> int:  # fmt: skip
    """The `candidates` of all windows: number of the window, start, end and score into `out`; how many there are. Those
    without room are not written.

    A window has the start and end of its text in `codes`, its own start and end in this text, and which rows of `known`
    are of it.
    """
    found, none = 0, np.empty((0, MOST), np.int32)
    for number in range(windows.shape[0]):
        first, last, low, high, begin, end = windows[number]
        places = np.empty((high - low + 16, 3), np.int32)
        text, company = codes[first:last], known[begin:end]
        count = candidates(
            text, low, high, company, flags, kinds, doubles, particles, weights, least, places, none,
        )  # fmt: skip
        for row in range(count):
            if found < out.shape[0]:
                out[found, 0], out[found, 1:] = number, places[row]
            found += 1
    return found


@njit(cache=True, nogil=True)
def _sum(out: Words, low: int, high: int, weights: Weights) -> int:
    score = 0
    for number in range(low, high):
        score += int(weights[out[number]])
    return score


@njit(cache=True, nogil=True)
def _double(codes: Codes, at: int, doubles: Codes) -> bool:
    for row in range(doubles.shape[0]):
        if codes[at] == doubles[row, 0] and _code(codes, at + 1) == doubles[row, 1]:
            return True
    return False


@njit(cache=True, nogil=True)
def _kept(
    found: int, start: int, end: int, count: int, out: Words, weights: Weights, least: int, places: Words,
    features: Words,
) -> int:  # fmt: skip
    score = _sum(out, 0, count, weights)
    if score < least:
        return found
    places[found, 0], places[found, 1], places[found, 2] = start, end, score
    if features.shape[0]:
        features[found, :count] = out[:count]
        features[found, count:] = -1
    return found + 1


@njit(cache=True, nogil=True)
def learn(
    features: Words, names: npt.NDArray[np.bool_], weights: npt.NDArray[np.int64], rounds: int, by: int, margin: int
) -> npt.NDArray[np.int64]:
    """The average of the weights of a perceptron that wants this margin and learns in steps of `by`, times the number
    of examples it saw; whole numbers throughout, so the same everywhere (Freund and Schapire 1999).

    Examples come in an order that depends on their number alone.
    """
    size = features.shape[0]
    stride = 7919
    while size % stride == 0:
        stride += 2
    total = np.zeros_like(weights)
    step = 0
    at = 0
    for _ in range(rounds * size):
        at = (at + stride) % size
        score = 0
        for number in range(features.shape[1]):
            if features[at, number] < 0:
                break
            score += weights[features[at, number]]
        wanted = by if names[at] else -by
        if score * wanted <= margin * by:
            for number in range(features.shape[1]):
                if features[at, number] < 0:
                    break
                weights[features[at, number]] += wanted
                total[features[at, number]] += step * wanted
        step += 1
    return weights * step - total
