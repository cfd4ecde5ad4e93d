"""Names that a report holds, in the reader's words: kinds of personal data, what was done with it, why a record went,
and what a rule pack demands. A name that is not here, such as a kind of a policy's own rules, stands as it is."""

import re
from typing import NamedTuple


class Words(NamedTuple):
    en: str
    zh: str


KINDS = {
    "AADHAAR": Words("Aadhaar of India", "印度 Aadhaar 号"),
    "ADDRESS": Words("address", "地址"),
    "BANK": Words("bank account", "银行账号"),
    "CARD": Words("payment card", "银行卡号"),
    "CN_ID": Words("identity card", "居民身份证号"),
    "CN_ID15": Words("identity card of 15 digits", "15 位身份证号"),
    "DEVICE_ID": Words("device identifier", "设备标识"),
    "DOB": Words("date of birth", "出生日期"),
    "EMAIL": Words("e-mail address", "电子邮箱"),
    "FOREIGN_ID": Words("foreigner's residence permit", "外国人永久居留身份证号"),
    "HKID": Words("Hong Kong identity card", "香港身份证号"),
    "HM_PERMIT": Words("permit of Hong Kong or Macao residents", "港澳居民证件号"),
    "IBAN": Words("IBAN", "国际银行账号"),
    "ICCID": Words("SIM card", "SIM 卡号"),
    "IMEI": Words("IMEI of a telephone", "手机设备号"),
    "IMSI": Words("IMSI of a subscriber", "移动用户识别码"),
    "IPV4": Words("IPv4 address", "IPv4 地址"),
    "IPV6": Words("IPv6 address", "IPv6 地址"),
    "LANDLINE": Words("landline", "固定电话"),
    "LOCAL_NUMBER": Words("number an institution gave", "机构编号"),
    "MAC": Words("MAC address", "MAC 地址"),
    "MAINLAND_PASS": Words("mainland travel permit", "来往内地通行证号"),
    "MOBILE": Words("mobile telephone", "手机号"),
    "MOID": Words("Macao identity card", "澳门身份证号"),
    "MRN": Words("medical record number", "病历号"),
    "NAME": Words("name of a person", "姓名"),
    "PAN": Words("PAN of India", "印度 PAN 税号"),
    "PASSPORT": Words("passport", "护照号"),
    "PHONE": Words("telephone", "电话号码"),
    "PLATE": Words("number plate", "车牌号"),
    "QQ": Words("QQ number", "QQ 号"),
    "SOCIAL_CARD": Words("social security card", "社会保障卡号"),
    "SSN": Words("US social security number", "美国社会安全号"),
    "TWID": Words("Taiwan identity card", "台湾身份证号"),
    "TW_PERMIT": Words("permit of Taiwan residents", "台湾居民证件号"),
    "USCC": Words("unified social credit code", "统一社会信用代码"),
    "USPHONE": Words("US telephone", "美国电话号码"),
    "VIN": Words("number of a vehicle", "车架号"),
    "WECHAT": Words("WeChat account", "微信号"),
}
ACTIONS = {
    "keep": Words("left as it is", "保留"),
    "drop": Words("record dropped", "丢弃整条记录"),
    "remove": Words("cut out", "删除"),
    "placeholder": Words("replaced by its kind", "以类型占位"),
    "mask": Words("masked", "掩码"),
    "pseudonym": Words("pseudonym by a key", "密钥假名"),
    "encrypt": Words("encrypted by a key", "密钥加密"),
    "generalise": Words("made less exact", "泛化"),
    "surrogate": Words("replaced by the like of it", "替换为同类虚构值"),
}
REASONS = {
    "least_characters": Words("too short", "过短"),
    "most_characters": Words("too long", "过长"),
    "most_symbols": Words("too many symbols", "符号过多"),
    "most_repeated_lines": Words("too many repeated lines", "重复行过多"),
    "most_repeated_phrases": Words("too many repeated phrases", "重复短语过多"),
    "least_letters": Words("too few letters", "文字过少"),
    "most_digits": Words("too many digits", "数字过多"),
    "duplicate": Words("the same as another", "与另一条相同"),
    "near-duplicate": Words("nearly the same as another", "与另一条近似"),
    "suppressed": Words("would stand alone, or be generalised too far", "会单独成类，或须过度泛化"),
    "quasi-unreadable": Words("a column to generalise cannot be read", "待泛化的列无法解析"),
    "personal-key": Words("personal data in the name of a field", "字段名中含个人信息"),
    "nul-bytes": Words("NUL bytes in its text", "文本中含空字节"),
    "language": Words("in a language that is not asked for", "语种不在要求之内"),
    "too-deep": Words("nested too deeply", "嵌套过深"),
    "too-long": Words("longer than a record may be", "超过记录长度上限"),
    "not-utf8": Words("no UTF-8 text", "不是 UTF-8 文本"),
    "broken-json": Words("no valid JSON", "不是有效的 JSON"),
    "broken-row": Words("no valid row", "不是有效的行"),
    "no-record": Words("neither an object nor a text", "既非对象也非文本"),
    "truncated": Words("its file is cut off", "文件被截断"),
    "unreadable": Words("cannot be read", "无法读取"),
    "columns-of-one-name": Words("two columns of one name", "两列同名"),
}
LANGUAGES = {
    "zh": Words("Chinese", "中文"),
    "en": Words("English", "英文"),
    "ja": Words("Japanese", "日文"),
    "ko": Words("Korean", "韩文"),
    "ru": Words("Cyrillic script", "西里尔文字"),
    "ar": Words("Arabic script", "阿拉伯文字"),
    "latin": Words("other Latin script", "其他拉丁文字"),
    "other": Words("no letters", "无文字"),
    "none": Words("not looked at", "未判定"),
}
CHECKS = {
    "sources-declared": Words("sources that are not declared, at most", "未声明的来源，至多"),
    "source-risky-most-ppm": Words("of a source with risky words, at most", "单一来源中含风险词的比例，至多"),
    "library-words-least": Words("words in the library, at least", "词库词数，至少"),
    "machine-share-least-ppm": Words("looked at by machine, at least", "机器抽检比例，至少"),
    "machine-passed-least-ppm": Words("passed by machine, at least", "机器抽检合格率，至少"),
    "hand-items-least": Words("looked at by hand, at least", "人工抽检条数，至少"),
    "hand-passed-least-ppm": Words("passed by hand, at least", "人工抽检合格率，至少"),
    "hand-passed-at-95-least-ppm": Words(
        "passed by hand at 95 % confidence, at least", "95 % 置信度下的人工抽检合格率，至少"
    ),
    "table-smallest-class-least": Words("smallest class of the table, at least", "表格最小等价类，至少"),
    "table-sensitive-values-least": Words("sensitive values in a class, at least", "等价类中的敏感取值数，至少"),
    "table-left-out-most-ppm": Words("left out of the table, at most", "表格抑制比例，至多"),
    "table-risk-most-ppm": Words("risk of being found in the table, at most", "表格重标识风险，至多"),
}


def kind(name: str) -> Words | str:
    """With the name that a policy takes behind it."""
    return _behind(KINDS.get(name), name)


def action(name: str) -> Words | str:
    return _behind(ACTIONS.get(name), name)


def reason(name: str) -> Words | str:
    before, _, of = name.partition(":")
    if before == "personal":
        words = KINDS.get(of, Words(of, of))
        return Words(f"holds personal data to drop: {words.en} ({of})", f"含须丢弃的个人信息：{words.zh}（{of}）")
    return _behind(REASONS.get(name), name)


def language(name: str) -> Words | str:
    return LANGUAGES.get(name, name)


def check(name: str) -> Words | str:
    if found := re.fullmatch(r"words-of-each-(.+)-least", name):
        return Words(f"words of each risk of {found[1]}, at least", f"{found[1]} 各类风险的词数，至少")
    return CHECKS.get(name, name)


def _behind(words: Words | None, name: str) -> Words | str:
    return name if words is None else Words(f"{words.en} ({name})", f"{words.zh}（{name}）")
