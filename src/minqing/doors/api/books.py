"""The county's offices and places, so that another system can name them as an act asks: an office's id, a place's code."""

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from minqing.doors.api.callers import Token, shape, told
from minqing.doors.api.staff import ActIn, known
from minqing.ground.law.queries import today
from minqing.ground.offices.queries import office_list
from minqing.ground.offices.rules import OfficeKind
from minqing.ground.places.queries import place_list
from minqing.ground.places.rules import Level

router = Router(tags=["staff"], auth=Token())


class OfficeFilters(ActIn):
    code: str = ""
    name: str = ""
    kind: OfficeKind | None = None
    after: str = ""


class PlaceFilters(ActIn):
    code: str = ""
    name: str = ""
    level: Level | None = None
    after: str = ""


@router.get(
    "/offices", operation_id="office-list", summary="The offices open today", url_name="api-office-list"
)
def offices(request: HttpRequest, only: Query[OfficeFilters]) -> HttpResponse:
    """By code; `code` is its beginning, `name` a part of the name. `id` is what an act asks for as `office_id`."""
    rows, after = office_list(on=today(), **known(request, only))
    return told({"rows": shape(rows), "next": after or None})


@router.get(
    "/places", operation_id="place-list", summary="The places in force today", url_name="api-place-list"
)
def places(request: HttpRequest, only: Query[PlaceFilters]) -> HttpResponse:
    """By code; `code` is its beginning, `name` a part of the name or its initials. A demand takes `code` as `place`."""
    rows, after = place_list(on=today(), **known(request, only))
    return told({"rows": shape(rows), "next": after or None})
