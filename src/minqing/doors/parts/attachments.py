"""Handing out a file that somebody handed in: a clean picture may be shown, everything else is only downloaded."""

from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from minqing.means.files.queries import Opened


def handed_out(opened: Opened, *, inline: bool = True) -> HttpResponseBase:
    """Pictures are the re-encoded copies, so they may stand on a page; nothing is sniffed, kept or run."""
    shown = inline and opened.media == "image/jpeg"
    reply = StreamingHttpResponse(opened.chunks, content_type=opened.media)
    reply["Content-Length"] = str(opened.size)
    reply["Content-Disposition"] = content_disposition_header(not shown, opened.name) or "attachment"
    reply["X-Content-Type-Options"], reply["Cache-Control"] = "nosniff", "private, no-store"
    reply["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return reply
