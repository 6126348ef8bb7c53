"""auth.*, users.*, usergroups.*, team.*, bots.*: who is who.

https://docs.slack.dev/reference/methods/auth.test (and its neighbours)
"""

from __future__ import annotations

from typing import Any

from adapters.playground.slack.calls import Call, Method, page
from adapters.playground.slack.payloads import render_user
from adapters.playground.slack.problems import Problem

Json = dict[str, Any]


def methods() -> dict[str, Method]:
    """Return the methods by name."""
    read = ("users:read",)
    return {
        "api.test": Method(test_api),
        "auth.test": Method(test),
        "users.info": Method(info, read),
        "users.list": Method(list_all, read),
        "bots.info": Method(bot, read),
        "team.info": Method(team, ("team:read",)),
        "usergroups.list": Method(groups, ("usergroups:read",)),
        "usergroups.users.list": Method(group_users, ("usergroups:read",)),
    }


def test_api(call: Call) -> Json:
    """Give back what was sent."""
    if error := call.arguments.text("error"):
        raise Problem(error)
    return {"ok": True, "args": dict(call.arguments)}


def test(call: Call) -> Json:
    """Say whose token it is."""
    bot = call.world.users[call.team.id, call.team.bot]
    return {
        "ok": True,
        "url": f"https://{call.team.domain}.slack.com/",
        "team": call.team.name,
        "user": bot.name,
        "team_id": call.team.id,
        "user_id": bot.id,
        "bot_id": bot.bot_id,
        "is_enterprise_install": False,
    }


def info(call: Call) -> Json:
    """Return a user."""
    (id_,) = call.arguments.need("user")
    found = render_user(call.user(id_))
    if call.arguments.flag("include_locale"):
        found["locale"] = "en-US"
    return {"ok": True, "user": found}


def list_all(call: Call) -> Json:
    """Return everybody."""
    found = [one for one in call.world.users.values() if one.team == call.team.id]
    shown, cursor = page(call, found, default=1000)
    return {
        "ok": True,
        "members": [render_user(one) for one in shown],
        "cache_ts": call.world.now() // 1000,
        "response_metadata": {"next_cursor": cursor},
    }


def bot(call: Call) -> Json:
    """Return a bot."""
    id_ = call.arguments.text("bot")
    for user in call.world.users.values():
        if user.team == call.team.id and user.bot and user.bot_id == id_:
            ours = user.id == call.team.bot
            shown = {
                "id": id_,
                "deleted": False,
                "name": user.shown,
                "updated": 1_700_000_000,
                "app_id": call.world.app if ours else "A0OTHERAPP0",
                "user_id": user.id,
                "icons": {},
            }
            return {"ok": True, "bot": shown}
    raise Problem("bot_not_found")


def team(call: Call) -> Json:
    """Return the workspace."""
    found = call.team
    shown = {"id": found.id, "name": found.name, "domain": found.domain, "email_domain": ""}
    return {"ok": True, "team": shown}


def groups(call: Call) -> Json:
    """Return the user groups; who is in them only where that is asked for."""
    named = call.arguments.flag("include_users")
    shown = [
        {
            "id": one.id,
            "team_id": one.team,
            "is_usergroup": True,
            "name": one.name,
            "handle": one.handle,
            "user_count": len(one.users),
            **({"users": one.users} if named else {}),
        }
        for one in call.world.groups.values()
        if one.team == call.team.id
    ]
    return {"ok": True, "usergroups": shown}


def group_users(call: Call) -> Json:
    """Return who is in a user group."""
    (id_,) = call.arguments.need("usergroup")
    found = call.world.groups.get((call.team.id, id_))
    if found is None:
        raise Problem("no_such_subteam")
    return {"ok": True, "users": found.users}
