"""response_url: answers to an act without a token, five times within half an hour.

https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
"""

from __future__ import annotations

from typing import Any

from adapters.playground.slack import blocks, limits, texts
from adapters.playground.slack.problems import Problem
from adapters.playground.slack.records import Act, Message
from adapters.playground.slack.tables import base36
from adapters.playground.slack.world import World

Json = dict[str, Any]


def respond(world: World, team: str, id_: str, secret: str, body: Any) -> None:
    """Take what was posted to a response_url. Raises `Problem` in Slack's words."""
    act = world.acts.get((team, id_))
    if act is None or not act.secret or act.secret != secret:
        raise Problem("no_active_hooks")
    if world.now() > act.at + limits.RESPONSE_MS:
        raise Problem("expired_url")
    if act.uses >= limits.RESPONSE_USES:
        raise Problem("used_url")
    if not isinstance(body, dict):
        raise Problem("invalid_payload")
    act.uses += 1
    world.save(act)
    tell(world, act, body)


def tell(world: World, act: Act, body: Json) -> None:
    """Show an answer: to its person alone unless it says `in_channel`."""
    original = world.messages.get((act.team, act.channel, act.message))
    if body.get("delete_original"):
        if original:
            world.remove(original)
        return
    text, sent = body.get("text"), body.get("blocks")
    if not text and not sent and not body.get("attachments"):
        raise Problem("no_text")
    number = iter(range(world.new_number(), world.new_number() + 10_000))
    shown = blocks.name_all(
        blocks.check(sent, markdown_chars=world.settings.markdown_chars) if sent else [],
        lambda: base36(next(number) % 36**5),
    )
    kept = texts.keep(str(text or "")[: world.settings.text_chars])
    if body.get("replace_original") and original:
        world.change(original, text=kept, blocks=shown)
        return
    team = world.teams[act.team]
    thread = str(body.get("thread_ts") or "")
    if thread and world.message(act.team, act.channel, thread) is None:
        thread = ""
    message = Message(
        team=act.team,
        channel=act.channel,
        ts=world.new_ts(act.team),
        user=team.bot,
        bot_id=team.bot_id,
        app=world.app,
        text=kept,
        blocks=shown,
        thread_ts=thread,
        only_for="" if body.get("response_type") == "in_channel" else act.user,
    )
    world.post(message)
    act.told = [*act.told, message.ts]
    if not act.message:
        # What answers a command is what later answers replace.
        act.message = message.ts
    world.save(act, "act")
