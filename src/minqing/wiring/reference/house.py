"""docs/reference: states, facts, refusals, roles and verbs, the API; written from the code itself."""

import importlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from minqing.charter import MAY, REACH, RESIDENT_MAY, Role, Verb
from minqing.wiring.booting import boot
from minqing.wiring.law_pages import table
from minqing.wiring.reference.reading import duties_of, facts, machines, refusals
from minqing.wiring.words import merged, parts_of

NOTE = "<!-- Written by `python -m minqing.wiring.reference house`. Change the code, not this page. -->"


class English:
    """English of a Chinese text, from the part files; empty where there is none yet."""

    def __init__(self) -> None:
        self.catalog = merged(parts_of())

    def __call__(self, text: str) -> str:
        found = self.catalog.get(text)
        return found.string if found and isinstance(found.string, str) else ""


def pages() -> dict[str, str]:
    boot()
    english = English()
    return {
        f"reference/{name}.md": "\n".join([NOTE, *write(english)]) + "\n" for name, write in PAGES.items()
    }


def states_page(english: English) -> Iterable[str]:
    yield "# States 状态\n"
    yield "Every state machine of the house: its picture, its states, and what is owed in each."
    for name, machine in machines().items():
        yield f"\n## {name}\n"
        yield from ("```mermaid", machine.mermaid(), "```\n")
        owed, order = duties_of(machine), list(type(machine.start))
        yield from table(
            ("state", "中", "English", "owed"),
            [
                (
                    f"`{state}`",
                    state.label,
                    english(state.label),
                    _owed(owed.get(state, ""), state in machine.final()),
                )
                for state in sorted(machine.states(), key=order.index)
            ],
        )
        used = {act for _, act in machine.moves}
        acts = [(f"`{act}`", label, english(label)) for act, label in machine.acts.items() if act in used]
        if acts:
            yield from ("", *table(("act", "中", "English"), acts))


def _owed(rule: str, final: bool) -> str:
    return "final" if final else f"`{rule}`" if rule else ""


def facts_page(english: English) -> Iterable[str]:
    yield "# Facts 事实\n"
    yield "What is put down for ever, by which command, with which names in its body. No body holds an identity.\n"
    rows = [(f"`{line.kind}`", line.where, f"`{line.command}`", ", ".join(line.body)) for line in facts()]
    yield from table(("fact", "room", "command", "body"), rows)


def refusals_page(english: English) -> Iterable[str]:
    yield "# Refusals 说“不”\n"
    yield "Every foreseen no. The code is public and stable; the text speaks to the person.\n"
    rows = [(f"`{kind.code}`", kind.status, kind.text, english(kind.text)) for kind in refusals()]
    yield from table(("code", "HTTP", "中", "English"), rows)


def roles_page(english: English) -> Iterable[str]:
    """Verbs down, roles across."""
    yield "# Roles and verbs 角色与权限\n"
    yield "Written from `charter.py`. A dot: the role may. The first line says how far a role sees.\n"
    rows = [("reach", *(REACH[role].value for role in Role), "own demand")]
    for verb in Verb:
        dots = ["●" if verb in MAY[role] else "" for role in Role]
        rows.append((f"`{verb}`", *dots, "●" if verb in RESIDENT_MAY else ""))
    yield from table(("verb", *(f"{role.label} {role}" for role in Role), "凭查询码 resident"), rows)
    yield "\n## Roles\n"
    yield from table(
        ("role", "中", "English"), [(f"`{role}`", role.label, english(role.label)) for role in Role]
    )


def api_page(english: English) -> Iterable[str]:
    schema: dict[str, Any] = importlib.import_module("minqing.doors.api.urls").api.get_openapi_schema(
        path_prefix="/api/v1/"
    )
    yield "# API\n"
    yield "The whole is served as OpenAPI 3.1 at `/api/v1/openapi.json`. Errors are problem+json (see refusals.md).\n"
    rows = []
    for path, acts in sorted(schema["paths"].items()):
        for method, act in acts.items():
            answers = ", ".join(sorted(str(code) for code in act.get("responses", {})))
            rows.append((f"`{method.upper()} {path}`", act.get("summary", ""), _fields(schema, act), answers))
    yield from table(("call", "what", "body (? may be left out)", "answers"), rows)


def _fields(schema: Mapping[str, Any], act: Mapping[str, Any]) -> str:
    names: list[str] = []
    for form in act.get("requestBody", {}).get("content", {}).values():
        body = form.get("schema", {})
        if "$ref" in body:
            body = schema["components"]["schemas"][body["$ref"].rpartition("/")[2]]
        needed = set(body.get("required", ()))
        names += [name if name in needed else f"{name}?" for name in body.get("properties", {})]
    return ", ".join(names)


Page = Callable[[English], Iterable[str]]
PAGES: Mapping[str, Page] = {
    "states": states_page,
    "facts": facts_page,
    "refusals": refusals_page,
    "roles": roles_page,
    "api": api_page,
}
