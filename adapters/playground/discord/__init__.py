"""A Discord in small: REST v10, gateway, files, interactions, and its people.

Start it in-process (in a loop) and point discord.py at it:

    standin = DiscordStandIn(now)                       # a folder keeps the world
    runner = web.AppRunner(standin.app, shutdown_timeout=0.1)
    await runner.setup()
    await (site := web.TCPSite(runner, "127.0.0.1", 0)).start()
    origin = site.name                                  # http://127.0.0.1:PORT
    discord.http.Route.BASE = standin.rest_url(origin)
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(standin.gateway_url(origin))
    await client.start(standin.token)

    people, ada = standin.people, standin.people.find("ada")
    general, files = people.channel("general"), [("a.txt", b"1")]
    people.post(ada, general, f"{people.mention()} hello", files=files)
    asked = people.command(ada, general, "ask", {"prompt": "why?"})
    people.interaction(asked)  # what became of it

To mount it: DiscordStandIn(now, prefix="/discord"), `parent.add_subapp("/discord", standin.app)`.
Faults: `standin.faults.add(Fault("POST /channels/{channel_id}/messages", "lose_answer"))`,
`buckets.throttle/ban/refuse`, and the methods of `standin.gateway`. `standin.settings` and
`standin.world` (`deny_bot`, `kick_bot`, ...) may be changed at any time.
"""

from adapters.playground.discord.app import API, TOKEN, DiscordStandIn

__all__ = ["API", "TOKEN", "DiscordStandIn"]
