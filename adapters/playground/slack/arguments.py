"""The arguments of a Web API call: from the query, a form, or a body of JSON.

https://docs.slack.dev/apis/web-api/#methods_supporting_json
"""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from adapters.playground.slack.problems import Problem, invalid_arguments

Json = dict[str, Any]

_FALSE = ("", "0", "false", "False", "null", "None")


class Arguments(dict[str, Any]):
    """What a method was called with, by name; nothing is where nothing was sent."""

    def text(self, name: str) -> str:
        """Return a text, or an empty one."""
        value = self.get(name)
        if value is None:
            return ""
        if isinstance(value, str):
            return value
        if isinstance(value, bool | int | float):
            return json.dumps(value)
        raise invalid_arguments(f"must be a string [json-pointer:/{name}]")

    def need(self, *names: str) -> list[str]:
        """Return texts that must be there."""
        missing = [name for name in names if not self.text(name)]
        if missing:
            raise invalid_arguments(*(f"missing required field: {name}" for name in missing))
        return [self.text(name) for name in names]

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return a yes or no."""
        value = self.get(name)
        return default if value is None else str(value) not in _FALSE

    def number(self, name: str, default: int) -> int:
        """Return a number."""
        try:
            return int(self.text(name) or default)
        except ValueError:
            raise invalid_arguments(f"must be a number [json-pointer:/{name}]") from None

    def data(self, name: str) -> Any:
        """Return an object or list, which forms carry as text of JSON; None if there is none."""
        value = self.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            word = {"blocks": "invalid_blocks_format", "metadata": "invalid_metadata_format"}
            raise Problem(word.get(name, "invalid_json")) from None


ARGUMENTS = web.RequestKey("ARGUMENTS", Arguments)


async def read(request: web.Request) -> Arguments:
    """Return what a request says, wherever it says it."""
    found = Arguments(request.query)
    match request.content_type:
        case "application/json":
            raw = await request.read()
            try:
                body = json.loads(raw) if raw else {}
            except ValueError:
                return Arguments(found, __unreadable__="invalid_json")
            if not isinstance(body, dict):
                return Arguments(found, __unreadable__="json_not_object")
            found.update(body)
        case "application/x-www-form-urlencoded" | "multipart/form-data":
            for name, value in (await request.post()).items():
                found[name] = value if isinstance(value, str) else f"({name})"
    return found
