-- What people take back is found wherever else its words went.

ALTER TABLE message ADD COLUMN quote_source TEXT NOT NULL DEFAULT '';  -- the quoted one's id

CREATE INDEX message_quoted ON message (platform, workspace, quote_source)
    WHERE quote_source <> '';
CREATE INDEX file_message ON file (platform, workspace, message) WHERE message <> '';

-- What was deleted a short while ago, so that what was read just before is not stored after.
CREATE TABLE deletion (
    platform  TEXT NOT NULL,
    workspace TEXT NOT NULL,
    place     TEXT NOT NULL,
    source    TEXT NOT NULL,                 -- empty: the whole place
    at        INTEGER NOT NULL,
    PRIMARY KEY (platform, workspace, place, source)
) STRICT, WITHOUT ROWID;

-- See 0002 for why the shapes are written down.
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('message', 'message_quoted', '50000 50000 10000 2'),
    ('file', 'file_message', '100000 100000 20000 2'),
    ('deletion', 'deletion', '100 100 50 5 1');
ANALYZE sqlite_schema;
