# ruff: noqa: E501, SIM905  lists of words and sentences
"""Makes the built-in model of names again: `python benchmarks/names_model.py OUT`, in an environment that also has
jieba and Faker (both MIT licence). Two minutes, the same file each time.

Nothing labelled by anybody goes in. Names come from Faker's lists; what is no name from jieba's dictionary of Chinese
words with their frequencies, from the documentation that comes with Python, and from lists here; both are put into
sentences written here. Texts for evaluation are not read.
"""

import argparse
import ast
import importlib
import json
import random
import re
import sys
from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path

import numpy as np

import names_sentences as said
from gridtie.adapters.tables import load_rules
from gridtie.cleaning import tagging
from gridtie.cleaning.scan import Scanner
from gridtie.cleaning.tagger import NamesModel, written
from gridtie.cleaning.training import Labelled, train

LEAST = 30  # lower than generated texts alone would set it: a name is looked for where company is anyway
SEED = 20261127
MADE = "generated sentences; names of Faker, words of jieba (both MIT), documentation of Python (PSF)"
LATIN = "en_US en_GB en_IN en_NG de_DE fr_FR es_ES it_IT pl_PL nl_NL sv_SE tr_TR pt_BR id_ID en_KE yo_NG zu_ZA ro_RO cs_CZ no_NO da_DK fi_FI hu_HU en_PK ga_IE ig_NG ha_NG".split()
# Names that every language above lacks, as Chinese, Japanese, Korean, Vietnamese, Arabic and Russian ones are spelled.
MORE_GIVEN = "Wei Fang Jing Li Na Min Xin Yan Hao Jun Lei Ming Ting Xiao Yu Chen Hui Jian Ping Rui Mei Lin Hong Bo Tao Kenji Hiroshi Yuki Haruto Sakura Akira Takashi Naoko Yoko Satoshi Minjun Jiho Seojun Hyun Jisoo Eunji Sang Minh Linh Huong Thanh Tuan Anh Omar Ahmed Mohammed Fatima Aisha Khalid Youssef Layla Hassan Mariam Ibrahim Tariq Zainab Ali Sergei Dmitri Ivan Olga Natasha Svetlana Alexei Vladimir Tatiana Mikhail Yelena Boris Priya Rahul Anjali Kwame Kofi Ama Chidi Ngozi Amina".split()
MORE_FAMILY = "Wang Li Zhang Liu Chen Yang Zhao Huang Zhou Wu Xu Sun Ma Zhu Hu Guo He Lin Gao Luo Zheng Liang Xie Song Tang Deng Han Feng Cao Peng Xiao Tanaka Suzuki Sato Takahashi Watanabe Ito Yamamoto Nakamura Kobayashi Kato Kim Lee Park Choi Jung Kang Cho Yoon Nguyen Tran Le Pham Hoang Vo Dang Bui Haddad Khoury Mansour Rahman Hussain Malik Aziz Farouk Nasser Ivanov Petrov Smirnov Volkov Sokolov Popov Novak Kovac Horvat Okafor Mensah Diallo Traore Mbeki Banerjee Mukherjee Iyer Nair Kapoor Silva Santos Costa".split()
GIVEN_LETTERS = "伟强磊洋勇军杰涛超明刚平辉鹏华飞鑫波斌宇浩凯健俊帆帅旭宁龙林欢佳阳亮成建峰志兵东博彬坤岩文利楠芳娜敏静丽艳娟霞玲桂秀英婷玉慧莹雪琳倩颖红梅萍燕洁璐丹彤欣怡涵梓轩雨诗琪萌雅菲媛晓春兰珍淑凤霄翔辰逸泽睿瑞晨昊然子墨皓天佑锦程铭哲嘉懿一诺依妍语馨思远凌风云海山川国庆民德福贵荣昌兴忠义仁礼信良善学知清正道中天长青松柏竹菊莲蓉薇蕾茜莎岚曼琴瑶珊珠翠冰心爱美可心乐家惠群立新克定安康宝金银水木火土根生开元振世光耀祖宗继承先进连启永恒久远大小如若之亦亚其景晶智虹彦乃守延尚士达少卿树栋梁才贤孝诚厚培全友胜双喜发奇才茂盛维邦坚毅刚钢铁柱磐石润泓淼滢澜沛洪涌汉江河源洲"
CITIES = "New York;Los Angeles;San Francisco;San Diego;San Jose;Las Vegas;Santa Barbara;Santa Monica;Hong Kong;Kuala Lumpur;Buenos Aires;Rio Grande;Cape Town;Tel Aviv;New Delhi;New Zealand;South Africa;North Carolina;West Virginia;Saint Louis;Baton Rouge;Salt Lake;Puerto Rico;Costa Rica;Sierra Leone;Sri Lanka;Saudi Arabia;United States;United Kingdom;Great Britain;Northern Ireland;Monte Carlo;Mount Everest;Lake Michigan;Palo Alto;Mountain View;Menlo Park;Notre Dame;Fort Worth;Long Island;Staten Island;Hudson River;Santa Clara;St Petersburg;San Antonio;Grand Rapids;Little Rock;Ann Arbor;Virginia Beach;Carson City;Jersey City;Oklahoma City;Jefferson County;Orange County;Port Louis;Saint Helena;Christmas Island;Victoria Falls;Jackson Hole;Charlotte Observer;Kansas City;Abu Dhabi;Addis Ababa;Phnom Penh;San Marino;El Salvador;Soviet Union;Middle East;Far East;Latin America;Western Europe;East Germany;South Korea;North Korea;New England;New Orleans;New Jersey;New Mexico;New Hampshire;South Dakota;Rhode Island"
BODIES = "White House;Supreme Court;Wall Street;Security Council;World Bank;Red Cross;Air Force;State Department;Federal Reserve;House Republicans;Democratic Party;General Motors;General Electric;Ford Motor;Merrill Lynch;Goldman Sachs;Morgan Stanley;Salomon Brothers;Johnson Controls;Wells Fargo;Warner Brothers;Warner Bros;Dow Jones;Lockheed Martin;Rolls Royce;Harley Davidson;Ernst Young;Price Waterhouse;Drexel Burnham;Charles Schwab;Louis Vuitton;Marks Spencer;Texas Instruments;Hewlett Packard;American Express;British Airways;Deutsche Bank;Standard Chartered;Apache Software;Apache Spark;Apache Kafka;Apache Arrow;Google Cloud;Amazon Web;Visual Studio;Hugging Face;Open Source;Creative Commons;Mozilla Foundation;Linux Foundation;Free Software;Red Hat;Stack Overflow;Docker Hub;Jupyter Notebook;Azure Blob;Delta Lake;Spring Boot;Mac Os;Windows Server;Internet Explorer;Internet Archive;Test Driven;Machine Learning;Deep Learning;Pull Request;Code Review;Vice President;Prime Minister;Chief Justice;Chief Executive;Secretary General;Attorney General;Mr Speaker;Mr President;Queen Mary;King Henry;Lord Mayor;Pope John;Saint Paul;Holy Spirit;Jesus Christ;Old Testament;Civil War;World War;Great Depression;Nobel Prize;Academy Award;Super Bowl;World Cup;Star Wars;Star Trek;Happy Birthday;Merry Christmas;Good Morning;Good Friday;Best Regards;Kind Regards;Dear Sir;Dear Customer;Yours Truly;Thank You"
AFTER_NAME = "Street Road Avenue Lane Boulevard Square Park Bridge Hospital University College School Institute Foundation Inc Corp Ltd LLC Group Brothers Company Center Centre Hall House Museum Award Prize Stadium Airport County City Valley River Lake Island Beach Library Theorem Algorithm Distribution Process Equation Method Test Model Transform Filter Score Index Law Effect Scale Number Act Amendment Bill Report Tower Building Court Hotel Store Bank Insurance Airlines Motors Press Books Records Pictures Studios".split()
MONTHS = "January February March April May June July August September October November December Monday Tuesday Wednesday Thursday Friday Saturday Sunday Spring Summer Autumn Winter Easter Christmas".split()


class Chance(random.Random):
    def of(self, listed: Sequence[str]) -> str:
        return listed[int(self.random() * len(listed))]

    def by(self, listed: Sequence[str], sums: Sequence[float]) -> str:
        return str(self.choices(listed, cum_weights=sums)[0])


def sums(counts: Sequence[float]) -> list[float]:
    return np.cumsum(counts).tolist()


# ── words ─────────────────────────────────────────────────────────────────────────────────────────────────────────
class ChineseWords:
    def __init__(self, chance: Chance) -> None:
        self.chance = chance
        lines = (files("jieba") / "dict.txt").read_text(encoding="utf-8").splitlines()
        known = [(word, int(count), kind) for word, count, kind in (line.split(" ") for line in lines)]
        han = re.compile("[一-鿿]+")
        plain = [(word, count) for word, count, kind in known if not kind.startswith("nr") and han.fullmatch(word)]
        self.words, self.sums = [word for word, _ in plain], sums([count for _, count in plain])
        surnames = tagging.SURNAMES
        like = [(w, c) for w, c in plain if w[0] in surnames and 2 <= len(w) <= 4]
        self.like, self.like_sums = [w for w, _ in like], sums([c**0.6 for _, c in like])
        names = [w for w, _, k in known if k == "nr" and 2 <= len(w) <= 3 and w[0] in surnames and han.fullmatch(w)]
        self.famous = sorted(set(names) - set(self.words))
        provider = importlib.import_module("faker.providers.person.zh_CN").Provider
        self.given = [name for name in provider.first_names if 1 <= len(name) <= 2]
        self.second, self.third = "".join(name[1] for name in names), "".join(name[2:] for name in names)
        family = list(surnames)
        self.family, self.family_sums = family, sums([1.0 / (3 + rank) for rank in range(len(family))])

    def text(self, count: int) -> str:
        made = []
        for _ in range(count):
            made.append(self.chance.by(self.words, self.sums))
            draw = self.chance.random()
            made.append("，" if draw < 0.09 else "。" if draw < 0.13 else "、" if draw < 0.15 else "\n" if draw < 0.17
                        else "：" if draw < 0.175 else "“" if draw < 0.18 else "”" if draw < 0.185 else "")  # fmt: skip
        return "".join(made)

    def name(self) -> str:
        """Given names as in Faker's lists, put together of letters that given names of jieba's list have in that place,
        of letters listed here, and words."""
        of, draw = self.chance.of, self.chance.random()
        if draw < 0.12:
            return of(self.famous)
        long = draw < 0.19
        family = of(tagging.LONG_SURNAMES.split()) if long else self.chance.by(self.family, self.family_sums)
        if long and draw < 0.17:
            return family + of(self.second) + of(self.third)
        if draw < 0.4:
            return family + of(self.given)
        if draw < 0.46:
            word = self.chance.by(self.words, self.sums)
            return family + word if len(word) == 2 else family + of(self.given)
        short = self.chance.random() < 0.3
        if draw < 0.75:
            return family + of(self.second) + ("" if short else of(self.third))
        return family + of(GIVEN_LETTERS) + ("" if short else of(GIVEN_LETTERS))

    def few(self) -> str:
        return self.chance.of(["，", "。", "", "", "\n"]) + self.text(2)

    def other(self) -> str:
        """What stands where a name could, and is none."""
        return self.chance.by(self.like, self.like_sums) if self.chance.random() < 0.6 else self.text(1)


class EnglishWords:
    def __init__(self, chance: Chance) -> None:
        self.chance = chance
        self.given, self.family = list(MORE_GIVEN) * 3, list(MORE_FAMILY) * 3
        for place in LATIN:
            provider = importlib.import_module(f"faker.providers.person.{place}").Provider
            self.given += [name for name in provider.first_names if name.isalpha()]
            self.family += [name for name in provider.last_names if 2 < len(name) < 16]
        text = _documentation()
        self.paragraphs = [one for one in re.split(r"\n\s*\n", text) if 40 < len(one) < 3000]
        self.words = sorted(set(re.findall(r"\b[a-z]{3,12}\b", text)))
        self.bodies = (CITIES + ";" + BODIES).split(";")

    def name(self) -> str:
        of, draw = self.chance.of, self.chance.random()
        given, family = of(self.given), of(self.family)
        if draw < 0.1:
            return f"{given} {of('ABCDEFGHJKLMNPRSTW')}. {family}"
        if draw < 0.13:
            return f"{given} {of(tagging.PARTICLES)} {family}"
        if draw < 0.2:
            return f"{given} {of(self.given)} {family}"
        if draw < 0.25:
            return f"{family}, {given}"
        if draw < 0.28:
            return f"{given} {family.upper()}"
        if draw < 0.3:
            return f"{given} {family}-{of(self.family)}"
        return f"{given} {family}"

    def other(self) -> str:
        of, draw = self.chance.of, self.chance.random()
        title = self._title
        if draw < 0.25:
            return of(self.bodies)
        if draw < 0.35:
            return f"{of(self.family)} {of(AFTER_NAME)}"
        if draw < 0.45:
            return f"{of(self.given)} {of(self.family)} {of(AFTER_NAME)}"
        if draw < 0.5:
            return f"{of(self.given)} {title()}"
        if draw < 0.55:
            return f"{title()} {of(self.family)}"
        if draw < 0.6:
            return f"{of(MONTHS)} {title()}"
        if draw < 0.65:
            return f"{title()}, {of(self.given)}"
        if draw < 0.7:
            return f"{of(self.bodies)} {title()}"
        if draw < 0.75:
            short = "".join(of("ABCDEFGHIKLMNOPRSTUVXYZ") for _ in range(2 + int(self.chance.random() * 3)))
            return f"{of([title(), of(self.given), of(self.family)])} {short}{of(['', '', 's'])}"
        return f"{title()} {title()}" + (f" {title()}" if draw > 0.9 else "")

    def few(self) -> str:
        of = self.chance.of
        return of([". ", " ", " ", ", ", "\n"]) + f"{of(self.words)} {of(self.words)}" + of([" ", " ", " ", ", ", ": "])

    def _title(self) -> str:
        return self.chance.of(self.words).capitalize()

    def text(self) -> str:
        return self.chance.of(self.paragraphs)


def _documentation() -> str:
    """What the modules of the standard library say of themselves."""
    topics = importlib.import_module("pydoc_data.topics").topics
    made = list(topics.values())
    for path in sorted(Path(ast.__file__).parent.glob("*.py")):
        try:
            tree = ast.parse(path.read_text(encoding="utf-8"))
        except (SyntaxError, UnicodeDecodeError):
            continue
        nodes = (ast.Module, ast.ClassDef, ast.FunctionDef)
        made += [ast.get_docstring(node) or "" for node in ast.walk(tree) if isinstance(node, nodes)]
    return "\n\n".join(made)


# ── sentences ─────────────────────────────────────────────────────────────────────────────────────────────────────────
class Sentences:
    """Of one language: forms with their slots filled."""

    def __init__(self, chance: Chance, words: ChineseWords | EnglishWords) -> None:
        self.chance, self.words, self.chinese = chance, words, isinstance(words, ChineseWords)
        self.strong, self.weak = (
            one.split("¦") for one in ((said.STRONG, said.WEAK) if self.chinese else (said.ENGLISH, ""))
        )

    def filled(self, form: str, value: Callable[[], str], name: bool, at: int) -> tuple[str, list[list[object]]]:
        text, labels = "", list[list[object]]()
        for piece in re.split(r"(\{[a-zRVL]\})", form):
            if piece == "{n}":
                put = value()
                if name:
                    labels.append([at + len(text), at + len(text) + len(put), "NAME"])
                text += put
            else:
                text += self.slot(piece[1]) if piece[:1] == "{" and len(piece) == 3 else piece
        return text, labels

    def slot(self, letter: str) -> str:
        of, digits = self.chance.of, self.chance.randrange
        if letter in "rtvlRVL":
            return of({"r": said.ROLES, "t": said.TITLES, "v": said.VERBS, "l": said.LABELS,
                       "R": said.ENGLISH_ROLES, "V": said.ENGLISH_VERBS, "L": said.ENGLISH_LABELS}[letter])  # fmt: skip
        if letter == "w":
            return self.words.text(1 + int(self.chance.random() * 4)) if isinstance(self.words, ChineseWords) else ""
        if letter == "p":
            return f"1{of('3578')}{digits(10**9):09d}"
        if letter == "m":
            return f"{of(['ab', 'lin', 'jo', 'sales', 'k'])}{digits(10**4)}@example.com"
        if letter == "k":
            return f"62{digits(10**16):016d}3"
        day = (1940 + digits(70), 1 + digits(12), 1 + digits(28))
        if letter == "d":
            return of(["{}年{}月{}日", "{}-{:02d}-{:02d}", "{}/{}/{}"]).format(*day)
        if letter == "i":
            return "{}{:04d}{:02d}{:02d}{:03d}X".format(of(["110105", "430102", "510107"]), *day, digits(1000))
        return f"{of(['长沙市', '武侯区', '海淀区'])}{self.chance.of(GIVEN_LETTERS)}{self.chance.of(GIVEN_LETTERS)}路{1 + digits(300)}号"


def document(chance: Chance, zh: Sentences, en: Sentences) -> Labelled:
    """Sentences with and without names among other words, or nothing but sentences with them."""
    one = zh if chance.random() < 0.55 else en
    words, text, labels = one.words, "", list[list[object]]()
    dense = one.chinese and chance.random() < 0.3
    for _ in range(6):
        if not dense:
            text += words.text(25) if isinstance(words, ChineseWords) else words.text()
            text += chance.of(["\n", "\n\n", " ", "。" if one.chinese else ". "])
        draw = chance.random()
        if one.chinese:
            form = chance.of(one.strong) if draw < 0.65 or dense else chance.of(one.weak)
            name = chance.random() < (0.9 if form in one.strong else 0.4)
        elif draw < 0.6:
            form, name = chance.of(one.strong), chance.random() < 0.65
        elif draw < 0.85:  # among other words, without a frame
            form = f"{words.few()}{{n}}{words.few()}{chance.of(['', '{p}', ' {m}', ' ({m})'])}"
            name = chance.random() < 0.55
        else:
            form, name = "", False
        put, found = one.filled(form, words.name if name else words.other, name, len(text))
        text += put + chance.of(["\n", "，" if one.chinese else ", ", " ", "\n\n"])
        labels += found
    return Labelled(text, frozenset((int(str(a)), int(str(b))) for a, b, _ in labels))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--documents", type=int, default=60_000)
    parser.add_argument("--least", type=int, default=LEAST, help="the limit; 30 is that of the built-in model")
    args = parser.parse_args()
    chance = Chance(SEED)
    zh, en = Sentences(chance, ChineseWords(chance)), Sentences(chance, EnglishWords(chance))
    texts = [document(chance, zh, en) for _ in range(args.documents)]
    empty = NamesModel.read(written(np.zeros(tagging.SIZE, np.int8), 0, "nothing"), source="nothing")
    trained = train(texts, Scanner(load_rules()), empty, precision=0.98, made=MADE)
    model = written(NamesModel.read(trained.model, source="trained").weights, args.least, MADE)
    args.out.write_text(model, encoding="utf-8")
    limit = json.loads(model)["least"]
    sys.stderr.write(f"{trained.texts} texts, {trained.found} of {trained.names} names, {trained.false} false, "
                     f"limit {limit}, {len(model)} bytes\n")  # fmt: skip


if __name__ == "__main__":
    main()
