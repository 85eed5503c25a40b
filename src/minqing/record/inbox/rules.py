"""States and refusals of what may come twice, and how fast somebody may guess. Pure."""

from datetime import timedelta

from minqing.kernel.errors import Refusal
from minqing.kernel.words import Word

FREE_TRIES, LONGEST_WAIT, FORGOTTEN_AFTER = 5, timedelta(minutes=5), timedelta(hours=1)
"""Five tries are free; then each wrong one doubles the wait, up to five minutes; an hour after the last all is forgotten."""


class ItemState(Word):
    RUNNING = "running", "正在处理"
    DONE = "done", "已处理"
    REFUSED = "refused", "已拒绝"


class Mismatch(Refusal):
    code, status, text = "idempotency.mismatch", 409, "同一个编号之前提交过不同的内容，请换一个编号再提交。"


class InFlight(Refusal):
    code, status, text = "idempotency.in-flight", 409, "同一个请求正在处理，请稍后再看结果。"


class BadKey(Refusal):
    code, status, text = "idempotency.bad-key", 422, "Idempotency-Key 应为1到128个可见字符。"
