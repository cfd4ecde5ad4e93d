# ruff: noqa: E501, SIM905  documents and lists
"""The second unseen set: other shapes, other names and places, other odd ways, written after the rules were mended on
the first one. Slots as in `cleaning_documents`."""

from cleaning_values import Kinds

NAMES_CHINESE = "詹世豪 佘佩珊 邝美云 揭晓燕 汤显祖德 古天明 毛阿敏 左小青 蓝正龙 苗圃 宋运辉 雷东宝 梁思申 程开颜 冯紫英 水建国 鲁大治 秦明 尹天仇 柳飘飘 纪晓岚 项少波 辛弃勇 向文波 安嘉和 梅湘南 褚时新 阳光明 滕华涛 于曼丽 明诚 郝思嘉 齐铭 连杰 谷雨生 关山月 倪大红 舒畅 钱多多 徐悲雁 邱淑敏 薛宝琴 熊黛林 霍元武 简爱华 池铁城 荣飞燕 鲍小萍 房似锦 卜志强".split()
NAMES_ENGLISH = "Adaeze Nwachukwu|Bruno Castellano|Carys Llewellyn|Dmitri Volkonsky|Esperanza Quintero|Florian Weiss|Gita Raghunathan|Henrik Sandberg|Ines Carvalho|Jonathan Peabody|Keiko Morimoto|Liam O'Sullivan|Margaret Thistlewood|Nasser Al-Khatib|Olena Shevchenko|Philippa Grantham|Rosa M. Benitez|Stefan Kowalski|Tamsin Fairweather|Umar Farooqi|Vivian Leung|Walter Hoffmann|Yasmin Karimi|Zoltan Nagy|Abigail Turner|Benjamin Ford|Clara Whitman|Derek Shaw|Edith Rowe|Frank DeLuca|Geraldine Pope|Hugo Mercier|Ida Bergstrom|Jack Nolan|Katherine Bell|Lorenzo Marini|Monique Dubois|Nigel Cartwright|Oscar van Houten|Paula Stern".split(
    "|"
)
STREETS_CHINESE = "哈尔滨市南岗区西大直街|长春市朝阳区人民大街|石家庄市长安区中山东路|合肥市蜀山区黄山路|南昌市东湖区八一大道|海口市龙华区滨海大道|贵阳市南明区遵义路|兰州市城关区东岗西路|太原市小店区平阳路|宁波市鄞州区中兴路|佛山市顺德区大良街道清晖路|无锡市梁溪区中山路".split(
    "|"
)
STREETS_ENGLISH = "Cedar Hollow Road|Magnolia Ave|Prospect St|N Lakeshore Dr|Chestnut Street|Wildflower Lane|Pine Grove Court|S 8th Street|Market Street|Orchard Way|College Ave|Mission Blvd".split(
    "|"
)
TOWNS = "Fargo, ND 58102|Santa Fe, NM 87501|Omaha, NE 68114|Lexington, KY 40507|Spokane, WA 99201|Raleigh, NC 27601|Tampa, FL 33602".split(
    "|"
)


class OtherKinds(Kinds):
    """The same kinds, about other people and places."""

    def a_name(self, language: str) -> str:
        return self.of(NAMES_CHINESE if language == "zh" else NAMES_ENGLISH)

    def a_address(self, language: str) -> str:
        number = self.chance.randint(1, 880)
        if language == "zh":
            tail = self.of(
                [
                    "",
                    "院",
                    f"{number % 9 + 1}号楼{number % 5 + 1}单元{number % 20 + 1}02",
                    f"-{number % 9 + 1}号",
                    f"{number % 12 + 1}栋{number % 30 + 1}01室",
                ]
            )
            joined = f"{number}{tail}" if tail.startswith("-") else f"{number}号{tail}"
            return self.of(STREETS_CHINESE) + joined
        unit = self.of(["", "", f", Apt. {number % 60}", f", Suite {number % 500}", f" Unit {number % 9}C"])
        return f"{number} {self.of(STREETS_ENGLISH)}{unit}, {self.of(TOWNS)}"


CHINESE: dict[str, list[str]] = {
    "delivery note": [
        "送货单 No.{!order}\n收货单位联系人 {NAME}　电话 {MOBILE}\n送货地址 {ADDRESS}\n品名 规格 数量 单价\n螺丝 M8 {!small} {!price}\n司机 {NAME}（{PLATE}）\n签收：{NAME}",
        "配送员{NAME}已取货，客户电话{MOBILE}，送往{ADDRESS}，单号{!order}，预计{!clock}送达",
    ],
    "hotel": [
        "入住登记\n房号 {!small}\n客人 {NAME}\n证件 身份证 {CN_ID}\n同住 {NAME} {CN_ID}\n联系 {MOBILE}\n车牌 {PLATE}\n预授权卡 {BANK}",
        "境外人员住宿登记：姓名{NAME}，护照{PASSPORT}，{DOB}出生，入境口岸浦东，航班{!train}，接待人{NAME} {MOBILE}",
    ],
    "bank letter": [
        "尊敬的{NAME}：\n您账户{BANK}于{!time}向{NAME}（{BANK}）转出人民币{!price}元，流水{!number}。如有疑问致电{!service}。",
        "对账单\n户名：{NAME}\n账号：{BANK}\n日期        摘要    金额\n{!date}  工资  {!price}\n{!date}  消费  {!price}\n经办柜员{!small}",
        "企业开户申请 企业信用代码 {USCC} 法人 {NAME} 证件 {CN_ID} 财务 {NAME} 座机 {LANDLINE} 邮箱 {EMAIL}",
    ],
    "insurance": [
        "投保人：{NAME}\n证件类型：居民身份证　证件号码：{CN_ID}\n被保险人：{NAME}　与投保人关系：子女　出生日期：{DOB}\n受益人：{NAME}\n通讯地址：{ADDRESS}\n保费：{!price}元　保单号：{!number}",
        "报案：车主{NAME}，车牌{PLATE}，电话{MOBILE}，于{!time}在{ADDRESS}追尾，对方{NAME}，车牌{PLATE}。",
    ],
    "property group": [
        "【业主群公告】3栋业主{NAME}({MOBILE})反映漏水，已联系水工{NAME}({MOBILE})，请楼上{NAME}家配合。物业电话{LANDLINE}",
        "停车位登记：\n{PLATE} {NAME} {MOBILE}\n{PLATE} {NAME} {MOBILE}\n{PLATE} {NAME} {MOBILE}\n共{!small}个车位",
        "#接龙 团购苹果\n1. {NAME} {MOBILE} 2箱\n2. {NAME} {MOBILE} 1箱\n3. {NAME} {MOBILE} 3箱\n每箱{!price}元",
    ],
    "hospital list": [
        "床号 姓名 住院号 诊断\n{!small} {NAME} {MRN} 肺炎\n{!small} {NAME} {MRN} 骨折\n责任护士{NAME}",
        "检验报告\n姓名: {NAME}\n病案号: {MRN}\n送检医生: {NAME}\n采样时间: {!time}\n葡萄糖 {!price} mmol/L\n条码 {!number}",
        "患儿{NAME}，{DOB}出生，母亲{NAME}，联系电话{MOBILE}，社保卡号{SOCIAL_CARD}，疫苗批号{!order}",
    ],
    "border": [
        "旅客{NAME}持往来台湾通行证{MAINLAND_PASS}，同伴{NAME}持港澳居民来往内地通行证{HM_PERMIT}，台胞证{TW_PERMIT}持有人{NAME}",
        "香港居民{NAME}，香港身份证{HKID}；澳门居民{NAME}，澳门居民身份证号{MOID}；台湾居民{NAME}，统一编号{TWID}",
        "外国人永久居留身份证号码{FOREIGN_ID}，持证人生日{DOB}，住{ADDRESS}",
        "老档案：旧身份证{CN_ID15}，姓名{NAME}，档案号{!small}",
    ],
    "phone shop": [
        "机器串号 {IMEI} 卡号ICCID {ICCID} 入网IMSI {IMSI}\n机主：{NAME} {MOBILE}\n蓝牙地址 {MAC}\n系统 {!version}",
        "回收手机，IMEI码是{IMEI}，联系方式微信{WECHAT}或QQ{QQ}，报价{!price}",
    ],
    "tsv": [
        "姓名\t身份证号\t手机号\t出生日期\t住址\n{NAME}\t{CN_ID}\t{MOBILE}\t{DOB}\t{ADDRESS}\n{NAME}\t{CN_ID}\t{MOBILE}\t{DOB}\t{ADDRESS}",
        "编号;客户;邮箱;固话;备注\n{!small};{NAME};{EMAIL};{LANDLINE};{!version}\n{!small};{NAME};{EMAIL};{LANDLINE};{!price}",
        "时间,操作人,IP,结果\n{!time},{NAME},{IPV4},成功\n{!time},{NAME},{IPV4},失败",
    ],
    "xml": [
        "<user><name>{NAME}</name><mobile>{MOBILE}</mobile><idcard>{CN_ID}</idcard><created>{!stamp}</created></user>",
        '<客户 姓名="{NAME}" 电话="{MOBILE}" 地址="{ADDRESS}" 版本="{!version}"/>',
        "<item><title>失物招领</title><desc>捡到{NAME}的护照（{PASSPORT}），请打{LANDLINE}</desc><guid>{!uuid}</guid></item>",
    ],
    "interview": [
        "问：你叫什么名字？\n答：我叫{NAME}。\n问：身份证号？\n答：{CN_ID}。\n问：住哪里？\n答：住{ADDRESS}。\n问：电话？\n答：{MOBILE}。",
        "主持人：先请{NAME}老师发言。\n{NAME}：谢谢。我的邮箱是{EMAIL}，会后交流。\n主持人：下一位是{NAME}。",
    ],
    "wechat post": [
        "寻人启事：{NAME}，女，{DOB}出生，身高{!small}，于{!date}走失，知情者联系{NAME}{MOBILE}，酬谢{!price}元",
        "招聘：月薪{!price}，加微信 {WECHAT} 或致电 {LANDLINE} 找{NAME}，简历投 {EMAIL}",
        "求购二手车，车牌要{PLATE}这种，联系扣扣 {QQ}，手机号{MOBILE}",
    ],
    "ops": [
        "告警：用户 {EMAIL} 从 {IPV4} 登录异常，设备 MAC {MAC}，会话 {!uuid}，耗时 {!small}ms",
        "select * from orders where phone='{MOBILE}' and id_no='{CN_ID}'; -- 返回{!small}行，traceId={!hash}",
        "客户端地址 {IPV6} 访问 {!private}，令牌 {!key}，OAID: {DEVICE_ID}",
    ],
    "nothing personal": [
        "本书{!isbn}，共{!small}页，印数{!number}册，邮编100037，定价{!price}。",
        "经纬度({!where})，海拔{!small}米，温度{!percent}，样本编号{!order}。",
        "依据{!standard}第3.2.1.4条，公差{!price}，件号{!part}，图号{!part}。",
        "时间戳{!stamp}，文件{!bytes}字节，md5 {!hash}，升级包{!version}。",
        "{!date}股价{!price}，成交{!number}股，服务电话{!service}，案号{!case}。",
        "内网{!private}，镜像{!package}，构建号{!uuid}，批次流水{!id}，礼品卡序列号{!card}。",
    ],
}
LATIN: dict[str, list[str]] = {
    "delivery note": [
        "DELIVERY NOTE {!order}\nRecipient {NAME}\n{ADDRESS}\nTel {USPHONE}\nItem {!part} qty {!small}\nReceived by {NAME}",
        "Your driver {NAME} will arrive at {!clock}. Questions? Text {USPHONE}. Order {!order}.",
    ],
    "hotel": [
        "Reservation for {NAME}, arriving {!date}\nCard on file: {CARD}\nEmail: {EMAIL}\nMobile: {PHONE}\nRoom {!small}, rate {!price}",
        "Guest folio\nName: {NAME}\nPassport: {PASSPORT}\nDate of birth: {DOB}\nAddress: {ADDRESS}\nTotal {!price}",
    ],
    "bank letter": [
        "Dear {NAME},\n\nWe have moved {!price} from your account {IBAN} to {NAME}. If this was not you, call {USPHONE}.\n\nSincerely,\n{NAME}\nCustomer Relations",
        "Wire instructions: beneficiary {NAME}, IBAN {IBAN}, reference {!order}, contact {EMAIL}",
    ],
    "insurance": [
        "Policyholder: {NAME}\nSSN: {SSN}\nBorn: {DOB}\nResidence: {ADDRESS}\nPolicy {!number}\nPremium {!price}",
        "Claim {!order}: insured {NAME} ({USPHONE}) was rear-ended by {NAME} at {ADDRESS} on {!date}.",
    ],
    "neighbours": [
        "Block party sign-up:\n1) {NAME} - {USPHONE} - salad\n2) {NAME} - {USPHONE} - chairs\n3) {NAME} - {EMAIL} - music\nBudget {!price}",
        "Lost cat! If seen please ring {NAME} at {USPHONE} or come to {ADDRESS}. Chip {!number}.",
    ],
    "clinic": [
        "Appointment reminder: {NAME} (DOB {DOB}) with Dr. {NAME} at {!clock}. MRN: {MRN}. Reply to {EMAIL}.",
        "Referral from {NAME}, MD to {NAME}, MD. Patient {NAME}, born {DOB}, phone {USPHONE}. Dose {!price} mg.",
        "pt: {NAME} | dob: {DOB} | mrn: {MRN} | bp {!small}",
    ],
    "border": [
        "Traveller {NAME} presented Chinese passport {PASSPORT}, HKID {HKID} and home return permit {HM_PERMIT}.",
        "Holder of Chinese resident ID {CN_ID}, contact {MOBILE}, flight {!train}, seat {!small}.",
    ],
    "device": [
        "Found phone: IMEI {IMEI}, SIM ICCID {ICCID}, Wi-Fi MAC {MAC}. Owner {NAME}, {EMAIL}.",
        "session user={EMAIL} ip={IPV4} ip6={IPV6} ua=Chrome/{!version} sid={!uuid}",
        "idfa={DEVICE_ID} imsi={IMSI} build={!hash} at {!time}",
    ],
    "tsv": [
        "Name\tPhone\tEmail\tDOB\n{NAME}\t{USPHONE}\t{EMAIL}\t{DOB}\n{NAME}\t{USPHONE}\t{EMAIL}\t{DOB}",
        "ticket|requester|contact|build\n{!small}|{NAME}|{EMAIL}|{!version}\n{!small}|{NAME}|{PHONE}|{!hash}",
        "employee,ssn,iban\n{NAME},{SSN},{IBAN}\n{NAME},{SSN},{IBAN}",
    ],
    "xml": [
        "<contact><fullName>{NAME}</fullName><tel>{USPHONE}</tel><mail>{EMAIL}</mail><ts>{!stamp}</ts></contact>",
        '<payment card="{CARD}" holder="{NAME}" amount="{!price}" id="{!uuid}"/>',
    ],
    "transcript": [
        "OPERATOR: 911, what is your emergency?\nCALLER: My name is {NAME}, I'm at {ADDRESS}.\nOPERATOR: Call-back number?\nCALLER: {USPHONE}.",
        "THE COURT: Counsel?\nMR. BAKER: We call {NAME}.\nTHE WITNESS: {NAME}, I live at {ADDRESS}, I was born {DOB}.",
    ],
    "letter": [
        "{NAME}\n{ADDRESS}\n{!date}\n\nTo whom it may concern,\nI have known {NAME} since 2014. Reach me on {PHONE} or {EMAIL}.\n\n{NAME}",
        "We, {NAME} and {NAME}, of {ADDRESS}, authorise {NAME} (SSN {SSN}) to act for us. Ref {!order}.",
    ],
    "post": [
        "PSA: {NAME} from accounting still uses {EMAIL}, not the new one. Desk {USPHONE}. See {!standard}.",
        "My review: {NAME} fixed my sink, paid with {CARD}?? never again. Took {!price} in total.",
        "maintainer: {NAME} <{EMAIL}>, co-maintainer {NAME} <{EMAIL}>; latest {!version} ({!hash})",
    ],
    "nothing personal": [
        "{!isbn}, {!standard}, {!percent} of {!bytes} bytes at {!stamp}.",
        "Part {!part} replaces {!part}; batch {!number}; order {!order}; price {!price}.",
        "bind {!private}; route {!address6}; npm {!package}; tag v{!version}; run {!uuid}.",
        "Sequence {!number} failed checksum {!hash}; retry at {!time}; token {!key}.",
        "The Treaty of 12 March 1848 and Section 4.3.2.1 apply; see {!where}.",
        "Serial {!card}, model {!part}, firmware {!version}, sold for {!price}.",
    ],
}
HARD_CHINESE = "电话：{~MOBILE}|找我打{~MOBILE}就行，手机一直开|手机{~MOBILE} {NAME}|我的手机号码 {~MOBILE} 记一下|身份证号：{~CN_ID}|公民身份号码{~CN_ID}|卡号：{~BANK}（招行）|请转账到 {~BANK}|QQ：{~QQ}|邮箱：{~EMAIL}|简历请发邮件到 {~EMAIL}|联系邮箱{~EMAIL}，电话{~MOBILE}"
HARD_LATIN = "Email me: {~EMAIL}|contact: {~EMAIL}|my e-mail is {~EMAIL}|Tel: {~USPHONE}|call me at {~USPHONE}|my cell: {~USPHONE}|card number: {~CARD}|Visa card {~CARD}|SSN {~SSN}|social security number {~SSN}"
LOOK_ALIKES = "一二三，木头人|二零二四年十二月三十一日|三七二十一，五五二十五|圆周率三点一四一五九二六五三五|第①步②步③步，共④步|1️⃣ 报名 2️⃣ 缴费 3️⃣ 上课|meeting at the dot on the map|see chapter 3 at page dot 5|one for all, two for tea, three for me|比分 3-1 2-0 4-4 1-1 0-0|序号 1、2、3、4、5、6、7、8、9、10、11、12|尺寸 138*0013*80|公式 a=1,b=3,c=8|look AT this DOT matrix|色号 ＃１３８００１|共 1 380 013 800 元|订单号 １３８ ００１３ ８０００|编号 壹贰叁|一八六五年四月|phone model 138-0013"
