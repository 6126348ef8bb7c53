"""A Slack in small: Web API, Socket Mode, signed HTTP events, files, views, and its people.

Start it in-process (in a loop) and point slack-bolt at it:

    standin = SlackStandIn(now)                    # now() = UTC ms; a folder keeps the world
    runner = web.AppRunner(standin.app, shutdown_timeout=0.1)
    await runner.setup()
    await (site := web.TCPSite(runner, "127.0.0.1", 0)).start()
    standin.origin = site.name                     # http://127.0.0.1:PORT
    client = AsyncWebClient(standin.bot_token, base_url=standin.api_url(standin.origin))
    app = AsyncApp(client=client, signing_secret=standin.signing_secret)
    await AsyncSocketModeHandler(app, standin.app_token).connect_async()

To mount it: `SlackStandIn(now, prefix="/slack")`, `parent.add_subapp("/slack", standin.app)`.
For HTTP: `standin.settings.transport = "http"; standin.settings.request_url = "http://.../slack/events"`.

**People** (`standin.people`). A person is a path `T1/U1`, a channel `T1/C1`, a thread the path
`T1/C1/ts` (or `thread=ts` beside its channel); a message is its `ts`. Refusals are `Problem(code)`.

    people, ada = standin.people, standin.people.find("ada")       # ada is admin, see furniture
    general = people.channel("general")
    ts = people.say(ada, general, f"{people.mention()} hello", files=[("a.txt", b"1")])
    people.say(ada, general, "and?", thread=ts)      people.edit(ada, general, ts, "other words")
    people.delete(ada, general, ts)                  people.react(ada, general, ts, "eyes")
    id = people.press(ada, general, ts, "stop")      # a button by its action_id
    id = people.command(ada, general, "/bot", "help")              # only outside threads
    id = people.shortcut(ada, "edit_image", general, ts)           # a message's, or a global one
    id = people.submit_view(ada, view_id, {"block or action": "text"})
    people.close_view(ada, view_id)                  people.open_home(ada)     # tab="messages"
    people.stop_session(ada, general, ts)            people.open_dm(ada)       # -> "T1/D1"
    people.interaction(id)   # {"state": "pending|acked|failed", "error", "messages", "view", ...}
    people.read(ada, general), people.thread(ada, general, ts), people.look(ada)
    people.view(ada), people.home(ada), people.status(general, ts), people.subscribe(ada)

**World** (`standin.world`): `users`, `channels`, `messages`, ... by (team, id), and what an
administrator does: `switch(streams="...", agent=False, scopes=[...])`, `join/leave`, `archive`,
`delete_channel`, `uninstall`, `install`, `revoke_tokens`, `add_team` (its ids are the same).
**Faults**: `standin.faults.add(Fault("chat.postMessage", "lose_answer"))`; a route is the name of
a Web API method, `link`, `upload`, `download`, `response_url`, `event:TYPE` (with the actions
`lose`, `delay`, `repeat`) or `act:TYPE`, say `act:command` (`delay`, `repeat`).
`problems.refuse("chat.update", "ratelimited")` makes a refusal. Beside them:
`standin.sockets.drop()/ask_reconnect(reason)`, `standin.deliveries.resend(event_id)`.
**History**: one entry per call (`route` = method, `request` = its arguments), and per attempt to
deliver (`route` = `event:TYPE`, `act:TYPE`; effect `ok` means acked).
**Settings** (`standin.settings`, see `limits.Settings`): transport, rate tiers, late files, ...
"""

from adapters.playground.slack.app import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, SlackStandIn
from adapters.playground.slack.problems import Problem

__all__ = ["APP_TOKEN", "BOT_TOKEN", "SIGNING_SECRET", "Problem", "SlackStandIn"]
