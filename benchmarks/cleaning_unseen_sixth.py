# ruff: noqa: E501, RUF005, SIM905  documents and lists
"""The sixth unseen set, small: written beside the fifth, before anything was mended for it, and not looked at before the
mends on the fifth were done. People are put together of surnames and given names as common as they are. Slots as in
`cleaning_documents`."""

from random import Random

from cleaning_values import Kinds, iban_check, luhn_check, resident_check
from cleaning_ways import Way

SURNAMES = "王 王 王 李 李 李 张 张 张 刘 刘 陈 陈 杨 杨 黄 赵 周 吴 徐 孙 朱 马 胡 郭 林 何 高 梁 郑 罗 宋 谢 唐 韩 曹 许 邓 萧 冯 曾 程 蔡 彭 潘 袁 于 董 余 苏 叶 吕 魏 蒋 田 杜 丁 沈 姜 范 江 傅 钟 卢 汪 戴 崔 任 陆 廖 姚 方 金 邱 夏 谭 韦 贾 邹 石 熊 孟 秦 阎 薛 侯 雷 白 龙 段 郝 孔 邵 史 毛 常 万 顾 赖 武 康 贺 严 尹 钱 施 牛 洪 龚 欧阳 上官 司马 诸葛 尉迟 覃 植 仝 逄 亓 敬".split()
GIVEN = "建国 建华 秀英 桂兰 志强 小红 丽 敏 勇 军 杰 涛 洋 艳 静 磊 娟 超 霞 平 刚 辉 芳 浩宇 子墨 梓萱 一诺 雨桐 宇轩 诗涵 佳怡 俊熙 晨阳 思齐 文静 晓燕 海燕 春梅 冬梅 卫国 爱民 援朝 跃进 红兵 金凤 玉兰 淑珍 德明 福生 长河 永胜 天一 亦凡 若水 青云 向阳 立秋 大海 小满 朝晖 怀瑾 明哲 致远 鸿飞 少东 宗翰 启铭 可欣 语嫣 沐辰 奕辰 昕 玥 琪 鑫 凯 博 阳 帆 婷 莹 倩 华 伟 强 斌 峰 龙 飞 宁 欢 乐 成 光".split()
OTHERS = "阿不力孜·肉孜 帕提古丽·麦麦提 扎西平措 仁青卓嘎 苏日娜 白玛央宗 吐尔逊江·艾山 金正洙 库尔班江·赛买提 其其格".split()
FORENAMES = "Oliver Amelia Jack Isla Harry Ava Rohan Ananya Ishaan Diya Mateo Valentina Luca Chiara Felix Leonie Hugo Manon Jakub Zofia Sven Astrid Dimitrios Katerina Yusuf Elif Omar Salma Kwabena Adaeze Tendai Wei Mei Hiro Aoi Seo-yeon Linh Thabo Noah Grace Tyrone Latasha Wyatt Savannah Brandon Kaitlyn Gregory Denise Walter Gladys".split()
FAMILIES = "Smith Jones Taylor Brown Williams Patel Singh Kumar Sharma Reddy Garcia Rodriguez Rossi Esposito Müller Schneider Martin Dubois Kowalski Andersson Hansen Papadakis Yilmaz Demir Hassan Ibrahim Mensah Okafor Moyo Chen Wang Sato Kim Tran Dlamini Murphy O'Sullivan MacDonald Jackson Washington Baker Cook Carter Young King Wright Hill Green Adams Nelson".split()
ROADS = "广东省东莞市南城街道鸿福路|山东省潍坊市奎文区胜利东街|四川省绵阳市涪城区临园路东段|河南省洛阳市涧西区南昌路|福建省莆田市荔城区文献西路|江苏省南通市崇川区青年中路|湖南省株洲市天元区长江北路|云南省曲靖市麒麟区麒麟东路|陕西省咸阳市秦都区人民中路|重庆市江北区观音桥步行街|上海市闵行区莘松路|北京市通州区新华西街|深圳市宝安区创业一路|苏州工业园区星湖街".split("|")  # fmt: skip
HOMES = "蓝光花满庭 阳光一百 水岸新都 银河湾 学府名苑 保利心语 香榭丽舍 化工厂宿舍 瑞景花园 西城国际".split()
VILLAGES = "安徽省宿州市灵璧县尹集镇菠林村|江西省赣州市于都县梓山镇潭头村|云南省昭通市镇雄县以勒镇庙埂村|山西省吕梁市临县碛口镇李家山村|湖北省恩施州来凤县百福司镇舍米湖村".split(
    "|"
)


class SixthKinds(Kinds):
    def a_name(self, language: str) -> str:
        if language == "zh":
            return self.of(OTHERS) if self.chance.random() < 0.04 else self.of(SURNAMES) + self.of(GIVEN)
        first, last, draw = self.of(FORENAMES), self.of(FAMILIES), self.chance.random()
        middle = f"{self.of('ABCDEJKLMRST')}. " if draw < 0.1 else ""
        return f"{first} {middle}{last}" + (f"-{self.of(FAMILIES)}" if draw > 0.95 else "")

    def a_mobile(self, _: str) -> str:
        bare = self.of("132 134 136 138 147 151 153 156 159 171 175 178 181 183 187 190 195 198".split()) + self.digits(
            8
        )
        return self.of([bare] * 7 + [f"{bare[:3]}-{bare[3:7]}-{bare[7:]}", f"{bare[:3]} {bare[3:7]} {bare[7:]}", f"+86 {bare}", f"+86-{bare[:3]}-{bare[3:7]}-{bare[7:]}", f"{bare[:4]} {bare[4:7]} {bare[7:]}"])  # fmt: skip

    def a_cn_id(self, _: str) -> str:
        body = self.of(
            "110111 130602 210811 320611 341302 360731 370705 410305 430211 441900 510703 530302 610402".split()
        )
        body += "{:04d}{:02d}{:02d}".format(*self.day(1936, 2018)) + self.digits(3)
        return body + resident_check(body)

    def a_bank(self, _: str) -> str:
        body = self.of("621081 622230 623052 622568 621559 622843 621098 622150".split()) + self.digits(12)
        bare = body + luhn_check(body)
        return self.of([bare, bare, self.fours(bare)])

    def a_dob(self, language: str) -> str:
        year, month, day = self.day(1936, 2018)
        if language == "zh":
            return self.of([f"{year}年{month}月{day}日", f"{year}年{month}月{day}日", f"{year}-{month:02d}-{day:02d}", f"{year}.{month}.{day}", f"{year}/{month}/{day}", f"{year}{month:02d}{day:02d}"])  # fmt: skip
        named = "January February March April May June July August September October November December".split()[
            month - 1
        ]
        return self.of([f"{day} {named} {year}", f"{named} {day}, {year}", f"{year}-{month:02d}-{day:02d}", f"{day:02d}/{month:02d}/{year}", f"{month}/{day}/{year}", f"{named[:3]}. {day}, {year}", f"{day}.{month}.{year}"])  # fmt: skip

    def a_address(self, language: str) -> str:
        n, b, f, of = self.chance.randint(1, 888), self.chance.randint(1, 40), self.chance.randint(1, 28), self.of
        room = f"{f}0{b % 6 + 1}"
        if language == "zh":
            road, home = of(ROADS), of(HOMES)
            town = road[: max(road.rfind("区"), road.rfind("街道") + 1, road.rfind("市")) + 1]
            return of(
                [f"{road}{n}号", f"{road}{n}号{home}{b}栋{b % 4 + 1}单元{room}", f"{town}{home}{b}幢{room}室", f"{of(VILLAGES)}{b % 15 + 1}组{n % 70 + 1}号", f"{of(VILLAGES)}{n % 200 + 1}号", f"{road}{n}号{of(['天安数码城', '万达写字楼', '金融大厦'])}{f}楼"]
                + [f"{town}{home}{b}号楼{b % 4 + 1}单元{f}层东户", f"{road}{n}弄{b}号{room}", f"{town}{home}{b}-{b % 4 + 1}-{room}"]
            )  # fmt: skip
        return of(
            [f"{n} {of(['Orchard Lane', 'W Main St', 'Lakeshore Blvd', 'Hickory Trail'])}, {of(['Tulsa, OK 74103', 'Raleigh, NC 27601', 'Tampa, FL 33602'])}", f"{n} {of(['Walnut St', 'N Clark St'])} Apt {b}, {of(['Chicago, IL 60610', 'Philadelphia, PA 19106'])}"]
            + [f"{n % 99 + 1} {of(['Queen Street', 'The Crescent', 'Manor Drive'])}, {of(['Sheffield S1 2JE', 'Glasgow G1 3DN', 'Norwich NR2 1TF'])}", f"{n % 99 + 1} {of(['Collins Street', 'Ocean Parade'])}, {of(['Melbourne VIC 3000', 'Cairns QLD 4870'])}", f"{of(['Schillerstraße', 'Am Markt'])} {b}, {of(['04109 Leipzig', '28195 Bremen'])}"]
            + [f"{b}, {of(['Nehru Nagar', 'Gandhi Road'])}, {of(['Pune 411001', 'Kochi - 682016'])}", f"{n} {of(['Yonge St', 'Rue Sherbrooke O'])}, {of(['Toronto, ON M4W 1J7', 'Montreal QC H3A 1B9'])}"]
        )  # fmt: skip

    def a_email(self, _: str) -> str:
        user = self.of(
            "amelia.t|rohan-k|liwei1985|zhao.min|contact|s.kowalski|xiaolong|ann_b|d.okafor|caiwu|vorstand|m2".split(
                "|"
            )
        )
        return user + self.of(["", self.digits(1), self.digits(3)]) + "@" + self.of("qq.com|163.com|gmail.com|yahoo.com|web.de|tsinghua.edu.cn|council.gov.uk|btinternet.com|rediffmail.com|foxmail.com|corp.cn|naver.com".split("|"))  # fmt: skip

    def a_wechat(self, _: str) -> str:
        return self.of(
            [
                f"wxid_{self.hexes(12)}",
                f"lele{self.digits(5)}",
                f"Hui_{self.digits(4)}",
                f"s{self.digits(7)}",
                "hongbing-1970",
            ]
        )

    def a_anyphone(self, _: str) -> str:
        some = self.digits
        return self.of([f"07{self.of('45789')}{some(2)} {some(6)}", f"0114 2{some(2)} {some(4)}", f"+44 7{some(3)} {some(6)}", f"+91 9{some(4)} {some(5)}", f"0{self.of('23')} 9{some(3)} {some(4)}", f"+61 4{some(2)} {some(3)} {some(3)}", f"+49 341 {some(6)}", f"0176 {some(8)}", f"(416) 5{some(2)}-{some(4)}", f"+1 514-2{some(2)}-{some(4)}"])  # fmt: skip

    def a_iban(self, _: str) -> str:
        country, size = self.chance.choice([("DE", 18), ("FR", 23), ("AT", 16), ("DK", 14), ("FI", 14), ("NO", 11)])
        body = self.digits(size)
        whole = country + iban_check(country, body) + body
        return self.of([whole, self.fours(whole)])


CHINESE: dict[str, list[str]] = {
    "vcard and calendar": [
        "BEGIN:VCARD\nVERSION:3.0\nFN:{NAME}\nTEL;TYPE=CELL:{MOBILE}\nTEL;TYPE=WORK:{LANDLINE}\nEMAIL:{EMAIL}\nADR;TYPE=HOME:;;{ADDRESS}\nEND:VCARD",
        "BEGIN:VEVENT\nSUMMARY:面试-{NAME}\nATTENDEE;CN={NAME}:mailto:{EMAIL}\nDESCRIPTION:候选人电话{MOBILE}\nUID:{!uuid}\nEND:VEVENT",
    ],
    "invitation and obituary": [
        "送呈 {NAME} 先生 台启\n谨定于{!date}为小儿{NAME}、儿媳{NAME}举行结婚典礼，敬备喜筵。\n席设：{ADDRESS}\n{NAME} {NAME} 敬邀",
        "讣告\n先父{NAME}因病医治无效，于{!date}逝世，享年八十六岁。孝子{NAME}、孝女{NAME}泣告。联系电话{MOBILE}",
    ],
    "tender notice": [
        "中标候选人公示：第一中标候选人某某建设有限公司，项目经理{NAME}，注册编号{!part}；评标委员会成员：{NAME}、{NAME}、{NAME}、{NAME}、{NAME}。招标人联系人：{NAME}，电话：{LANDLINE}，邮箱：{EMAIL}",
        "供应商：某某科技有限公司\n统一社会信用代码：{USCC}\n法定代表人：{NAME}\n授权代表：{NAME}（身份证号：{CN_ID}）\n地址：{ADDRESS}",
    ],
    "police interview": [
        "询问笔录\n时间：{!time}\n询问人：{NAME}、{NAME}　记录人：{NAME}\n被询问人：{NAME}，女，出生日期{DOB}，户籍所在地{ADDRESS}，身份证件种类及号码：居民身份证{CN_ID}，联系方式{MOBILE}\n问：你把事情经过讲一下。\n答：昨天下午，我和同事{NAME}在单位门口，看见{NAME}开着{PLATE}过来。",
        "人民调解协议书：甲方{NAME}，男，45岁；乙方{NAME}，男，38岁。因邻里排水发生纠纷，经调解员{NAME}主持调解，乙方一次性支付甲方{!price}元。",
    ],
    "hotline": [
        "【12345工单】编号{!order} 来电人：{NAME} 来电号码：{MOBILE} 事发地址：{ADDRESS} 内容：反映楼上深夜施工，要求处理并回复。承办人：{NAME}",
        "诉求人{NAME}（回拨{LANDLINE}）称，{ADDRESS}附近路灯损坏多日。",
    ],
    "social post": [
        "救命！谁认识 {NAME} 啊，捡到他的校园卡了，学号{STUDENT}，我在图书馆，vx：{WECHAT}",
        "感谢@所有人的关心，妈妈{NAME}已经转到普通病房了。捐款账户：{BANK}（{NAME}，建行），支付宝{MOBILE}",
        "弹幕：{NAME}加油！／主播多大了／加qq{QQ}领福利",
    ],
    "thanks in a thesis": [
        "首先感谢导师{NAME}教授三年来的悉心指导，感谢{NAME}老师、{NAME}老师在实验上的帮助，感谢同门{NAME}、{NAME}、{NAME}。作者简介：{NAME}（1996—），男，通信作者邮箱：{EMAIL}",
    ],
    "sql and xml": [
        "INSERT INTO `crm_contact` VALUES ({!small},'{NAME}','{MOBILE}','{EMAIL}','{CN_ID}','{!time}'),({!small},'{NAME}','{MOBILE}','{EMAIL}','{CN_ID}','{!time}');",
        "<patient><name>{NAME}</name><birthday>{DOB}</birthday><idCard>{CN_ID}</idCard><inpatientNo>{MRN}</inpatientNo><tel>{MOBILE}</tel><addr>{ADDRESS}</addr></patient>",
        "spring.mail.username={EMAIL}\nadmin.phone={MOBILE}\n# 负责人 {NAME}\nserver.ip={IPV4}\nhw.mac={MAC}\nbuild={!hash}",
    ],
    "rental and garage": [
        "还车验收单 承租人{NAME} 驾驶证号{CN_ID} 手机{MOBILE} 车牌号{PLATE} 押金退回{BANK} 里程{!small}",
        "宠物寄养：主人{NAME}，电话{MOBILE}，微信{WECHAT}，狗狗名豆豆，接送地址{ADDRESS}",
    ],
    "passengers": [
        "旅客名单\n{NAME} {PASSPORT} {DOB} 女\n{NAME} {PASSPORT} {DOB} 男\n{NAME} {HM_PERMIT} {DOB} 男\n{NAME} {TW_PERMIT} {DOB} 女",
        "证件换发：{NAME}，原港澳通行证{MAINLAND_PASS}；{NAME}，香港身份证{HKID}；手机串号{IMEI}；卡号ICCID {ICCID}",
    ],
    "committee minutes": [
        "支部大会记录：应到21人，实到19人，{NAME}、{NAME}请假。主持人：{NAME}。会议讨论了{NAME}同志转正问题，{NAME}介绍了考察情况，与会党员一致同意。",
        "值日表：周一{NAME} {NAME}；周二{NAME} {NAME}；周三{NAME} {NAME}；组长{NAME}",
    ],
    "nothing personal": [
        "配料表：小麦粉、白砂糖、植物油；生产日期{!date}；批号{!number}；条码{!isbn}；服务热线{!service}。",
        "股票代码{!small}，成交量{!bytes}股，涨幅{!percent}；详见{!standard}，公告编号{!order}。",
        "万里长城，金色田野，白云蓝天，方便面、何况、常常、任何、高兴、严格、温度、成功、钱包、牛奶。",
    ],
}  # fmt: skip
LATIN: dict[str, list[str]] = {
    "vcard and calendar": [
        "BEGIN:VCARD\nVERSION:4.0\nFN:{NAME}\nBDAY:{DOB}\nTEL;TYPE=cell:{USPHONE}\nEMAIL:{EMAIL}\nADR:;;{ADDRESS}\nEND:VCARD",
        "BEGIN:VEVENT\nORGANIZER;CN=\"{NAME}\":mailto:{EMAIL}\nDESCRIPTION:Dial-in for {NAME}\\, backup {USPHONE}\nUID:{!uuid}\nEND:VEVENT",
    ],
    "obituary and parish": [
        "{NAME}, 84, of Tulsa, died Tuesday. Born {DOB}, she is survived by her sons, {NAME} and {NAME}. Memorial gifts to {ADDRESS}.",
        "Flower rota: 1st {NAME}; 8th {NAME}; 15th {NAME}. Churchwarden: {NAME}, {ANYPHONE}.",
    ],
    "git and issues": [
        "commit {!hash}\nAuthor: {NAME} <{EMAIL}>\nDate:   {!time}\n\n    Fix leak found by {NAME}\n\n    Signed-off-by: {NAME} <{EMAIL}>",
        "Opened by {NAME}: the demo server at {IPV4} still shows a real SSN ({SSN}) and card {CARD} in the sample, please scrub. cc {NAME}",
    ],
    "bank message": [
        ":20:{!order}\n:50K:/{IBAN}\n{NAME}\n{ADDRESS}\n:59:/{IBAN}\n{NAME}\n:71A:SHA",
        "Loan application\nApplicant {NAME}, date of birth {DOB}, SSN {SSN}, home phone {USPHONE}, resides at {ADDRESS}. Co-signer {NAME}.",
    ],
    "customs form": [
        "CN22 From: {NAME}, {ADDRESS}, tel {ANYPHONE} To: {NAME}, {ADDRESS} Contents: books Value {!price}",
        "Commercial invoice {!order}: exporter contact {NAME}, {EMAIL}; importer contact {NAME} {MOBILE}, {LANDLINE}",
    ],
    "council and school": [
        "Present: Cllrs {NAME} (chair), {NAME}, {NAME}; clerk {NAME}. Apologies: {NAME}. Residents may write to {EMAIL} or ring {ANYPHONE}.",
        "School report: {NAME}, Form 9B, DOB {DOB}. Tutor: {NAME}. {NAME} is a pleasure to teach.",
    ],
    "chat": [
        "Mum: did {NAME} call you?\nMe: no, whats her number\nMum: {ANYPHONE}\nMe: k, also send dads new address\nMum: {ADDRESS}",
        "hi its {NAME} from the gym, save my num {USPHONE}, or insta, or {EMAIL} x",
    ],
    "yaml and sql": [
        "tenants:\n  - name: {NAME}\n    dob: {DOB}\n    phone: \"{USPHONE}\"\n    email: {EMAIL}\n    address: \"{ADDRESS}\"\n    iban: {IBAN}",
        "UPDATE patients SET phone = '{USPHONE}', ssn = '{SSN}' WHERE full_name = '{NAME}' AND mrn = '{MRN}';",
        "<Contact><FullName>{NAME}</FullName><Phone>{USPHONE}</Phone><Street>{ADDRESS}</Street><CardNumber>{CARD}</CardNumber></Contact>",
    ],
    "review and form": [
        "Five stars! {NAME} fixed our boiler the same day. Call {ANYPHONE} and ask for {NAME}.",
        "W-9 name {NAME} TIN {SSN} address {ADDRESS}",
        "Tenancy application: current landlord {NAME} ({ANYPHONE}); previous address {ADDRESS}; guarantor {NAME}, {EMAIL}.",
    ],
    "device": ["Lost phone report: owner {NAME}, IMEI {IMEI}, MAC {MAC}, last IP {IPV4}, backup contact {USPHONE}."],
    "nothing personal": [
        "Batch {!number} of part {!part} failed {!standard} at {!clock}; {!percent} scrap; see {!hash}.",
        "Mark the green hill on the map, then turn at King Street station; Baker Street is closed; will call again.",
        "git clone {!package}; docker run {!private}:5000/app:{!version}; toll-free 1-888-555-0100.",
    ],
}  # fmt: skip


# ── odd ways ──
def bare(value: str) -> str:
    kept = "".join(mark for mark in value if mark.isdecimal() or mark in "Xx")
    return kept[2:] if value.startswith("+86") else kept[1:] if value.startswith(("+1", "1-", "1 ")) and len(kept) == 11 and not value[1:4].isdecimal() else kept  # fmt: skip


def threes(value: str, chance: Random) -> str:
    kept = bare(value)
    return chance.choice([" ", "-", "/"]).join(kept[at : at + 3] for at in range(0, len(kept), 3))


def angled(value: str, chance: Random) -> str:
    kept, (opened, closed) = bare(value), chance.choice(["[]", "（）", "【】", "<>"])
    return "".join(f"{opened}{kept[at : at + 4]}{closed}" for at in range(0, len(kept), 4))


def persian(value: str, _: Random) -> str:
    return "".join("۰۱۲۳۴۵۶۷۸۹"[int(mark)] if mark.isdecimal() else mark for mark in bare(value))


def commas_wide(value: str, _: Random) -> str:
    kept = bare(value)
    return "，".join(kept[at : at + 4] for at in range(0, len(kept), 4))


def backticked(value: str, chance: Random) -> str:
    kept = bare(value)
    return kept[:3] + chance.choice(["\u200b", "\u2060", "`", "\u200b "]) + kept[3:]


def han_four(value: str, chance: Random) -> str:
    said = "".join("零一二三四五六七八九"[int(mark)] if mark.isdecimal() else "X" for mark in bare(value))
    return chance.choice(["", " ", "，"]).join(said[at : at + 4] for at in range(0, len(said), 4))


def words_dashed(value: str, _: Random) -> str:
    return "-".join(
        "zero one two three four five six seven eight nine".split()[int(mark)]
        for mark in bare(value)
        if mark.isdecimal()
    )


def mail_curly(value: str, chance: Random) -> str:
    return value.replace("@", chance.choice(["{at}", "{@}", "<at>", "［at］", "(＠)"])).replace(
        ".", chance.choice([".", "{dot}", "[.]"])
    )


def mail_remove(value: str, chance: Random) -> str:
    return value.replace("@", chance.choice(["(a)", " (@) ", " at ", "_AT_"])).replace(
        ".", chance.choice([" dot ", "_DOT_"])
    )


def mail_zero(value: str, _: Random) -> str:
    return value.replace("@", "\u200b@\u200b")


SIXTH_DIGITS: list[Way] = [threes, angled, persian, commas_wide, backticked]
SIXTH: dict[str, list[Way]] = {
    "MOBILE": [*SIXTH_DIGITS, han_four], "CN_ID": [*SIXTH_DIGITS, han_four], "BANK": [*SIXTH_DIGITS, han_four], "QQ": [persian, han_four],
    "EMAIL": [mail_curly, mail_remove, mail_zero], "USPHONE": [*SIXTH_DIGITS, words_dashed], "CARD": [*SIXTH_DIGITS, words_dashed], "SSN": [persian, words_dashed],
}  # fmt: skip
HARD_CHINESE = "手机：{~MOBILE}|打我电话{~MOBILE}|联系人{NAME}，电话 {~MOBILE}|身份证：{~CN_ID}|身份证号{~CN_ID}|卡号：{~BANK}|银行账号 {~BANK}|邮箱 {~EMAIL}|发到邮箱：{~EMAIL}|QQ {~QQ}"
HARD_LATIN = "phone {~USPHONE}|my number is {~USPHONE}|email {~EMAIL}|reach me by mail: {~EMAIL}|card number: {~CARD}|social security number {~SSN}"
LOOK_ALIKES = "一二三，四五六，七八九|价格[1380][0138][000]元|第〔2024〕138号|come at one dot two|1,380,013,800 股|二〇二五年一月|one-two-three-go|meet {at} noon|at home (a) dot"
