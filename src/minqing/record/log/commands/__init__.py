"""Everything that writes the log: leaves in order, the tree over them, signed heads."""

from minqing.record.log.commands.heads import log_second_head, promise, second_head, sign_head
from minqing.record.log.commands.order import append, beat, hand_in, put_in_order

__all__ = [
    "append",
    "beat",
    "hand_in",
    "log_second_head",
    "promise",
    "put_in_order",
    "second_head",
    "sign_head",
]
