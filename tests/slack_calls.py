"""Hold every call of Slack's Web API, and every answer by `response_url`, against Slack's types.

    watch = Watch()
    standin.history.watchers.append(watch)
    ...
    assert not watch.violations

Known method and arguments, required ones there, the right types (tests/slack_types.py), and
beyond those the limits that Slack documents in words (tests/slack_limits.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from adapters.playground.history import Entry
from tests.slack_limits import PINGS, check_call, check_message, check_view
from tests.slack_types import methods, shape, types

_METHOD = re.compile(r"[a-z]\w*(?:\.\w+)+")
# https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
RESPONSE = "response_url"
_RESPONSE_FIELDS: dict[str, type] = {
    "text": str,
    "blocks": list,
    "response_type": str,
    "replace_original": bool,
    "delete_original": bool,
    "thread_ts": str,
    "unfurl_links": bool,
    "unfurl_media": bool,
    "metadata": dict,
}
# What tells a lost message of ours again: the nonce of the part that it is.
PART = "threadbot_part"


def validate(entry: Entry) -> list[str]:
    """Return what is wrong with a call to Slack; [] for anything else."""
    if entry.service != "slack":
        return []
    if entry.route == RESPONSE:
        found = list(_check_response(entry.request))
    elif _METHOD.fullmatch(entry.route):
        found = list(_check_method(entry.route, entry.request))
    else:
        return []
    return [f"entry {entry.n} {entry.route}: {text}" for text in found]


def _check_method(method: str, request: Any) -> Iterator[str]:
    bound = methods().get(method)
    if bound is None:
        yield "there is no such method"
        return
    arguments = arguments_of(method, request)
    # The token is meant for the header: here it would be in the logs of whoever is in between.
    if "token" in arguments:
        yield "token: is among the arguments"
        del arguments["token"]
    if wrong := types().check(arguments, bound):
        yield from wrong
        return  # the limits are read from fields of the right types
    yield from check_call(method, arguments)
    if method == "chat.postMessage":
        yield from _check_part(arguments.get("metadata") or {})


def arguments_of(method: str, request: Any) -> dict[str, Any]:
    """Return a call's arguments as its method means them."""
    bound = methods().get(method)
    arguments = request if isinstance(request, dict) else {}
    return dict(arguments) if bound is None else types().decode(arguments, bound)


def _check_part(metadata: dict[str, Any]) -> Iterator[str]:
    part = metadata.get("event_payload", {}).get("part")
    if metadata.get("event_type") != PART or not isinstance(part, str) or not part:
        yield "metadata: names no part, so that a lost answer cannot be found again"


def _check_response(body: Any) -> Iterator[str]:
    if not isinstance(body, dict):
        yield "its body is no object"
        return
    wrong = [
        f"{name}: is not known" if name not in _RESPONSE_FIELDS else f"{name}: is {value!r}"
        for name, value in body.items()
        if not isinstance(value, _RESPONSE_FIELDS.get(name, ()))
    ]
    for number, block in enumerate(body.get("blocks") or ()):
        wrong += types().check(block, shape("KnownBlock"), f"blocks[{number}]")
    if body.get("response_type") not in (None, "ephemeral", "in_channel"):
        wrong.append(f"response_type: is {body['response_type']!r}")
    if wrong:
        yield from wrong
        return
    yield from check_message(body)
    if not body.get("delete_original") and not (body.get("text") or "").strip():
        yield "text: is missing"


def check_ack(body: Any) -> list[str]:
    """Return what is wrong with what a submission, command or press is acked with.

    https://docs.slack.dev/surfaces/modals#response_actions
    """
    if body in (None, "", {}):
        return []
    if not isinstance(body, dict):
        return [f"it is acked with {body!r}"]
    match body.get("response_action"):
        case None:
            return list(_check_response(body))
        case "clear":
            return []
        case "errors":
            said = body.get("errors")
            fits = (
                isinstance(said, dict) and said and all(isinstance(v, str) for v in said.values())
            )
            return [] if fits else [f"errors: are {said!r}"]
        case "update" | "push":
            wrong = types().check(body.get("view"), shape("ModalView"), "view")
            return wrong or list(check_view(body["view"]))
        case other:
            return [f"response_action: is {other!r}"]


class Watch:
    """Watch a history and collect every violation: of calls, of acks, of what streams add up to."""

    def __init__(self) -> None:
        self.violations: list[str] = []
        self.checked = 0
        self.methods: set[str] = set()
        self._streams: dict[tuple[str, str], str] = {}

    def __call__(self, entry: Entry) -> None:
        """Check one entry."""
        if entry.service != "slack":
            return
        self.checked += 1
        self.violations += validate(entry)
        if entry.route.startswith("act:") and entry.effect == "ok":
            where = f"entry {entry.n} {entry.route}"
            self.violations += [f"{where}: {text}" for text in check_ack(entry.answer)]
        if _METHOD.fullmatch(entry.route):
            self.methods.add(entry.route)
            self.violations += self._check_stream(entry)

    def _check_stream(self, entry: Entry) -> Iterator[str]:
        """Yield a mention that only two texts together make."""
        if not entry.route.endswith("Stream") or entry.effect == "refused":
            return
        arguments = arguments_of(entry.route, entry.request)
        answer = entry.answer if isinstance(entry.answer, dict) else {}
        ts = arguments.get("ts") or answer.get("ts")
        if not isinstance(ts, str):
            return
        key = (str(arguments.get("channel")), ts)
        added = arguments.get("markdown_text") or ""
        for chunk in arguments.get("chunks") or ():
            added += chunk.get("text", "") if isinstance(chunk, dict) else ""
        before = self._streams.get(key, "")
        self._streams[key] = before + added
        if found := PINGS.search(before[-40:] + added):
            yield f"entry {entry.n} {entry.route}: the stream's texts add up to {found[0]!r}"
