"""The table of commands: what platforms take, and that nothing is outside of the checks."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from bot import commands
from bot.commands import quota_change_texts, quota_form_texts, quota_texts, table, texts
from bot.commands.arguments import Unusable
from bot.commands.rights import Denied, Request, authorise
from bot.commands.table import ROWS, Row
from bot.ports import CommandCall, Level, Option, OptionKind
from tests.commanded import ADMIN, ANN, OWNER, in_channel, in_direct, in_thread

NAMES = [row.command.name for row in ROWS]
FOLDER = Path(commands.__file__).parent


def row(name: str) -> Row:
    return next(each for each in ROWS if each.command.name == name)


def test_the_commands_are_those_of_the_product() -> None:
    single = ("ask", "edit-image", "new", "model", "persona", "settings", "usage", "status", "help")
    words = ("show", "set", "unset", "grant", "reset", "block", "unblock", "exempt", "report")
    assert {*NAMES} == {*single, *(f"quota {word}" for word in (*words, "export", "audit"))}
    assert len(NAMES) == len(single) + len(words) + 2
    assert all(row.command.admin == bool(row.command.group) for row in ROWS)


@pytest.mark.parametrize("name", NAMES)
def test_a_row_is_within_what_platforms_take(name: str) -> None:
    # https://docs.discord.com/developers/interactions/application-commands
    command = row(name).command
    assert re.fullmatch(r"[a-z][a-z-]{0,31}( [a-z]{1,32})?", command.name)
    assert 1 <= len(command.description) <= 100
    assert len(command.options) <= 25
    required = [option.required for option in command.options]
    assert required == sorted(required, reverse=True)
    assert len({option.name for option in command.options}) == len(command.options)
    for option in command.options:
        assert re.fullmatch(r"[a-z][a-z_0-9]{0,31}", option.name)
        assert 1 <= len(option.description) <= 100
        assert len(option.choices) <= 25
        assert not (option.choices and option.completes)
        assert all(1 <= len(text) <= 100 for choice in option.choices for text in choice)
        if option.kind in (OptionKind.TEXT, OptionKind.AMOUNT) and not option.choices:
            assert option.most is not None
            assert option.most <= 6_000


@pytest.mark.parametrize("name", NAMES)
def test_what_asks_runs_nothing_here_and_what_completes_has_a_list(name: str) -> None:
    each = row(name)
    assert (each.run is None) == (each.command.asks or each.command.opens)
    completing = {option.name for option in each.command.options if option.completes}
    assert set(each.completions) == completing


def test_every_setting_of_many_needs_an_admin_and_every_option_is_judged() -> None:
    """Try every way to give options; what would change channel or server is an admin's."""
    tried: dict[OptionKind, tuple[str | int | bool, ...]] = {
        OptionKind.TEXT: ("x",),
        OptionKind.BOOLEAN: (True, False),
        OptionKind.INTEGER: (16,),
        OptionKind.FILE: ("file",),
        OptionKind.USER: ("111",),
        OptionKind.ROLE: ("111",),
        OptionKind.CHANNEL: ("here",),
        OptionKind.AMOUNT: ("$5",),
    }

    def values(option: Option) -> tuple[str | int | bool, ...]:
        return tuple(value for _, value in option.choices) or tried[option.kind]

    judged: set[tuple[str, str]] = set()
    for each in ROWS:
        for option in each.command.options:
            for value in values(option):
                for level in Level:
                    given = {option.name: value, "for": level.value}
                    if option.name == "for" or "for" not in {o.name for o in each.command.options}:
                        given = {option.name: value}
                    call = in_thread(each.command.name)
                    changes = each.changes(Request(call, given))
                    judged.add((each.command.name, ",".join(sorted(changes))))
                    many = changes - {Level.THREAD}
                    for who in (ANN, ADMIN, OWNER):
                        request = Request(in_thread(each.command.name, who), given)
                        owners = frozenset({f"discord:{OWNER.id}"})
                        if many and who is ANN:
                            with pytest.raises(Denied):
                                authorise(request, changes, owners)
                        else:
                            assert authorise(request, changes, owners).admin == (who is not ANN)
    assert judged == {
        ("ask", ""),
        ("edit-image", ""),
        ("model", ""),
        ("model", "channel"),
        ("model", "server"),
        ("model", "thread"),
        ("persona", ""),
        ("settings", ""),
        ("persona", "channel"),
        ("persona", "server"),
        ("persona", "thread"),
        ("settings", "channel"),
        ("settings", "thread"),
        *((each.command.name, "") for each in ROWS if each.command.group and each.command.options),
    }


@pytest.mark.parametrize("place", [in_thread, in_channel])
def test_whoever_may_not_is_told_a_step_that_the_command_has(
    place: Callable[..., CommandCall],
) -> None:
    for each in ROWS:
        for level in (Level.CHANNEL, Level.SERVER):
            with pytest.raises(Denied) as denied:
                authorise(
                    Request(place(each.command.name, ANN), {}), frozenset({level}), frozenset()
                )
            has_threads = "for" in {option.name for option in each.command.options}
            step = str(denied.value).partition(texts.NOTHING_DONE)[2]
            assert ("for this thread" in step or "In a thread" in step) == has_threads
            assert has_threads or step == " Ask one of them to change it."


def test_an_id_of_admins_counts_on_its_own_platform_only() -> None:
    request = Request(in_thread("model", ANN), {})
    assert not authorise(request, frozenset(), frozenset({f"slack:{ANN.id}", ANN.id})).admin
    assert authorise(request, frozenset(), frozenset({f"discord:{ANN.id}"})).admin


@pytest.mark.parametrize("level", [Level.CHANNEL, Level.SERVER])
def test_nobody_sets_anything_for_all_direct_messages(level: Level) -> None:
    for who in (ANN, ADMIN, OWNER):
        with pytest.raises(Denied, match="without `for` hold for this conversation"):
            authorise(
                Request(in_direct("model", who), {}),
                frozenset({level}),
                frozenset({f"discord:{OWNER.id}"}),
            )


def test_in_a_channel_there_is_no_thread_to_set_anything_for() -> None:
    with pytest.raises(Denied, match="in a thread only"):
        authorise(Request(in_channel("model", ADMIN), {}), frozenset({Level.THREAD}), frozenset())


def test_both_a_value_and_its_reset_is_neither() -> None:
    for name, option in (("model", "model"), ("persona", "text")):
        given: dict[str, str | int | bool] = {option: "x", "reset": True}
        with pytest.raises(Unusable, match="not both"):
            row(name).changes(Request(in_thread(name), given))


def test_only_the_dispatcher_grants() -> None:
    """The right to run is made in one place, so that no handler is reached without it."""
    granting = [
        f"{path.name}:{node.lineno}"
        for path in sorted(FOLDER.glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("Grant", "authorise")
    ]
    assert [place.split(":")[0] for place in granting] == ["dispatcher.py", "rights.py"]


def test_texts_stand_in_files_of_texts() -> None:
    """Sentences elsewhere would escape a translation."""
    for path in FOLDER.glob("*.py"):
        tree = ast.parse(path.read_text())
        documents = {
            node.body[0].value
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        logged = {
            argument
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("log.")
            for argument in node.args
        }
        said = [
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and node not in documents | logged
            and " " in node.value.strip()
        ]
        assert path.name.endswith("texts.py") or said == [], (path.name, said)


def test_every_text_is_used() -> None:
    source = "".join(path.read_text() for path in FOLDER.glob("*.py"))
    modules = (texts, quota_texts, quota_change_texts, quota_form_texts)
    names = [name for module in modules for name in vars(module) if name.isupper()]
    assert [name for name in names if len(re.findall(rf"\b{name}\b", source)) < 2] == []
    assert table.MOST_PROMPT == 6_000
