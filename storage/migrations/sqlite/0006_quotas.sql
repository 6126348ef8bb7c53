-- Limits, what counts against them, extras, who is blocked or exempt, and who changed what.
-- "Scope" columns are kind (user, role, member, channel, workspace, everything), platform,
-- workspace ('' : wherever) and id (of a person, role or channel, else '').

-- What a reservation took belongs to the period in which it was opened, whenever it is settled.
ALTER TABLE ledger ADD COLUMN held_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ledger ADD COLUMN model TEXT NOT NULL DEFAULT '';

UPDATE ledger
SET held_at = COALESCE((
        SELECT r.opened_at FROM reservation r
        WHERE r.turn = ledger.turn AND r.step = ledger.step
    ), at),
    model = COALESCE((
        SELECT s.model FROM step s WHERE s.turn = ledger.turn AND s.n = ledger.step
    ), '');

CREATE INDEX ledger_author ON ledger (platform, author, held_at);
CREATE INDEX ledger_workspace ON ledger (platform, workspace, held_at);
CREATE INDEX ledger_held ON ledger (held_at);

-- Whether what it cost may stand under its answer.
ALTER TABLE turn ADD COLUMN by_admin INTEGER NOT NULL DEFAULT 0;

-- A person's turns count together, wherever they were asked.
DROP INDEX turn_asked;
CREATE INDEX turn_asked ON turn (platform, author) WHERE state <> 'ended';

-- Limits that were made from chat; those of settings have no row.
CREATE TABLE quota (
    platform  TEXT NOT NULL,
    workspace TEXT NOT NULL,
    kind      TEXT NOT NULL CHECK (kind IN ('user', 'role', 'member', 'channel', 'workspace',
                                            'everything')),
    id        TEXT NOT NULL,
    metric    TEXT NOT NULL CHECK (metric IN ('requests', 'tokens', 'images', 'money')),
    span      TEXT NOT NULL CHECK (span IN ('minute', 'hour', 'day', 'week', 'month', 'ever')),
    model     TEXT NOT NULL,
    amount    INTEGER NOT NULL CHECK (amount >= 0),
    PRIMARY KEY (platform, workspace, kind, id, metric, span, model)
) STRICT, WITHOUT ROWID;

-- What somebody, or a place, has used in a period: a cache of the ledger and of what is reserved,
-- made when a limit first asks for it. Its id is made of all that names it.
CREATE TABLE counter (
    id        TEXT NOT NULL PRIMARY KEY,
    platform  TEXT NOT NULL,
    workspace TEXT NOT NULL,
    kind      TEXT NOT NULL CHECK (kind IN ('person', 'channel', 'workspace', 'everything',
                                            'attempts')),
    subject   TEXT NOT NULL,
    metric    TEXT NOT NULL CHECK (metric IN ('requests', 'tokens', 'images', 'money')),
    span      TEXT NOT NULL CHECK (span IN ('minute', 'hour', 'day', 'week', 'month', 'ever')),
    model     TEXT NOT NULL,
    starts    INTEGER NOT NULL,
    ends      INTEGER NOT NULL,              -- of what never ends: far away
    reserved  INTEGER NOT NULL CHECK (reserved >= 0),
    spent     INTEGER NOT NULL CHECK (spent >= 0),
    forgiven  INTEGER NOT NULL CHECK (forgiven >= 0),  -- used, but reset: counts no more
    extra     INTEGER NOT NULL CHECK (extra >= 0),     -- what grants gave to it
    noted     INTEGER NOT NULL DEFAULT 0,    -- people were told that it is nearly used up
    CHECK (starts < ends)
) STRICT, WITHOUT ROWID;

CREATE INDEX counter_subject ON counter (platform, workspace, kind, subject, ends);
CREATE INDEX counter_ends ON counter (ends);

-- Which counters an open reservation took from: it is settled there, whatever the clock, the
-- zone or the limits do meanwhile.
CREATE TABLE hold (
    turn    TEXT NOT NULL REFERENCES turn (id),
    step    INTEGER NOT NULL,
    counter TEXT NOT NULL,
    amount  INTEGER NOT NULL CHECK (amount >= 0),
    extra   INTEGER NOT NULL CHECK (extra >= 0),
    PRIMARY KEY (turn, step, counter)
) STRICT, WITHOUT ROWID;

CREATE INDEX hold_counter ON hold (counter);

CREATE TABLE extra (
    id         TEXT NOT NULL PRIMARY KEY,
    platform   TEXT NOT NULL,
    workspace  TEXT NOT NULL,
    kind       TEXT NOT NULL,
    subject    TEXT NOT NULL,
    metric     TEXT NOT NULL CHECK (metric IN ('requests', 'tokens', 'images', 'money')),
    amount     INTEGER NOT NULL CHECK (amount > 0),
    used       INTEGER NOT NULL DEFAULT 0,
    ends       INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    CHECK (used >= 0 AND used <= amount)
) STRICT, WITHOUT ROWID;

CREATE INDEX extra_place ON extra (platform, workspace, ends);

-- What an open reservation took from an extra.
CREATE TABLE extra_hold (
    turn   TEXT NOT NULL REFERENCES turn (id),
    step   INTEGER NOT NULL,
    extra  TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0),
    PRIMARY KEY (turn, step, extra)
) STRICT, WITHOUT ROWID;

-- Who asks nothing (blocked), and for whom no limit holds.
CREATE TABLE standing (
    platform  TEXT NOT NULL,
    workspace TEXT NOT NULL,
    kind      TEXT NOT NULL CHECK (kind IN ('user', 'role', 'member', 'channel', 'workspace',
                                            'everything')),
    id        TEXT NOT NULL,
    blocked   INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    author    TEXT NOT NULL,
    PRIMARY KEY (platform, workspace, kind, id)
) STRICT, WITHOUT ROWID;

-- What was used before is forgiven to counters that are made later, too.
CREATE TABLE pardon (
    platform  TEXT NOT NULL,
    workspace TEXT NOT NULL,
    kind      TEXT NOT NULL,
    id        TEXT NOT NULL,
    at        INTEGER NOT NULL,
    PRIMARY KEY (platform, workspace, kind, id)
) STRICT, WITHOUT ROWID;

-- The audit log. `key` names the command that made the change: it makes none a second time.
CREATE TABLE change (
    platform  TEXT NOT NULL,
    workspace TEXT NOT NULL,
    at        INTEGER NOT NULL,
    n         INTEGER NOT NULL,              -- tells those of one moment apart
    key       TEXT,
    actor     TEXT NOT NULL,
    name      TEXT NOT NULL,
    what      TEXT NOT NULL,
    kind      TEXT NOT NULL,
    scope_platform  TEXT NOT NULL,
    scope_workspace TEXT NOT NULL,
    id        TEXT NOT NULL,
    metric    TEXT NOT NULL,
    span      TEXT NOT NULL,
    model     TEXT NOT NULL,
    was       TEXT NOT NULL,
    became    TEXT NOT NULL,
    PRIMARY KEY (platform, workspace, at, n)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX change_key ON change (platform, workspace, key) WHERE key IS NOT NULL;

-- What the bot's own account may have been billed: every request to a service, whatever came of
-- it. Without `billed` it is under way, and counts as the most that it can cost.
CREATE TABLE attempt (
    turn   TEXT NOT NULL REFERENCES turn (id),
    step   INTEGER NOT NULL,
    n      INTEGER NOT NULL,
    model  TEXT NOT NULL,
    held   INTEGER NOT NULL CHECK (held >= 0),
    billed INTEGER CHECK (billed >= 0),
    at     INTEGER NOT NULL,
    PRIMARY KEY (turn, step, n)
) STRICT, WITHOUT ROWID;

CREATE INDEX attempt_at ON attempt (at);

-- Steps that were under way while this was added.
INSERT INTO attempt (turn, step, n, model, held, billed, at)
SELECT s.turn, s.n, s.runs, s.model, COALESCE(r.micros, 0), NULL, s.started_at
FROM step s
LEFT JOIN reservation r ON r.turn = s.turn AND r.step = s.n
WHERE s.state = 'running';

-- The shapes of the new tables: see 0002.
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('ledger', 'ledger', '500000 1 1 1'),
    ('ledger', 'ledger_author', '500000 500000 500 1'),
    ('ledger', 'ledger_workspace', '500000 500000 100000 1'),
    ('ledger', 'ledger_held', '500000 1'),
    ('turn', 'turn_asked', '200 200 2'),
    ('quota', 'quota', '200 200 20 5 2 2 1 1'),
    ('counter', 'counter', '10000 1'),
    ('counter', 'counter_subject', '10000 10000 2000 500 5 1'),
    ('counter', 'counter_ends', '10000 50'),
    ('hold', 'hold', '300 3 3 1'),
    ('hold', 'hold_counter', '300 3'),
    ('extra', 'extra', '200 1'),
    ('extra', 'extra_place', '200 200 20 1'),
    ('extra_hold', 'extra_hold', '20 1 1 1'),
    ('standing', 'standing', '100 100 10 5 1'),
    ('pardon', 'pardon', '100 100 10 5 1'),
    ('change', 'change', '10000 10000 2000 1 1'),
    ('change', 'change_key', '10000 10000 2000 1'),
    ('attempt', 'attempt', '500000 1 1 1'),
    ('attempt', 'attempt_at', '500000 1');
ANALYZE sqlite_schema;
