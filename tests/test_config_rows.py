"""Bad settings as rows of data: each ends with its code, names its setting, shows no value.

Ids are those of the project's table of bad input.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.__main__ import main
from bot.config import MOST_ENV_BYTES, Settings
from storage.lock import ProcessLock
from tests.configured import REAL, ROOT, TOKEN

CANARY = "s3cr3tCanary"


@dataclass(frozen=True)
class Case:
    """One way of a row: what is set, the code that it ends with, and what must be said.

    `env_file` and `files` are written beside; `{}` in a value is the folder of the test.
    With something `beside` it the bot is really started; else its settings are only loaded.
    """

    environ: dict[str, str] = field(default_factory=dict)
    code: int = 78
    says: tuple[str, ...] = ()
    env_file: bytes | None = None
    files: dict[str, bytes] = field(default_factory=dict)
    now: float = 0.0
    beside: Callable[[Path], Iterator[None]] | None = None


def real(**settings: str) -> dict[str, str]:
    """Return settings with which the bot would start, and these."""
    local = {"DISCORD_API_BASE": "http://127.0.0.1:9/api/v10"}
    return {**REAL, **local, "DISCORD_GATEWAY_URL": "ws://127.0.0.1:9", **settings}


# --- generators ----------------------------------------------------------------------------


def no_environment() -> Iterator[Case]:
    off = {"PLAYGROUND": "off"}
    yield Case(off, says=("Set DISCORD_TOKEN (get it: https://", "AIMLAPI_API_KEY"))
    # With nothing at all the playground starts, which needs no account.
    yield Case({}, 0)


def bad_secrets() -> Iterator[Case]:
    whole = {"SLACK_BOT_TOKEN": "xoxb-" + CANARY, "SLACK_APP_TOKEN": "xapp-" + CANARY}
    for name in ("DISCORD_TOKEN", "AIMLAPI_API_KEY", "SEGMIND_API_KEY", *whole):
        value = whole.get(name, TOKEN)
        spoilt = ["", "   ", f"{value}\n", f'"{value}"', f"'{value}'", f"Bearer {value}"]
        for text in [*spoilt, "your-token-here", f"{value}\r\n", f"{value}\x00"]:
            beside = whole if name in whole else {}
            yield Case(real(**{**beside, name: text}), says=(name,))
    swapped = dict(zip(whole, reversed(whole.values()), strict=True))
    yield Case(real(**swapped), says=("(SLACK_APP_TOKEN)", "(SLACK_BOT_TOKEN)"))


def bad_signing_secrets() -> Iterator[Case]:
    for text in ("0" * 31, "0" * 33, "0" * 32 + "\r\n", "g" * 32, "A" * 32):
        slack = {"SLACK_BOT_TOKEN": "xoxb-" + CANARY, "SLACK_SIGNING_SECRET": text}
        yield Case(real(**slack), says=("SLACK_SIGNING_SECRET",))


def no_platform() -> Iterator[Case]:
    for extra in ({}, {"AIMLAPI_API_KEY": CANARY + "1"}):
        yield Case({"PLAYGROUND": "off", **extra}, says=("DISCORD_TOKEN", "SLACK_BOT_TOKEN"))
    bot, app = {"SLACK_BOT_TOKEN": f"xoxb-{CANARY}"}, {"SLACK_APP_TOKEN": f"xapp-{CANARY}"}
    for half, missing in ((bot, "SLACK_APP_TOKEN is"), (app, "SLACK_BOT_TOKEN is")):
        yield Case({"PLAYGROUND": "off", **half}, says=(missing, "No chat backend is set"))


def unknown_models() -> Iterator[Case]:
    # Stricter than the table: a name that no row has is found before the start. A name that
    # only the service does not know is met at run time, by a notice or the fallback.
    for name in ("DEFAULT_MODEL", "FALLBACK_MODEL"):
        for model in ("gpt-4; rm -rf /", "../x", "gpt-5-mini", "gpt-5-mini-" + "x" * 500, "x"):
            yield Case(real(**{name: model}), says=(name,))
    yield Case(real(MODELS="aimlapi:any-name-at-all", DEFAULT_MODEL="any-name-at-all"), 0)


def bad_ports() -> Iterator[Case]:
    for name in ("HTTP_PORT", "PLAYGROUND_PORT"):
        for text in (
            "0",
            "70000",
            "abc",
            "-1",
            "+80",
            " 80",
            "8_0",
            "0x50",
            "٨٠",
            "80.0",
            "9" * 99,
        ):
            yield Case(real(**{name: text}), says=(name, "1 to 65535"))
    yield Case(real(HTTP_PORT="{port}"), 71, ("HTTP_PORT",), beside=taken_port)


def bad_public_urls() -> Iterator[Case]:
    for url in (
        "http://me.example.net",
        "http://192.0.2.1",
        "me.example.net",
        f"https://me:{CANARY}@me.example.net",
        f"https://me.example.net/?key={CANARY}",
        "https://me.example.net/#x",
        "https://bot example.org",
        "ftp://me.example.net",
    ):
        yield Case(real(PUBLIC_URL=url), says=("PUBLIC_URL",))
    for url in ("https://me.example.net/path/", "http://localhost:8081", "https://[2001:db8::1]"):
        yield Case(real(PUBLIC_URL=url), 0)


def bad_data_folders() -> Iterator[Case]:
    yield Case(real(DATA_DIR="{}/file"), says=("DATA_DIR",), files={"file": b""})
    yield Case(real(DATA_DIR="{}/missing/deep"), 0)
    yield Case(real(DATA_DIR="/proc/threadbot"), 73, ("/proc/threadbot",), beside=nothing)
    yield Case(real(DATA_DIR="{}/loop"), 73, ("loop",), beside=looping_link)


def bad_limits() -> Iterator[Case]:
    bad = ("-1", "+5", " 7 ", "1e3", "1_000", "", "0x10", "1,000", "1k", "NaN", "inf", "٥", "−5")
    for name in ("CONTEXT_TOKENS", "SEGMIND_RPM", "SEGMIND_LOW_CREDITS"):
        for text in (*bad, str(10**12 + 1), "9" * 5_000):
            yield Case(real(**{name: text}), says=(name,))
    for name in ("CONTEXT_TOKENS", "SEGMIND_RPM"):
        yield Case(real(**{name: "0"}), says=(name,))
    yield Case(real(SEGMIND_LOW_CREDITS="0"), 0)
    for text in ("0", "-5", "1e6", "9" * 30):
        yield Case(real(MODELS=f"aimlapi:x window={text}"), says=("MODELS",))


def unknown_zones() -> Iterator[Case]:
    for text in (
        "Atlantis",
        "Europe/Atlantis",
        "CEST+",
        "../etc/passwd",
        "/etc/localtime",
        "",
        " UTC",
    ):
        yield Case(real(TIMEZONE=text), says=("TIMEZONE", "Europe/Berlin"))
    yield Case(real(TIMEZONE="Europe/Berlin"), 0)


def debug() -> Iterator[Case]:
    yield Case(real(LOG_LEVEL="DEBUG"), 0, ("DISCORD_TOKEN=***",))


def bad_files() -> Iterator[Case]:
    yield Case({}, env_file=b"a: &a [*a, *a]\n", says=(".env line 1",))
    yield Case({}, env_file=b"HTTP_PORT=1\nHTTP_PORT=2\n", says=("line 2 sets HTTP_PORT again",))
    yield Case({}, env_file=b"HTTP_PROT=1\n", says=("HTTP_PROT", "did you mean HTTP_PORT?"))
    yield Case({}, env_file=b"quotta=1\n", says=("quotta in .env is not a setting",))
    yield Case({}, env_file=b"\xff\xfeH\x00", says=("not UTF-8",))
    yield Case({}, env_file=b"#" * (MOST_ENV_BYTES + 1), says=(f"over {MOST_ENV_BYTES} bytes",))
    yield Case({}, 0, env_file=b"\xef\xbb\xbfHTTP_PORT=9001\r\n\tLOG_LEVEL=info\r\n")


def secrets_in_files() -> Iterator[Case]:
    def case(content: bytes | None, code: int = 78, **more: str) -> Case:
        environ = {name: value for name, value in real(**more).items() if name != "DISCORD_TOKEN"}
        files = {} if content is None else {"token": content}
        says = ("DISCORD_TOKEN_FILE",) if code else ("DISCORD_TOKEN=***  (file)",)
        return Case({**environ, "DISCORD_TOKEN_FILE": "{}/token"}, code, says, files=files)

    token = TOKEN.encode()
    for content in (None, b"", b"\n", b"  \r\n", b"\xff\xfe", b"x" * 70_000):
        yield case(content)
    for content in (token, token + b"\n", token + b"\r\n"):
        yield case(content, 0)
    both = real(DISCORD_TOKEN_FILE="{}/token")
    yield Case(both, says=("are both set",), files={"token": token})
    swapped = {name: value for name, value in real().items() if name != "DISCORD_TOKEN"}
    yield Case({**swapped, "DISCORD_TOKEN_FILE": TOKEN}, says=("DISCORD_TOKEN_FILE",))
    yield Case({**swapped, "DISCORD_TOKEN_FILE": "a\0b"}, says=("DISCORD_TOKEN_FILE",))
    misread = {**swapped, "DISCORD_TOKEN_FILE": "{}/token"}
    yield Case(misread, says=("DISCORD_TOKEN ",), files={"token": b"your-token-here\n"})


def two_values() -> Iterator[Case]:
    # The environment wins; that they differ is logged at the start, without the values.
    file = f"HTTP_PORT=9001\nAIMLAPI_API_KEY={CANARY}9\n".encode()
    yield Case(real(HTTP_PORT="9002"), 0, ("HTTP_PORT=9002  (environment)",), env_file=file)


def bad_admins() -> Iterator[Case]:
    for text in ("alice", "discord:alice", "discord:0", "slack:U061F7AUR", "discord:-1", "@me"):
        yield Case(real(ADMIN_IDS=text), says=("ADMIN_IDS", "ids, not names"))
    yield Case(real(ADMIN_IDS=""), 0)


def proxies() -> Iterator[Case]:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "http_proxy"):
        yield Case(real(**{name: "http://127.0.0.1:1"}), 0)


def old_clocks() -> Iterator[Case]:
    yield Case(real(), 78, ("before 2024",), now=1_700_000_000.0)


def twins() -> Iterator[Case]:
    yield Case(real(DATA_DIR="{}/data", HTTP_PORT="{port}"), 75, beside=held_lock)


ROWS: dict[str, Callable[[], Iterator[Case]]] = {
    "X262": no_environment,
    "X263": bad_secrets,
    "X265": bad_signing_secrets,
    "X266": no_platform,
    "X268": unknown_models,
    "X269": bad_ports,
    "X271": bad_public_urls,
    "X272": bad_data_folders,
    "X274": bad_limits,
    "X275": unknown_zones,
    "X277": debug,
    "X278": bad_files,
    "X280": secrets_in_files,
    "X281": two_values,
    "X283": bad_admins,
    "X284": proxies,
    "X286": old_clocks,
    "X287": twins,
}


# --- what has to be there while a case runs --------------------------------------------------


def nothing(folder: Path) -> Iterator[None]:
    del folder
    yield


def looping_link(folder: Path) -> Iterator[None]:
    (folder / "loop").symlink_to(folder / "loop")
    yield


def taken_port(folder: Path) -> Iterator[None]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        (folder / "port").write_text(str(server.getsockname()[1]))
        yield


def held_lock(folder: Path) -> Iterator[None]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        (folder / "port").write_text(str(free.getsockname()[1]))
    (folder / "data").mkdir()
    lock = ProcessLock(folder / "data" / "threadbot.db.lock")
    yield
    lock.release()


# --- the runner ------------------------------------------------------------------------------

# Items of these lists are named in what is wrong with them; a folder is named where it is.
NAMED = {"ADMIN_IDS", "MODELS", "DATA_DIR", "DEFAULT_MODEL", "FALLBACK_MODEL"}


@pytest.mark.parametrize("id", ROWS)
def test_bad_settings_end_with_their_code_and_show_no_value(
    id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = list(ROWS[id]())
    assert cases
    for n, case in enumerate(cases):
        folder = tmp_path / str(n)
        folder.mkdir()
        code, said = end(case, folder, monkeypatch)
        assert code == case.code, (case, said)
        assert all(words in said for words in case.says), (case, said)
        for name, value in case.environ.items():
            secret = case.code and len(value.strip()) >= 6 and name not in NAMED
            hidden = secret and any(name in words for words in case.says)
            assert not hidden or value.strip() not in said, (case, said)
        assert CANARY not in said, (case, said)
        assert "Traceback" not in said, (case, said)


def end(case: Case, folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[int, str]:
    """Return the code that a case ends with, and all that was printed."""
    if case.env_file is not None:
        (folder / ".env").write_bytes(case.env_file)
    for name, content in case.files.items():
        (folder / name).write_bytes(content)
    with contextmanager(case.beside or nothing)(folder):
        port = folder / "port"
        environ = {
            name: value.replace("{}", str(folder)).replace(
                "{port}", port.read_text() if port.exists() else ""
            )
            for name, value in case.environ.items()
        }
        if case.beside:
            return start(folder, environ)
        with monkeypatch.context() as patch:
            patch.chdir(folder)
            patch.setattr(os, "environ", environ)
            if case.now:
                patch.setattr(Settings, "load", partial(Settings.load, now=lambda: case.now))
            result = CliRunner().invoke(main, ["config", "show"])
        return result.exit_code, result.output


def start(folder: Path, environ: dict[str, str]) -> tuple[int, str]:
    """Start the bot as its own process, which has to end by itself."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", "run"],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_every_row_is_here_once() -> None:
    text = Path(__file__).read_text()
    written = re.findall(r'^    "(X\d+)":', text, re.MULTILINE)
    assert len(written) == len(set(written)) == len(ROWS)
    assert list(ROWS) == sorted(ROWS)
