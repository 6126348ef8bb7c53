"""Interactions: the first answer within three seconds, then the webhook of the token.

https://discord.com/developers/docs/interactions/receiving-and-responding
"""

from __future__ import annotations

from typing import Any

from aiohttp import web

from adapters.playground.discord import (
    bodies,
    drafts,
    forms,
    limits,
    message_payloads,
    options,
    permissions,
    records,
)
from adapters.playground.discord.bodies import Body, Draft
from adapters.playground.discord.limits import Settings
from adapters.playground.discord.messages import read_json
from adapters.playground.discord.problems import Form, problem
from adapters.playground.discord.records import Interaction, Message, Origin, Reference
from adapters.playground.discord.world import World
from adapters.playground.witness import SEEN, plain

PING, COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 1, 2, 3, 4, 5
MESSAGE, DEFERRED_MESSAGE, DEFERRED_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9


class Interactions:
    """The bot's side of interactions."""

    def __init__(self, world: World, settings: Settings, prefix: str) -> None:
        self._world = world
        self._settings = settings
        self._prefix = prefix

    def routes(self, api: str) -> list[web.AbstractRouteDef]:
        """Return the routes under the API's path."""
        hook = f"{api}/webhooks/{{webhook_id}}/{{webhook_token}}"
        callback = f"{api}/interactions/{{interaction_id}}/{{interaction_token}}/callback"
        found: list[web.AbstractRouteDef] = [
            web.post(callback, self.answer),
            web.post(hook, self.follow_up),
        ]
        for which in ("@original", "{message_id}"):
            found += [
                web.get(f"{hook}/messages/{which}", self.get),
                web.patch(f"{hook}/messages/{which}", self.edit),
                web.delete(f"{hook}/messages/{which}", self.delete),
            ]
        return found

    def _render(self, request: web.Request, message: Message) -> dict[str, Any]:
        base = f"{request.scheme}://{request.host}{self._prefix}"
        return message_payloads.render_message(self._world, base, message, viewer=self._world.bot)

    # --- the first answer

    async def answer(self, request: web.Request) -> web.Response:
        """Take the first answer; late is 10062, twice is 40060."""
        body = await bodies.read_body(request)
        request[SEEN] = body.seen()
        world = self._world
        interaction = world.interactions.get(request.match_info["interaction_id"])
        token = request.match_info["interaction_token"]
        if interaction is None or interaction.token != token:
            raise problem(10062)
        if interaction.state != "pending":
            raise problem(40060)
        if world.now() - interaction.at > limits.FIRST_ANSWER_MS:
            raise problem(10062)
        data = read_json(body)
        message = self._apply(interaction, data, body)
        world.save(interaction, "INTERACTION_UPDATE")
        if request.query.get("with_response") not in ("1", "true", "True"):
            return web.Response(status=204)
        return plain(200, self._callback(request, interaction, data["type"], message))

    def _apply(self, interaction: Interaction, data: dict[str, Any], body: Body) -> Message | None:
        kind = data.get("type")
        about = data.get("data") or {}
        match kind:
            case 4:
                draft = bodies.parse_message(Body(about, body.files), self._settings)
                if drafts.is_empty(draft):
                    raise problem(50006)
                message = self._post(interaction, draft)
                interaction.state, interaction.response = "answered", message.id
                interaction.ephemeral = bool(message.only_for)
                return message
            case 5:
                # Of all flags a deferral takes this one alone.
                draft = Draft(flags=int(about.get("flags") or 0) & records.EPHEMERAL)
                message = self._post(interaction, draft, loading=True)
                interaction.state, interaction.response = "deferred", message.id
                interaction.ephemeral = bool(message.only_for)
                return message
            case 6 | 7 if interaction.kind in (COMPONENT, MODAL_SUBMIT) and interaction.message:
                message_ = self._world.messages.get(interaction.message)
                if message_ is None:
                    raise problem(10008)
                interaction.state, interaction.response = "answered", message_.id
                if kind == UPDATE:
                    draft = bodies.parse_message(Body(about, body.files), self._settings, message_)
                    drafts.revise(self._world, message_, draft)
                return message_
            case 8 if interaction.kind == AUTOCOMPLETE:
                choices = about.get("choices") or []
                _check_offer(interaction, choices)
                interaction.state, interaction.choices = "answered", choices
                return None
            case 9 if interaction.kind in (COMMAND, COMPONENT):
                interaction.modal = forms.check(about)
                interaction.state = "answered"
                return None
            case _:
                form = Form()
                form.wrong(("type",), "BASE_TYPE_CHOICES", "Value is not a valid callback here.")
                form.done()
                return None

    def _callback(
        self, request: web.Request, interaction: Interaction, kind: int, message: Message | None
    ) -> dict[str, Any]:
        inner: dict[str, Any] = {
            "id": interaction.id,
            "type": interaction.kind,
            "channel_id": interaction.channel,
        }
        if interaction.guild:
            inner["guild_id"] = interaction.guild
        if message is None:
            return {"interaction": inner}
        inner |= {
            "response_message_id": message.id,
            "response_message_loading": kind == DEFERRED_MESSAGE,
            "response_message_ephemeral": bool(message.only_for),
        }
        found: dict[str, Any] = {"interaction": inner}
        # Deferrals bring no resource: the document knows it for types 4 and 7 only.
        if kind in (MESSAGE, UPDATE):
            found["resource"] = {"type": kind, "message": self._render(request, message)}
        return found

    def _post(self, interaction: Interaction, draft: Draft, *, loading: bool = False) -> Message:
        world = self._world
        channel = world.channels[interaction.channel]
        reference: Reference | None = None
        kind = {COMMAND: records.CHAT_INPUT_COMMAND}.get(interaction.kind, records.DEFAULT)
        if interaction.kind == COMMAND and interaction.data.get("type", 1) != 1:
            kind = records.CONTEXT_MENU_COMMAND
        if interaction.message and interaction.message in world.messages:
            reference = Reference(channel=channel.id, message=interaction.message)
            # The person pressed a button under it; that is no reason to ping its author.
            draft.allowed_mentions = {"parse": ["users", "roles"]} | (draft.allowed_mentions or {})
        message = drafts.compose(world, channel, world.bot, draft, kind=kind, reference=reference)
        flags = draft.flags or 0
        silent = channel.is_thread and (channel.locked or channel.archived)
        may_send = (
            permissions.SEND_MESSAGES_IN_THREADS if channel.is_thread else permissions.SEND_MESSAGES
        )
        if silent and not flags & records.EPHEMERAL:
            raise problem(50083)
        # A person who may not speak here gets the answer for their eyes only.
        speaks = world.permissions(interaction.user, channel) & may_send
        if flags & records.EPHEMERAL or not speaks:
            message.only_for = interaction.user
            message.flags |= records.EPHEMERAL
        if loading:
            message.flags |= records.LOADING
        message.application = world.application
        message.origin = self._origin(interaction)
        world.add_message(message)
        return message

    def _origin(self, interaction: Interaction) -> Origin:
        opener = self._world.interactions.get(interaction.opened_by or "")
        return Origin(
            id=interaction.id,
            kind=interaction.kind,
            user=interaction.user,
            name=str(interaction.data.get("name", "")),
            message=interaction.message,
            trigger=self._origin(opener) if opener else None,
        )

    # --- the webhook of the token

    def _hook(self, request: web.Request) -> Interaction:
        token = request.match_info["webhook_token"]
        world = self._world
        found = next((one for one in world.interactions.values() if one.token == token), None)
        if found is None or request.match_info["webhook_id"] != world.application:
            raise problem(10015)
        if world.now() - found.at > limits.TOKEN_LIFE_MS:
            raise problem(50027)
        if found.state == "pending":
            # Nothing was answered yet, so the webhook does not exist.
            raise problem(10015)
        return found

    def _message(self, request: web.Request, interaction: Interaction) -> Message:
        id_ = request.match_info.get("message_id", interaction.response or "")
        message = self._world.messages.get(id_)
        mine = message and (
            (message.origin and message.origin.id == interaction.id)
            or message.id == interaction.response
        )
        if message is None or not mine:
            raise problem(10008)
        return message

    async def follow_up(self, request: web.Request) -> web.Response:
        """Post a follow-up; the first after a deferral takes the placeholder's place."""
        body = await bodies.read_body(request)
        request[SEEN] = body.seen()
        interaction = self._hook(request)
        draft = bodies.parse_message(body, self._settings)
        if drafts.is_empty(draft):
            raise problem(50006)
        placeholder = self._world.messages.get(interaction.response or "")
        if interaction.state == "deferred" and placeholder:
            interaction.state = "answered"
            self._world.save(interaction, "INTERACTION_UPDATE")
            drafts.revise(self._world, placeholder, draft)
            return plain(200, self._render(request, placeholder))
        return plain(200, self._render(request, self._post(interaction, draft)))

    async def get(self, request: web.Request) -> web.Response:
        """Return a message of this interaction."""
        return plain(200, self._render(request, self._message(request, self._hook(request))))

    async def edit(self, request: web.Request) -> web.Response:
        """Edit a message of this interaction, the placeholder of a deferral too."""
        body = await bodies.read_body(request)
        request[SEEN] = body.seen()
        interaction = self._hook(request)
        message = self._message(request, interaction)
        draft = bodies.parse_message(body, self._settings, message)
        drafts.revise(self._world, message, draft)
        if interaction.state == "deferred" and message.id == interaction.response:
            interaction.state = "answered"
            self._world.save(interaction, "INTERACTION_UPDATE")
        return plain(200, self._render(request, message))

    async def delete(self, request: web.Request) -> web.Response:
        """Delete a message of this interaction."""
        interaction = self._hook(request)
        message = self._message(request, interaction)
        self._world.delete_message(message)
        if interaction.state == "deferred":
            interaction.state = "answered"
            self._world.save(interaction, "INTERACTION_UPDATE")
        return web.Response(status=204)


def _check_offer(interaction: Interaction, choices: list[dict[str, Any]]) -> None:
    """Check what is offered for the option that is being typed."""
    form = Form()
    if len(choices) > limits.CHOICES:
        form.bad_length(("data", "choices"), 0, limits.CHOICES)
    given = options.within(interaction.data["options"])
    typed = next(one for one in given if one.get("focused"))
    for n, choice in enumerate(choices):
        options.check_choice(("data", "choices", n), typed["type"], choice, form)
    form.done()
