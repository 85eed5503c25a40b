"""E-mail in: every letter to the county's mailbox becomes a demand with a slip, or joins the talk it answers.

The mailbox is the queue. Only after what a letter says is durable here is it put away: into a folder of the server
(MINQING_IMAP_TAKEN), or marked, or deleted, as the county wishes; an accusation is always erased. What cannot be taken
now stays and is tried again; what no person wrote is flagged and left for a person to look at. Off without MINQING_IMAP_URL.
"""

from minqing.wiring.mail.box import Box, BoxClosed
from minqing.wiring.mail.polling import Polled, poll, poll_quietly
from minqing.wiring.mail.reading import Letter, read
from minqing.wiring.mail.taking import Outcome, take

__all__ = ["Box", "BoxClosed", "Letter", "Outcome", "Polled", "poll", "poll_quietly", "read", "take"]
