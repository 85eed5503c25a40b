"""Pictures of pages, for looking at and for the README: every width, language and size of type of one address.

shoot("http://127.0.0.1:8000/", "home")            # home-360-zh.png, home-1280-zh.png, home-360-en.png …
.venv/bin/python -m tests.journeys.shots http://127.0.0.1:8000/ home
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, sync_playwright

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FOLDER = Path(os.environ.get("SHOTS", "var/shots"))
LANGUAGES = ("zh-hans", "en")
HEIGHTS = {360: 740}


def shoot(
    page_url: str,
    name: str,
    widths: Sequence[int] = (360, 1280),
    langs: Sequence[str] = LANGUAGES,
    elder: bool = False,
    dark: bool = False,
    whole: bool = True,
    cookies: Sequence[dict[str, str]] = (),
    browser: Browser | None = None,
) -> list[Path]:
    """Writes one PNG for each width and language into $SHOTS (var/shots) and returns their paths."""
    if browser is not None:
        return _shoot(browser, page_url, name, widths, langs, elder, dark, whole, cookies)
    with sync_playwright() as play:
        own = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            return _shoot(own, page_url, name, widths, langs, elder, dark, whole, cookies)
        finally:
            own.close()


def _shoot(
    browser: Browser,
    page_url: str,
    name: str,
    widths: Sequence[int],
    langs: Sequence[str],
    elder: bool,
    dark: bool,
    whole: bool,
    cookies: Sequence[dict[str, str]],
) -> list[Path]:
    FOLDER.mkdir(parents=True, exist_ok=True)
    made: list[Path] = []
    for lang in langs:
        for width in widths:
            context = browser.new_context(
                viewport={"width": width, "height": HEIGHTS.get(width, 860)},
                color_scheme="dark" if dark else "light",
                device_scale_factor=1,
            )
            host = urlsplit(page_url).hostname or "127.0.0.1"
            own = [
                {"name": "lang", "value": lang},
                {"name": "elder", "value": "1" if elder else "0"},
                *cookies,
            ]
            context.add_cookies([{"domain": host, "path": "/", **cookie} for cookie in own])  # type: ignore[list-item]
            page = context.new_page()
            page.goto(page_url, wait_until="load")
            parts = [name, str(width), lang[:2], *(["elder"] if elder else []), *(["dark"] if dark else [])]
            path = FOLDER / f"{'-'.join(parts)}.png"
            page.screenshot(path=path, full_page=whole)
            made.append(path)
            context.close()
    return made


if __name__ == "__main__":
    for shot in shoot(sys.argv[1], sys.argv[2]):
        print(shot)
