"""The real client against the stand-in for AI/ML API, over real sockets."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing

import aiohttp
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from adapters.backends.chat_completions import AIMLAPI, ChatCompletions
from adapters.backends.http import Http
from adapters.backends.models import AIMLAPI_MODELS
from adapters.playground.aimlapi import CHAT, AimlapiStandIn
from adapters.playground.faults import Fault, FaultScript
from adapters.playground.history import History
from adapters.playground.simulated import KINDS, MARK, Heard, answer, pieces
from bot.domain import ChatMessage, ChatRequest, Role
from bot.errors import BackendError, BackendFault
from bot.events import Accepted, Finish, TextDelta
from tests.streamed import Streamed
from tests.virtual import VirtualClock, until

pytestmark = pytest.mark.virtual

KEY = "aiml-0123456789abcdef"
MODEL = AIMLAPI_MODELS[0]


class Stage:
    """A client and the stand-in it talks to."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.history = History(self.clock.now)
        self.faults = FaultScript()
        self.stand_in = AimlapiStandIn(self.clock.now, self.history, self.faults, key=KEY)
        self.http = Http()
        self.slept: list[float] = []
        self.backend: ChatCompletions

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    async def hear(self, *texts: str, most: int = 4000, effort: str | None = None) -> Streamed:
        return await gather(self.backend, ask(*texts, most=most, effort=effort))

    def shape(self, **options: object) -> None:
        self.faults.add(Fault(CHAT, "answer", times=100, options=dict(options)))


async def gather(backend: ChatCompletions, request: ChatRequest) -> Streamed:
    heard = Streamed()
    try:
        async for event in backend.stream(request):
            heard.events.append(event)
    except BackendError as error:
        heard.error = error
    return heard


def ask(*texts: str, most: int = 4000, effort: str | None = None) -> ChatRequest:
    """Ask with texts that are in turn a person's and the model's."""
    roles = (Role.USER, Role.ASSISTANT)
    messages = tuple(ChatMessage(roles[i % 2], text) for i, text in enumerate(texts))
    return ChatRequest(MODEL, messages, most, "turn-1.step-1", effort)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    stage = Stage()
    runner = web.AppRunner(stage.stand_in.app())
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    stage.backend = ChatCompletions(
        AIMLAPI, f"http://127.0.0.1:{port}/v1", KEY, stage.http, sleep=stage.sleep
    )
    yield stage
    await stage.http.close()
    await runner.cleanup()


async def test_a_question_is_answered_as_it_is_written(stage: Stage) -> None:
    heard = await stage.hear("What is a monad?", effort="low")
    assert heard.text == answer([Heard("user", "What is a monad?")]).text
    assert heard.text.startswith(MARK)
    assert isinstance(heard.events[0], Accepted)
    assert heard.events[0].request_id
    assert len([e for e in heard.events if isinstance(e, TextDelta)]) > 20
    end = heard.end
    assert (end.finish, end.refusal, end.model) == (Finish.STOP, False, MODEL.name.split("/")[1])
    assert end.usage.prompt == 9
    assert end.usage.completion == len(pieces(heard.text))
    assert end.usage.total == 9 + len(pieces(heard.text))
    assert end.usage.cost_micros is not None
    [entry] = stage.history.of(CHAT)
    assert (entry.status, entry.effect, entry.marks) == (200, "ok", ())
    assert entry.answer["text"] == heard.text
    assert entry.request == {
        "model": MODEL.name,
        "messages": [{"role": "user", "content": "What is a monad?"}],
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_completion_tokens": 4000,
        "reasoning_effort": "low",
    }


async def test_the_connection_is_used_again(stage: Stage) -> None:
    ports = set()
    connected: list[object] = []
    trace = aiohttp.TraceConfig()

    async def note(*_args: object) -> None:
        connected.append(1)

    trace.on_connection_create_end.append(note)
    async with aiohttp.ClientSession(trace_configs=[trace]) as session:
        backend = ChatCompletions(AIMLAPI, stage.backend.url, KEY, Http(session))
        for _ in range(5):
            heard = await gather(backend, ask("hi"))
            ports.add(heard.end.finish)
    assert len(connected) == 1


@pytest.mark.parametrize("shape", ["openai", "openrouter"])
@pytest.mark.parametrize("meta", ["usage", "finish", "own"])
@pytest.mark.parametrize("split", [0, 1, 7])
async def test_every_shape_of_the_wire_gives_the_same(
    stage: Stage, shape: str, meta: str, split: int
) -> None:
    stage.stand_in.tokens_per_second = 0
    plain = await stage.hear("Grüße, 你好 😀 \u2028 zażółć")
    stage.shape(shape=shape, meta=meta, split=split, comments=True, crlf=split == 7, chunk=3)
    heard = await stage.hear("Grüße, 你好 😀 \u2028 zażółć")
    assert heard.text == plain.text
    assert heard.end.usage == plain.end.usage
    assert heard.end.usage.cost_micros
    assert heard.end.finish is Finish.STOP


async def test_without_done_or_meta_the_answer_still_ends(stage: Stage) -> None:
    stage.shape(done=False, meta="")
    heard = await stage.hear("hi")
    assert heard.end.finish is Finish.STOP
    assert heard.end.usage.completion == len(pieces(heard.text))
    assert heard.end.usage.cost_micros is None


FAULTS = {
    "busy": (BackendFault.BUSY, 429, False),
    "refused": (BackendFault.BLOCKED, 400, False),
    "cut": (BackendFault.CUT, 0, True),
    "misconfigured": (BackendFault.AUTH, 401, False),
    "funds": (BackendFault.FUNDS, 403, False),
    "error": (BackendFault.UPSTREAM, 502, True),
    "overloaded": (BackendFault.BUSY, 503, False),
    "broken": (BackendFault.UPSTREAM, 500, False),
    "page": (BackendFault.PROTOCOL, 0, True),
    "gone": (BackendFault.NO_MODEL, 404, False),
    "full": (BackendFault.TOO_LONG, 400, False),
    "silent": (BackendFault.TIMEOUT, 0, True),
}
# What depends on the messages before, and is tried where there are some.
ON_HISTORY = {"picture", "crowded"}
ENDS = {
    "empty": Finish.STOP,
    "length": Finish.LENGTH,
    "slow": Finish.STOP,
    "decline": Finish.STOP,
    "filter": Finish.BLOCKED,
    "spent": Finish.LENGTH,
    "blank": Finish.STOP,
    "wild": Finish.STOP,
}


def test_every_kind_is_judged() -> None:
    assert FAULTS.keys() | ENDS.keys() | ON_HISTORY == KINDS.keys()


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("asked", [True, False])
async def test_each_kind_of_failure_has_its_class(stage: Stage, kind: str, asked: bool) -> None:
    if not asked:
        stage.shape(kind=kind)
    heard = await stage.hear(f"Please simulate {KINDS[kind].words}." if asked else "hello")
    fault, status, ambiguous = FAULTS[kind]
    error = heard.failure
    assert (error.fault, error.status, error.ambiguous) == (fault, status, ambiguous)
    assert bool(heard.text) == (kind in ("cut", "error"))
    tries = 3 if kind in ("busy", "overloaded") else 1
    assert len(list(stage.history.of(CHAT))) + stage.stand_in.open == tries
    assert len(stage.slept) == tries - 1


@pytest.mark.parametrize("kind", ENDS)
async def test_each_other_kind_ends_in_its_way(stage: Stage, kind: str) -> None:
    heard = await stage.hear(f"simulate {KINDS[kind].words}")
    assert heard.end.finish is ENDS[kind]
    assert heard.end.refusal == (kind == "decline")
    assert (heard.text == "") == (kind in ("empty", "spent"))


async def test_the_answer_stops_at_the_cap(stage: Stage) -> None:
    heard = await stage.hear("write 5000 words", most=50)
    whole = answer([Heard("user", "write 5000 words")]).text
    assert heard.text == "".join(pieces(whole)[:50])
    assert heard.end.finish is Finish.LENGTH
    assert heard.end.usage.completion == 50


async def test_silence_before_the_first_token_is_borne(stage: Stage) -> None:
    stage.shape(silence=100.0)
    heard = await stage.hear("hi")
    assert heard.end.finish is Finish.STOP


@pytest.mark.parametrize("waited", [None, "7", "86400", "-1", "0", "soon"])
async def test_a_passing_burst_ends_in_an_answer(stage: Stage, waited: str | None) -> None:
    headers = {"Retry-After": waited} if waited else {}
    stage.faults.add(Fault(CHAT, "refuse", times=1, status=429, headers=headers))
    stage.faults.add(Fault(CHAT, "refuse", nth=2, times=1, status=503, headers=headers))
    heard = await stage.hear("hi")
    assert heard.end.finish is Finish.STOP
    expected = {"7": 7.0, "86400": 30.0, "-1": 1.0, "0": 1.0}.get(waited or "")
    if expected:
        assert stage.slept == [expected, expected]
    else:
        first, second = stage.slept
        assert 1 <= first <= 1.5
        assert 2 <= second <= 3


async def test_nothing_that_may_have_run_is_repeated(stage: Stage) -> None:
    for action, status in (("cut", 0), ("lose_answer", 0), ("refuse", 500), ("refuse", 504)):
        before = len(stage.history.entries)
        stage.faults.add(Fault(CHAT, action, status=status))
        heard = await stage.hear("hi")
        assert heard.error
        assert len(stage.history.entries) == before + 1
        stage.faults.clear()
    assert stage.slept == []


async def test_closing_the_stream_closes_the_request(stage: Stage) -> None:
    async with aclosing(stage.backend.stream(ask("a long answer"))) as stream:
        async for event in stream:
            if isinstance(event, TextDelta):
                break
        assert stage.stand_in.open == 1
    await until(lambda: not stage.stand_in.open, within=2)
    [entry] = stage.history.of(CHAT)
    assert entry.effect == "unacked"
    assert entry.answer["gone"]


async def test_the_wrong_key_is_refused_without_being_told(stage: Stage) -> None:
    backend = ChatCompletions(AIMLAPI, stage.backend.url, "another-key-1234", stage.http)
    heard = await gather(backend, ask("hi"))
    assert heard.failure.fault is BackendFault.AUTH


BAD: list[tuple[str, Callable[[dict[str, object]], object]]] = [
    ("seed", lambda body: body.update(seed=0)),
    ("reasoning_effort", lambda body: body.update(reasoning_effort="minimal")),
    ("max_completion_tokens", lambda body: body.update(max_completion_tokens=0)),
    ("max_tokens", lambda body: body.update(max_tokens=5)),
    ("temperature", lambda body: body.update(temperature=1)),
    ("surprise", lambda body: body.update(surprise=1)),
    ("messages", lambda body: body.update(messages=[])),
    ("messages", lambda body: body.update(messages=[{"role": "robot", "content": "x"}])),
    ("messages", lambda body: body.update(messages=[{"role": "user", "content": 5}])),
    (
        "messages",
        lambda body: body.update(messages=[{"role": "system", "content": "x", "extra": 1}]),
    ),
    ("stream", lambda body: body.update(stream="yes")),
    ("tools", lambda body: body.update(tools=[{"type": "function"}])),
]


@pytest.mark.parametrize(("name", "spoil"), BAD)
async def test_the_stand_in_validates_strictly(
    stage: Stage, name: str, spoil: Callable[[dict[str, object]], object]
) -> None:
    body: dict[str, object] = {"model": MODEL.name, "messages": [{"role": "user", "content": "x"}]}
    headers = {"Authorization": f"Bearer {KEY}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        async with session.post(stage.backend.url, json=body) as good:
            whole = await good.json()
            assert good.status == 200
            assert float(good.headers["x-aimlapi-usd-spent"]) == whole["meta"]["usage"]["usd_spent"]
        spoil(body)
        async with session.post(stage.backend.url, json=body) as bad:
            assert bad.status == 400
            assert name in await bad.text()
        async with session.get(stage.backend.url.replace("chat/completions", "models")) as models:
            assert [entry["id"] for entry in (await models.json())["data"]] == [MODEL.name]


async def test_our_id_is_echoed_unless_it_is_odd(stage: Stage) -> None:
    seen = []
    async with aiohttp.ClientSession() as session:
        for given_id in ("turn-1.step-1", "a b", "x" * 129):
            headers = {"X-Client-Request-Id": given_id}
            async with session.post(stage.backend.url, headers=headers) as response:
                seen.append(response.headers.get("x-client-request-id"))
                assert response.headers["x-inference-id"]
    assert seen == ["turn-1.step-1", None, None]


async def test_the_simulated_model_tells_what_it_was_sent(stage: Stage) -> None:
    stage.stand_in.tokens_per_second = 0
    heard = await stage.hear("Ann: first", "an answer", "Bo: second", "another", "Ann: and now?")
    assert "> and now?" in heard.text
    assert "4 earlier messages: 1 by Ann, 2 by me, 1 by Bo" in heard.text
    heard = await stage.hear("edit: darker", "done", "Edit: brighter", "done", "and now?")
    assert "4 earlier messages: 2 by you, 2 by me" in heard.text
    heard = await stage.hear("what is a lock?", "a door's", "so: and a key?")
    assert "> so: and a key?" in heard.text
    assert "2 earlier messages: 1 by you, 1 by me" in heard.text
    hinted = re.search("Write `(.+)` to see what I can be asked for", heard.text)
    assert hinted and hinted[1] != "help", "the bot itself answers that word"
    for asked, shown in (
        ("help", "simulate no funds"),
        (hinted[1], "simulate no funds"),
        ("some code", "```python"),
        ("a table", "|"),
    ):
        assert shown in (await stage.hear(asked)).text
    words = (await stage.hear("write 5000 words", most=100_000)).text.removeprefix(MARK).split()
    assert len(words) == 5000


async def test_a_cut_answer_is_gone_on_with(stage: Stage) -> None:
    stage.stand_in.tokens_per_second = 0
    begun = (await stage.hear("simulate cut")).text
    rest = await stage.hear(
        "simulate cut", begun, "Continue exactly where you stopped, without repeating anything."
    )
    whole = answer([Heard("user", "simulate cut")]).text
    joined = begun + rest.text.removeprefix(MARK)
    assert rest.end.finish is Finish.STOP
    assert joined.replace(" ", "") == whole.replace(" ", "")


@given(st.text(max_size=200))
def test_tokens_joined_are_the_text(text: str) -> None:
    assert "".join(pieces(text)) == text
