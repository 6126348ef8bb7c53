"""What people do beside speaking: commands, presses, shortcuts, Slack's Stop.

Each returns the id of what was done: `interaction(id)` tells what became of it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from adapters.playground.slack import act_payloads, blocks, responses, texts
from adapters.playground.slack.problems import Problem
from adapters.playground.slack.records import Act, Channel
from adapters.playground.slack.sockets import Reply
from adapters.playground.slack.speaking import Speaker
from adapters.playground.slack.tables import base36
from adapters.playground.slack.world import World

Json = dict[str, Any]
Send = Callable[[str, Json, Callable[[Reply], None]], None]


class Interactor(Speaker):
    """Do as the people do. `send` gives a payload to the app, `origin` is Slack's base URL."""

    def __init__(self, world: World, prefix: str, send: Send, origin: Callable[[], str]) -> None:
        super().__init__(world, prefix)
        self._send = send
        self._origin = origin

    def _begin(self, person: str, kind: str, channel: Channel | None, **facts: Any) -> Act:
        team, user = person.split("/")
        number = self.world.new_number()
        act = Act(
            team=team,
            id=base36(number),
            kind=kind,
            user=user,
            at=self.world.now(),
            channel=channel.id if channel else "",
            trigger=f"{number}.{number % 10**10}.{secrets.token_hex(16)}",
            secret=secrets.token_hex(12),
            **facts,
        )
        self.world.save(act, "act")
        return act

    def _deliver(self, act: Act, payload: Json, transport: str = "interactive") -> str:
        self._send(transport, payload, lambda reply: self._settle(act, reply))
        return f"{act.team}/{act.id}"

    def _settle(self, act: Act, reply: Reply) -> None:
        """Record what the app made of an act, and what its ack says."""
        act.state = "acked" if reply.acked else "failed"
        if not reply.acked:
            act.error = self._silence(act)
        self.world.save(act, "act")
        body = reply.body if reply.acked and isinstance(reply.body, dict) else {}
        if act.kind == "slash_commands" and (body.get("text") or body.get("blocks")):
            responses.tell(self.world, act, body)

    # --- commands, presses, shortcuts

    def command(self, person: str, channel: str, command: str, text: str = "") -> str:
        """Use a slash command; threads have none."""
        found, user, thread = self._place(person, channel)
        if thread:
            raise Problem("command_not_allowed_in_thread")
        known = self.world.settings.commands
        if (known and command not in known) or not command.startswith("/"):
            raise Problem("unknown_command")
        if "commands" not in self.world.teams[found.team].scopes:
            raise Problem("unknown_command")
        if user not in found.members:
            raise Problem("not_in_channel")
        named = self._name_mentions(found.team, texts.typed(text))
        data = {"command": command, "text": named}
        act = self._begin(person, "slash_commands", found, data=data)
        payload = act_payloads.render_command(self.world, self._origin(), act, found)
        return self._deliver(act, payload, "slash_commands")

    def _name_mentions(self, team: str, text: str) -> str:
        """Write mentions as `should_escape` makes commands carry them: <@U1|name>."""
        for user in self.world.users.values():
            if user.team == team:
                text = text.replace(f"<@{user.id}>", f"<@{user.id}|{user.name}>")
        for channel in self.world.channels.values():
            if channel.team == team and channel.name:
                named = f"<#{channel.id}|{channel.name}>"
                text = text.replace(f"<#{channel.id}>", named)
        return text

    def press(
        self,
        person: str,
        channel: str,
        ts: str,
        action_id: str,
        *,
        block_id: str | None = None,
        value: str | None = None,
    ) -> str:
        """Press a button (or choose `value`) in a message, found by its action_id."""
        found, user, _ = self._place(person, channel)
        target = self._target(found, user, ts)
        block, element = find_element(target.blocks, action_id, block_id)
        act = self._begin(
            person, "block_actions", found, message=target.ts, thread=target.thread_ts
        )
        action = self._action(block, element, value)
        payload = act_payloads.render_message_press(
            self.world, self._origin(), act, found, target, action
        )
        return self._deliver(act, payload)

    def _action(self, block: Json, element: Json, value: str | None) -> Json:
        seconds, micros = divmod(self.world.new_number(), 1_000_000)
        action: Json = {
            "type": element["type"],
            "action_id": element["action_id"],
            "block_id": block["block_id"],
            "action_ts": f"{seconds}.{micros:06d}",
        }
        match element["type"]:
            case "feedback_buttons":
                positive, negative = element["positive_button"], element["negative_button"]
                chosen = negative if value == negative["value"] else positive
                return action | {"text": chosen["text"], "value": chosen["value"]}
            case "button" | "icon_button":
                return action | {
                    name: element[name] for name in ("text", "value", "style") if name in element
                }
            case _:
                return action | choose(element, value or "")

    def shortcut(self, person: str, callback_id: str, channel: str = "", ts: str = "") -> str:
        """Use a shortcut, on a message if one is named; the app need not be in the channel."""
        seconds, micros = divmod(self.world.new_number(), 1_000_000)
        data = {"callback_id": callback_id, "action_ts": f"{seconds}.{micros:06d}"}
        known = self.world.settings.shortcuts
        if known and callback_id not in known:
            raise Problem("unknown_shortcut")
        if not channel:
            act = self._begin(person, "shortcut", None, data=data)
            return self._deliver(act, act_payloads.render_shortcut(self.world, act))
        found, user, _ = self._place(person, channel)
        target = self._target(found, user, ts)
        act = self._begin(person, "message_action", found, message=target.ts, data=data)
        payload = act_payloads.render_message_shortcut(
            self.world, self._origin(), act, found, target
        )
        return self._deliver(act, payload)

    # --- Stop

    def stop_session(self, person: str, channel: str, thread: str = "") -> None:
        """Press Slack's own Stop in a thread where the app works."""
        found, user, named = self._place(person, channel)
        thread = thread or named
        if not self.status(f"{found.team}/{found.id}", thread)["stoppable"]:
            raise Problem("not_found")
        stopped = []
        for message in self.world.replies(found.team, found.id, thread):
            if message.stream and self._stream_state(message) == "live":
                message.stream.state = "stopped_by_user"
                stopped.append(message.ts)
                self.world.change(message, quiet=True)
        self.world.tell(
            "agent_session_stopped",
            self.world.teams[found.team],
            channel=found.id,
            thread_ts=thread,
            user=user,
            streaming_message_ts=stopped,
        )


def find_element(shown: list[Json], action_id: str, block_id: str | None) -> tuple[Json, Json]:
    """Return the element with an action_id, after its block."""
    for block in shown:
        if block_id is not None and block.get("block_id") != block_id:
            continue
        for element in blocks.elements_of(block):
            if element.get("action_id") == action_id:
                return block, element
    raise Problem("not_found")


def choose(element: Json, value: str) -> Json:
    """Return what an element says when an option is chosen."""
    options = [*element.get("options", [])]
    for group in element.get("option_groups", []):
        options += group.get("options", [])
    chosen = [one for one in options if one.get("value") == value]
    match element["type"]:
        case "checkboxes" | "multi_static_select":
            return {"selected_options": chosen}
        case "users_select":
            return {"selected_user": value or None}
        case "conversations_select":
            return {"selected_conversation": value or None}
        case "plain_text_input":
            return {"value": value}
        case _:
            return {"selected_option": chosen[0] if chosen else None}
