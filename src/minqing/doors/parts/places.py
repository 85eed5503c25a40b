"""Where it is: a list of villages with a box to find one by part of its name, on paper-slow phones too.

Without a script the box asks the server, and the same page comes back with what was found on top and everything typed
in its place. With a script the list narrows while one types. Both by keyboard alone.
"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from minqing.doors.parts.forms import PartsRenderer
from minqing.doors.parts.text import clean
from minqing.doors.parts.words import in_english
from minqing.ground.law.queries import today
from minqing.ground.places import queries as places
from minqing.ground.places.rules import BadPlaceCode, path_of

FIND = "_find"
"""The button that asks for places; the box beside it is named after the field."""


class PlacePicker(forms.Select):
    """`typed`: what the person looks for, set by the view that answers the button; `blank`: how no place at all reads."""

    template_name = "parts/widgets/place.html"

    def __init__(self, attrs: Mapping[str, Any] | None = None, *, blank: Any = _("说不准，不选")) -> None:
        super().__init__(attrs=dict(attrs or {}))
        self.typed, self.blank = "", blank

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        english, on, code = in_english(), today(), clean(str(value or "")).text
        context = super().get_context(name, None, attrs)
        groups = places.picks(on=on, english=english)
        found = places.found(self.typed, on=on, english=english) if self.typed else []
        if self.typed and found and code not in {one.code for one in found}:
            code = found[0].code
        listed = {one.code for _label, rows in groups for one in rows} | {one.code for one in found}
        if code and code not in listed:  # a group or courtyard, or one that has ended: shown as it is
            known = places.names_of({code}, english=english)
            found = [places.Pick(code, known.get(code, code), ""), *found]
        context["widget"] |= {
            "groups": groups,
            "found": found,
            "typed": self.typed,
            "code": code,
            "find": FIND,
            "blank": self.blank,
        }
        return context


class PlaceField(forms.CharField):
    """A place by its code; "" where the person cannot say. Whether the code is in force the command decides."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", PlacePicker())
        kwargs.setdefault("required", False)
        super().__init__(max_length=20, **kwargs)


def looked_for(request: HttpRequest, field: str = "place") -> str:
    """What was typed into the box, if its button was pressed, or if a name was typed and no place was chosen from it."""
    given = request.POST if request.method == "POST" else request.GET
    unchosen = not given.get(field) and not given.keys() & {"skip", "back", "stay"}
    return clean(given.get(f"{field}_find", "")).text.strip()[:60] if FIND in given or unchosen else ""


def filter_box(request: HttpRequest, code: str) -> dict[str, Any]:
    """The picker among the filters of a list. `sure`: the one place found for what was typed, to be filtered by at once."""
    picker = PlacePicker(blank=_("不限"))
    picker.typed = looked_for(request)
    found = places.found(picker.typed, on=today()) if picker.typed else []
    return {
        "name": "place", "label": _("地点（含下属）"), "widget": picker.render("place", code, {"id": "box-place"}, PartsRenderer()),
        "open": bool(picker.typed), "sure": found[0].code if len(found) == 1 else "",
    }  # fmt: skip


def below(code: str) -> str:
    """The path of a place in an address, and with it of all that lies below; "" for what is no code."""
    try:
        return path_of(code)
    except BadPlaceCode:
        return ""


def with_found(form: forms.Form, typed: str, field: str = "place") -> forms.Form:
    """The form with what was found on top of its list."""
    widget = form.fields[field].widget
    assert isinstance(widget, PlacePicker)
    widget.typed = typed
    return form


def typed_again(form: forms.Form) -> dict[str, Any]:
    """What was typed, as first values of the same form: nothing is judged, nothing is lost."""
    return {
        name: made.widget.value_from_datadict(form.data, form.files, form.add_prefix(name))
        for name, made in form.fields.items()
        if not isinstance(made, forms.FileField)
    }
