# ruff: noqa: E501  documents
"""The first unseen set: documents written before anything was mended for them. Slots as in `cleaning_documents`."""

CHINESE: dict[str, list[str]] = {
    "chat export": [
        "————— 2025-11-03 —————\n\n{NAME}\n{!clock}\n这周六聚餐你来吗\n\n{NAME}\n{!clock}\n来的，我换号了 {MOBILE} 存一下\n\n{NAME}\n{!clock}\n[图片]\n好，地址我发你：{ADDRESS}\n",
        "{!time} {NAME}\n微信号改成{WECHAT}了，旧的登不上\n{!time} {NAME}\n收到。你QQ还是{QQ}吗？\n{!time} {NAME}\n嗯，文件{!version}版发那边",
        "<{NAME}> 打{LANDLINE}没人接\n<{NAME}> 那个是办公室的，晚上打{MOBILE}\n<机器人> 你的请求 {!order} 已受理",
        "小刘：谁有{NAME}电话\n阿强：{MOBILE}\n小刘：谢啦，她车牌呢\n阿强：{PLATE}，白色的\n小刘：ok 停车费{!price}",
    ],
    "mail thread": [
        "在 {!date} 10:23，{NAME} <{EMAIL}> 写道：\n> 请把身份证号发来，办门禁用\n>\n号码{CN_ID}，原件快递给您（{!order}）。\n\n-- \n{NAME}\n采购部\nT: {LANDLINE} | M: {MOBILE}\n{ADDRESS}",
        "-----原始邮件-----\n发件人：{NAME} [mailto:{EMAIL}]\n发送时间：{!time}\n收件人：'{NAME}'\n主题：答复: 合同{!case}\n\n{NAME}老师，您好！\n护照{PASSPORT}的扫描件附上，IMEI {IMEI} 那台手机也请登记。\n祝好\n{NAME}",
        "各位：\n值班表见下。\n周一 {NAME} {MOBILE}\n周二 {NAME} {MOBILE}\n周三 {NAME} {MOBILE}\n有事打{!service}。\n行政部 {EMAIL}",
    ],
    "markdown": [
        "| 序号 | 姓名 | 手机 | 身份证 | 备注 |\n|---|---|---|---|---|\n| 1 | {NAME} | {MOBILE} | {CN_ID} | {!small} |\n| 2 | {NAME} | {MOBILE} | {CN_ID} | {!version} |",
        "## 联系我们\n\n- **负责人**：{NAME}\n- **邮箱**：<{EMAIL}>\n- **座机**：`{LANDLINE}`\n- **地址**：{ADDRESS}\n\n> 版本 {!version}，更新于 {!date}，提交 `{!hash}`",
        "### 供应商\n\n| 名称 | 税号 | 开户账号 | 经办 |\n|:--|:-:|--:|--|\n| 甲 | {USCC} | {BANK} | {NAME} |\n| 乙 | {USCC} | {BANK} | {NAME} |",
    ],
    "html": [
        '<dl><dt>寄件人</dt><dd>{NAME}</dd><dt>电话</dt><dd>{MOBILE}</dd><dt>地址</dt><dd>{ADDRESS}</dd></dl><img src="/a/{!hash}.png" width="{!small}">',
        "<p>&nbsp;&nbsp;护照：{PASSPORT}<br/>姓名：{NAME}<br/>生日：{DOB}<br/></p><script>var v='{!version}',t={!stamp};</script>",
        '<a href="tel:{MOBILE}">拨打</a> <a href="mailto:{EMAIL}">写信</a> <span title="{NAME}">顾问</span> <i>{!price}元</i>',
        '<option value="{!small}">{NAME}（{PLATE}）</option><option value="{!small}">{NAME}（{PLATE}）</option>',
    ],
    "log": [
        "[{!time}.123] [pool-3-thread-{!small}] ERROR c.x.UserService - 实名校验不通过, idCard={CN_ID}, realName={NAME}, mobile={MOBILE}, cost={!small}ms",
        '{!time} nginx: {IPV4} - - "POST /login HTTP/1.1" 200 {!small} "-" uid={!small} imei={IMEI} imsi={IMSI}',
        "设备上线 mac={MAC} iccid={ICCID} ip={IPV4} 固件 {!version} 序列 {!part}",
        "{!stamp}|SMS|{MOBILE}|验证码{!small}|状态0|{!hash}",
        "内网 {!private} → 出口 {IPV6}，耗时 {!small}，会话 {!uuid}",
    ],
    "contract": [
        "房屋租赁合同\n甲方（出租方）：{NAME}，身份证号码：{CN_ID}，联系电话：{MOBILE}\n乙方（承租方）：{NAME}，身份证号码：{CN_ID}\n一、房屋坐落于{ADDRESS}，建筑面积{!small}平方米。\n二、租金每月人民币{!price}元，汇入甲方账户（{BANK}）。\n签订日期：{!date}",
        "借条\n今借到{NAME}人民币{!price}元整，于{!date}前归还。\n借款人：{NAME}（公民身份号码{CN_ID}）\n住址：{ADDRESS}\n电话：{MOBILE}",
        "乙方营业执照统一社会信用代码为{USCC}，授权代表{NAME}，电子邮箱{EMAIL}，传真{LANDLINE}。合同编号：{!order}。",
    ],
    "invoice": [
        "购买方  名称：某某商贸\n纳税人识别号：{USCC}\n地址、电话：{ADDRESS} {LANDLINE}\n开户行及账号：工商银行某支行 {BANK}\n价税合计 ¥{!price}\n发票号码 {!number}\n开票人：{NAME}  复核：{NAME}",
        "收款人户名 {NAME}\n收款卡号 {BANK}\n付款金额 {!price}\n交易流水 {!number}\n摘要 货款{!order}",
        "充值成功！号码{MOBILE}，金额{!price}元，订单{!order}，客服{!service}。",
    ],
    "medical": [
        "门诊病历  姓名：{NAME}  性别：男  出生日期：{DOB}  病历号：{MRN}\n主诉：咳嗽3天。体温38.2℃，血压 132/85 mmHg。\n医师：{NAME}   就诊时间 {!time}",
        "住院号 {MRN}，患者{NAME}，{DOB}出生，医保卡号{SOCIAL_CARD}，联系人{NAME}（女儿）{MOBILE}。白细胞 {!small}，检验单 {!number}。",
        "孕妇{NAME}，生于{DOB}，住{ADDRESS}，建册医院已登记，联系{MOBILE}。B超号{!small}。",
    ],
    "court": [
        "原告{NAME}，女，{DOB}出生，汉族，住{ADDRESS}。\n委托诉讼代理人：{NAME}，某律师事务所律师。\n被告{NAME}，男，公民身份号码{CN_ID}。\n案号：{!case}。诉讼费{!price}元，依照《民法典》第{!small}条。",
        "被执行人{NAME}，香港居民，港澳居民来往内地通行证号{HM_PERMIT}；其配偶{NAME}，台湾居民来往大陆通行证{TW_PERMIT}。冻结其账户{BANK}内存款{!price}元。{!case}",
        "第三人{NAME}（香港身份证号{HKID}），送达地址确认为{ADDRESS}，电子送达邮箱{EMAIL}。",
    ],
    "forum": [
        "楼主 {NAME} 发表于 {!time}\n转让年卡一张，要的加V：{WECHAT}，或者扣扣{QQ}，非诚勿扰\n\n沙发 {!clock}\n顶\n\n板凳\n已加，我是{NAME}",
        "求助：身份证{CN_ID}被人冒用注册了公司（信用代码{USCC}），打{!service}说要本人去，怎么办？邮箱{EMAIL}",
        "出二手 iPhone，IMEI：{IMEI}，电池 91%，价格{!price}，同城{MOBILE}微信同号",
    ],
    "scan": [
        "姓名\n{NAME}\n出生\n{DOB}\n住址\n{ADDRESS}\n公民身份号码\n{CN_ID}\n签发机关 某某市公安局\n有效期限 2015.03.02-2035.03.02",
        "机动车行驶证\n号牌号码  {PLATE}\n所有人  {NAME}\n住址  {ADDRESS}\n注册日期 {!date}\n档案编号 {LICENCE}",
        "护照 PASSPORT\n类型/Type P 国家码 CHN\n护照号/Passport No.\n{PASSPORT}\n姓名/Name\n{NAME}\n出生日期/Date of birth\n{DOB}",
        "港澳居民居住证\n{NAME}\n{DOB}\n公民身份号码 {CN_ID}\n通行证号码 {HM_PERMIT}",
    ],
    "yaml": [
        "联系人:\n  姓名: {NAME}\n  手机: {MOBILE}\n  邮箱: {EMAIL}\n版本: {!version}\n校验: {!hash}\n时间戳: {!stamp}",
        "users:\n  - name: {NAME}\n    phone: '{MOBILE}'\n    id_card: \"{CN_ID}\"\n    wechat: {WECHAT}\n    qq: {QQ}\nserver: {!private}:8080",
        "[owner]\nname = {NAME}\nmobile = {MOBILE}\nplate = {PLATE}\naddress = {ADDRESS}\ntoken = {!key}",
    ],
    "resume": [
        "{NAME}\n男 | {DOB} | 党员\n手机：{MOBILE}　邮箱：{EMAIL}\n现居：{ADDRESS}\n\n工作经历\n2015.07-2019.03  某科技公司  工程师\n2019.04-至今  某银行  经理\n证书编号 {!number}",
        "个人信息\n姓　　名：{NAME}\n出生年月日：{DOB}\n身份证号：{CN_ID}\n学　　号：{STUDENT}\n电　　话：{MOBILE}\n微　　信：{WECHAT}\n论文 ISBN {!isbn}",
    ],
    "label": [
        "收 {NAME} {MOBILE}\n{ADDRESS}\n寄 {NAME} {MOBILE}\n{ADDRESS}\n运单 {!order}  1.2kg  {!date}",
        "【驿站】您的包裹{!order}已到，取件码{!part}，收件人{NAME}，尾号{!small}，地址{ADDRESS}，电话{LANDLINE}",
        "{NAME}，{MOBILE}，{ADDRESS}，不要放柜子，打电话",
    ],
    "police": [
        "接警记录：{!time}，报警人{NAME}（电话{MOBILE}）称其停放于{ADDRESS}的车辆{PLATE}被划。嫌疑人{NAME}，男，身份证{CN_ID}。",
        "协查：{NAME}，持护照{PASSPORT}出境，曾用往来港澳通行证{MAINLAND_PASS}，同行者{NAME}，台湾身份证字号{TWID}，澳门身份证{MOID}。车次{!train}。",
        "外籍人员{NAME}，永久居留身份证{FOREIGN_ID}，暂住{ADDRESS}，登记号{!small}",
        "老人身份证旧号{CN_ID15}，姓名{NAME}，走失时穿蓝衣。见到请拨{MOBILE}或{!service}。",
    ],
    "school": [
        "高三（2）班通讯录\n学号 姓名 家长电话\n{STUDENT} {NAME} {MOBILE}\n{STUDENT} {NAME} {MOBILE}\n{STUDENT} {NAME} {MOBILE}\n班主任{NAME}",
        "班级,姓名,学籍号,出生日期,监护人,监护人手机\n3班,{NAME},{STUDENT},{DOB},{NAME},{MOBILE}\n3班,{NAME},{STUDENT},{DOB},{NAME},{MOBILE}",
        "录取名单：{NAME}（考生身份证{CN_ID}，总分{!small}）、{NAME}（{CN_ID}，总分{!small}）。咨询{LANDLINE}",
    ],
    "code": [
        'db.insert({"real_name": "{NAME}", "id_no": "{CN_ID}", "bank_card": "{BANK}"})  # 测试数据，别提交\nAPI_KEY = "{!key}"\nHOST = "{!private}"',
        "INSERT INTO t_user (name, mobile, email, ip) VALUES ('{NAME}', '{MOBILE}', '{EMAIL}', '{IPV4}'), ('{NAME}', '{MOBILE}', '{EMAIL}', '{IPV4}'); -- {!version}",
        "# 经办 {NAME} <{EMAIL}>\n# {!package}\nexport COORD='{!where}'\nx = 0.{!number}",
    ],
    "notice": [
        "【某某银行】尊敬的{NAME}，您尾号{!small}的卡{!date}支出{!price}元，完整卡号{BANK}，详询{!service}。",
        "寻亲：{NAME}，{DOB}生，被抱走时右手有痣，知情者请联系其父{NAME} {MOBILE}，QQ：{QQ}",
        "SIM 卡 {ICCID}（IMSI {IMSI}）已与设备 {IMEI} 绑定，机主{NAME}",
        "设备广告标识 IDFA：{DEVICE_ID}，OAID {DEVICE_ID}，网卡 {MAC}，公网 {IPV4}",
    ],
    "nothing personal": [
        "书号 {!isbn}，定价{!price}元，中国标准 {!standard}，服务热线{!service}，版本{!version}。",
        "订单{!order}于{!time}发货，流水号{!id}，批次{!number}，物流{!order}，合计{!price}元。",
        "坐标 {!where}，误差 {!percent}，文件大小 {!bytes} 字节，时间戳 {!stamp}，哈希 {!hash}。",
        "会议定于{!date} {!clock}召开，乘{!train}次，房间{!small}，案由见{!case}。",
        "部署到 {!private}，网关 {!address6}，依赖 {!package}，构建 {!uuid}，密钥 {!key}。",
        "2024年3月1日起施行；总站位于人民广场；第{!small}号令；合格率{!percent}；零件号 {!part}；会员卡内部编号{!card}。",
    ],
}
LATIN: dict[str, list[str]] = {
    "chat export": [
        "[{!clock}] {NAME}: can you text me at {USPHONE}?\n[{!clock}] {NAME}: sure. whatsapp is {PHONE}\n[{!clock}] {NAME}: ok, build {!version} is up",
        "{NAME}, {!time}\nMy address changed: {ADDRESS}\n\n{NAME}, {!time}\nThanks, ticket {!order}",
        "@here {NAME} is out; reach {NAME} on {USPHONE} or {EMAIL}",
        "User: my card {CARD} was charged twice\nBot: Your reference is {!number}.\nUser: name on it is {NAME}, born {DOB}",
    ],
    "mail thread": [
        "On {!date} at {!clock}, {NAME} <{EMAIL}> wrote:\n> Could you resend the form?\n\nAttached. SSN is {SSN}.\n\nBest regards,\n{NAME}\nSenior Analyst\nOffice: {USPHONE} | Cell: {USPHONE}\n{ADDRESS}",
        "-----Original Message-----\nFrom: {NAME} [mailto:{EMAIL}]\nSent: {!time}\nTo: {NAME}; {NAME}\nSubject: RE: PO {!order}\n\nHi {NAME},\n\nIBAN is {IBAN}.\n\nCheers\n{NAME}",
        "Hello team,\n\nOn-call list:\nMon - {NAME}, {USPHONE}\nTue - {NAME}, {USPHONE}\nWed - {NAME}, {PHONE}\n\nEscalate to {EMAIL} (list id {!hash}).",
    ],
    "markdown": [
        "| # | Name | Email | Phone |\n|---|---|---|---|\n| 1 | {NAME} | {EMAIL} | {USPHONE} |\n| 2 | {NAME} | {EMAIL} | {PHONE} |",
        "## Maintainers\n\n* {NAME} (<{EMAIL}>)\n* **{NAME}** - `{EMAIL}`\n\nReleased {!date}, v{!version}, commit `{!hash}`, see {!standard}.",
        "- [ ] refund {NAME}: {IBAN}\n- [x] call {NAME} back, {USPHONE}\n- [ ] ship to {ADDRESS}\n- [ ] close #{!small}",
    ],
    "html": [
        '<div class="vcard"><span class="fn">{NAME}</span><br><a href="tel:{USPHONE}">call</a><address>{ADDRESS}</address></div><!-- {!version} -->',
        '<input type="hidden" name="ssn" value="{SSN}"><input name="dob" value="{DOB}"><input name="full_name" value="{NAME}">',
        "<li>{NAME} &lt;{EMAIL}&gt;</li><li>{NAME} &lt;{EMAIL}&gt;</li><script>t={!stamp}</script>",
    ],
    "log": [
        '{IPV4} - - [{!time}] "GET /profile?email={EMAIL} HTTP/1.1" 200 {!small} "-" "Mozilla/5.0"',
        "{!time} auth[{!small}]: Failed password for invalid user from {IPV4} port {!small} ssh2",
        '{!stamp} level=warn msg="kyc failed" name="{NAME}" ssn={SSN} card={CARD} took={!price}ms id={!uuid}',
        "wlan0: associated {MAC} rssi=-{!small} inet6 {IPV6} gw {!private}",
        "modem: IMEI {IMEI} IMSI {IMSI} ICCID {ICCID} fw {!version}",
    ],
    "contract": [
        'THIS AGREEMENT is made on {!date} between {NAME}, residing at {ADDRESS} (the "Landlord"), and {NAME}, Social Security No. {SSN} (the "Tenant"). Rent: ${!price} per month. Notices to {EMAIL}.',
        "IN WITNESS WHEREOF\n\n____________________\n{NAME}\nTel. {USPHONE}\n\n____________________\n{NAME}\nTel. {PHONE}\nContract ref {!order}",
        "The Borrower, {NAME} (born {DOB}), shall repay {NAME} the sum of ${!price} to account {IBAN}.",
    ],
    "invoice": [
        "INVOICE {!order}\nBill To: {NAME}\n{ADDRESS}\nPhone: {USPHONE}\n\nQty 3  Part {!part}  {!price}\nTotal {!price}\nPay by IBAN {IBAN}",
        "Receipt\nVisa {CARD}\nAuth code {!small}\nCustomer: {NAME}\nTotal: {!price}\nTerminal {!number}",
        "Remit to {NAME}, acct {IBAN}, questions: {EMAIL} or {USPHONE}",
    ],
    "medical": [
        "PATIENT: {NAME}\nDOB: {DOB}    MRN: {MRN}\nCC: cough x3 days. BP 132/85, HR 88, T 38.2.\nAttending: Dr. {NAME}\nEncounter {!number}",
        "{NAME} is a 54-year-old teacher, date of birth {DOB}, medical record number {MRN}. Emergency contact: {NAME}, {USPHONE}.",
        "Discharge summary for {NAME} (MRN {MRN}). Follow up at {ADDRESS}. Labs: WBC {!price}, accession {!number}.",
    ],
    "court": [
        "Plaintiff {NAME}, residing at {ADDRESS}, alleges that defendant {NAME} used her SSN {SSN} to open an account. Case No. 2:25-cv-{!small}.",
        "Q. State your name for the record.\nA. {NAME}.\nQ. And your date of birth?\nA. {DOB}.\nQ. Is {USPHONE} your number?\nA. It was.",
        "The applicant, Mr {NAME}, was born on {DOB} and lives in Lyon. He was represented by {NAME}, a lawyer.",
    ],
    "forum": [
        "Posted by {NAME} on {!date}\nselling two tickets, paypal {EMAIL}, txt {USPHONE}, no lowballs, {!price} each",
        "Re: lost phone\nIMEI is {IMEI}, MAC {MAC}. If found mail {EMAIL}. -- {NAME}",
        "does anyone know {NAME} from {!small} street? she used to be at {EMAIL}",
    ],
    "scan": [
        "DRIVER LICENSE\nLN {NAME}\nDOB {DOB}\n{ADDRESS}\nISS {!date}",
        "PAY TO THE\nORDER OF  {NAME}   $ {!price}\n{ADDRESS}\nMEMO inv {!order}",
        "Passport No.\n{PASSPORT}\nName\n{NAME}\nDate of birth\n{DOB}\nNationality CHINESE",
    ],
    "yaml": [
        'contact:\n  name: {NAME}\n  email: {EMAIL}\n  phone: "{USPHONE}"\nversion: {!version}\nsha: {!hash}\nbuilt: {!stamp}',
        'customer_name = "{NAME}"\ncard_number = "{CARD}"\nssn = "{SSN}"\nhost = "{!private}"\nsecret = "{!key}"',
        "authors:\n- {NAME} <{EMAIL}>\n- {NAME} <{EMAIL}>\ndepends: {!package}",
    ],
    "resume": [
        "{NAME}\n{ADDRESS} | {USPHONE} | {EMAIL}\n\nEXPERIENCE\nActuary, Northwind Mutual, 2016-2021\nISBN {!isbn}",
        "CURRICULUM VITAE\nFull name: {NAME}\nDate of birth: {DOB}\nMobile: {PHONE}\nE-mail: {EMAIL}\nReferees: {NAME} ({EMAIL}), {NAME} ({USPHONE})",
    ],
    "label": [
        "SHIP TO:\n{NAME}\n{ADDRESS}\nUNITED STATES\nTRK# {!number}\n1 OF 1  2.4 LBS",
        "Deliver to {NAME}, {ADDRESS}. Gate code {!small}. Call {USPHONE} on arrival.",
    ],
    "police": [
        "Incident {!order}: complainant {NAME} ({USPHONE}) stated that at {!clock} on {!date} a male later identified as {NAME}, DOB {DOB}, entered {ADDRESS}.",
        "Subject travelling on Chinese passport {PASSPORT}; HKID {HKID}; Chinese ID card {CN_ID}; mobile {MOBILE}.",
        "Witness {NAME}, Taiwan ID {TWID}, resident card {FOREIGN_ID}, can be reached on {PHONE}.",
    ],
    "school": [
        "Student,ID,Guardian,Phone\n{NAME},{!small},{NAME},{USPHONE}\n{NAME},{!small},{NAME},{USPHONE}",
        "Room 12 - Ms. {NAME}\n1. {NAME} (parent {EMAIL})\n2. {NAME} (parent {EMAIL})",
    ],
    "code": [
        'var u = new User("{NAME}", "{EMAIL}", "{USPHONE}"); // TODO remove\nconst token = \'{!key}\'; const at = [{!where}];',
        "INSERT INTO customers VALUES ({!small}, '{NAME}', '{SSN}', '{CARD}', '{DOB}', '{IPV4}');",
        'Signed-off-by: {NAME} <{EMAIL}>\nReviewed-by: {NAME} <{EMAIL}>\nFixes: {!hash} ("bump to {!version}")',
    ],
    "notice": [
        "Dear {NAME}, your statement was mailed to {ADDRESS}. Call 1-800-{!small} with questions. Ref {!order}.",
        "Wi-Fi owner {NAME}: router {MAC}, public address {IPV4}, v6 {IPV6}, advertising id {DEVICE_ID}",
        "{NAME} has invited you to a meeting. Dial-in {PHONE}, PIN {!small}#.",
    ],
    "nothing personal": [
        "ISBN {!isbn}, list price {!price}, {!standard}, v{!version}, sha {!hash}.",
        "Shipment {!order} left on {!time}; batch {!number}; part {!part}; total {!price}.",
        "lat/lon {!where}; accuracy {!percent}; {!bytes} bytes; ts {!stamp}.",
        "Listening on {!private}:8443 and {!address6}; uses {!package}; run {!uuid}; key {!key}.",
        "The Senate met on {!date} at {!clock}. Flight {!train}, gate {!small}. Toll free 1-800-555-{!small}.",
        "Gift card test number {!card} is rejected; see Section {!small} of {!standard}.",
    ],
}
MIXED: dict[str, list[str]] = {
    "mixed": [
        "Hi {NAME}，护照号 is {PASSPORT}, please book the {!train} for {!date}. 电话 {MOBILE}",
        "订单{!order} contact: {EMAIL} / 手机{MOBILE} / ship to {ADDRESS}",
        "FYI 客户{NAME}的 credit card {CARD} 过期了, email {EMAIL}",
        "身份证 ID: {CN_ID} | Name: {NAME} | DOB: {DOB} | Tel: {MOBILE}",
        "公司 VAT/税号 {USCC}, IBAN {IBAN}, contact {NAME} ({LANDLINE})",
        "server {IPV4} 上的账号属于{NAME}，MAC {MAC}，tag v{!version}",
        "WeChat ID: {WECHAT}, QQ: {QQ}, 微信名随意, build {!hash}",
    ]
}
HARD_CHINESE = "手机号：{~MOBILE}|我电话{~MOBILE}，急|联系{~MOBILE}（{NAME}）|身份证号码是{~CN_ID}|证件：身份证 {~CN_ID}|银行卡号：{~BANK}|打到我卡上，{~BANK}，建行|邮箱 {~EMAIL}|给我发邮件吧，{~EMAIL}|{~EMAIL} 这个邮箱还在用|加QQ {~QQ}|姓名：{NAME}\n手机：{~MOBILE}\n邮箱：{~EMAIL}|tel={~MOBILE}&t={!stamp}"
HARD_LATIN = "you can email me at {~EMAIL}|E-mail: {~EMAIL}|write to {~EMAIL} please|my number is {~USPHONE}|Phone: {~USPHONE}|credit card: {~CARD}|card no. {~CARD} exp 09/27|my social is {~SSN}|SSN: {~SSN}|{NAME} - {~EMAIL} - {~USPHONE}"
LOOK_ALIKES = "三五成群，四六不着，二八佳人|一九四九年十月一日，七十周年|零点一二三四五六七八九|公式 1 + 2 + 3 + 4 + 5 = 15|第一、二、三、四、五、六、七、八、九、十条|比分 2 1、3 0、1 1、0 0、2 2、3 1|看 dot 语法 at 第三章|meet me at noon dot com sat idle|one two three four five six seven|编号①②③④⑤⑥⑦⑧⑨⑩⑪|序列 1-2-3-4-5-6-7-8-9-10-11|Ｖｅｒｓｉｏｎ１．２．３|look at example dot product|he sat at home dot dot dot and waited|1/2/3/4/5/6/7/8/9/10/11/12|电压 1 3 5 V，电流 2 4 6 A|一二三四五，上山打老虎|二〇二五年一月二日三时四分|流水号 ２０２５０３０２１４１５９２６５３|from 10 to 20 at 5 dot 5 percent"
