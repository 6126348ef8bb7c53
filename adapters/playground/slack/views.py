"""views.*: modals, three deep at most, and everybody's App Home.

https://docs.slack.dev/surfaces/modals
"""

from __future__ import annotations

import json
from typing import Any

from adapters.playground.slack import blocks, limits
from adapters.playground.slack.calls import Call, Method
from adapters.playground.slack.payloads import render_view
from adapters.playground.slack.problems import Problem, invalid_arguments
from adapters.playground.slack.records import Act, View
from adapters.playground.slack.tables import base36
from adapters.playground.slack.world import World

Json = dict[str, Any]


def methods() -> dict[str, Method]:
    """Return the methods by name."""
    return {
        "views.open": Method(open_),
        "views.push": Method(push),
        "views.update": Method(update),
        "views.publish": Method(publish),
    }


def check_view(body: Any, kind: str, chars: int) -> Json:
    """Return a checked view with all its ids to be."""
    if not isinstance(body, dict):
        raise invalid_arguments("must be an object [json-pointer:/view]")
    if body.get("type") != kind:
        raise invalid_arguments("invalid type [json-pointer:/view/type]")
    wrong = []
    names = ("title", "submit", "close") if kind == "modal" else ()
    for name in names:
        text = body.get(name)
        if text is None and name != "title":
            continue
        if not isinstance(text, dict) or text.get("type") != "plain_text":
            wrong.append(f"missing required field: {name} [json-pointer:/view]")
        elif not 1 <= len(str(text.get("text", ""))) <= limits.VIEW_TITLE_CHARS:
            wrong.append(f"must be less than 25 characters [json-pointer:/view/{name}/text]")
    for name, most in (
        ("private_metadata", limits.PRIVATE_METADATA_CHARS),
        ("callback_id", limits.CALLBACK_CHARS),
        ("external_id", limits.CALLBACK_CHARS),
    ):
        if len(str(body.get(name) or "")) > most:
            wrong.append(f"must be less than {most + 1} characters [json-pointer:/view/{name}]")
    if not isinstance(body.get("blocks"), list):
        wrong.append("missing required field: blocks [json-pointer:/view]")
    if len(json.dumps(body)) > limits.VIEW_CHARS:
        wrong.append(f"must be less than {limits.VIEW_CHARS + 1} characters [json-pointer:/view]")
    if wrong:
        raise invalid_arguments(*wrong)
    try:
        blocks.check(body["blocks"], kind, markdown_chars=chars)
    except Problem as problem:
        raise invalid_arguments(*problem.rest.get("errors", [problem.code])) from None
    inputs = any(one["type"] == "input" for one in body["blocks"])
    if inputs and kind == "modal" and "submit" not in body:
        raise invalid_arguments("missing required field: submit [json-pointer:/view]")
    return body


def make_view(world: World, act: Act, body: Json, below: View | None = None) -> View:
    """Put a modal onto somebody's screen, above another one or as the first."""
    number = world.new_number()
    if body.get("external_id") and any(
        one.open and one.body.get("external_id") == body["external_id"]
        for one in world.views.values()
        if one.team == act.team
    ):
        raise Problem("duplicate_external_id")
    view = View(
        team=act.team,
        id=f"V0{base36(number)}",
        user=act.user,
        kind="modal",
        body=_named(world, body),
        hash=_hash(world),
        at=world.now(),
    )
    view.root = below.root if below else view.id
    view.previous = below.id if below else ""
    act.view = view.id
    world.save(act, "act")
    world.save(view, "view")
    return view


def revise_view(world: World, view: View, body: Json) -> None:
    """Replace what a view shows; what was typed into fields that stay, stays."""
    view.body = _named(world, body)
    view.hash = _hash(world)
    view.errors, view.failed = {}, ""
    world.save(view, "view")


def _named(world: World, body: Json) -> Json:
    return body | {
        "blocks": blocks.name_all(
            body["blocks"], lambda: base36(world.new_number() % 36**5).rjust(5, "0")
        )
    }


def _hash(world: World) -> str:
    number = world.new_number()
    return f"{number // 1_000_000}.{base36(number % 36**8)}"


def take_trigger(world: World, team: str, trigger: str) -> Act:
    """Use a trigger_id, which works once and for three seconds."""
    act = next(
        (one for one in world.acts.values() if one.team == team and one.trigger == trigger), None
    )
    if act is None or not trigger:
        raise Problem("invalid_trigger_id")
    if act.trigger_used:
        raise Problem("exchanged_trigger_id")
    if world.now() > act.at + limits.TRIGGER_MS:
        raise Problem("expired_trigger_id")
    act.trigger_used = True
    world.save(act)
    return act


def _body(call: Call, kind: str) -> Json:
    return check_view(call.arguments.data("view"), kind, call.settings.markdown_chars)


def _trigger(call: Call) -> Act:
    trigger = call.arguments.text("trigger_id") or call.arguments.text("interactivity_pointer")
    if not trigger:
        raise invalid_arguments("missing required field: trigger_id")
    return take_trigger(call.world, call.team.id, trigger)


def open_(call: Call) -> Json:
    """Open a modal on the screen of whoever did what gave the trigger_id."""
    body = _body(call, "modal")
    view = make_view(call.world, _trigger(call), body)
    return {"ok": True, "view": render_view(view, call.world)}


def push(call: Call) -> Json:
    """Lay a modal over the one that the trigger_id came from."""
    body = _body(call, "modal")
    act = _trigger(call)
    below = call.world.views.get((act.team, act.data.get("view", "")))
    if below is None or not below.open:
        raise Problem("view_not_found")
    deep = [one for one in call.world.views.values() if one.root == below.root and one.open]
    if len(deep) >= limits.VIEWS_DEEP:
        raise Problem("push_limit_reached")
    view = make_view(call.world, act, body, below)
    return {"ok": True, "view": render_view(view, call.world)}


def update(call: Call) -> Json:
    """Replace a view."""
    id_, external = call.arguments.text("view_id"), call.arguments.text("external_id")
    if not id_ and not external:
        raise invalid_arguments("missing required field: view_id")
    view = next(
        (
            one
            for one in call.world.views.values()
            if one.team == call.team.id
            and one.open
            and (one.id == id_ or (external and one.body.get("external_id") == external))
        ),
        None,
    )
    if view is None:
        raise Problem("not_found")
    body = _body(call, view.kind)
    if (given := call.arguments.text("hash")) and given != view.hash:
        raise Problem("hash_conflict")
    revise_view(call.world, view, body)
    return {"ok": True, "view": render_view(view, call.world)}


def home_of(world: World, team: str, user: str) -> View | None:
    """Return somebody's App Home, if the app has published it."""
    return next(
        (
            one
            for one in world.views.values()
            if (one.team, one.user, one.kind) == (team, user, "home")
        ),
        None,
    )


def publish(call: Call) -> Json:
    """Show somebody's App Home."""
    (user,) = call.arguments.need("user_id")
    call.user(user)
    body = _body(call, "home")
    view = home_of(call.world, call.team.id, user)
    given = call.arguments.text("hash")
    if view and given and given != view.hash:
        raise Problem("hash_conflict")
    if view:
        revise_view(call.world, view, body)
    else:
        world = call.world
        view = View(
            team=call.team.id,
            id=f"V0{base36(world.new_number())}",
            user=user,
            kind="home",
            body=_named(world, body),
            hash=_hash(world),
            at=world.now(),
        )
        world.save(view, "view")
    return {"ok": True, "view": render_view(view, call.world)}
