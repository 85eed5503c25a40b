"""Kinds of offices and refusals about accounts. Pure."""

from minqing.kernel.errors import Refusal
from minqing.kernel.words import Word


class OfficeKind(Word):
    GOVERNMENT = "government", "县政府"
    PETITION_DESK = "petition_desk", "信访局"
    HOTLINE = "hotline", "热线中心"
    ARBITER = "arbiter", "联席会议办公室"
    DISCIPLINE = "discipline", "纪检机关"
    ORGANISATION = "organisation", "组织部门"
    CONGRESS = "congress", "人大机关"
    DEPARTMENT = "department", "县直部门"
    UTILITY = "utility", "公共服务企业"
    TOWNSHIP = "township", "乡镇（街道）"
    VILLAGE = "village", "村（社区）"


class AccountClosed(Refusal):
    code, status, text = "account.closed", 403, "这个账号已停用，请联系系统管理员。"


class BadToken(Refusal):
    code, status, text = "token.invalid", 401, "令牌无效或已过期，请重新领取。"


class UnknownOffice(Refusal):
    code, status, text = "office.unknown", 422, "没有编号为“{typed}”的单位。"
