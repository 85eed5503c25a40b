"""A field made of rows: several small forms of one kind, as a list from the API or boxes on a page."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError


class RowsInput(forms.Widget):
    """Rows of a few boxes: a list of objects from the API, `name-0-box` from a page.

    Three rows are drawn, more when more are filled; `dress` gives the boxes of a row their lists.
    """

    template_name = "parts/widgets/rows.html"
    use_fieldset = True
    least = 3

    def __init__(self, attrs: Mapping[str, Any] | None = None) -> None:
        super().__init__(dict(attrs or {}))
        self.row: type[forms.Form] | None = None
        self.name = ""
        self.dress: Callable[[forms.Form], Any] = lambda row: row

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        given = data.get(name)
        if isinstance(given, list):
            return given
        rows: list[dict[str, Any]] = []
        for at in range(40):
            row = {
                key.rsplit("-", 1)[1]: data.get(key)
                for key in data
                if key.startswith(f"{name}-{at}-") and data.get(key)
            }
            if row:
                rows.append(row)
        return rows

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        context["widget"]["rows"] = list(self.rows(name, value if isinstance(value, list) else []))
        return context

    def rows(self, name: str, given: list[Any]) -> Iterator[forms.Form]:
        if self.row is None:
            return
        for at in range(max(self.least, len(given))):
            initial = given[at] if at < len(given) and isinstance(given[at], dict) else {}
            row = self.row(prefix=f"{name}-{at}", initial=initial)
            self.dress(row)
            yield row


class RowsField(forms.Field):
    """A list of small forms; each row is cleaned into one `made`."""

    widget = RowsInput

    def __init__(self, row: type[forms.Form], *, made: Callable[..., Any], **kwargs: Any) -> None:
        self.row, self.made = row, made
        super().__init__(**kwargs)
        self.widget.row = row

    def clean(self, value: Any) -> list[Any]:
        rows = value if isinstance(value, list) else []
        if self.required and not rows:
            raise ValidationError(self.error_messages["required"], code="required")
        cleaned: list[Any] = []
        for at, given in enumerate(rows[:40], start=1):
            form = self.row(given if isinstance(given, dict) else {})
            if not form.is_valid():
                told = "；".join(
                    f"{form.fields[name].label}：{why[0]}"
                    for name, why in form.errors.items()
                    if name in form.fields
                )
                raise ValidationError(f"{at}. {told}")
            cleaned.append(self.made(**form.cleaned_data))
        return cleaned
