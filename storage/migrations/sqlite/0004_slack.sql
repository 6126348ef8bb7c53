-- Messages that stand only while an answer grows, and what may have been sent twice.

-- Wider purposes: see 0002.
CREATE TABLE new_part (
    turn       TEXT NOT NULL REFERENCES turn (id),
    purpose    TEXT NOT NULL CHECK (purpose IN ('question', 'answer', 'notice', 'file', 'stop',
                                                'status')),
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
    turn, purpose, idx, state, platform, workspace, place, nonce, message, sending_at, updated_at
)
SELECT turn, purpose, idx, state, platform, workspace, place, nonce, message, sending_at,
       updated_at
FROM part;

DROP TABLE part;
ALTER TABLE new_part RENAME TO part;

CREATE UNIQUE INDEX part_message ON part (platform, workspace, place, message)
    WHERE message IS NOT NULL;

-- The shapes went with the old table.
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('part', 'part', '700000 2 1 1'),
    ('part', 'part_message', '700000 700000 100000 50 1');
ANALYZE sqlite_schema;
