-- Statements about counters and what open reservations took from them. `starts` and `ends` are UTC
-- milliseconds; `metric`, `model` and the like are '' where all count.

-- name: find_counters(platform, workspace, channel, author, now)
-- Every counter that a step of a person counts in, whichever limit or zone it was made for.
SELECT id, platform, workspace, kind, subject, metric, span, model, starts, ends, reserved, spent,
       forgiven, extra, noted
FROM counter
WHERE platform = :platform AND workspace = :workspace AND kind = 'person'
  AND subject = :author AND ends > :now AND starts <= :now
UNION ALL
SELECT id, platform, workspace, kind, subject, metric, span, model, starts, ends, reserved, spent,
       forgiven, extra, noted
FROM counter
WHERE platform = :platform AND workspace = '' AND kind = 'person'
  AND subject = :author AND ends > :now AND starts <= :now
UNION ALL
SELECT id, platform, workspace, kind, subject, metric, span, model, starts, ends, reserved, spent,
       forgiven, extra, noted
FROM counter
WHERE platform = :platform AND workspace = :workspace AND kind = 'channel'
  AND subject = :channel AND ends > :now AND starts <= :now
UNION ALL
SELECT id, platform, workspace, kind, subject, metric, span, model, starts, ends, reserved, spent,
       forgiven, extra, noted
FROM counter
WHERE platform = :platform AND workspace = :workspace AND kind = 'workspace'
  AND subject = '' AND ends > :now AND starts <= :now
UNION ALL
SELECT id, platform, workspace, kind, subject, metric, span, model, starts, ends, reserved, spent,
       forgiven, extra, noted
FROM counter
WHERE platform IN (:platform, '') AND workspace = '' AND kind = 'everything'
  AND subject = '' AND ends > :now AND starts <= :now;

-- name: find_counter(id)
SELECT id, platform, workspace, kind, subject, metric, span, model, starts, ends, reserved, spent,
       forgiven, extra, noted
FROM counter
WHERE id = :id;

-- name: find_cap_counters(now)
SELECT id, reserved, spent
FROM counter
WHERE platform = '' AND workspace = '' AND kind = 'attempts' AND subject = '' AND ends > :now
  AND starts <= :now;

-- name: sum_person(platform, workspace, subject, model, roles, starts, ends)
-- What a person used, and how much of it was reset since. Roles are those that we know of.
SELECT CAST(COALESCE(SUM(u.requests), 0) AS BIGINT) AS requests,
       CAST(COALESCE(SUM(u.tokens), 0) AS BIGINT) AS tokens,
       CAST(COALESCE(SUM(u.images), 0) AS BIGINT) AS images,
       CAST(COALESCE(SUM(u.micros), 0) AS BIGINT) AS money,
       u.pardoned
FROM (
    SELECT l.requests, l.tokens, l.images, l.micros,
           CASE WHEN EXISTS (
               SELECT 1 FROM pardon p
               WHERE p.platform IN (l.platform, '') AND p.workspace IN (l.workspace, '')
                 AND p.n > l.resets
                 AND ((p.kind = 'user' AND p.id = l.author) OR p.kind = 'member'
                      OR (p.kind = 'role' AND :roles LIKE '% ' || p.id || ' %'))
           ) THEN 1 ELSE 0 END AS pardoned
    FROM ledger l
    WHERE l.platform = :platform AND l.author = :subject
      AND l.held_at >= :starts AND l.held_at < :ends
      AND (CAST(:workspace AS TEXT) = '' OR l.workspace = :workspace)
      AND (CAST(:model AS TEXT) = '' OR l.model = :model)
      AND l.kind <> 'release'
) u
GROUP BY u.pardoned;

-- name: sum_place(platform, workspace, kind, subject, model, starts, ends)
SELECT CAST(COALESCE(SUM(u.requests), 0) AS BIGINT) AS requests,
       CAST(COALESCE(SUM(u.tokens), 0) AS BIGINT) AS tokens,
       CAST(COALESCE(SUM(u.images), 0) AS BIGINT) AS images,
       CAST(COALESCE(SUM(u.micros), 0) AS BIGINT) AS money,
       u.pardoned
FROM (
    SELECT l.requests, l.tokens, l.images, l.micros,
           CASE WHEN EXISTS (
               SELECT 1 FROM pardon p
               WHERE p.platform IN (l.platform, '') AND p.workspace IN (l.workspace, '')
                 AND p.n > l.resets AND p.kind = :kind AND p.id IN (CAST(:subject AS TEXT), '')
           ) THEN 1 ELSE 0 END AS pardoned
    FROM ledger l
    WHERE l.platform = :platform AND l.workspace = :workspace
      AND l.held_at >= :starts AND l.held_at < :ends
      AND (CAST(:subject AS TEXT) = '' OR l.channel = :subject)
      AND (CAST(:model AS TEXT) = '' OR l.model = :model)
      AND l.kind <> 'release'
) u
GROUP BY u.pardoned;

-- name: sum_everything(platform, model, starts, ends)
SELECT CAST(COALESCE(SUM(u.requests), 0) AS BIGINT) AS requests,
       CAST(COALESCE(SUM(u.tokens), 0) AS BIGINT) AS tokens,
       CAST(COALESCE(SUM(u.images), 0) AS BIGINT) AS images,
       CAST(COALESCE(SUM(u.micros), 0) AS BIGINT) AS money,
       u.pardoned
FROM (
    SELECT l.requests, l.tokens, l.images, l.micros,
           CASE WHEN EXISTS (
               SELECT 1 FROM pardon p
               WHERE p.platform IN (CAST(:platform AS TEXT), '') AND p.workspace = ''
                 AND p.kind = 'everything' AND p.n > l.resets
           ) THEN 1 ELSE 0 END AS pardoned
    FROM ledger l
    WHERE l.held_at >= :starts AND l.held_at < :ends
      AND (CAST(:platform AS TEXT) = '' OR l.platform = :platform)
      AND (CAST(:model AS TEXT) = '' OR l.model = :model)
      AND l.kind <> 'release'
) u
GROUP BY u.pardoned;

-- name: sum_attempts(starts, ends)
SELECT CAST(COALESCE(SUM(CASE WHEN billed IS NULL THEN held ELSE 0 END), 0) AS BIGINT) AS held,
       CAST(COALESCE(SUM(billed), 0) AS BIGINT) AS billed
FROM attempt
WHERE at >= :starts AND at < :ends;

-- name: sum_open(platform, workspace, channel, author, model, starts, ends)
-- What is reserved at this moment.
SELECT CAST(COALESCE(SUM(r.requests), 0) AS BIGINT) AS requests,
       CAST(COALESCE(SUM(r.tokens), 0) AS BIGINT) AS tokens,
       CAST(COALESCE(SUM(r.images), 0) AS BIGINT) AS images,
       CAST(COALESCE(SUM(r.micros), 0) AS BIGINT) AS money
FROM reservation r
JOIN turn t ON t.id = r.turn
JOIN step s ON s.turn = r.turn AND s.n = r.step
WHERE r.state = 'open' AND r.opened_at >= :starts AND r.opened_at < :ends
  AND (CAST(:platform AS TEXT) = '' OR t.platform = :platform)
  AND (CAST(:workspace AS TEXT) = '' OR t.workspace = :workspace)
  AND (CAST(:channel AS TEXT) = '' OR t.channel = :channel)
  AND (CAST(:author AS TEXT) = '' OR t.author = :author)
  AND (CAST(:model AS TEXT) = '' OR s.model = :model);

-- name: hold_open(counter, metric, platform, workspace, channel, author, model, starts, ends)!
-- A counter that is made while steps are under way is settled with them.
INSERT INTO hold (turn, step, counter, amount, extra)
SELECT r.turn, r.step, CAST(:counter AS TEXT),
       CASE CAST(:metric AS TEXT) WHEN 'requests' THEN r.requests WHEN 'tokens' THEN r.tokens
                                  WHEN 'images' THEN r.images ELSE r.micros END,
       0
FROM reservation r
JOIN turn t ON t.id = r.turn
JOIN step s ON s.turn = r.turn AND s.n = r.step
WHERE r.state = 'open' AND r.opened_at >= :starts AND r.opened_at < :ends
  AND (CAST(:platform AS TEXT) = '' OR t.platform = :platform)
  AND (CAST(:workspace AS TEXT) = '' OR t.workspace = :workspace)
  AND (CAST(:channel AS TEXT) = '' OR t.channel = :channel)
  AND (CAST(:author AS TEXT) = '' OR t.author = :author)
  AND (CAST(:model AS TEXT) = '' OR s.model = :model)
ON CONFLICT (turn, step, counter) DO NOTHING;

-- name: make_counter(id, platform, workspace, kind, subject, metric, span, model, starts, ends, reserved, spent, forgiven)!
INSERT INTO counter (
    id, platform, workspace, kind, subject, metric, span, model, starts, ends, reserved, spent,
    forgiven, extra
) VALUES (
    :id, :platform, :workspace, :kind, :subject, :metric, :span, :model, :starts, :ends,
    :reserved, :spent, :forgiven, 0
)
ON CONFLICT (id) DO NOTHING;

-- name: reserve(id, amount, extra, allowed)
-- No row comes back if that is more than is left.
UPDATE counter
SET reserved = reserved + :amount, extra = extra + :extra
WHERE id = :id AND reserved + spent + :amount <= :allowed + extra + :extra
RETURNING id;

-- name: count_in(id, amount)!
-- What counts where no limit holds it.
UPDATE counter SET reserved = reserved + :amount WHERE id = :id;

-- name: add_hold(turn, step, counter, amount, extra)!
INSERT INTO hold (turn, step, counter, amount, extra)
VALUES (:turn, :step, :counter, :amount, :extra);

-- name: list_holds(turn, step)
SELECT h.counter, h.amount, h.extra, c.metric
FROM hold h
JOIN counter c ON c.id = h.counter
WHERE h.turn = :turn AND h.step = :step
ORDER BY h.counter;

-- name: settle(id, amount, spent, back)!
-- An extra that was not needed goes back first.
UPDATE counter
SET reserved = CASE WHEN reserved > :amount THEN reserved - :amount ELSE 0 END,
    spent = spent + :spent,
    extra = CASE WHEN extra > :back THEN extra - :back ELSE 0 END
WHERE id = :id;

-- name: remove_holds(turn, step)!
DELETE FROM hold WHERE turn = :turn AND step = :step;

-- name: note_use(id)
UPDATE counter SET noted = 1 WHERE id = :id AND noted = 0
RETURNING id;

-- name: purge_counters(before)
-- Older ones the clock will hardly go back to; they would be made again of the ledger.
DELETE FROM counter
WHERE ends < :before AND NOT EXISTS (SELECT 1 FROM hold h WHERE h.counter = counter.id)
RETURNING id;

-- name: add_attempt(turn, step, n, model, held, now)!
INSERT INTO attempt (turn, step, n, model, held, at)
VALUES (:turn, :step, :n, :model, :held, :now)
ON CONFLICT (turn, step, n) DO NOTHING;

-- name: close_attempts(turn, step, billed)
-- Without a figure the most that each can have cost.
UPDATE attempt
SET billed = COALESCE(CAST(:billed AS BIGINT), held)
WHERE turn = :turn AND step = :step AND billed IS NULL
RETURNING n, held, billed, at;

-- name: settle_attempt(at, held, billed)!
UPDATE counter
SET reserved = CASE WHEN reserved > :held THEN reserved - :held ELSE 0 END, spent = spent + :billed
WHERE platform = '' AND workspace = '' AND kind = 'attempts' AND subject = '' AND ends > :at
  AND starts <= :at;

-- name: find_billed(starts)
-- What a month that a cap holds was counted as.
SELECT reserved + spent AS micros
FROM counter
WHERE platform = '' AND workspace = '' AND kind = 'attempts' AND subject = ''
  AND ends > :starts AND starts = :starts AND span = 'month';

-- name: sum_billed(since)
SELECT CAST(COALESCE(SUM(COALESCE(billed, held)), 0) AS BIGINT) AS micros
FROM attempt
WHERE at >= :since;

-- name: purge_attempts(before, most)
DELETE FROM attempt
WHERE (turn, step, n) IN (
    SELECT a.turn, a.step, a.n
    FROM attempt a
    WHERE a.at < :before AND a.billed IS NOT NULL
    ORDER BY a.at
    LIMIT :most
)
RETURNING n;

-- name: find_leaks(before)
-- Reservations whose step is not under way any more, or whose turn is over.
SELECT r.turn, r.step, t.platform, t.workspace, t.channel, t.author,
       COALESCE(s.model, '') AS model, r.opened_at
FROM reservation r
JOIN turn t ON t.id = r.turn
LEFT JOIN step s ON s.turn = r.turn AND s.n = r.step
WHERE r.state = 'open' AND r.opened_at < :before
  AND (s.state IS NULL OR s.state <> 'running' OR t.state NOT IN ('running', 'admitted'));

-- name: find_stray_holds()
-- Of no open reservation: what they hold back is nobody's.
SELECT h.turn, h.step
FROM hold h
WHERE NOT EXISTS (
    SELECT 1 FROM reservation r WHERE r.turn = h.turn AND r.step = h.step AND r.state = 'open'
)
GROUP BY h.turn, h.step;

-- name: list_counters()
SELECT c.id, c.platform, c.workspace, c.kind, c.subject, c.metric, c.span, c.model, c.starts,
       c.ends, c.reserved, c.spent, c.forgiven, c.extra, c.noted,
       CAST(COALESCE((SELECT SUM(h.amount) FROM hold h WHERE h.counter = c.id), 0) AS BIGINT)
           AS held
FROM counter c;

-- name: list_ends()
-- Reservations that did not end exactly once, as their state says.
SELECT r.turn, r.step, r.state, COUNT(l.turn) AS ends
FROM reservation r
LEFT JOIN ledger l ON l.turn = r.turn AND l.step = r.step AND l.kind <> 'overrun'
GROUP BY r.turn, r.step, r.state
HAVING COUNT(l.turn) <> CASE WHEN r.state = 'open' THEN 0 ELSE 1 END;
