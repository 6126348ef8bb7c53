"""The rest of REST: who the bot is, where the gateway is, servers, members, commands.

https://discord.com/developers/docs/reference
"""

from __future__ import annotations

from aiohttp import web

from adapters.playground.discord import (
    bodies,
    interaction_payloads,
    options,
    payloads,
)
from adapters.playground.discord.messages import read_json
from adapters.playground.discord.problems import problem
from adapters.playground.discord.records import Guild
from adapters.playground.discord.world import INTENT_MESSAGE_CONTENT, World
from adapters.playground.witness import plain

_CONTENT_FLAG = 1 << 18


class Rest:
    """Accounts, servers and commands, as the bot asks for them."""

    def __init__(self, world: World, prefix: str) -> None:
        self._world = world
        self._prefix = prefix

    def routes(self, api: str) -> list[web.AbstractRouteDef]:
        """Return the routes under the API's path."""
        guild = f"{api}/guilds/{{guild_id}}"
        commands = f"{api}/applications/{{application_id}}"
        in_guild = f"{commands}/guilds/{{guild_id}}/commands"
        return [
            web.get(f"{api}/users/@me", self.me),
            web.post(f"{api}/users/@me/channels", self.open_dm),
            web.get(f"{api}/users/{{user_id}}", self.user),
            web.get(f"{api}/applications/@me", self.application),
            web.get(f"{api}/oauth2/applications/@me", self.application),
            web.get(f"{api}/gateway", self.gateway),
            web.get(f"{api}/gateway/bot", self.gateway_bot),
            web.get(guild, self.guild),
            web.get(f"{guild}/channels", self.channels),
            web.get(f"{guild}/roles", self.roles),
            web.get(f"{guild}/members/{{user_id}}", self.member),
            web.get(f"{commands}/commands", self.commands),
            web.put(f"{commands}/commands", self.set_commands),
            web.get(in_guild, self.commands),
            web.put(in_guild, self.set_commands),
        ]

    async def me(self, request: web.Request) -> web.Response:
        """Return the bot's user."""
        user = payloads.render_user(self._world.users[self._world.bot])
        return plain(
            200,
            user | {"mfa_enabled": True, "locale": "en-US", "verified": True, "email": None},
        )

    async def user(self, request: web.Request) -> web.Response:
        """Return any user."""
        user = self._world.users.get(request.match_info["user_id"])
        if user is None:
            raise problem(10013)
        return plain(200, payloads.render_user(user))

    async def application(self, request: web.Request) -> web.Response:
        """Return the bot's application."""
        world = self._world
        guild = next(iter(world.guilds.values()))
        flags = _CONTENT_FLAG if world.privileged & INTENT_MESSAGE_CONTENT else 0
        return plain(
            200,
            {
                "id": world.application,
                "name": world.users[world.bot].shown,
                "icon": None,
                "description": "",
                "type": None,
                "bot": payloads.render_user(world.users[world.bot]),
                "bot_public": True,
                "bot_require_code_grant": False,
                "verify_key": "0" * 64,
                "flags": flags,
                "flags_new": str(flags),
                "redirect_uris": [],
                "interactions_endpoint_url": None,
                "role_connections_verification_url": None,
                "owner": payloads.render_user(world.users[guild.owner]),
                "approximate_guild_count": len(world.guilds),
                "approximate_user_install_count": 0,
                "approximate_user_authorization_count": 0,
                "explicit_content_filter": 0,
                "team": None,
                "eligible_oauth2_scopes": [],
            },
        )

    def _gateway_url(self, request: web.Request) -> str:
        scheme = "wss" if request.scheme == "https" else "ws"
        return f"{scheme}://{request.host}{self._prefix}/gateway"

    async def gateway(self, request: web.Request) -> web.Response:
        """Return where the gateway is."""
        return plain(200, {"url": self._gateway_url(request)})

    async def gateway_bot(self, request: web.Request) -> web.Response:
        """Return where the gateway is and how often one may identify."""
        start = {
            "total": 1000,
            "remaining": 1000,
            "reset_after": 14_400_000,
            "max_concurrency": 1,
        }
        return plain(
            200,
            {"url": self._gateway_url(request), "shards": 1, "session_start_limit": start},
        )

    def _guild(self, request: web.Request) -> Guild:
        guild = self._world.guilds.get(request.match_info["guild_id"])
        if guild is None:
            raise problem(10004)
        if (guild.id, self._world.bot) not in self._world.members:
            raise problem(50001)
        return guild

    async def guild(self, request: web.Request) -> web.Response:
        """Return a server, on request with counts."""
        guild = self._guild(request)
        payload = payloads.render_guild(self._world, guild)
        if request.query.get("with_counts") in ("1", "true", "True"):
            count = sum(id_ == guild.id for id_, _ in self._world.members)
            payload |= {"approximate_member_count": count, "approximate_presence_count": count}
        return plain(200, payload)

    async def channels(self, request: web.Request) -> web.Response:
        """List a server's channels, without threads."""
        guild = self._guild(request)
        return plain(
            200,
            [
                payloads.render_channel(self._world, channel)
                for channel in self._world.channels.values()
                if channel.guild == guild.id and not channel.is_thread
            ],
        )

    async def roles(self, request: web.Request) -> web.Response:
        """List a server's roles."""
        guild = self._guild(request)
        roles = self._world.roles.values()
        return plain(200, [payloads.render_role(one) for one in roles if one.guild == guild.id])

    async def member(self, request: web.Request) -> web.Response:
        """Return a member."""
        guild = self._guild(request)
        member = self._world.members.get((guild.id, request.match_info["user_id"]))
        if member is None:
            raise problem(10007)
        user = self._world.users[member.user]
        return plain(200, payloads.render_member(member, user=user))

    async def open_dm(self, request: web.Request) -> web.Response:
        """Return the direct message channel with a user."""
        data = read_json(await bodies.read_body(request))
        user = self._world.users.get(str(data.get("recipient_id")))
        if user is None:
            raise problem(10013)
        if user.bot:
            raise problem(50007)
        channel = self._world.dm_with(user.id)
        return plain(200, payloads.render_channel(self._world, channel))

    # --- commands

    def _scope(self, request: web.Request) -> str | None:
        if request.match_info["application_id"] != self._world.application:
            raise problem(20012)
        return self._guild(request).id if "guild_id" in request.match_info else None

    async def commands(self, request: web.Request) -> web.Response:
        """List the commands of a scope."""
        scope = self._scope(request)
        found = [one for one in self._world.commands.values() if one.guild == scope]
        return plain(200, [interaction_payloads.render_command(self._world, one) for one in found])

    async def set_commands(self, request: web.Request) -> web.Response:
        """Replace the commands of a scope."""
        scope = self._scope(request)
        bodies_ = (await bodies.read_body(request)).json
        options.check_commands(bodies_)
        kept = [options.answer_command(one) for one in bodies_]
        made = self._world.set_commands(scope, kept)
        return plain(200, [interaction_payloads.render_command(self._world, one) for one in made])
