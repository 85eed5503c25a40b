"""A mail backend that fails as a test tells it to."""

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend


class Refusing(BaseEmailBackend):
    def send_messages(self, email_messages):
        raise settings.REFUSE_WITH
