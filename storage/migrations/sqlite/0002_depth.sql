-- Files, quotes, options, overheard threads, settings, feedback, alerts; deletion of anything.

ALTER TABLE conversation ADD COLUMN fresh_from INTEGER NOT NULL DEFAULT -1;  -- history begins after

-- Only a thread that has yet to be opened has no place; any other stands where it is.
UPDATE conversation
SET place = thread
WHERE place IS NULL AND NOT EXISTS (
    SELECT 1 FROM turn t
    WHERE t.platform = conversation.platform AND t.workspace = conversation.workspace
      AND t.channel = conversation.channel AND t.thread = conversation.thread
      AND t.opens_thread = 1
);

-- A question asked by command in a channel has a conversation before it has a thread.
CREATE INDEX conversation_place ON conversation (platform, workspace, place)
    WHERE place IS NOT NULL;

ALTER TABLE message ADD COLUMN source TEXT NOT NULL DEFAULT '';       -- its id, if it has one
ALTER TABLE message ADD COLUMN place TEXT NOT NULL DEFAULT '';        -- where it stands
ALTER TABLE message ADD COLUMN overheard INTEGER NOT NULL DEFAULT 0;  -- read, not said to us
ALTER TABLE message ADD COLUMN erased INTEGER NOT NULL DEFAULT 0;     -- deleted: no text, no files
ALTER TABLE message ADD COLUMN extras INTEGER NOT NULL DEFAULT 0;     -- has files or a quote
ALTER TABLE message ADD COLUMN quote_author TEXT NOT NULL DEFAULT '';
ALTER TABLE message ADD COLUMN quote_text TEXT NOT NULL DEFAULT '';

UPDATE message
SET (source, place) = (
    SELECT t.source, CASE WHEN t.opens_thread = 1 THEN t.channel ELSE t.thread END
    FROM turn t
    WHERE t.id = message.turn
)
WHERE ordinal = 0 AND EXISTS (
    SELECT 1 FROM turn t WHERE t.id = message.turn AND t.kind = 'prompt'
);

UPDATE message SET erased = 1 WHERE ordinal = 0 AND hidden = 1 AND text = '';

-- A question is found by its turn's source; what was only overheard has no turn.
CREATE INDEX message_overheard ON message (platform, workspace, source) WHERE overheard = 1;

CREATE TABLE file (
    platform   TEXT NOT NULL,
    workspace  TEXT NOT NULL,
    channel    TEXT NOT NULL,
    thread     TEXT NOT NULL,
    position   INTEGER NOT NULL,               -- of its message
    n          INTEGER NOT NULL,
    attachment TEXT NOT NULL,                  -- as the platform describes it, from here
    name       TEXT NOT NULL,
    size       INTEGER NOT NULL,
    type       TEXT NOT NULL,
    url        TEXT NOT NULL,
    message    TEXT NOT NULL,
    place      TEXT NOT NULL,
    state      TEXT NOT NULL DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'read', 'declined', 'lost')),
    blob       TEXT NOT NULL DEFAULT '',       -- as it was read, from here
    mime       TEXT NOT NULL DEFAULT '',
    width      INTEGER NOT NULL DEFAULT 0,
    height     INTEGER NOT NULL DEFAULT 0,
    text       TEXT NOT NULL DEFAULT '',
    note       TEXT NOT NULL DEFAULT '',
    excluded   INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (platform, workspace, channel, thread, position, n)
) STRICT, WITHOUT ROWID;

CREATE INDEX file_blob ON file (blob) WHERE blob <> '';

-- Wider kinds: https://www.sqlite.org/lang_altertable.html#otheralter has no other way.
CREATE TABLE new_turn (
    id               TEXT NOT NULL PRIMARY KEY,
    platform         TEXT NOT NULL,
    workspace        TEXT NOT NULL,
    channel          TEXT NOT NULL,
    source           TEXT NOT NULL,          -- message id, interaction id, ...
    thread           TEXT NOT NULL,
    once             TEXT,                   -- second key of a button that costs money
    kind             TEXT NOT NULL CHECK (kind IN ('prompt', 'ask', 'retry', 'continue',
                                                   'regenerate', 'edited')),
    about            TEXT NOT NULL DEFAULT '',  -- the turn that it was made of
    position         INTEGER NOT NULL,
    author           TEXT NOT NULL,
    name             TEXT NOT NULL,
    opens_thread     INTEGER NOT NULL DEFAULT 0,
    overhears        INTEGER NOT NULL DEFAULT 0,
    model            TEXT NOT NULL DEFAULT '',
    effort           TEXT NOT NULL DEFAULT '',
    max_tokens       INTEGER,
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

INSERT INTO new_turn (
    id, platform, workspace, channel, source, thread, once, kind, about, position, author, name,
    opens_thread, state, outcome, worker, attempt, stop_requested, cancel_requested, answer,
    note, error, sent_at, received_at, started_at, concluded_at, ended_at
)
SELECT id, platform, workspace, channel, source, thread, once, kind,
       CASE WHEN once IS NULL THEN '' ELSE substr(once, instr(once, ':') + 1) END,
       position, author, name, opens_thread, state, outcome, worker, attempt, stop_requested,
       cancel_requested, answer, note, error, sent_at, received_at, started_at, concluded_at,
       ended_at
FROM turn;

DROP TABLE turn;
ALTER TABLE new_turn RENAME TO turn;

CREATE UNIQUE INDEX turn_once ON turn (platform, workspace, once) WHERE once IS NOT NULL;
CREATE INDEX turn_open ON turn (platform, workspace, channel, thread, position)
    WHERE state <> 'ended';
-- What a claim looks through: questions that wait, and turns in somebody's hands.
CREATE INDEX turn_waiting ON turn (received_at, position) WHERE state = 'admitted';
CREATE INDEX turn_asked ON turn (platform, workspace, author) WHERE state <> 'ended';
CREATE INDEX turn_held ON turn (worker, received_at, position)
    WHERE state IN ('running', 'delivering');
-- What repeats a question's words goes with it.
CREATE INDEX turn_about ON turn (about) WHERE about <> '';
CREATE INDEX turn_unshown ON turn (ended_at) WHERE outcome = 'undeliverable' AND answer <> '';

CREATE TABLE new_part (
    turn       TEXT NOT NULL REFERENCES turn (id),
    purpose    TEXT NOT NULL CHECK (purpose IN ('question', 'answer', 'notice', 'file')),
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

INSERT INTO new_part (
    turn, purpose, idx, state, platform, workspace, place, nonce, message, sending_at, updated_at
)
SELECT turn, purpose, idx, state, platform, workspace, place, nonce, message, sending_at,
       updated_at
FROM part;

DROP TABLE part;
ALTER TABLE new_part RENAME TO part;

CREATE UNIQUE INDEX part_message ON part (platform, workspace, place, message)
    WHERE message IS NOT NULL;

-- A thread's has all four ids, a channel's no thread, a workspace's no channel either.
CREATE TABLE setting (
    platform  TEXT NOT NULL,
    workspace TEXT NOT NULL,
    channel   TEXT NOT NULL,
    thread    TEXT NOT NULL,
    name      TEXT NOT NULL CHECK (name IN ('model', 'persona', 'mentions')),
    value     TEXT NOT NULL CHECK (value <> ''),
    author    TEXT NOT NULL,
    at        INTEGER NOT NULL,
    PRIMARY KEY (platform, workspace, channel, thread, name),
    CHECK (channel <> '' OR thread = '')
) STRICT, WITHOUT ROWID;

CREATE TABLE memo (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What is said in a place at most once in a while.
CREATE TABLE told (
    platform  TEXT NOT NULL,
    workspace TEXT NOT NULL,
    place     TEXT NOT NULL,
    name      TEXT NOT NULL,
    at        INTEGER NOT NULL,
    PRIMARY KEY (platform, workspace, place, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE feedback (
    turn   TEXT NOT NULL REFERENCES turn (id),
    author TEXT NOT NULL,
    good   INTEGER NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    at     INTEGER NOT NULL,
    PRIMARY KEY (turn, author)
) STRICT, WITHOUT ROWID;

CREATE TABLE credit (
    backend TEXT NOT NULL PRIMARY KEY,
    micros  INTEGER NOT NULL,
    at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE alert (
    name      TEXT NOT NULL PRIMARY KEY,
    text      TEXT NOT NULL,
    raised_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Who has yet to be told of an alert.
CREATE TABLE alert_person (
    alert  TEXT NOT NULL REFERENCES alert (name),
    person TEXT NOT NULL,
    PRIMARY KEY (alert, person)
) STRICT, WITHOUT ROWID;

-- What the bot was removed from, until it is back or its data is purged.
CREATE TABLE workspace (
    platform  TEXT NOT NULL,
    workspace TEXT NOT NULL,
    left_at   INTEGER NOT NULL,
    PRIMARY KEY (platform, workspace)
) STRICT, WITHOUT ROWID;

-- Told nothing, SQLite takes the first columns of a key for selective, and walks a whole
-- workspace instead of using an index. The shapes are known, so they are written down instead
-- of measured: https://www.sqlite.org/lang_analyze.html
ANALYZE sqlite_schema;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('conversation', 'conversation', '100000 100000 20000 1000 1'),
    ('conversation', 'conversation_place', '100000 100000 20000 2'),
    ('message', 'message', '1000000 1000000 200000 10000 50 2 1'),
    ('message', 'message_overheard', '10000 10000 2000 1'),
    ('file', 'file', '100000 100000 20000 1000 20 2 1'),
    ('file', 'file_blob', '50000 2'),
    ('turn', 'turn', '500000 1'),
    ('turn', 'sqlite_autoindex_turn_2', '500000 500000 100000 1 1'),
    ('turn', 'turn_once', '50000 50000 10000 1'),
    ('turn', 'turn_open', '200 200 50 10 2 1'),
    ('turn', 'turn_asked', '200 200 50 2'),
    ('turn', 'turn_waiting', '200 2 1'),
    ('turn', 'turn_held', '100 100 2 1'),
    ('turn', 'turn_about', '50000 1'),
    ('turn', 'turn_unshown', '50 1'),
    ('part', 'part', '700000 2 1 1'),
    ('part', 'part_message', '700000 700000 100000 50 1'),
    ('setting', 'setting', '1000 1000 100 10 5 1'),
    ('feedback', 'feedback', '50000 1 1');
ANALYZE sqlite_schema;
