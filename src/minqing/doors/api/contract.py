"""What every operation of the API shares in its OpenAPI: the key that makes a repeat harmless, and the shape of a no."""

from typing import Any

from ninja import NinjaAPI

PROBLEM = {
    "title": "Problem",
    "type": "object",
    "required": ["type", "title", "status", "code", "detail", "fields"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "fields": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
    },
}
REFUSED = {
    "description": "Refused; `code` says why",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
ONCE = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 128},
    "description": "Kept 7 days for each caller: the same key and body give the same answer",
}


class Contract(NinjaAPI):
    def get_openapi_schema(self, **more: Any) -> Any:
        schema = super().get_openapi_schema(**more)
        schema["components"]["schemas"]["Problem"] = PROBLEM
        for ways in schema["paths"].values():
            for way, told in ways.items():
                told["responses"]["default"] = REFUSED
                if way == "post" and told["operationId"] not in ("slip-print", "status-view"):
                    told["parameters"] = [*told.get("parameters", []), ONCE]
        return schema
