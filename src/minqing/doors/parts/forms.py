"""Forms of every door: fields that say why they are asked, text that is never cut, one way to draw them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import django
from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import DjangoTemplates
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from minqing.doors.parts import text as texts
from minqing.doors.parts.words import HAN, in_english

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"


class PartsRenderer(DjangoTemplates):
    """Draws widgets with our templates first, Django's own after."""

    field_template_name = "parts/field.html"

    @cached_property
    def engine(self) -> Any:
        folders = [TEMPLATES, Path(django.__file__).parent / "forms" / "templates"]
        return self.backend({"APP_DIRS": True, "DIRS": folders, "NAME": "parts", "OPTIONS": {}})


@dataclass(frozen=True)
class Declared:
    """Why a field exists: what for, by which article, how long kept, what uses it again."""

    purpose: Any  # text or lazily translated text
    basis: Any
    retention: Any
    reuse: Any


F = TypeVar("F", bound=forms.Field)


def field(made: F, *, purpose: Any, basis: Any, retention: Any, reuse: Any) -> F:
    """The same field with its declaration: `name = field(forms.CharField(…), purpose=…, basis=…, retention=…, reuse=…)`."""
    made.declared = Declared(purpose=purpose, basis=basis, retention=retention, reuse=reuse)  # type: ignore[attr-defined]
    return made


REGISTER: list[type["PlainForm"]] = []


class PlainForm(forms.Form):
    """Every form of the product. It cleans input and never saves. Set `keep` to a name to have drafts kept on the device."""

    default_renderer = PartsRenderer()
    template_name = "parts/form.html"
    use_required_attribute = False  # the server answers in words; a browser's bubble is in the wrong language
    keep = ""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        REGISTER.append(cls)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for made in self.fields.values():
            _our_words(made)

    def notices(self) -> list[str]:
        """What had to be changed in the typed text, in words for the person."""
        said: list[str] = []
        for made in self.fields.values():
            if isinstance(made, TextField):
                said += made.notices
        return said

    def n_wrong(self) -> int:
        """How many boxes have to be mended; none when the act itself was refused."""
        return sum(1 for name in self.errors if name in self.fields)

    def summary(self) -> list[tuple[str, str, str]]:
        """(id to jump to, label, what is wrong) for the list above the form."""
        found: list[tuple[str, str, str]] = []
        for name, errors in self.errors.items():
            bound = self[name] if name in self.fields else None
            anchor = _anchor(bound) if bound is not None else ""
            found += [(anchor, str(bound.label) if bound is not None else "", str(error)) for error in errors]
        return found


def _anchor(bound: forms.BoundField) -> str:
    # A group of radio buttons has no element of the group's own id: the first button stands for it.
    return f"{bound.auto_id}_0" if bound.field.widget.use_fieldset else bound.id_for_label or bound.auto_id


def _our_words(made: forms.Field) -> None:
    """Puts our words in place of Django's own, never in place of words a form has set itself."""
    for code, said in WRONG.items():
        inherited = [getattr(kind, "default_error_messages", {}).get(code) for kind in type(made).__mro__]
        if any(made.error_messages.get(code) is theirs for theirs in inherited if theirs is not None):
            made.error_messages[code] = said


WRONG = {
    "required": _("这里还没有填。"),
    "invalid_choice": _("请从列出的里面选一个。"),
    "invalid_list": _("请从列出的里面选。"),
}


def undeclared() -> Iterator[str]:
    """`Form.field` for every field without a complete declaration; a fitness test wants none."""
    for form in REGISTER:
        for name, made in form.base_fields.items():
            declared = getattr(made, "declared", None)
            if not isinstance(declared, Declared) or not all(vars(declared).values()):
                yield f"{form.__module__}.{form.__qualname__}.{name}"


def label_of(name: str) -> str:
    """The label some form gives to a posted name, for pages that show typed words again."""
    bare = name.rsplit("-", 1)[-1]
    if bare == "text":  # what somebody wrote has another name on every page
        return str(_("您写的话"))
    for form in reversed(REGISTER):
        made = form.base_fields.get(bare)
        if made is not None and made.label:
            return str(made.label)
    return bare


class TextField(forms.CharField):
    """Words of a person: up to 20,000 characters, every script and emoji, nothing cut by the browser.

    No maxlength attribute is drawn: a browser would cut a long paste without a word. Too long is answered in words and
    the whole text stays in the box.
    """

    def __init__(
        self,
        *,
        rows: int = 6,
        most: int = texts.MOST,
        attrs: Mapping[str, object] | None = None,
        **kwargs: Any,
    ) -> None:
        self.most = most
        self.notices: list[str] = []
        drawn = {"rows": rows, "dir": "auto", "data-most": most, **(attrs or {})}
        kwargs.setdefault("widget", forms.Textarea(attrs=drawn))
        super().__init__(**kwargs)
        # Django would refuse a NUL; here it is taken out and said.
        self.validators = [
            check for check in self.validators if type(check).__name__ != "ProhibitNullCharactersValidator"
        ]

    def to_python(self, value: Any) -> str:
        cleaned = texts.clean(str(value or ""))
        self.notices = list(notices_of(cleaned))
        return str(super().to_python(cleaned.text))

    def validate(self, value: str) -> None:
        super().validate(value)
        if len(value) > self.most:
            raise ValidationError(too_long(len(value), self.most), code="too-long")


def notices_of(cleaned: texts.Cleaned) -> Iterator[str]:
    if cleaned.removed:
        yield ngettext("去掉了{n}个看不见的控制符。", "去掉了{n}个看不见的控制符。", cleaned.removed).format(
            n=cleaned.removed
        )
    if cleaned.replaced:
        yield ngettext(
            "有{n}个字符已损坏，用“�”代替。", "有{n}个字符已损坏，用“�”代替。", cleaned.replaced
        ).format(n=cleaned.replaced)


def too_long(written: int, most: int) -> str:
    return str(_("一次最多{most}个字，您写了{written}个。原文都还在，请删短一些，或者分两次说。")).format(
        most=f"{most:,}", written=f"{written:,}"
    )


class LineField(TextField):
    """One line of words; line breaks become spaces."""

    def __init__(self, *, most: int = 200, attrs: Mapping[str, object] | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"dir": "auto", **(attrs or {})}))
        super().__init__(most=most, **kwargs)

    def to_python(self, value: Any) -> str:
        return " ".join(super().to_python(value).split("\n"))


class ListOf(forms.Select):
    """A list in which somebody's own words may stand: on an English page they are marked as Chinese."""

    def create_option(self, name: str, value: Any, label: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        made = super().create_option(name, value, label, *args, **kwargs)
        if in_english() and HAN.search(str(label)):
            made["attrs"]["lang"] = "zh-Hans"
        return made


class Willing(forms.NullBooleanSelect):
    """Yes, no, or not said yet, in words that fit the question."""

    def __init__(self) -> None:
        super().__init__()
        self.choices = [("unknown", _("还没说")), ("true", _("同意")), ("false", _("不同意"))]


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class PagesField(forms.FileField):
    """The pages of one letter, in order."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        given: Sequence[Any] = data if isinstance(data, list | tuple) else [data] if data else []
        if self.required and not given:
            raise ValidationError(self.error_messages["required"], code="required")
        return [super(PagesField, self).clean(one, initial) for one in given]


class Choices(forms.RadioSelect):
    """Large radio buttons; `hints` gives a value its smaller second line, `row` sets them side by side."""

    template_name = "parts/widgets/choices.html"

    def __init__(
        self, *args: Any, row: bool = False, hints: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> None:
        self.row, self.hints = row, hints or {}
        super().__init__(*args, **kwargs)

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["row"] = self.row
        return context

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return {**super().create_option(name, value, *args, **kwargs), "hint": self.hints.get(str(value), "")}


class ManyChoices(forms.CheckboxSelectMultiple):
    """Large tick boxes."""

    template_name = "parts/widgets/choices.html"


class Tick(forms.CheckboxInput):
    """One tick box; the label of the field stands beside it."""
