"""Content-Security-Policy of pages. Answers that say they need none (JSON runs nothing) are not charged for one.

What a browser held back it reports here. Only which rule it was goes to the log: the rest of a report is whatever its
sender likes, and an address of a page.
"""

import json
import logging
import re

from csp.middleware import CSPMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

MOST_READ = 16 * 1024
RULE = re.compile(r"[a-z-]{3,40}")
log = logging.getLogger(__name__)


@csrf_exempt
@require_POST
def held_back(request: HttpRequest) -> HttpResponse:
    """POST /csp-report, of a browser by itself: it has no form and no token."""
    try:
        told = json.loads(request.read(MOST_READ))["csp-report"]
        rule = str(told.get("effective-directive") or told["violated-directive"]).partition(" ")[0]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return HttpResponse(status=400)
    if RULE.fullmatch(rule):
        log.warning("a browser held something back: %s", rule)
    return HttpResponse(status=204)


class PolicyMiddleware(CSPMiddleware):
    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if getattr(response, "_csp_exempt", False):
            return response
        return super().process_response(request, response)
