"""Every template can be read by the engine: a slip of the pen in one is found before somebody opens its page."""

import pytest
from django.template.loader import get_template

from fitness.sources import PACKAGE

TEMPLATES = PACKAGE / "templates"


@pytest.mark.parametrize(
    "name", sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))
)
def test_every_template_can_be_read(name: str) -> None:
    get_template(name)
