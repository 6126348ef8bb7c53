-- Pictures of conversations and which came from which, edits, drafts; the roles of who asks.

-- Wider kinds, and what an edit is made of: see 0002.
CREATE TABLE new_turn (
    id               TEXT NOT NULL PRIMARY KEY,
    platform         TEXT NOT NULL,
    workspace        TEXT NOT NULL,
    channel          TEXT NOT NULL,
    source           TEXT NOT NULL,          -- message id, interaction id, ...
    thread           TEXT NOT NULL,
    once             TEXT,                   -- second key of a button that costs money
    kind             TEXT NOT NULL CHECK (kind IN ('prompt', 'ask', 'retry', 'continue',
                                                   'regenerate', 'edited', 'picture')),
    about            TEXT NOT NULL DEFAULT '',  -- the turn that it was made of
    position         INTEGER NOT NULL,
    author           TEXT NOT NULL,
    name             TEXT NOT NULL,
    roles            TEXT NOT NULL DEFAULT '',  -- the author's at that time, between spaces
    opens_thread     INTEGER NOT NULL DEFAULT 0,
    overhears        INTEGER NOT NULL DEFAULT 0,
    model            TEXT NOT NULL DEFAULT '',
    effort           TEXT NOT NULL DEFAULT '',
    max_tokens       INTEGER,
    edit             TEXT NOT NULL DEFAULT '',  -- JSON: it asks for an edited picture
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
    opens_thread, overhears, model, effort, max_tokens, state, outcome, worker, attempt,
    stop_requested, cancel_requested, answer, note, error, sent_at, received_at, started_at,
    concluded_at, ended_at
)
SELECT id, platform, workspace, channel, source, thread, once, kind, about, position, author, name,
       opens_thread, overhears, model, effort, max_tokens, state, outcome, worker, attempt,
       stop_requested, cancel_requested, answer, note, error, sent_at, received_at, started_at,
       concluded_at, ended_at
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
    purpose    TEXT NOT NULL CHECK (purpose IN ('question', 'answer', 'notice', 'file', 'stop',
                                                'status', 'picture')),
    idx        INTEGER NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('planned', 'sending', 'sent', 'unknown')),
    platform   TEXT NOT NULL,
    workspace  TEXT NOT NULL,
    place      TEXT NOT NULL,
    nonce      TEXT NOT NULL,
    message    TEXT,
    again      INTEGER NOT NULL DEFAULT 0,   -- says that it may stand there twice
    sending_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (turn, purpose, idx),
    CHECK ((state = 'sent') = (message IS NOT NULL))
) STRICT, WITHOUT ROWID;

INSERT INTO new_part (
    turn, purpose, idx, state, platform, workspace, place, nonce, message, again, sending_at,
    updated_at
)
SELECT turn, purpose, idx, state, platform, workspace, place, nonce, message, again, sending_at,
       updated_at
FROM part;

DROP TABLE part;
ALTER TABLE new_part RENAME TO part;

CREATE UNIQUE INDEX part_message ON part (platform, workspace, place, message)
    WHERE message IS NOT NULL;

-- The picture that an edit goes on from, if it is still there.
ALTER TABLE conversation ADD COLUMN latest_picture INTEGER;

-- Bytes are kept for a time that begins when they were read.
ALTER TABLE file ADD COLUMN read_at INTEGER NOT NULL DEFAULT 0;

UPDATE file
SET read_at = COALESCE((
    SELECT m.created_at FROM message m
    WHERE m.platform = file.platform AND m.workspace = file.workspace
      AND m.channel = file.channel AND m.thread = file.thread
      AND m.position = file.position AND m.ordinal = 0
), 0)
WHERE blob <> '';

CREATE INDEX file_read ON file (read_at) WHERE blob <> '';

-- Rows stay as long as their conversation, so that numbers have no gap; bytes do not.
CREATE TABLE picture (
    platform   TEXT NOT NULL,
    workspace  TEXT NOT NULL,
    channel    TEXT NOT NULL,
    thread     TEXT NOT NULL,
    number     INTEGER NOT NULL CHECK (number > 0),
    turn       TEXT NOT NULL,                -- brought it or made it; empty: overheard
    made       INTEGER NOT NULL DEFAULT 0,
    blob       TEXT NOT NULL,                -- empty once its bytes are no longer kept
    mime       TEXT NOT NULL,
    width      INTEGER NOT NULL,
    height     INTEGER NOT NULL,
    base       INTEGER,
    inputs     TEXT NOT NULL DEFAULT '[]',   -- JSON: numbers, the base first
    prompt     TEXT NOT NULL DEFAULT '',
    model      TEXT NOT NULL DEFAULT '',
    options    TEXT NOT NULL DEFAULT '{}',   -- JSON
    masked     INTEGER NOT NULL DEFAULT 0,
    author     TEXT NOT NULL,
    name       TEXT NOT NULL,
    created_at INTEGER NOT NULL,             -- of one that was sent again: then
    removed    INTEGER NOT NULL DEFAULT 0,   -- a person took it away
    PRIMARY KEY (platform, workspace, channel, thread, number),
    CHECK (base IS NULL OR (made = 1 AND base < number))
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX picture_made ON picture (turn) WHERE made = 1;
CREATE INDEX picture_blob ON picture (blob) WHERE blob <> '';
CREATE INDEX picture_kept ON picture (created_at) WHERE blob <> '';

-- What people sent before pictures had numbers.
INSERT INTO picture (
    platform, workspace, channel, thread, number, turn, blob, mime, width, height, author, name,
    created_at
)
SELECT f.platform, f.workspace, f.channel, f.thread,
       ROW_NUMBER() OVER (
           PARTITION BY f.platform, f.workspace, f.channel, f.thread ORDER BY f.position, f.n
       ),
       COALESCE(m.turn, ''), f.blob, f.mime, f.width, f.height,
       COALESCE(m.author, ''), COALESCE(m.name, ''), f.read_at
FROM file f
LEFT JOIN message m
    ON m.platform = f.platform AND m.workspace = f.workspace AND m.channel = f.channel
    AND m.thread = f.thread AND m.position = f.position AND m.ordinal = 0
WHERE f.blob <> '' AND NOT EXISTS (
    SELECT 1 FROM file e
    WHERE e.platform = f.platform AND e.workspace = f.workspace AND e.channel = f.channel
      AND e.thread = f.thread AND e.blob = f.blob
      AND (e.position < f.position OR (e.position = f.position AND e.n < f.n))
);

-- Masks that turns name: their bytes are kept as long as those of pictures.
CREATE TABLE mask (
    turn       TEXT NOT NULL PRIMARY KEY REFERENCES turn (id),
    blob       TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX mask_blob ON mask (blob);
CREATE INDEX mask_kept ON mask (created_at);

-- Edits that people have begun to ask for: forms and links of a day or two, so few that they are
-- looked through.
CREATE TABLE draft (
    id           TEXT NOT NULL PRIMARY KEY,
    kind         TEXT NOT NULL CHECK (kind IN ('form', 'paint')),
    platform     TEXT NOT NULL,
    workspace    TEXT NOT NULL,
    channel      TEXT NOT NULL,
    thread       TEXT NOT NULL,
    place        TEXT NOT NULL,
    author       TEXT NOT NULL,
    name         TEXT NOT NULL,
    roles        TEXT NOT NULL,
    moderator    INTEGER NOT NULL,
    admin        INTEGER NOT NULL,
    opens_thread INTEGER NOT NULL,
    edit         TEXT NOT NULL,              -- JSON
    prompt       TEXT NOT NULL,
    attachments  TEXT NOT NULL,              -- JSON
    about        TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    used         TEXT NOT NULL DEFAULT '',   -- the turn that came of it
    tries        INTEGER NOT NULL DEFAULT 0, -- how often a turn was made of it
    revoked      INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- Results that a service may yet have, of turns that have given up waiting.
CREATE TABLE awaited (
    turn       TEXT NOT NULL PRIMARY KEY REFERENCES turn (id),
    platform   TEXT NOT NULL,
    workspace  TEXT NOT NULL,
    model      TEXT NOT NULL,
    request_id TEXT NOT NULL,
    since      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The shapes went with the old tables, and those of the new ones: see 0002.
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
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
    ('file', 'file_read', '50000 2'),
    ('picture', 'picture', '100000 100000 20000 1000 10 1'),
    ('picture', 'picture_made', '50000 1'),
    ('picture', 'picture_blob', '50000 2'),
    ('picture', 'picture_kept', '50000 2'),
    ('mask', 'mask', '1000 1'),
    ('mask', 'mask_blob', '1000 2'),
    ('mask', 'mask_kept', '1000 2'),
    ('draft', 'draft', '100 1'),
    ('awaited', 'awaited', '10 1');
ANALYZE sqlite_schema;
