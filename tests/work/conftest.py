"""What every test of cases begins with."""

import pytest

from makers import County, county


@pytest.fixture
def town() -> County:
    """A small county; tests of duties, judgement and promises build a smaller town of their own."""
    return county()
