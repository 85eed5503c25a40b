"""Which column of a foreign table is which of ours: by name, by a map given, or asked; never silently."""

import sys
from collections.abc import Callable, Mapping
from typing import TextIO

from minqing.kernel.errors import Refusal
from minqing.wiring.saying import t

KNOWN: dict[str, tuple[str, ...]] = {
    "key": ("msg_id", "id", "key", "编号", "留言编号", "工单编号", "信访编号"),
    "time": ("time", "created_at", "date", "时间", "留言时间", "来电时间", "登记时间"),
    "title": ("title", "主题", "标题", "留言主题"),
    "text": ("body", "text", "content", "内容", "留言详情", "详情", "诉求内容"),
    "reply": ("reply", "答复", "答复意见", "办理结果"),
    "reply_time": ("reply_time", "答复时间", "办结时间"),
    "name": ("user", "name", "姓名", "留言用户", "联系人"),
    "phone": ("phone", "tel", "电话", "联系电话"),
    "place": ("place", "place_code", "地点编码"),
    "place_words": ("place_words", "地点", "地址"),
    "office": ("office", "office_code", "承办单位编号"),
    "username": ("username", "账号"),
    "post": ("post", "职务"),
    "role": ("role", "岗位"),
    "office_kind": ("kind", "类型", "单位类型"),
    "superior": ("superior", "上级单位编号"),
    "household": ("household", "户号"),
    "cadre": ("cadre", "username", "账号", "干部账号", "结对干部账号"),
    "pair_kind": ("pair_kind", "kind", "类型", "结对类型"),
    "from": ("from", "from_on", "开始日期", "结对日期", "起"),
    "to": ("to", "to_on", "结束日期", "止"),
    "plan": ("plan", "计划", "打算"),
    "items": ("items", "事项", "约定事项"),
    "asked": ("asked", "本户提出"),
    "code": ("code", "代码", "区划代码"),
    "valid_from": ("valid_from", "启用日期"),
    "valid_to": ("valid_to", "停用日期"),
    "name_en": ("name_en", "英文名"),
    "initials": ("initials", "拼音首字母", "首字母"),
    "successor": ("successor", "并入"),
}


class NeedsMap(Refusal):
    code, status, text = (
        "import.needs-map",
        422,
        "要先确认列名对应关系。没有终端可问，请加 --yes（照下面的猜测）或 --map。猜测：{guess}",
    )


class BadMap(Refusal):
    code, status, text = (
        "import.bad-map",
        422,
        "--map “{given}”不对：应写成 我方列名=文件列名，可用的有 {known}。",
    )


class NoSuchColumn(Refusal):
    code, status, text = "import.no-such-column", 422, "文件里没有“{theirs}”这一列。文件里有：{found}。"


class MissingColumns(Refusal):
    code, status, text = (
        "import.missing-columns",
        422,
        "缺少必需的列：{missing}。文件里有：{found}。可用 --map 指明。",
    )


def guessed(header: list[str], wanted: tuple[str, ...]) -> dict[str, str]:
    """Our column → the file's, where a name is one we know."""
    lower = {name.lower(): name for name in header}
    found: dict[str, str] = {}
    for ours in wanted:
        for name in KNOWN[ours]:
            if name.lower() in lower:
                found[ours] = lower[name.lower()]
                break
    return found


def settled(
    header: list[str], *, wanted: tuple[str, ...], required: tuple[str, ...], given: list[str], yes: bool,
    ask: Callable[[str], str] | None, out: TextIO = sys.stderr,
) -> Mapping[str, str]:  # fmt: skip
    """The mapping to use: the guess, overruled by `given`, confirmed by --yes, --map or a person at the terminal."""
    mapping = guessed(header, wanted)
    for pair in given:
        ours, sign, theirs = pair.partition("=")
        if sign and ours in wanted and theirs not in header:
            raise NoSuchColumn(theirs=theirs, found=t("、", ", ").join(header))
        if not sign or ours not in wanted:
            raise BadMap(given=pair, known=t("、", ", ").join(wanted))
        mapping[ours] = theirs
    missing = [ours for ours in required if ours not in mapping]
    if missing:
        raise MissingColumns(missing=t("、", ", ").join(missing), found=t("、", ", ").join(header))
    if not yes and not given:
        guess = t("，", ", ").join(f"{ours}={theirs}" for ours, theirs in mapping.items())
        if ask is None:
            raise NeedsMap(guess=guess)
        print(guess, file=out)
        if ask(t("照此导入？[y/N] ", "Import like this? [y/N] ")).strip().lower() not in {"y", "yes", "是"}:
            raise NeedsMap(guess=guess)
    return mapping
