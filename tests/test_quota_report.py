"""Reports of what was used: a table, a chart that is looked at, and files nothing executes."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageColor

from adapters.files import charts
from adapters.files.drawings import Drawings
from adapters.files.worker import Worker
from bot.commands import quota_report_texts
from bot.commands import quota_tables as tables
from bot.domain import Amounts, Model, Outcome, ThreadRef
from bot.ports import Bar, Chart, Conclusion, Credit, Spender, Step
from tests.commanded import ADMIN, OWNER, Chat, chat, in_thread
from tests.discord_desk import Tally
from tests.stored import WORKER, mention

NOON = int(datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp() * 1000)
DAY_MS = 24 * 3_600_000
MODELS = (
    Model("aimlapi", "gpt-5-mini", input_price=1, output_price=1),
    Model("segmind", "gpt-5.4-mini", input_price=1, output_price=1),
)
EVIL = '=HYPERLINK("http://x")'
PEOPLE = ("Ada", "Ben", EVIL, "Zoë ```\n@everyone", "Émile " * 9)


@pytest.fixture
async def c(tmp_path: Path) -> AsyncIterator[Chat]:
    worker = Worker(Tally())
    async with chat(tmp_path) as opened:
        opened.clock.at = NOON
        opened.charts = Drawings(worker)
        opened.known = {("guild", "chan"): "general"}
        yield opened
    await worker.close()


async def use(c: Chat, n: int, name: str, amounts: Amounts, at: int) -> None:
    """Let somebody ask something that is charged."""
    author = replace(ADMIN, id=f"{PEOPLE.index(name) + 1}", name=name, admin=False)
    await c.store.beat(WORKER, at, at + DAY_MS)
    await c.store.admit(mention(str(n), author=author), at)
    (turn,) = await c.store.claim(WORKER, at, 1)
    assert isinstance(await c.store.start_step(turn, MODELS[n % 2], amounts, at), Step)
    await c.store.conclude(turn, Conclusion(Outcome.ANSWERED, "yes", charge=amounts), at)
    await c.store.end(turn, Outcome.ANSWERED, at)


async def busy(c: Chat) -> None:
    """Let five people ask on six days."""
    n = 1_000
    for day in range(6):
        for place, name in enumerate(PEOPLE):
            n += 1
            amounts = Amounts(1, 900 * (place + 1), 0, 12_345 * (place + 1))
            await use(c, n, name, amounts, NOON - day * DAY_MS)


async def test_a_place_that_nobody_may_name_is_shown_by_the_short_end_of_its_id(c: Chat) -> None:
    """As people know it from the platform's own links: of a direct message, for one."""
    author = replace(ADMIN, id="1", admin=False)
    where = ThreadRef("discord", "guild", "guild/D0123", "guild/D0123/1")
    await c.store.beat(WORKER, NOON, NOON + DAY_MS)
    await c.store.admit(mention("1", of=where, author=author), NOON)
    (turn,) = await c.store.claim(WORKER, NOON, 1)
    assert isinstance(await c.store.start_step(turn, MODELS[0], Amounts(1, 9), NOON), Step)
    await c.store.conclude(turn, Conclusion(Outcome.ANSWERED, "yes", charge=Amounts(1, 9)), NOON)
    await c.store.end(turn, Outcome.ANSWERED, NOON)
    table = (await c.reply(in_thread("quota report", ADMIN))).text.split("```")[1]
    assert "D0123 " in table
    assert "guild/" not in table and "#D0" not in table


async def test_a_report_is_a_table_a_chart_and_a_file(c: Chat) -> None:
    await busy(c)
    reply = await c.reply(in_thread("quota report", ADMIN))
    assert reply.text.startswith("**Used this month (UTC)**\n30 questions, 30 requests, 81,000")
    assert reply.text.count("```") == 2
    table = reply.text.split("```")[1]
    assert max(map(len, table.splitlines())) <= 38, "a phone shows no more"
    assert "#general" in table
    assert "Zoë ''' @ever…" in table and "Fri 20 Nov" in table
    for column in ("who", "where", "model", "when", "USD"):
        assert column in table
    chart, sheet = reply.files
    assert (chart.name, sheet.name) == ("report.png", "report.csv")
    # Its numbers are in its description too.
    assert "Who: " in chart.description and "Ben $0.15" in chart.description
    assert "When: " in chart.description
    look(chart.content)


def look(png: bytes) -> None:
    """See that a chart shows bars, and words beside them."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    assert picture.width == 1_080 and picture.height > 600
    raw = picture.tobytes()
    bars = sum(blue > 150 and red < 90 for red, blue in zip(raw[::3], raw[2::3], strict=True))
    assert bars > 20_000, "there are no bars"
    labels = picture.crop((40, 110, 330, picture.height)).convert("L")
    assert sum(labels.histogram()[:100]) > 2_000, "there are no labels"


async def test_the_file_has_everything_and_nothing_that_is_executed(c: Chat) -> None:
    await busy(c)
    sheet = (await c.reply(in_thread("quota report", ADMIN))).files[-1]
    rows = list(csv.DictReader(io.StringIO(sheet.content.decode("utf-8-sig"))))
    assert {row["by"] for row in rows} == {"person", "channel", "model", "day", "kind"}
    people = {row["name"]: row for row in rows if row["by"] == "person"}
    assert people[f"'{EVIL}"]["usd"] == "0.22221"
    assert sum(int(row["requests"]) for row in rows if row["by"] == "day") == 30
    for row in rows:
        assert not any(
            str(cell).startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row.values()
        )


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "|", "%", " =", "\u00a0=", "＝"])
def test_a_sign_of_a_formula_does_not_begin_a_cell(sign: str) -> None:
    assert tables.defuse(f"{sign}cmd|'/c calc'!A1").startswith("'")
    assert "\n" not in tables.defuse(f"a\n{sign}b")
    # Where a comma is the decimal sign, a semicolon is what divides cells.
    assert f";{sign}" not in tables.defuse(f"a;{sign}1;")
    assert tables.defuse(f"\x0b\u200b{sign}b").startswith("'")
    assert tables.defuse("a; b") == "a; b"
    assert tables.defuse("Ada-Maria = 5") == "Ada-Maria = 5"


# What begins a formula in Excel, LibreOffice or Google Sheets; what they skip before it; what
# divides cells, or quotes them, in some language's files. Also dynamic data exchange.
SIGNS = "=+-@|%\t\r\n＝＋－＠﹢﹣﹦﹫−⁼⁺⁻"
SKIPPED = " \u00a0\u3000\u200b\ufeff\x00\x0b\x1f\"'`"
PIECES = (*SIGNS, *SKIPPED, *";,a1!()", "cmd|'/c calc'!A1", "DDE(")
words = st.lists(st.sampled_from(PIECES), max_size=9).map("".join)


def is_formula(cell: str) -> bool:
    """Tell whether a spreadsheet may execute a cell, however leniently it reads."""
    bare = cell.lstrip("".join(c for c in SKIPPED if c != "'") + " \t\r\n\x00\x0b\x1f")
    return bare.startswith(tuple(SIGNS))


@settings(max_examples=600, deadline=None)
@given(words, st.sampled_from([",", ";", "\t"]))
def test_no_spreadsheet_executes_a_cell(name: str, divider: str) -> None:
    spender = Spender(name, Amounts(3, 1_234, 2, 5_000_000), 7, name)
    lines = tables.lines_of("person", [spender], {})
    sheet = tables.report_csv(lines).decode("utf-8-sig")
    for row in csv.reader(io.StringIO(sheet, newline=""), delimiter=divider):
        assert not [cell for cell in row if is_formula(cell)], row
    (person,) = csv.DictReader(io.StringIO(sheet, newline=""))
    numbers = {"questions": "7", "requests": "3", "tokens": "1234", "images": "2", "usd": "5.00"}
    assert numbers.items() <= person.items()
    assert "\n" not in person["name"]


@pytest.mark.parametrize(
    "name", ["Ada", "Zoë-Maria", "a; b", "Ann = 5", "O'Neil", "日本語", "a-b@c"]
)
def test_a_name_stays_as_it_is(name: str) -> None:
    assert tables.defuse(name) == name


async def test_what_a_server_has_used_of_a_setting_is_shown(tmp_path: Path) -> None:
    async with chat(tmp_path, LIMITS="server:requests:day=9") as c:
        c.clock.at = NOON
        await use(c, 1, "Ben", Amounts(1, 10, 0, 100), NOON)
        said = await c.say("quota show", ADMIN)
        assert "by the setting LIMITS: 1 used, **8 left**" in said


@pytest.mark.parametrize(
    ("period", "questions"),
    [("day", 5), ("yesterday", 5), ("week", 25), ("last-week", 5), ("month", 30), ("ever", 30)],
)
async def test_a_report_is_of_the_time_that_is_asked_for(
    period: str, questions: int, c: Chat
) -> None:
    await busy(c)
    c.charts = None
    said = await c.say("quota report", ADMIN, period=period)
    assert f"{questions} questions, {questions} requests" in said


async def test_of_a_time_without_questions_there_is_nothing_to_draw(c: Chat) -> None:
    reply = await c.reply(in_thread("quota report", ADMIN, period="last-month"))
    assert quota_report_texts.NOTHING_USED in reply.text
    assert reply.files == ()


async def test_a_chart_that_cannot_be_drawn_costs_only_itself(c: Chat) -> None:
    class Broken:
        async def draw(self, chart: Chart) -> bytes:
            return b""

    await busy(c)
    c.charts = Broken()
    reply = await c.reply(in_thread("quota report", ADMIN))
    assert quota_report_texts.CHART_FAILED in reply.text
    assert [file.name for file in reply.files] == ["report.csv"]


async def test_those_who_run_the_bot_see_what_it_is_billed(c: Chat) -> None:
    await busy(c)
    await c.store.note_credits(Credit("segmind", 4_500_000, NOON))
    said = await c.run(in_thread("quota report", OWNER))
    assert "Whole bot, this month, every attempt counted: at most $1.11, no cap is set" in said
    assert "Credit at Segmind: 4.50" in said
    assert "Credit" not in await c.say("quota report", ADMIN)


async def test_what_went_beyond_is_shown_to_admins(c: Chat) -> None:
    await use(c, 1_000, PEOPLE[0], Amounts(1, 900, 0, 0), NOON)
    assert "beyond" not in await c.say("quota report", ADMIN)
    more = replace(ADMIN, id="1", name=PEOPLE[0], admin=False)
    await c.store.admit(mention("1001", author=more), NOON)
    (turn,) = await c.store.claim(WORKER, NOON, 1)
    await c.store.start_step(turn, MODELS[0], Amounts(1, 900, 0, 0), NOON)
    charge = Amounts(1, 1_100, 0, 0)
    await c.store.conclude(turn, Conclusion(Outcome.ANSWERED, "yes", charge=charge), NOON)
    said = await c.say("quota report", ADMIN)
    line = "Billed beyond what was held back before, which is in it: 200 tokens"
    assert f"{line} (`{MODELS[0].id}`)." in said
    assert "$0.00)" not in said


async def test_of_many_people_the_rest_is_one_bar() -> None:
    many = [tables.Line("person", str(n), f"P{n}", Amounts(1, 5, 0, 10**6), 1) for n in range(20)]
    bars = tables.bars(many, "money")
    assert len(bars) == tables.MOST_BARS + 1
    assert (bars[-1].label, bars[-1].shown) == ("12 others", "$12.00")
    assert bars[-1].together and not any(bar.together for bar in bars[:-1])


def test_many_together_leave_the_others_as_long_as_they_were() -> None:
    """Their bar is of another kind: who used most is read from the rest."""

    def drawn(value: int) -> Image.Image:
        one = {"label": "Ada", "value": 10, "shown": "", "together": False}
        rest = {"label": "9 others", "value": value, "shown": "", "together": True}
        png = charts.draw({"title": "", "panels": [("Who", [one, rest])]})
        return Image.open(io.BytesIO(png)).convert("RGB")

    def width(picture: Image.Image, colour: str) -> int:
        wanted = ImageColor.getrgb(colour)
        columns = range(picture.width)
        return sum(
            any(picture.getpixel((x, y)) == wanted for y in range(120, picture.height))
            for x in columns
        )

    little, much = drawn(5), drawn(1_000)
    assert width(little, charts.COLOUR) == width(much, charts.COLOUR) > 400
    assert width(much, charts.TOGETHER) == pytest.approx(width(much, charts.COLOUR), abs=2)
    assert width(little, charts.TOGETHER) == pytest.approx(width(little, charts.COLOUR) / 2, abs=2)


def test_models_are_told_apart_in_narrow_columns() -> None:
    ids = [f"aimlapi:openai/gpt-5-mini-2025-0{n}-07" for n in (7, 8)]
    ids += ["segmind:gpt-5-mini", "aimlapi:gpt-5-mini", "segmind:gpt-image-1-edit-mini"]
    spenders = [Spender(id, Amounts(1, 5, 0, 9), 1) for id in ids]
    lines = tables.lines_of("model", spenders, tables.model_names(ids))
    rows = tables.table("model", lines, 9).splitlines()[1:]
    assert len({row[: tables.NAME_WIDTH] for row in rows}) == len(ids), rows
    bars = tables.bars(lines, "money")
    assert [bar.label for bar in bars] == [
        *("gpt-5-mini-2025-07-07", "gpt-5-mini-2025-08-07"),
        *("segmind:gpt-5-mini", "aimlapi:gpt-5-mini", "gpt-image-1-edit-mini"),
    ]
    assert [line.label for line in lines] == ids


async def test_whatever_bars_are_they_are_drawn() -> None:
    worker = Worker(Tally())
    try:
        odd = (Bar("日本語 🏴‍☠️", 0, "$0"), Bar("x" * 500, 10**18, "9" * 300), Bar("", 1, ""))
        drawn = await Drawings(worker).draw(Chart("t" * 500, (("p", odd), ("none", ()))))
        assert Image.open(io.BytesIO(drawn)).format == "PNG"
    finally:
        await worker.close()


# --- export --------------------------------------------------------------------------------


def test_names_that_cannot_be_drawn_are_told_apart() -> None:
    """Pillow's own font has Latin letters only; the table has the names, in the same order."""

    def chart(*labels: str) -> bytes:
        bars = [{"label": each, "value": 1, "shown": "$1"} for each in labels]
        return charts.draw({"title": "Used", "panels": [("Who", bars)]})

    assert chart("Анна", "山田", "Émile 😀") == chart("no. 1", "no. 2", "Emile ?")


async def test_x164_the_ledger_is_sent_once_an_hour(c: Chat) -> None:
    await busy(c)
    first = await c.reply(in_thread("quota export", ADMIN))
    assert first.text == "Here is the ledger: 30 entries, as CSV."
    (sheet,) = first.files
    rows = list(csv.DictReader(io.StringIO(sheet.content.decode("utf-8-sig"))))
    assert len(rows) == 30
    assert rows[0]["at"] == "2026-11-20T12:00:00.000+00:00"
    assert {row["name"] for row in rows} >= {"Ada", f"'{EVIL}"}
    assert {row["kind"] for row in rows} == {"settle"}
    for _ in range(20):
        again = await c.reply(in_thread("quota export", ADMIN))
        assert "The ledger is sent once an hour" in again.text and again.files == ()
    c.clock.at += 3_600_000
    assert (await c.reply(in_thread("quota export", ADMIN))).files


@pytest.mark.parametrize(
    ("by", "names"),
    [
        ("channel", ("#1456074443980800007", "#1456074443980800012", "#1456074443980811111")),
        ("channel", ("#T0PLAYGRND1/C00500700PB", "#T0PLAYGRND1/C00500701PB")),
        ("person", ("Alexandra Smithson", "Alexandra Smithers", "Al")),
        ("model", ("gpt-5-mini-2025-08-07", "gpt-5-nano-2025-08-07")),
    ],
)
def test_names_that_are_shortened_do_not_look_alike(by: str, names: tuple[str, ...]) -> None:
    lines = [tables.Line(by, name, name, Amounts(1, 1, 0, 0), 1) for name in names]
    rows = tables.table("where", lines, 9).splitlines()[1:]
    called = [row[: tables.NAME_WIDTH].strip() for row in rows]
    assert len(set(called)) == len(names), called
    assert all(len(row) == len(rows[0]) for row in rows)
    bars = tables.bars([replace(each, name=each.name * 2) for each in lines], "requests")
    assert len({bar.label for bar in bars}) == len(names)


async def test_what_was_used_long_ago_has_no_table_of_days(c: Chat) -> None:
    await busy(c)
    c.clock.at += 60 * 24 * 3_600_000
    said = (await c.reply(in_thread("quota report", ADMIN, period="ever"))).text
    assert "30 questions" in said and "who " in said
    assert "when" not in said
