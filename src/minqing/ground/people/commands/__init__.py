"""Everything that writes people, and the gates through which an identity is opened."""

from minqing.ground.people.commands.access import (
    approve_access,
    ask_access,
    delay_access,
    must_be_fresh,
    open_access,
    refuse_access,
)
from minqing.ground.people.commands.alarms import judge_looks, settle_look
from minqing.ground.people.commands.keeping import (
    change_reply_by,
    forget_contact,
    index_contacts,
    keep_person,
    leave_mail,
    live_in,
    open_household,
    read_phone,
    sealed_row,
    stop_asking,
)
from minqing.ground.people.commands.looking import look, open_contact, open_list

__all__ = [
    "approve_access",
    "ask_access",
    "change_reply_by",
    "delay_access",
    "forget_contact",
    "index_contacts",
    "judge_looks",
    "keep_person",
    "leave_mail",
    "live_in",
    "look",
    "must_be_fresh",
    "open_access",
    "open_contact",
    "open_household",
    "open_list",
    "read_phone",
    "refuse_access",
    "sealed_row",
    "settle_look",
    "stop_asking",
]
