"""A browser in a few lines: keeps cookies, carries the form token, counts milliseconds."""

import http.client
import re
import time
from urllib.parse import urlencode

TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')


class Browser:
    def __init__(self, port: int) -> None:
        self.http = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies: dict[str, str] = {}
        self.token = ""

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, bytes, float]:
        """(status, body, milliseconds)."""
        head = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Accept": "text/html",
        }
        body = None
        if form is not None:
            body = urlencode({**form, "csrfmiddlewaretoken": self.token})
            head["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        self.http.request(method, path, body, head)
        answer = self.http.getresponse()
        page = answer.read()
        took = (time.perf_counter() - began) * 1000
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        if found := TOKEN.search(page):
            self.token = found[1].decode()
        return answer.status, page, took

    def sign_in(self, role: str) -> None:
        self.ask("GET", "/demo/")
        status, _, _ = self.ask("POST", "/demo/sign-in", {"role": role})
        assert status == 303, f"sign-in as {role}: {status}"

    def open_receipt(self, code: str) -> bool:
        self.ask("GET", "/status")
        status, _, _ = self.ask("POST", "/status", {"receipt": code, "word": ""})
        return status == 303
