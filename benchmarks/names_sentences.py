# ruff: noqa: E501, SIM905  lists of words and sentences
"""What stands beside names, for `names_model.py`: roles, titles, labels of forms, verbs, and sentences of papers, chats,
tables and logs. `{n}` is a name, `{p}` a telephone, `{m}` a mail address, `{i}` a resident number, `{k}` a card, `{a}` an
address, `{d}` a day, `{r}` a role, `{t}` a title behind a name, `{v}` what follows one in a sentence, `{w}` some words.

Nothing here is taken from a text for evaluation.
"""

ROLES = "记者 通讯员 特约记者 主任 副主任 主治医师 主任医师 住院医师 医生 护士 护士长 麻醉师 药师 班主任 辅导员 任课教师 教师 老师 教授 副教授 讲师 导师 研究员 院士 校长 院长 园长 工程师 总工程师 经理 项目经理 总监 店长 会计 出纳 财务 人事 秘书 助理 司机 驾驶员 车主 乘客 村民 居民 市民 网友 业主 住户 房东 租客 租户 中介 经纪人 民警 辅警 交警 警官 律师 法官 审判长 审判员 人民陪审员 检察员 书记员 法官助理 书记 副书记 村支书 村主任 县长 副县长 市长 局长 副局长 处长 科长 股长 队长 班长 组长 教练 裁判 导游 领队 客服 坐席 快递员 派件员 骑手 送货员 装维员 安装师傅 保安 保洁 厨师 店员 收银员 柜员 客户经理 摄影 编辑 责任编辑 校对 译者 主编 作者 歌手 演员 导演 编剧 主持人 嘉宾 观众 选手 学生 同学 学员 考生 新生 毕业生 研究生 孩子 女儿 儿子 父亲 母亲 爸爸 妈妈 爷爷 奶奶 外婆 叔叔 阿姨 舅舅 姑姑 表哥 堂弟 弟弟 妹妹 哥哥 姐姐 丈夫 妻子 老公 老婆 男友 女友 前夫 朋友 好友 同事 同乡 邻居 室友 队友 战友 客户 会员 用户 顾客 旅客 患者 病人 产妇 老人 志愿者 党员 团员 代表 委员 社长 会长 秘书长 理事 董事长 董事 监事 总经理 股东 法定代表人 负责人 联系人 经办人 当事人 被害人 被告人 嫌疑人 证人 原告 被告 上诉人 申请执行人 被执行人 第三人 委托代理人 债务人 债权人 担保人 死者 伤者 失主 发起人 创始人 画家 作家 诗人 艺人 校友 员工 职工 工人 农民 商户 老板 老乡 战士 士兵".split()
TITLES = "老师 先生 女士 小姐 同学 同志 医生 大夫 主任 经理 律师 教授 师傅 阿姨 叔叔 大爷 大妈 哥 姐 总 局长 处长 科长 书记 校长 院长 博士 警官 法官 教练 导演 护士 老板 您好 你好 等人 等 夫妇 本人 一家 同志任 收 敬上 亲启 转".split()
VERBS = "说 说： 说道 表示 介绍 介绍说 认为 指出 强调 告诉 告诉我 回忆 笑着说 负责 主持 出席 参加 缺席 签收 签字 确认 批准 提出 反映 反映称 投诉 来电 报名 到场 在 去 来 把 被 给 向 对 和 与 因 从 于 已 已经 将 未 曾 系 驾驶 担任 辞去 获得 荣获 毕业 去世 结婚 离婚 住院 出院 入职 离职 请假 迟到 购买 支付 转账 借款 欠 收到 送来 打电话 发来 提交 申请 办理 前往 返回 途经 居住 租住 经营 从事 伙同 不服 诉称 辩称 答辩 上诉 供述 受伤 死亡 拾到 遗失 捐赠 发言 总结 补充 提问 采访 摄 摄影 报道 撰文 编 著 译 主编 绘 设计 演唱 饰演 执导 夺冠 胜 领衔 带队 同意 反对 建议 没接电话 不在 加入了群聊 撤回了一条消息 的 的电话 的手机号 的身份证 的微信 的邮箱 的父亲 的账户 家 也 都 还 就 是 有 要 想 会 能 让 带 叫 问 答".split()
LABELS = "姓名 名字 真实姓名 申请人 经办人 负责人 联系人 收件人 寄件人 收货人 提货人 签收人 领取人 领用人 借用人 保管人 审核 审核人 复核 审批 审批人 批准 制表 制表人 填表人 填报人 记录 记录人 主持 主持人 出席 列席 缺席 参会 参会人员 请假 值班 值班人员 值日 组长 成员 小组成员 指导教师 班主任 家长 监护人 法定代表人 法人 股东 被授权人 委托人 受托人 代理人 投保人 被保险人 受益人 查勘员 经纪人 业主 承租人 出租人 甲方 乙方 丙方 甲方代表 乙方代表 出卖人 买受人 保证人 抵押人 借款人 出借人 收款人 付款人 户名 持卡人 开户人 收款方 付款方 对方户名 开票人 出纳 会计 销售员 业务员 采购员 仓管 质检 检验员 检验者 送检医师 报告医师 主治 主刀 一助 麻醉 护士 患者 病人 产妇 家属 接诊医生 开单医生 医师签名 患者签名 签名 签字 署名 作者 第一作者 通讯作者 译者 编辑 责编 校对 摄影 记者 供稿 审稿 评审专家 评委 答辩人 答辩委员 导师 学生 学员 考生 获奖者 一等奖 二等奖 三等奖 优秀奖 候选人 拟录用 拟聘 中标联系人 项目经理 技术负责人 安全员 施工员 监理 报修人 报警人 来电人 投诉人 诉求人 举报人 当事人 询问人 被询问人 讯问人 见证人 调解员 原告 被告 上诉人 被上诉人 审判长 审判员 书记员 申请执行人 被执行人 嫌疑人 受害人 车主 司机 驾驶人 乘车人 旅客 乘客 入住人 同住人 紧急联系人 推荐人 介绍人 担保人 操作员 操作人 管理员 巡检人 处理人 派单给 接单人 派送员 快递员 骑手 装维人员 工程师 客户 客户姓名 会员 用户 用户名 昵称 主播 群主 发起人 接龙 发件人 收信人 抄送 主送 发自 from to cc user name realName userName custName owner operator receiver sender contact".split()
# Places where a name is likely, and where something else seldom stands.
STRONG = """{r}{n}{v}{w}¦{r}{n}、{n}{v}{w}¦{r}{n}¦{n}{t}，{w}¦{n}{t}{v}{w}¦请{n}{t}{w}¦{l}：{n}¦{l}:{n}¦{l}: {n}¦{l} {n}¦{l}　{n}¦{l}={n}¦{l}：{n}　{l}：{n}¦{l}：{n}、{n}、{n}¦{l}：{n} {n} {n}¦{l}：{n}，{n}，{n}¦{l}
{n}
{n}
{n}¦{n}，男，{d}出生¦{n}，女，{d}生，汉族，住{a}¦{n}（男，35岁）¦{n}(女)¦{n}，男，{i}¦{n}（身份证号{i}）¦{n}（公民身份号码：{i}）¦{n}，身份证{i}¦{n} {i} {p}¦{n},{p},{i},{a}¦{n}\t{i}\t{p}¦{n}|{p}|{a}¦{p} {n}¦{a} {n} {p}¦{n} {p} {a}¦收：{n}，{p}，{a}¦寄：{n} {p}¦{n}（{p}）¦{n}({p})¦{n}{p}¦联系{n}{p}¦找{n}，电话{p}¦打{n}电话{p}¦{n}电话：{p}¦{n} {k}¦户名{n}，卡号{k}¦{k} {n}¦{n} <{m}>¦{n}<{m}>¦{n}（{m}）¦"{n}" <{m}>¦{n};{m};{p}¦{"name":"{n}","phone":"{p}"}¦"realName": "{n}"¦"userName":"{n}","idNo":"{i}"¦'{n}', '{p}'¦<name>{n}</name>¦<td>{n}</td><td>{p}</td>¦<span>{n}</span>¦name={n}&mobile={p}¦user={n}, phone={p}¦用户{n}登录成功¦[{n}]¦【{n}】{w}¦“{n}”¦@{n} {w}¦@{n} 麻烦{w}¦{n}：{w}¦{n}:{w}¦{n}说：“{w}”¦{n} 10:23
{w}¦{n}  09:05
{w}¦[2025-03-04 10:11] {n}：{w}¦2025-03-04 10:11:12 {n}
{w}¦1. {n}¦1、{n}
2、{n}
3、{n}¦1.{n} {p}
2.{n} {p}¦一等奖：{n}、{n}
二等奖：{n}、{n}、{n}¦{n}、{n}、{n}等{w}¦{n}、{n}和{n}{v}{w}¦{n}和{n}{v}{w}¦{n}与{n}{w}¦由{n}{v}{w}¦由{n}、{n}负责¦经{n}介绍¦向{n}借款{w}¦被告人{n}伙同{n}{w}¦驳回{n}的{w}¦{n}与{n}离婚纠纷一案¦{n}诉{n}{w}¦任命{n}同志为{r}¦任命{n}为{w}¦免去{n}同志的{r}职务¦{n}同志任{r}¦兹有我单位{n}前往{w}¦兹证明{n}系{w}¦尊敬的{n}{t}：¦致{n}：¦亲爱的{n}¦{n}敬上¦{n}
2025年3月4日¦此致 敬礼 {n}¦我叫{n}，{w}¦我是{n}，{w}¦我是{n}的{r}¦这是{n}¦他叫{n}¦名叫{n}的{w}¦您是{n}吗¦请问是{n}吗¦{n}在吗¦{n}还没来¦把{n}的{w}¦给{n}{w}¦{n}转账给{n}¦转给{n}¦替{n}{w}¦和{n}一起{w}¦陪{n}{w}¦{r}{n}和{r}{n}¦{n}({r})¦{n}（{r}）¦{n} {r}¦{r}：{n}¦{r} {n}¦{r}　{n}¦本报{r}{n}¦（{r} {n}）¦（{r}{n}）¦文/{n}¦图/{n}¦摄影：{n}¦作者/{n}¦编辑 {n}¦周一 {n}¦周二：{n}、{n}¦{d} {n}¦{n} {d}¦{n},男,{d}¦{d},{n},{p}¦3,{n},女,{w},{p}¦{n} 男 {d} {i}¦{n}去世，享年¦{n}之子{n}¦{n}（已故）¦{n}，网名¦{n}（化名）¦{n}获得冠军¦{n}2-1战胜{n}¦饰演者{n}¦收{n}{w}款¦今收到{n}交来¦今借到{n}人民币¦购票人{n}¦{n}的车{w}¦{n}家住{a}¦{n}住{a}¦{n}，住{a}¦业主{n}，{a}¦{a}，{n}收¦{n}收 {p}"""
# Places where a name may stand, and other words do as often.
WEAK = """{w}{n}{w}¦{w}{n}{v}{w}¦{w}，{n}{w}¦{w}。{n}{v}{w}¦{w}（{n}）{w}¦{w}“{n}”{w}¦{w}《{n}》{w}¦{n}{w}¦{w}{n}
¦{w}、{n}、{w}¦{w}的{n}{w}¦{w}在{n}{w}¦{w}是{n}{w}¦{w}和{n}{w}¦{w}：{n}¦{w}，{n}。¦{w} {n} {w}¦# {n}¦- {n}：{w}¦{w}{p} {n}¦{n} {p}¦{w},{n},{w}¦{n},{p}¦{w}|{n}|{w}¦{w}	{n}	{w}¦{w}/{n}/{w}¦"{n}"¦{n}；{w}¦{w}；{n}¦{n}
{w}¦{w}
{n}
{w}¦（{n}，{w}）¦{w}：“{n}{w}¦{n}{n}¦{w}{n}{n}{w}"""
PARTS = "买买提 阿卜杜 艾合买提 古丽 热合曼 吐尔逊 努尔 阿依 麦麦提 库尔班 肉孜 艾尼瓦尔 帕提 玛依拉 依力 哈力 塔依尔 木合塔尔 热依扎 迪丽 祖丽 艾山 司马义 亚森 玉素甫 阿里木 吐尼亚孜 热孜万 阿曼 加娜 叶尔 巴合提 赛力克 哈那提".split()
ENGLISH_ROLES = "Manager;Senior Manager;Director;Head of Sales;Analyst;Senior Analyst;Engineer;Consultant;Partner;Associate;Assistant;Secretary;Treasurer;Clerk;Officer;Inspector;Detective;Sergeant;Judge;Attorney;Solicitor;Notary Public;Nurse;Surgeon;Physician;Pharmacist;Therapist;Teacher;Principal;Professor;Lecturer;Tutor;Coach;Captain;Driver;Courier;Agent;Broker;Landlord;Tenant;Lessee;Lessor;Buyer;Seller;Borrower;Guarantor;Applicant;Claimant;Respondent;Plaintiff;Defendant;Witness;Victim;Suspect;Executor;Trustee;Beneficiary;Policyholder;Customer;Client;Guest;Passenger;Member;Volunteer;Student;Pupil;Parent;Guardian;mother;father;husband;wife;son;daughter;brother;sister;neighbour;colleague;friend;roommate;plumber;electrician;chair;Chair;editor;photographer;reporter;author;organiser;supervisor;Supervisor;technician;receptionist;Rep;Cllr;Churchwarden;on-call;owner;Owner;caretaker".split(
    ";"
)
ENGLISH_VERBS = "said;says;will call;called;called back;asked;replied;wrote;signed;approved;rejected;confirmed;requested;reported;complained;arrived;left;lives at;lives in;moved to;works at;was admitted;was discharged;was seen;was charged;was born;died;is survived by;is out sick;is on leave;is away;is out;will cover;will attend;will meet you;agreed to pay;owes;paid;sent;received;borrowed;returned;booked;cancelled;joined;resigned;retired;has left;has been employed;witnessed;testified;and her husband;and his wife;'s phone;'s address;'s account;'s car;fixed our boiler;from accounts;from the clinic;at the desk".split(
    ";"
)
ENGLISH_LABELS = "Name;Full name;Employee;Employee name;Customer;Customer name;Client;Contact;Contact person;Contact name;Emergency contact;Next of kin;NOK;Patient;Patient name;Attending;Referring physician;Ordering provider;GP;Consultant;Nurse;Requester;Requested by;Approved by;Reviewed by;Prepared by;Assigned to;Assignee;Owner;Reporter;Author;Agent;Rep;Handled by;Caller;Tenant;Landlord;Lessee;Lessor;Buyer;Seller;Borrower;Applicant;Co-applicant;Guarantor;Signatory;Signed;Witness;Notary;Plaintiff;Defendant;Claimant;Beneficiary;Policyholder;Insured;Driver;Passenger;Guest;Guest name;Traveller;Crew;Sender;Recipient;Receiver;Consignee;Shipper;Ship to;Bill to;Billed to;Deliver to;Attn;Payee;Pay to;Account holder;Account name;Cardholder;Student;Teacher;Tutor;Parent;Guardian;Coach;Captain;Chair;Clerk;Present;Apologies;Attendees;Absent;Speaker;Host;Organiser;Organizer;Editor;Photo;Photographer;Words;Interviewer;Interviewee;Candidate;Referee;Supervisor;Line manager;Manager;Reports to;Technician;Engineer;Installer;Inspector;Officer;Detective;Victim;Suspect;Complainant;Executor;Trustee;Donor;Member;Volunteer;customer_name;full_name;first and last name;requester_name;holder;owner;operator;user;realname;display_name;customerName;contactName;Rechnungsempfänger;Nom;Nombre;Naam;Ansprechpartner".split(
    ";"
)
ENGLISH = """{n} called yesterday.¦I spoke to {n} about it.¦Please ask {n} to sign.¦cc: {n}, {n}¦To: {n} <{m}>¦From: {n} <{m}>¦"{n}" <{m}>¦{n} ({p})¦{n}, {p}¦{n},{m},{p}¦{n}\t{p}\t{m}¦{n} | {p}¦{n} wrote:¦[{n}] ok, done¦{n}: see you at five¦<b>{n}</b>¦<td>{n}</td>¦<td>{n}</td><td>{m}</td>¦Thanks,
{n}¦Best,
{n}¦Cheers,
{n}
{m}¦--\x20
{n}
{p}¦by {n}¦with {n} and {n}¦{n} and {n} agreed¦{n} has left the company¦{n} lives in Leeds¦{n}'s phone is {p}¦{n}'s account¦Hi, this is {n}.¦I am {n}, born¦Met {n} at the office¦assigned to {n}¦Owner: {n}¦Attendees: {n}, {n}, {n}¦approved by {n}¦Customer {n} complained¦ship to {n}, 12 Main¦{n} will join us¦our colleague {n} said¦{n} said he¦{n} told me¦{n}, 34, of Ohio¦said {n}, a teacher¦according to {n}¦Driver {n} arrived¦Passenger: {n}¦tenant {n} owes¦{n} paid¦{n} was admitted¦{n} is allergic¦Call {n} at {p}¦email {n} at {m}¦<{n}>¦- {n}¦1. {n}¦* {n}, {p}¦"customer": "{n}"¦{n}
{p}¦user {n} logged in¦Reviewed: {n}¦witness {n}¦Mrs. {n}¦wife of {n}¦my brother {n}¦{n} sent¦invited {n} for¦on behalf of {n}¦Beneficiary {n}¦{n} (patient)¦{n} / {p}¦for {n}.¦{n}?¦Is {n} there?¦{R} {n} {V}¦{R} {n}¦{R}: {n}¦the {R}, {n}, {V}¦{n}, {R}¦{n}, {R} at¦{n} ({R})¦{n} - {R}¦{L}: {n}¦{L}: {n}
¦{L} {n}¦{L}
{n}
¦{L}: {n}   {L}: {n}¦{L}: {n}; {L}: {n}¦{L}={n}¦{L}: {n} ({p})¦{L}: {n}, {p}¦{L}: {n}, {m}¦{L}: {n}, {n}, {n}¦{n}; {n}; {n}¦{n} and {n} {V}¦{n} {V}¦{n} {V} and¦Hi {n},¦Hi {n}, it's {n} from¦Hello {n},¦Dear {n},¦Thank you, {n}.¦Yours sincerely,
{n}¦Kind regards

{n}
{p}¦Mit freundlichen Grüßen
{n}¦Cordialement,
{n}¦Sent by {n}¦From: {n}¦To: {n}¦Re: {n}, DOB 1971-02-03¦{n} (DOB 03/04/1980)¦{n}, DOB 12 May 1964¦{n}, born 1980-02-03¦{n} (born 4 May 1990)¦Pt {n}¦Pt {n} (DOB¦pt. {n} called¦Patient {n}¦seen by {n}¦reviewed by {n}¦I, {n}, of¦I, {n}, being¦between {n} and {n}¦Estate of {n}¦in memory of {n}¦survived by {n} and {n}¦married {n}¦son of {n} and {n}¦Caller {n} (SSN 123-45-6789)¦{n} SSN 123-45-6789¦{n} 34F MRN 1234567¦{n};1980-01-02;{p}¦{n},1980-01-02,{p}¦"{n}","{p}","12 Main St"¦{"name":"{n}","phone":"{p}"}¦"fullName": "{n}"¦"owner":"{n}","imei"¦'name': '{n}'¦user="{n}"¦name={n}&tel={p}¦<name>{n}</name>¦<td>{n}</td><td>{p}</td>¦FN:{n}¦CN={n}:mailto:{m}¦real_name: {n}¦- name: {n}¦Author: {n} <{m}>¦Signed-off-by: {n} <{m}>¦Mon  {n}  {p}¦Tue - {n}, {p}¦{n}  10:15 AM
¦{n}: thanks¦[10:15] {n}: ok¦<{n}> hi¦@{n} can you¦ask for {n}¦Call {n} {p}¦Text {n} on {p}¦ring {n} on {p}¦reach {n} at {p}¦{n} on {p}¦{n} {p}¦SHIP TO:
{n}
12 Main St¦FROM:
{n}
4 High Street¦{n}
12 Main Street, Dayton, OH 45402
{p}¦Deliver to {n}, 12 Main St¦pay {n}, IBAN¦paid 12.50 to {n}, ref¦card in the name of {n}¦name on the card is {n}¦This is {n}.¦This is {n} calling¦my name is {n}¦Sworn before me, {n}¦witness {n}, {p}¦victim {n} (DOB¦registered to {n}, 4 Elm St¦applicant {n}, site¦case officer {n}, {m}¦referee {n} ({m})¦candidate {n}; referee {n}¦with my neighbour, {n}¦joined #general {n}¦{n} joined the channel¦on-call is {n} ({p})¦cc {n}"""
