# ruff: noqa: E501, SIM905  lists of words and sentences
"""Labelled documents for `bench_cleaning.py`: shapes that no rule was written for, values that belong to nobody.

Chats, tables, mail headers, HTML, JSON, forms, logs, tickets, recognised scans. A slot `{MOBILE}` becomes a value of
that kind and a label; `{~MOBILE}` the same value written in an odd way; `{!order}` a look-alike that is no personal data.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Protocol

import cleaning_unseen
import cleaning_unseen_again
import cleaning_unseen_fifth
import cleaning_unseen_fourth
import cleaning_unseen_sixth
import cleaning_unseen_third
import cleaning_ways
import cleaning_ways_spoken
from cleaning_drawn import Drawn
from cleaning_values import Document, Kinds
from cleaning_ways import Way
from gridtie.cleaning.checks import CHECKS

Ways = Mapping[str, list[Way]]


class Filler(Protocol):
    """Who makes values and look-alikes of each kind."""

    chance: random.Random

    def of(self, listed: Sequence[str]) -> str: ...
    def value(self, kind: str, language: str) -> str: ...
    def decoy(self, name: str) -> str: ...


FAMILY = "赵 钱 孙 李 周 吴 郑 王 冯 陈 褚 蒋 沈 韩 杨 朱 秦 许 何 吕 施 张 孔 曹 严 华 金 魏 陶 姜 谢 邹 苏 潘 葛 范 彭 鲁 韦 马 苗 方 俞 任 袁 柳 唐 罗 薛 贺 倪 汤 殷 毕 郝 安 常 于 傅 齐 康 伍 余 顾 孟 黄 萧 尹 欧阳 司马 诸葛 慕容".split()
GIVEN = "国栋 雅琴 永福 思源 秋菊 志远 婉清 建业 梦瑶 德胜 小龙 凤英 文博 若兰 海涛 翠花 正阳 依然 学军 晓峰 玉珍 俊杰 丹 磊 敏 强 静怡 佳慧 长青 书豪 春燕 振邦 美玲 天宇 素芬 宏伟 子涵 一鸣 润芝 少华".split()
ENGLISH = "Hannah Whitfield|Marcus Oyelaran|Siobhan Gallagher|Rajesh Venkataraman|Emily Carter|Luis Fernandez|Aiko Matsumoto|Peter van Dijk|Oluwaseun Adeyemi|Katarzyna Nowak|Daniel O'Connor|Zeynep Kaya|Grace Liu|Tom Becker|Nadia Hussein|Victor Lindqvist|Amara Nwosu|Jean-Luc Moreau|Irina Kuznetsova|Samuel T. Brooks|Mei-Ling Chang|George Papadakis|Yusuf Rahman|Charlotte Hughes|Diego Ramirez|Anneliese Vogel|Kevin Murphy|Sunita Sharma|Patrick Osei|Rebecca Stone".split(
    "|"
)
CHINESE = {
    "chat": "[2026-03-02 09:14] {NAME}：我手机换成{MOBILE}了，老号停用|{NAME} 14:02:11\n在吗？把表发我{EMAIL}\n{NAME} 14:03:40\n发了，微信{WECHAT}也加一下|客服小美: 亲，收件地址是{ADDRESS}对吗\n买家: 对，{NAME}收，{MOBILE}|A: 你QQ多少 B: {QQ} A: 好，{NAME}也在群里|群主：新人报一下，{NAME}，{MOBILE}，车牌{PLATE}",
    "csv": "id,姓名,手机,邮箱,金额\n10086,{NAME},{MOBILE},{EMAIL},{!price}\n10087,{NAME},{MOBILE},{EMAIL},{!price}|{!order};{NAME};{CN_ID};{BANK};已打款|客户\t证件\t车牌\n{NAME}\t{CN_ID}\t{PLATE}|快递单号,收方,收方电话,收方地址\n{!order},{NAME},{MOBILE},{ADDRESS}",
    "mail": '发件人: {NAME} <{EMAIL}>\n收件人: {NAME} <{EMAIL}>\n抄送: {NAME}; {NAME}\n主题: 关于{!order}\n\n{NAME}您好，附件请查收。\n{NAME}\n电话 {LANDLINE}|From: "{NAME}" <{EMAIL}>\nMessage-ID: <{!hash}@mail.example.com>\nX-Originating-IP: [{IPV4}]\n\n请回复。',
    "html": '<tr><td>{NAME}</td><td>{MOBILE}</td><td>{CN_ID}</td></tr>|<li class="c"><b>{NAME}</b><span>{MOBILE}</span></li>|<p>联系人：<a href="mailto:{EMAIL}">{NAME}</a>，座机{LANDLINE}</p><!-- v{!version} -->|<div data-id="{!hash}">地址：{ADDRESS}</div>',
    "json": '{"user":{"realName":"{NAME}","mobile":"{MOBILE}","idNo":"{CN_ID}"},"orderNo":"{!order}"}|{"payee": "{NAME}", "bankAccount": "{BANK}", "amount": {!price}}|{"ip":"{IPV4}","mac":"{MAC}","uid":{!order},"contact":"{EMAIL}"}|{"addr":"{ADDRESS}","receiver":"{NAME}","tel":"{MOBILE}"}',
    "form": "申请人姓名 {NAME}  性别 女  出生日期 {DOB}\n身份证件号码 {CN_ID}\n现住址 {ADDRESS}\n联系电话 {MOBILE}|患者：{NAME}　　住院号：{MRN}\n家属{NAME}（{MOBILE}）|护照号码 {PASSPORT}  姓名 {NAME}  生日 {DOB}|统一社会信用代码：{USCC}\n法定代表人：{NAME}\n联系方式：{LANDLINE}|开户行：建设银行  户名：{NAME}  账号：{BANK}",
    "log": "2026-03-02 10:00:01 INFO login user={NAME} phone={MOBILE} ip={IPV4} trace={!hash}|WARN 短信发送失败 to={MOBILE} code={!small} cost={!price}ms|用户{NAME}({CN_ID})实名通过 耗时{!small}ms",
    "prose": "昨晚{NAME}在小区门口被一辆{PLATE}的车撞了，家属请拨打{MOBILE}。|经查，{NAME}（身份证号{CN_ID}）多次向{NAME}借款，合计{!price}元。|我和{NAME}约好三点见，她的号码是{MOBILE}，找不到就去{ADDRESS}。|{NAME}去年从深圳搬到{ADDRESS}，邮箱没变，还是{EMAIL}。|这批货由{NAME}签收，{NAME}复核，单号{!order}。|老张的儿子{NAME}{DOB}出生，现在也上班了。|转账给{NAME}的卡{BANK}，别转错。",
    "scan": "姓 名 {NAME}\n性 别 男 民 族 汉\n出 生 {DOB}\n住 址 {ADDRESS}\n公民身份号码\n{CN_ID}|收 据  No {!order}\n今收到 {NAME} 交来 房租\n电话： {MOBILE}|号 牌 号 码 {PLATE}\n所 有 人 {NAME}\n住 址 {ADDRESS}",
    "ticket": "工单#{!order} 客户{NAME}来电（{MOBILE}）反映宽带掉线，装机地址{ADDRESS}，已派{NAME}上门|【签到】{NAME} 工号已录 电话{MOBILE} 微信号:{WECHAT}|投诉人{NAME}，回访号码{LANDLINE}，诉求退款{!price}元",
}
LATIN = {
    "chat": "[09:14] {NAME}: my new cell is {USPHONE}|{NAME} 2:02 PM\nsend it to {EMAIL} pls\n{NAME} 2:03 PM\ndone|<{NAME}> anyone got Priya's number?\n<mod> {USPHONE}|agent: can I have your social? customer: {SSN}",
    "csv": "id,name,email,phone\n17,{NAME},{EMAIL},{USPHONE}\n18,{NAME},{EMAIL},{USPHONE}|{!order};{NAME};{IBAN};{!price}|full_name\tssn\tcard\n{NAME}\t{SSN}\t{CARD}",
    "mail": 'From: {NAME} <{EMAIL}>\nTo: "{NAME}" <{EMAIL}>\nCc: {NAME} <{EMAIL}>\nReceived: from [{IPV4}]\nMessage-Id: <{!hash}@mx.example.net>\n\nHi all, see below.\n\nThanks,\n{NAME}\n{USPHONE}|On Tue, {NAME} wrote:\n> call me at {USPHONE}\n> {NAME}',
    "html": '<td>{NAME}</td><td>{EMAIL}</td><td>{USPHONE}</td>|<h2>{NAME}</h2><p>Lives at {ADDRESS}</p>|<a href="mailto:{EMAIL}">{NAME}</a> build {!version}',
    "json": '{"customer":{"name":"{NAME}","ssn":"{SSN}","card":"{CARD}"},"order":"{!order}"}|{"client_ip": "{IPV4}", "device": "{MAC}", "email": "{EMAIL}"}|{"iban":"{IBAN}","holder":"{NAME}","amount":{!price}}',
    "form": "Patient: {NAME}   DOB: {DOB}\nSocial Security Number: {SSN}\nHome address: {ADDRESS}\nPhone: {USPHONE}|Account holder {NAME}\nIBAN {IBAN}\nRef {!order}|Cardholder: {NAME}\nCard number {CARD}",
    "log": '2026-03-02T10:00:01Z INFO login user="{NAME}" ip={IPV4} trace={!hash}|sent invoice {!order} to {EMAIL} in {!small} ms|dhcp lease {MAC} host=printer-{!small} version {!version}',
    "prose": "Yesterday {NAME} was hit by a van; relatives should call {USPHONE}.|My neighbour {NAME} moved to {ADDRESS} and still uses {EMAIL}.|According to the filing, {NAME} (SSN {SSN}) owed {NAME} {!price} dollars.|We paid {NAME} by card {CARD} on Friday.|The parcel was signed for by {NAME} and checked by {NAME}.|Please wire it to {IBAN}, the account of {NAME}.",
    "scan": "NAME  {NAME}\nADDRESS  {ADDRESS}\nPHONE  {USPHONE}|Invoice No {!order}\nBill to\n{NAME}\n{ADDRESS}",
    "ticket": "#{!order} {NAME} ({EMAIL}) reports an outage, callback {USPHONE}, assigned to {NAME}|Guest: {NAME}, card on file {CARD}, room {!small}",
}
# Each kind here beside the words that a reader would need; `{~…}` is written in one of the ways below.
HARD_CHINESE = '加我微信或打{~MOBILE}都行|联系方式：{~MOBILE}，晚上打|手机 {~MOBILE}（{NAME}）|身份证{~CN_ID}，帮我查下|卡号 {~BANK} 别发错|邮箱是{~EMAIL}，收到回我|有事发邮件 {~EMAIL}|{"phone":"{~MOBILE}"}|<td>电话</td><td>{~MOBILE}</td>|{NAME}，{~MOBILE}，{!order}|我的号：{~MOBILE}\n单号 {!order}|qq {~QQ}|From: {~EMAIL}|公民身份号码 {~CN_ID}|打款到{~BANK}'
HARD_LATIN = 'reach me at {~EMAIL}|email: {~EMAIL}, thanks|call {~USPHONE} after five|my phone is {~USPHONE}|card number {~CARD}|ssn {~SSN}|{"mail": "{~EMAIL}"}|Contact {~EMAIL} or {~USPHONE}|<li>{~EMAIL}</li>|From: {~EMAIL}'
DECOYS_CHINESE = "三点一四一五九二六|二零二六年三月二日|一九九八年到二零零八年|第一百二十三条|编号一二三|版本 1.2.3 at build 2024|一三五单号限行|共一千三百八十万元|look at this dot com bubble|meet at noon dot|价格 1 2 3 4 5 6 7 8 9 0 1 2 3|九九八十一|at home dot dot dot|订单 2 0 2 6 0 3 0 2 1 4 1 5 9 2 6 5"


class Values:
    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    def of(self, listed: Sequence[str]) -> str:
        return self.chance.choice(listed)

    def digits(self, count: int) -> str:
        return "".join(self.of("0123456789") for _ in range(count))

    def until(self, check: str, make: Callable[[], str]) -> str:
        while not CHECKS[check](made := make()):
            pass
        return made

    def value(self, kind: str, language: str) -> str:
        return str(getattr(self, f"a_{kind.lower()}")(language))

    def a_name(self, language: str) -> str:
        return self.of(FAMILY) + self.of(GIVEN) if language == "zh" else self.of(ENGLISH)

    def a_mobile(self, _: str) -> str:
        bare = "1" + self.of(["38", "39", "50", "51", "86", "87", "77", "99", "73"]) + self.digits(8)
        return self.of(
            [
                bare,
                bare,
                bare,
                f"{bare[:3]}-{bare[3:7]}-{bare[7:]}",
                f"{bare[:3]} {bare[3:7]} {bare[7:]}",
                f"+86 {bare}",
            ]
        )

    def a_landline(self, _: str) -> str:
        return f"{self.of(['010', '021', '0755', '0571', '028'])}-{self.of('5678')}{self.digits(7)}"

    def a_cn_id(self, _: str) -> str:
        head = self.of(["110105", "310104", "440304", "510107", "330106", "420111"])
        body = f"{head}{self.of(['1968', '1979', '1985', '1992', '2001'])}{self.chance.randint(1, 12):02d}{self.chance.randint(1, 28):02d}{self.digits(3)}"
        return self.until("resident_id", lambda: body + self.of("0123456789X"))

    def a_bank(self, _: str) -> str:
        head = self.of(["622202", "621700", "622848", "621483"])
        return self.until("luhn", lambda: head + self.digits(13))

    def a_card(self, _: str) -> str:
        bare = self.until("luhn", lambda: self.of("45") + self.of("12345") + self.digits(14))
        return self.of([bare, " ".join(bare[n : n + 4] for n in range(0, 16, 4))])

    def a_email(self, _: str) -> str:
        user = self.of(["k.lind", "wzy1988", "maria_s", "jt-office", "zhang.wei", "p0well", "lin"]) + self.digits(
            self.chance.randint(0, 3)
        )
        return f"{user}@{self.of(['163.com', 'gmail.com', 'qq.com', 'corp.example.com', 'univ.edu.cn', 'mail.de'])}"

    def a_qq(self, _: str) -> str:
        return self.of("123456789") + self.digits(self.chance.randint(7, 9))

    def a_wechat(self, _: str) -> str:
        return self.of(["wxid_", "hello_", "lily-", "tom"]) + self.digits(6)

    def a_plate(self, _: str) -> str:
        return self.of("京沪粤浙苏川") + self.of("ABCDE") + self.of(["", "·"]) + self.of("ABKQ") + self.digits(4)

    def a_passport(self, _: str) -> str:
        return "E" + self.of(["A", "C", "D", "1"]) + self.digits(7)

    def a_uscc(self, _: str) -> str:
        letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
        return self.until("credit_code_whole", lambda: "91" + self.of(["310115", "440300", "110108"]) + "MA" + "".join(
            self.of(letters) for _ in range(8)))  # fmt: skip

    def a_dob(self, language: str) -> str:
        year, month, day = self.chance.randint(1950, 2005), self.chance.randint(1, 12), self.chance.randint(1, 28)
        spelled = f"{year}年{month}月{day}日" if language == "zh" else f"{month:02d}/{day:02d}/{year}"
        return self.of([spelled, f"{year}-{month:02d}-{day:02d}"])

    def a_mrn(self, _: str) -> str:
        return "ZY" + self.digits(8)

    def a_address(self, language: str) -> str:
        if language == "zh":
            place = self.of(
                [
                    "北京市朝阳区建国路",
                    "上海市徐汇区漕溪北路",
                    "广东省深圳市南山区科技园科苑路",
                    "浙江省杭州市西湖区文三路",
                    "四川省成都市武侯区人民南路四段",
                ]
            )
            return f"{place}{self.chance.randint(2, 900)}号" + self.of(
                ["", f"{self.chance.randint(1, 30)}栋{self.chance.randint(101, 2404)}室", "阳光花园3单元502"]
            )
        street = self.of(["Maple Street", "Oak Ave", "Sunset Blvd", "Church Road", "Elm Drive"])
        return f"{self.chance.randint(2, 9000)} {street}, {self.of(['Portland, OR 97205', 'Boston, MA 02118', 'Denver, CO 80203'])}"

    def a_ipv4(self, _: str) -> str:
        return self.until("public_ipv4", lambda: ".".join(str(self.chance.randint(1, 223)) for _ in range(4)))

    def a_mac(self, _: str) -> str:
        return self.until("device_mac", lambda: ":".join(f"{self.chance.randrange(256):02x}" for _ in range(6)))

    def a_ssn(self, _: str) -> str:
        return self.until(
            "social_number_parted", lambda: f"{self.digits(3)}-{self.chance.randint(1, 99):02d}-{self.digits(4)}"
        )

    def a_usphone(self, _: str) -> str:
        area, office, line = self.of(["415", "312", "617", "206"]), "5" + self.digits(2), self.digits(4)
        return self.of(
            [
                f"({area}) {office}-{line}",
                f"{area}-{office}-{line}",
                f"+1 {area} {office} {line}",
                f"{area}.{office}.{line}",
            ]
        )

    def a_iban(self, _: str) -> str:
        return self.until("iban", lambda: f"DE{self.digits(2)}37040044{self.digits(10)}")

    def decoy(self, name: str) -> str:
        made = {
            "order": lambda: "20260302" + self.digits(9), "price": lambda: f"{self.chance.randint(1, 99999)}.{self.digits(2)}",
            "hash": lambda: f"{self.chance.getrandbits(128):032x}", "small": lambda: str(self.chance.randint(10, 9999)),
            "version": lambda: f"{self.chance.randint(1, 9)}.{self.chance.randint(0, 30)}.{self.chance.randint(0, 9)}",
        }  # fmt: skip
        return made[name]()


def filled(form: str, shape: str, language: str, values: Filler, ways: Ways) -> Document:
    made = Document(shape, language)
    at = 0
    while at < len(form):
        start = form.find("{", at)
        end = form.find("}", start)
        slot = form[start + 1 : end]
        known = slot.lstrip("~!")
        if start < 0 or not (slot.startswith("!") or hasattr(values, f"a_{known.lower()}")):
            step = start + 1 if start >= 0 else len(form)
            made.text, at = made.text + form[at:step], step
            continue
        made.text += form[at:start]
        if slot.startswith("!"):
            made.text += values.decoy(known)
        else:
            value, way = values.value(known, language), ""
            if slot.startswith("~"):
                change = values.chance.choice(ways[known])
                value, way = change(value, values.chance), change.__name__
            made.labels.append((len(made.text), len(made.text) + len(value), known, way))
            made.text += value
        at = end + 1
    return made


@dataclass(frozen=True)
class Batch:
    """Forms of documents, forms with odd ways of writing and texts that only look so, and who fills them."""

    name: str
    shapes: tuple[tuple[str, dict[str, list[str]]], ...]
    odd: tuple[tuple[str, list[str]], ...]
    alike: list[str]
    ways: Ways
    values: Callable[[int], Filler]

    def documents(self, count: int, seed: int) -> list[Document]:
        """`count` documents of each shape and language."""
        values = self.values(seed)
        return [
            filled(values.of(forms), shape, language, values, self.ways)
            for language, shapes in self.shapes
            for shape, forms in shapes.items()
            for _ in range(count)
        ]

    def hard(self, count: int, seed: int) -> list[Document]:
        """`count` documents of each language, and as many that only look so."""
        values = self.values(seed)
        made = []
        for _ in range(count):
            for language, forms in self.odd:
                made.append(filled(values.of(forms), "hard", language, values, self.ways))
            made.append(filled(values.of(self.alike), "hard", "zh", values, self.ways))
        return made


def split(shapes: dict[str, str]) -> dict[str, list[str]]:
    return {shape: forms.split("|") for shape, forms in shapes.items()}


def unseen(name: str, said: ModuleType, ways: Ways, values: Callable[[int], Filler]) -> Batch:
    shapes = [("zh", said.CHINESE), ("en", said.LATIN), ("zh", getattr(said, "MIXED", {}))]
    odd = [("zh", said.HARD_CHINESE), ("en", said.HARD_LATIN)]
    return Batch(
        name,
        tuple((language, forms) for language, forms in shapes if forms),
        tuple((language, forms.split("|")) for language, forms in odd),
        said.LOOK_ALIKES.split("|"),
        ways,
        values,
    )


BATCHES: list[Batch | Drawn] = [
    Batch(
        "shapes the rules were mended on",
        (("zh", split(CHINESE)), ("en", split(LATIN))),
        (("zh", HARD_CHINESE.split("|")), ("en", HARD_LATIN.split("|"))),
        DECOYS_CHINESE.split("|"),
        cleaning_ways.KNOWN,
        Values,
    ),
    unseen("first unseen set", cleaning_unseen, cleaning_ways.FIRST, Kinds),
    unseen("second unseen set", cleaning_unseen_again, cleaning_ways.AGAIN, cleaning_unseen_again.OtherKinds),
    unseen("third unseen set", cleaning_unseen_third, cleaning_ways.THIRD, cleaning_unseen_third.ThirdKinds),
    unseen("fourth unseen set", cleaning_unseen_fourth, cleaning_ways.FOURTH, cleaning_unseen_fourth.FourthKinds),
    unseen("fifth unseen set", cleaning_unseen_fifth, cleaning_ways_spoken.FIFTH, cleaning_unseen_fifth.FifthKinds),
    unseen("sixth unseen set", cleaning_unseen_sixth, cleaning_unseen_sixth.SIXTH, cleaning_unseen_sixth.SixthKinds),
    Drawn("seventh unseen set"),
    Drawn("eighth unseen set"),
    Drawn("ninth unseen set"),
    Drawn("tenth unseen set"),
    Drawn("eleventh unseen set"),
]
