"""What people do with views: fill in and submit modals, press in them, open the App Home.

https://docs.slack.dev/surfaces/modals
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from adapters.playground.slack import act_payloads, limits
from adapters.playground.slack.file_payloads import render_event_file
from adapters.playground.slack.interacting import Interactor, choose, find_element
from adapters.playground.slack.looking import FAILED_VIEW
from adapters.playground.slack.problems import Problem
from adapters.playground.slack.records import Act, View
from adapters.playground.slack.sockets import Reply
from adapters.playground.slack.views import check_view, home_of, make_view, revise_view

Json = dict[str, Any]


class Viewer(Interactor):
    """Use views as the people do."""

    def press_view(self, person: str, view: str, action_id: str, value: str | None = None) -> str:
        """Press a button (or choose `value`) in a modal or in the App Home."""
        found = self._view(person, view)
        block, element = find_element(found.body["blocks"], action_id, None)
        act = self._begin(person, "block_actions", None, data={"view": found.id})
        action = self._action(block, element, value)
        payload = act_payloads.render_view_press(self.world, act, found, action)
        return self._deliver(act, payload)

    def submit_view(self, person: str, view: str, values: Mapping[str, Any]) -> str:
        """Submit a modal: texts, choices or files [(name, bytes)] by block_id or action_id.

        What is not given stays as the modal shows it. Slack's client sends nothing that breaks
        what a field says of itself.
        """
        found = self._view(person, view)
        state: dict[str, Json] = {}
        for block in found.body["blocks"]:
            if block.get("type") != "input":
                continue
            element = block["element"]
            given = values.get(block["block_id"], values.get(element["action_id"]))
            given = initial(element) if given is None else given
            if not given and not block.get("optional"):
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
            files = given or []
            if len(files) > element.get("max_files", limits.FILE_INPUT_FILES):
                raise Problem("too_many_files")
            if any(len(content) > limits.FILE_INPUT_BYTES for _, content in files):
                raise Problem("file_too_large")
            return {"type": kind, "files": self._attach(person, files)}
        if kind in ("static_select", "radio_buttons"):
            chosen = choose(element, given or "")
            if given and chosen["selected_option"] is None:
                raise Problem("no_such_option")
            return {"type": kind, **chosen}
        if kind == "users_select":
            user = str(given or "").rpartition("/")[2]
            if user and (person.partition("/")[0], user) not in self.world.users:
                raise Problem("user_not_found")
            return {"type": kind, "selected_user": user or None}
        if len(given or "") > element.get("max_length", limits.INPUT_CHARS):
            raise Problem("too_long")
        return {"type": kind, "value": given or None}

    def _attach(self, person: str, files: Sequence[tuple[str, bytes]]) -> list[Json]:
        """Upload files that nobody shares: they are the person's, and given to the app."""
        team, user = person.split("/")
        ids = [self._upload(team, user, name, content) for name, content in files]
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

    def _settle(self, act: Act, reply: Reply) -> None:
        """Do what the ack of a submission says, beside what every ack does."""
        super()._settle(act, reply)
        if act.kind != "view_submission":
            return
        body = reply.body if isinstance(reply.body, dict) else {}
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

    def open_home(self, person: str, tab: str = "home") -> None:
        """Open the app's Home (or its messages, with `tab`)."""
        user = self._user(person)
        dm = self.world.open_dm(user.team, user.id)
        view = home_of(self.world, user.team, user.id)
        extra = {"user": user.id, "channel": dm.id, "tab": tab}
        shown = view if tab == "home" else None
        self.world.tell("app_home_opened", self.world.teams[user.team], view=shown, **extra)


def initial(element: Json) -> Any:
    """Return what a field shows before anybody fills it in."""
    chosen = element.get("initial_option")
    return chosen["value"] if chosen else element.get("initial_value")
