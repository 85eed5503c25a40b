"""Everything that writes the log: leaves in order, the tree over them, signed heads."""

from minqing.record.log.commands.heads import log_second_head, promise, second_head, sign_head, thin_heads
from minqing.record.log.commands.order import append, beat, hand_in, put_in_order
from minqing.record.log.commands.restored import forget_old_origin, open_anew, standing, take_newest
from minqing.record.log.commands.witnessed import NoCosignature, keep_cosignature, note_witness

__all__ = [
    "NoCosignature",
    "append",
    "beat",
    "forget_old_origin",
    "hand_in",
    "keep_cosignature",
    "log_second_head",
    "note_witness",
    "open_anew",
    "promise",
    "put_in_order",
    "second_head",
    "sign_head",
    "standing",
    "take_newest",
    "thin_heads",
]
