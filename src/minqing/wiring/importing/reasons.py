"""Why a row is not taken: a code that stays, and words for the person who mends the file, in their language."""

from collections.abc import Mapping

from minqing.kernel.errors import Refusal

Reject = tuple[int, Refusal, Mapping[str, str]]
"""(line of the file, why, the row as it came)."""


class BadRow(Refusal):
    """One row cannot be taken; the others can."""

    code, status, text = "import.row", 422, "这一行不能导入"


class NoKey(BadRow):
    code, status, text = "import.row.no-key", 422, "没有编号"


class NoText(BadRow):
    code, status, text = "import.row.no-text", 422, "没有内容"


class TextTooLong(BadRow):
    code, status, text = "import.row.text-too-long", 422, "内容{n}字，超过{most}字"


class BadTime(BadRow):
    code, status, text = "import.row.bad-time", 422, "时间“{typed}”读不懂，或早于{earliest}年"


class TimeAhead(BadRow):
    code, status, text = "import.row.time-ahead", 422, "时间在今天之后"


class BadReplyTime(BadRow):
    code, status, text = "import.row.bad-reply-time", 422, "有答复，答复时间“{typed}”读不懂"


class ReplyBefore(BadRow):
    code, status, text = "import.row.reply-before", 422, "答复时间早于留言时间"


class ReplyAhead(BadRow):
    code, status, text = "import.row.reply-ahead", 422, "答复时间在今天之后"


class SameKey(BadRow):
    code, status, text = "import.row.same-key", 422, "同一编号在文件里出现两次，内容不同"


class KeyTaken(BadRow):
    code, status, text = (
        "import.row.key-taken",
        422,
        "以前从同名文件导入过这个编号，内容不同，没有改动。是另一批来信的，请把文件改名再导入",
    )


class CadreIncomplete(BadRow):
    code, status, text = "import.row.cadre-incomplete", 422, "账号、姓名、岗位都要有，岗位要是系统里的名称"


class NoHousehold(BadRow):
    code, status, text = "import.row.no-household", 422, "没有户号"


class NoAccount(BadRow):
    code, status, text = "import.row.no-account", 422, "没有登录名为“{typed}”的账号，请先导入干部"


class NoPost(BadRow):
    code, status, text = "import.row.no-post", 422, "“{typed}”现在没有能结对的岗位"


class UnknownHousehold(BadRow):
    code, status, text = "import.row.unknown-household", 422, "没有户号“{typed}”，请先导入住户"


class UnknownKind(BadRow):
    code, status, text = "import.row.unknown-kind", 422, "类型“{typed}”不认得，可用的有：{known}"


class BadDay(BadRow):
    code, status, text = "import.row.bad-day", 422, "日期“{typed}”读不懂"
