-- What came before a reset, what attempts of a month may be billed, and overruns, by an index.

-- A clock that goes back would put what is used after a reset before it: resets are counted, and
-- an entry has the number of the last one before it. No pardon is ever removed.
ALTER TABLE pardon ADD COLUMN n INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ledger ADD COLUMN resets INTEGER NOT NULL DEFAULT 0;

UPDATE pardon
SET n = 1 + (SELECT COUNT(*) FROM pardon p WHERE p.at < pardon.at);

UPDATE ledger
SET resets = COALESCE((SELECT MAX(p.n) FROM pardon p WHERE p.at < ledger.at), 0)
WHERE at > (SELECT MIN(p.at) FROM pardon p);

CREATE INDEX pardon_n ON pardon (n);

-- Summed without a look at the rows themselves.
DROP INDEX attempt_at;
CREATE INDEX attempt_at ON attempt (at, billed, held);

CREATE INDEX ledger_overrun ON ledger (held_at) WHERE kind = 'overrun';

-- The shapes of what is new: see 0002. An index that is dropped takes its own along.
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('pardon', 'pardon_n', '100 1'),
    ('attempt', 'attempt_at', '500000 1 1 1'),
    ('ledger', 'ledger_overrun', '100 1');
ANALYZE sqlite_schema;
