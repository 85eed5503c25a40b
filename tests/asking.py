"""How tests speak to the API."""

import json
from typing import Any

from django.test import Client

PROBLEM = {"type", "title", "status", "code", "detail", "fields"}


def post(client: Client, body: Any, url: str = "/api/v1/demands", **headers: str) -> Any:
    sent = body if isinstance(body, str | bytes) else json.dumps(body)
    return client.post(url, sent, content_type="application/json", headers=headers)


def is_problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert answer["Content-Type"] == "application/problem+json", answer.content
    told: dict[str, Any] = answer.json()
    assert (answer.status_code, set(told), told["status"], told["code"]) == (status, PROBLEM, status, code), (
        told
    )
    assert told["title"] and told["detail"] and isinstance(told["fields"], dict)
    return told
