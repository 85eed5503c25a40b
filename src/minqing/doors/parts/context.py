"""What every template knows without being told: the county, the language, the size of type, and nothing about a person."""

from django.conf import settings
from django.http import HttpRequest

from minqing.doors.parts import language, words


def county(request: HttpRequest) -> dict[str, object]:
    english = words.in_english()
    return {
        "county": {
            "code": getattr(settings, "MINQING_COUNTY", "990101"),
            "name": getattr(
                settings, "MINQING_COUNTY_NAME_EN" if english else "MINQING_COUNTY_NAME", "棠川县"
            ),
            "phone": getattr(settings, "MINQING_HOTLINE", "12345"),
        },
        "html_lang": "en" if english else "zh-Hans",
        "english": english,
        "elder": getattr(request, "elder", False),
        "kiosk": request.COOKIES.get("kiosk") == "1",
        "sealed_side": getattr(settings, "SIDE", "county") == "sealed",
        "sealed_door": sealed_door(request),
        "demo": getattr(settings, "MINQING_DEMO", False),
        # A page that came from a form has no address of its own: switching there leads to the form's empty page.
        "here": language.without_switches(request) if request.method in {"GET", "HEAD"} else request.path,
    }


def sealed_door(request: HttpRequest) -> str:
    """Where accusations have a door of their own; "" on that side itself, and in a county without one."""
    host = getattr(settings, "MINQING_SEALED_HOST", "")
    return f"{request.scheme}://{host}/" if host and getattr(settings, "SIDE", "county") != "sealed" else ""
