"""Senders behind one interface. A sender either returns (it is out), or raises NotSent (surely not out);
anything else means nobody knows, and then nothing is sent again without a person's word."""

import smtplib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.conf import settings
from django.core.mail import EmailMessage

from minqing.means.notify.models import Message, Shown
from minqing.means.notify.queries import Said
from minqing.means.notify.rules import Channel
from minqing.methods.codes import mask_phone


class NotSent(Exception):
    """It surely did not go out. `for_good`: trying again is of no use (no address, refused for ever)."""

    def __init__(self, why: str, *, for_good: bool = False) -> None:
        self.why, self.for_good = why, for_good
        super().__init__(why)


@dataclass(frozen=True)
class Address:
    """Where to, as the people room gives it at the moment of sending; `mask` is what may be written down."""

    to: str
    mask: str


class Sender(Protocol):
    def send(self, message: Message, address: Address, said: Said, *, at: datetime) -> None: ...


class ConsoleSender:
    """For the demo and for counties without a gateway yet: puts down what would have gone out."""

    def send(self, message: Message, address: Address, said: Said, *, at: datetime) -> None:
        Shown.objects.update_or_create(
            message=message,
            defaults={"to_mask": address.mask, "subject": said.subject, "text": said.text, "at": at},
        )


class MailSender:
    """Electronic mail through Django's configured backend. The Message-ID is ours, so that a bounce finds its way."""

    def send(self, message: Message, address: Address, said: Said, *, at: datetime) -> None:
        headers = {
            "Message-ID": f"<{message.pk}@{settings.MINQING_MAIL_DOMAIN}>",
            "Auto-Submitted": "auto-generated",
        }
        mail = EmailMessage(
            subject=said.subject, body=said.text, from_email=settings.DEFAULT_FROM_EMAIL, to=[address.to],
            headers=headers,
        )  # fmt: skip
        try:
            mail.send()
        except smtplib.SMTPRecipientsRefused as error:
            refused = any(500 <= code < 600 for code, _ in error.recipients.values())
            raise NotSent("refused by the receiver's server", for_good=refused) from None
        except (smtplib.SMTPConnectError, smtplib.SMTPSenderRefused, smtplib.SMTPAuthenticationError):
            raise NotSent("refused by our mail server") from None
        except (ConnectionRefusedError, FileNotFoundError):
            raise NotSent("mail server not reached") from None


def mask_mail(address: str) -> str:
    name, _, host = address.rpartition("@")
    return f"{name[:1]}***@{host}" if name else "***"


def mask_of(channel: Channel, address: str) -> str:
    return mask_mail(address) if channel is Channel.EMAIL else mask_phone(address)


def standard_senders() -> Mapping[Channel, Sender]:
    """By settings: mail goes out when MINQING_MAIL is `smtp`; everything else is shown on the console page."""
    mail: Sender = MailSender() if settings.MINQING_MAIL == "smtp" else ConsoleSender()
    return {Channel.EMAIL: mail, Channel.SMS: ConsoleSender()}
