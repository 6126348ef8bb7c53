-- Turns, steps, reservations, ledger, outbox, conversations, workers, watermarks.
-- Ids are TEXT, times UTC milliseconds, amounts integers; keys start with (platform, workspace)
-- except where a row hangs on a turn, whose id already is a hash of its whole key.

CREATE TABLE conversation (
    platform   TEXT NOT NULL,
    workspace  TEXT NOT NULL,
    channel    TEXT NOT NULL,
    thread     TEXT NOT NULL,
    place      TEXT,                         -- where our messages go; NULL until opened
    followed   INTEGER NOT NULL DEFAULT 1,   -- answers follow-ups without a mention
    title      TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL,
    touched_at INTEGER NOT NULL,
    PRIMARY KEY (platform, workspace, channel, thread)
) STRICT, WITHOUT ROWID;

-- A message not yet answered and its answer share a position; ordinal 0 asks, 1 answers.
CREATE TABLE message (
    platform   TEXT NOT NULL,
    workspace  TEXT NOT NULL,
    channel    TEXT NOT NULL,
    thread     TEXT NOT NULL,
    position   INTEGER NOT NULL,
    ordinal    INTEGER NOT NULL,
    role       TEXT NOT NULL CHECK (role IN ('user', 'assistant')),
    author     TEXT NOT NULL,
    name       TEXT NOT NULL,
    text       TEXT NOT NULL,
    turn       TEXT NOT NULL,
    hidden     INTEGER NOT NULL DEFAULT 0,   -- left the history (retried, regenerated, deleted)
    created_at INTEGER NOT NULL,
    PRIMARY KEY (platform, workspace, channel, thread, position, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE worker (
    id          TEXT NOT NULL PRIMARY KEY,
    started_at  INTEGER NOT NULL,
    alive_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE turn (
    id               TEXT NOT NULL PRIMARY KEY,
    platform         TEXT NOT NULL,
    workspace        TEXT NOT NULL,
    channel          TEXT NOT NULL,
    source           TEXT NOT NULL,          -- message id, interaction id, ...
    thread           TEXT NOT NULL,
    once             TEXT,                   -- second key of a button that costs money
    kind             TEXT NOT NULL CHECK (kind IN ('prompt', 'retry', 'continue')),
    position         INTEGER NOT NULL,
    author           TEXT NOT NULL,
    name             TEXT NOT NULL,
    opens_thread     INTEGER NOT NULL DEFAULT 0,
    state            TEXT NOT NULL CHECK (state IN ('admitted', 'running', 'delivering', 'ended')),
    outcome          TEXT CHECK (outcome IN ('answered', 'stopped', 'failed', 'refused',
                                             'cancelled', 'undeliverable')),
    worker           TEXT,
    attempt          INTEGER NOT NULL DEFAULT 0,
    stop_requested   INTEGER NOT NULL DEFAULT 0,
    cancel_requested INTEGER NOT NULL DEFAULT 0,
    answer           TEXT NOT NULL DEFAULT '',
    note             TEXT NOT NULL DEFAULT '',
    error            TEXT NOT NULL DEFAULT '',
    sent_at          INTEGER NOT NULL,
    received_at      INTEGER NOT NULL,
    started_at       INTEGER,
    concluded_at     INTEGER,
    ended_at         INTEGER,
    UNIQUE (platform, workspace, source, channel),  -- deletions look for a source
    CHECK ((state IN ('delivering', 'ended')) = (outcome IS NOT NULL)),
    CHECK ((state = 'ended') = (ended_at IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX turn_once ON turn (platform, workspace, once) WHERE once IS NOT NULL;
CREATE INDEX turn_open ON turn (platform, workspace, channel, thread, position)
    WHERE state <> 'ended';
-- What a claim looks through: questions that wait, and turns in somebody's hands.
CREATE INDEX turn_waiting ON turn (received_at, position) WHERE state = 'admitted';
CREATE INDEX turn_asked ON turn (platform, workspace, author) WHERE state <> 'ended';
CREATE INDEX turn_held ON turn (worker, received_at, position)
    WHERE state IN ('running', 'delivering');

CREATE TABLE interaction (
    turn        TEXT NOT NULL PRIMARY KEY REFERENCES turn (id),
    id          TEXT NOT NULL,
    application TEXT NOT NULL,
    token       TEXT NOT NULL,               -- a secret; erased when the turn ends
    expires_at  INTEGER NOT NULL,
    place       TEXT NOT NULL                -- where it was pressed, so where its placeholder is
) STRICT, WITHOUT ROWID;

CREATE TABLE step (
    turn              TEXT NOT NULL REFERENCES turn (id),
    n                 INTEGER NOT NULL,
    kind              TEXT NOT NULL CHECK (kind IN ('chat', 'image')),
    model             TEXT NOT NULL,         -- backend:model
    state             TEXT NOT NULL CHECK (state IN ('running', 'stored', 'failed')),
    runs              INTEGER NOT NULL DEFAULT 1,
    request_id        TEXT,
    finish            TEXT NOT NULL DEFAULT '',
    error             TEXT NOT NULL DEFAULT '',
    prompt_tokens     INTEGER,
    completion_tokens INTEGER,
    reasoning_tokens  INTEGER,
    cost_micros       INTEGER,
    estimated         INTEGER NOT NULL DEFAULT 0,
    started_at        INTEGER NOT NULL,
    ended_at          INTEGER,
    PRIMARY KEY (turn, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE reservation (
    turn      TEXT NOT NULL REFERENCES turn (id),
    step      INTEGER NOT NULL,
    state     TEXT NOT NULL CHECK (state IN ('open', 'settled', 'released')),
    requests  INTEGER NOT NULL CHECK (requests >= 0),
    tokens    INTEGER NOT NULL CHECK (tokens >= 0),
    images    INTEGER NOT NULL CHECK (images >= 0),
    micros    INTEGER NOT NULL CHECK (micros >= 0),
    opened_at INTEGER NOT NULL,
    closed_at INTEGER,
    PRIMARY KEY (turn, step),
    CHECK ((state = 'open') = (closed_at IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX reservation_open ON reservation (opened_at) WHERE state = 'open';

-- Append-only. One settle or release per reservation, and at most one overrun.
CREATE TABLE ledger (
    turn      TEXT NOT NULL REFERENCES turn (id),
    step      INTEGER NOT NULL,
    kind      TEXT NOT NULL CHECK (kind IN ('settle', 'release', 'overrun')),
    platform  TEXT NOT NULL,
    workspace TEXT NOT NULL,
    channel   TEXT NOT NULL,
    author    TEXT NOT NULL,
    requests  INTEGER NOT NULL CHECK (requests >= 0),
    tokens    INTEGER NOT NULL CHECK (tokens >= 0),
    images    INTEGER NOT NULL CHECK (images >= 0),
    micros    INTEGER NOT NULL CHECK (micros >= 0),
    at        INTEGER NOT NULL,
    PRIMARY KEY (turn, step, kind)
) STRICT, WITHOUT ROWID;

-- The outbox: one row per visible message.
CREATE TABLE part (
    turn       TEXT NOT NULL REFERENCES turn (id),
    purpose    TEXT NOT NULL CHECK (purpose IN ('answer', 'notice', 'file')),
    idx        INTEGER NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('planned', 'sending', 'sent', 'unknown')),
    platform   TEXT NOT NULL,
    workspace  TEXT NOT NULL,
    place      TEXT NOT NULL,
    nonce      TEXT NOT NULL,
    message    TEXT,
    sending_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (turn, purpose, idx),
    CHECK ((state = 'sent') = (message IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX part_message ON part (platform, workspace, place, message)
    WHERE message IS NOT NULL;

CREATE TABLE watermark (
    platform  TEXT NOT NULL,
    workspace TEXT NOT NULL,
    channel   TEXT NOT NULL,
    position  INTEGER NOT NULL,
    PRIMARY KEY (platform, workspace, channel)
) STRICT, WITHOUT ROWID;
