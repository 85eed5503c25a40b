from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from minqing.kernel.db import known
from minqing.kernel.ids import uuid7
from minqing.means.notify.rules import Channel, MessageState


class Message(models.Model):
    """One thing to tell one person or officer on one way. Holds who and what, never an address or a name."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    fact_id = models.UUIDField()
    person_id = models.UUIDField(null=True)
    account_id = models.UUIDField(null=True)
    channel = models.TextField(choices=Channel.choices())
    template = models.TextField()
    params = models.JSONField(default=dict)
    lang = models.TextField(default="zh-hans")
    state = models.TextField(choices=MessageState.choices(), default=MessageState.PENDING.value)
    tries = models.SmallIntegerField(default=0)
    next_at = models.DateTimeField()
    error = models.TextField(default="")
    made_at = models.DateTimeField()
    state_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            known("channel", Channel, name="notify_message_channel_known"),
            known("state", MessageState, name="notify_message_state_known"),
            CheckConstraint(condition=Q(lang__in=["zh-hans", "en"]), name="notify_message_lang_known"),
            CheckConstraint(
                condition=Q(person_id__isnull=False, account_id__isnull=True)
                | Q(person_id__isnull=True, account_id__isnull=False),
                name="notify_message_one_receiver",
            ),
            UniqueConstraint(
                fields=["fact_id", "person_id", "account_id", "channel"],
                nulls_distinct=False,
                name="notify_message_once",
            ),
        ]
        indexes = [
            models.Index(fields=["next_at", "id"], condition=Q(state="pending"), name="notify_message_due"),
            models.Index(
                fields=["state_at", "id"], condition=Q(state="sending"), name="notify_message_sending"
            ),
            models.Index(
                fields=["-state_at", "-id"],
                condition=Q(state__in=["failed", "unknown"]),
                name="notify_message_failed",
            ),
            models.Index(fields=["account_id", "-id"], name="notify_message_account"),
            models.Index(fields=["person_id", "-id"], name="notify_message_person"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.template} {self.state}"


class Shown(models.Model):
    """What the console sender would have sent: the demo's telephone and mailbox. The address only as a mask."""

    message = models.OneToOneField(Message, on_delete=models.CASCADE, primary_key=True, related_name="shown")
    to_mask = models.TextField()
    subject = models.TextField(default="")
    text = models.TextField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.to_mask} {self.subject}"
