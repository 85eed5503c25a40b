"""Whole bodies of every kind of paper, invented."""

from typing import Any

from minqing.means.documents.rules import FORMS, DocKind
from minqing.means.documents.rules.forms import PartForm

WORDS = {
    "office_name": "棠川县住房和城乡建设局",
    "to_office": "棠川县住房和城乡建设局",
    "matter": "青石镇柳溪村村口两盏路灯不亮",
    "holder": "棠川县住房和城乡建设局（市政管理股）",
    "procedure": "先到现场查看，再由市政管理股维修，修好后请您看一看。",
    "due_why": "60日从受理的第二天算起，到期日遇假日顺延到上班第一天。",
    "basis": "《信访工作条例》第三十四条。",
    "contact": "市政管理股，电话 000-0000000，上班时间都可以打。",
    "unhappy": "可以请求复查，也可以拨打12345。",
    "request": "请求修好村口的两盏路灯，并说明为什么报修两次没有人来。",
    "facts": "两盏路灯的地下电缆在去年秋天修水渠时被挖断。\n村里在去年11月和今年1月各报修一次，登记在案，但没有派工。",
    "reasons": "路灯属于市政设施，由本单位负责养护。报修没有派工，是本单位工作中的疏漏，应当改正。",
    "opinion": "一是在2026年4月10日前换好电缆，两盏灯恢复照明；二是就两次报修无人到场，向您说明并道歉。",
    "remedy_organ": "棠川县人民政府",
    "remedy_other": "也可以依法申请行政复议或者提起行政诉讼。",
    "reason": "要换的电缆须先停电，供电单位排定的停电日在期限之后。",
    "ended_by": "棠信核〔2025〕3号复核意见书",
    "care": "您家里的实际困难，镇民政办仍会帮忙，可以直接去说。",
    "where_to": "棠川县人民法院立案窗口，带上合同和身份证。",
    "path": "向人民法院提起民事诉讼。",
    "time_limit": "自知道权利受到损害之日起三年内。",
    "ask": "请到现场查清，依法办理，并把结果书面告诉本人。",
    "done_so_far": "已到现场看过，材料已经备好。",
    "reply": "两盏灯已经换好电缆，今晚起照常亮。报修后没有派工是我们的错，已经补上派工登记。",
    "original_no": "棠信处〔2026〕17号",
    "final": "本意见为最后意见。仍以同一事实和理由提出的，不再受理。",
    "finding": "受理后超过期限没有书面答复，也没有延期。",
    "mediator": "青石镇人民调解委员会",
    "cost": "不收费。",
    "effect": "双方签名后生效。一方不照做的，另一方可以请求人民法院处理。",
    "copies": "一式三份，双方各一份，调解委员会存一份。",
    "place": "棠川县信访局一楼听证室",
    "chair": "棠川县信访局副局长",
    "record": "先由申请人说明请求，再由承办单位说明情况，双方回答提问。",
    "conclusion": "多数到场的人认为应当修复，并由承办单位承担费用。",
    "done": "更换电缆86米，检修灯具两盏。",
    "result": "两盏路灯恢复照明，本人到场看过。",
    "verdict": "解决了；说清楚了。",
}
DATES = {
    "received_on": "2026-02-26", "due_on": "2026-05-06", "accepted_on": "2026-03-02", "extended_to": "2026-06-05",
    "tell_by": "2026-03-17", "report_by": "2026-03-31", "held_on": "2026-04-20", "served_on": "2026-04-28",
}  # fmt: skip
ITEMS = {
    "attached": ["诉求登记单1份", "现场照片2张"],
    "present": ["{{person}}", "承办单位代表2人", "村民代表3人"],
}
COUNTS = {"remedy_days": 30, "days": 30}
DUTIES = [
    {"who": "棠川县住房和城乡建设局", "what": "换好电缆，两盏灯恢复照明", "by": "2026-04-10"},
    {"who": "{{person}}", "what": "同意施工时从自家院墙外过线", "by": "2026-03-20"},
]


def body_of(kind: DocKind) -> dict[str, Any]:
    """A body with every part of the form, the optional ones too."""
    values: dict[PartForm, Any] = {
        PartForm.TEXT: WORDS, PartForm.DATE: DATES, PartForm.COUNT: COUNTS, PartForm.ITEMS: ITEMS,
    }  # fmt: skip
    return {
        part.key: DUTIES if part.form is PartForm.DUTIES else values[part.form][part.key]
        for part in FORMS[kind].parts
    }
