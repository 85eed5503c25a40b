"""Everything that writes demands: the register (one statement), sorting, and the person's receipt."""

from minqing.work.intake.commands.enclosing import (
    hold_enclosure,
    hold_what_was_kept,
    sealed_box,
    sealed_file,
)
from minqing.work.intake.commands.receipts import change_word, find_demands, renew_receipt
from minqing.work.intake.commands.register import register_demand
from minqing.work.intake.commands.sorting import (
    erase_words,
    mark_closed,
    mark_in_case,
    mark_waiting,
    seal_demand,
    sort_demand,
    transcribe_demand,
)

__all__ = [
    "change_word",
    "erase_words",
    "find_demands",
    "hold_enclosure",
    "hold_what_was_kept",
    "mark_closed",
    "mark_in_case",
    "mark_waiting",
    "register_demand",
    "renew_receipt",
    "seal_demand",
    "sealed_box",
    "sealed_file",
    "sort_demand",
    "transcribe_demand",
]
