"""What people do beside speaking: commands, presses, shortcuts, views, App Home, Stop.

Each returns the id of what was done: `interaction(id)` tells what became of it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from adapters.playground.slack import act_payloads, blocks, responses, texts
from adapters.playground.slack.looking import FAILED_VIEW
from adapters.playground.slack.payloads import render_event_file
from adapters.playground.slack.problems import Problem
from adapters.playground.slack.records import Act, Channel, View
from adapters.playground.slack.sockets import Reply
from adapters.playground.slack.speaking import Speaker
from adapters.playground.slack.tables import base36
from adapters.playground.slack.views import check_view, home_of, make_view, revise_view
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
        if act.kind == "view_submission":
            self._close_or_answer(act, reply, body)
        elif act.kind == "slash_commands" and (body.get("text") or body.get("blocks")):
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
        block, element = _find(target.blocks, action_id, block_id)
        act = self._begin(
            person, "block_actions", found, message=target.ts, thread=target.thread_ts
        )
        action = self._action(block, element, value)
        if "url" in element and not element.get("action_id"):
            raise Problem("not_found")
        payload = act_payloads.render_message_press(
            self.world, self._origin(), act, found, target, action
        )
        return self._deliver(act, payload)

    def press_view(self, person: str, view: str, action_id: str, value: str | None = None) -> str:
        """Press a button (or choose `value`) in a modal or in the App Home."""
        found = self._view(person, view)
        block, element = _find(found.body["blocks"], action_id, None)
        act = self._begin(person, "block_actions", None, data={"view": found.id})
        action = self._action(block, element, value)
        payload = act_payloads.render_view_press(self.world, act, found, action)
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
                return action | _chosen(element, value or "")

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

    # --- views

    def submit_view(self, person: str, view: str, values: Mapping[str, Any]) -> str:
        """Submit a modal: texts, choices or files [(name, bytes)] by block_id or action_id."""
        found = self._view(person, view)
        state: dict[str, Json] = {}
        for block in found.body["blocks"]:
            if block.get("type") != "input":
                continue
            element = block["element"]
            given = values.get(block["block_id"], values.get(element["action_id"]))
            if given is None and not block.get("optional"):
                raise Problem("missing_input")
            filled = self._fill(person, element, given)
            state[block["block_id"]] = {element["action_id"]: filled}
        found.body = found.body | {"state": state}
        found.errors, found.failed = {}, ""
        self.world.save(found, "view")
        act = self._begin(person, "view_submission", None, data={"view": found.id})
        return self._deliver(act, act_payloads.render_submission(self.world, act, found))

    def _fill(self, person: str, element: Json, given: Any) -> Json:
        kind = element["type"]
        if kind == "file_input":
            return {"type": kind, "files": self._attach(person, given or [])}
        if kind in ("static_select", "radio_buttons"):
            return {"type": kind, **_chosen(element, given or "")}
        return {"type": kind, "value": given or None}

    def _attach(self, person: str, files: Sequence[tuple[str, bytes]]) -> list[Json]:
        """Upload files that nobody shares: they are the person's, and given to the app."""
        team, user = person.split("/")
        ids = [self._upload(None, user, team, name, content) for name, content in files]
        return [
            render_event_file(self.world, self._origin(), self.world.files[team, one])
            for one in ids
        ]

    def close_view(self, person: str, view: str) -> str | None:
        """Close a modal; the app hears of it if it asked for that."""
        found = self._view(person, view)
        found.open = False
        self.world.save(found, "view")
        if not found.body.get("notify_on_close"):
            return None
        act = self._begin(person, "view_closed", None, data={"view": found.id})
        return self._deliver(act, act_payloads.render_submission(self.world, act, found))

    def _close_or_answer(self, act: Act, reply: Reply, body: Json) -> None:
        """Do what the ack of a submission says: https://docs.slack.dev/surfaces/modals."""
        view = self.world.views[act.team, act.data["view"]]
        if not reply.acked:
            view.failed = FAILED_VIEW
            self.world.save(view, "view")
            return
        action = body.get("response_action")
        try:
            match action:
                case "errors":
                    self._show_errors(view, body.get("errors"))
                case "update":
                    revise_view(self.world, view, self._checked(body))
                case "push":
                    make_view(self.world, act, self._checked(body), view)
                case "clear":
                    for one in self.world.views.values():
                        if one.open and one.root == view.root:
                            one.open = False
                            self.world.save(one, "view")
                case _:
                    view.open = False
                    self.world.save(view, "view")
        except Problem:
            view.failed = FAILED_VIEW
            self.world.save(view, "view")

    def _show_errors(self, view: View, errors: Any) -> None:
        known = {one.get("block_id") for one in view.body["blocks"]}
        if not isinstance(errors, dict) or not errors or not set(errors) <= known:
            raise Problem("invalid_arguments")
        view.errors = {name: str(text) for name, text in errors.items()}
        self.world.save(view, "view")

    def _checked(self, body: Json) -> Json:
        return check_view(body.get("view"), "modal", self.world.settings.markdown_chars)

    def _view(self, person: str, view: str) -> View:
        team, user = person.split("/")
        found = self.world.views.get((team, view))
        if found is None or found.user != user or not found.open:
            raise Problem("view_not_found")
        return found

    # --- App Home, Stop

    def open_home(self, person: str, tab: str = "home") -> None:
        """Open the app's Home (or its messages, with `tab`)."""
        user = self._user(person)
        dm = self.world.open_dm(user.team, user.id)
        view = home_of(self.world, user.team, user.id)
        extra = {"user": user.id, "channel": dm.id, "tab": tab}
        shown = view if tab == "home" else None
        self.world.tell("app_home_opened", self.world.teams[user.team], view=shown, **extra)

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


def _find(shown: list[Json], action_id: str, block_id: str | None) -> tuple[Json, Json]:
    for block in shown:
        if block_id is not None and block.get("block_id") != block_id:
            continue
        for element in blocks.elements_of(block):
            if element.get("action_id") == action_id:
                return block, element
    raise Problem("not_found")


def _chosen(element: Json, value: str) -> Json:
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
