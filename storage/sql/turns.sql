-- Statements about turns as work. A write names worker and attempt: after a takeover the old
-- owner's touches no row.

-- name: read_turn(turn)
SELECT t.id, t.platform, t.workspace, t.channel, t.thread, t.kind, t.source, t.position,
       t.author, t.name, t.state, t.outcome, t.attempt, t.worker, t.received_at, t.sent_at,
       t.opens_thread, t.answer, t.note, t.error, t.stop_requested, t.cancel_requested,
       c.place, m.text AS prompt,
       i.id AS interaction, i.application, i.token, i.expires_at, i.place AS pressed_at
FROM turn t
LEFT JOIN conversation c
    ON c.platform = t.platform AND c.workspace = t.workspace
    AND c.channel = t.channel AND c.thread = t.thread
LEFT JOIN message m
    ON m.platform = t.platform AND m.workspace = t.workspace AND m.channel = t.channel
    AND m.thread = t.thread AND m.position = t.position AND m.ordinal = 0
LEFT JOIN interaction i ON i.turn = t.id
WHERE t.id = :turn;

-- name: find_claimable(now, most)
-- The head of each thread that no living worker holds; only open turns are looked at. A turn
-- that was begun goes on before an older one that came late: its messages stand already.
SELECT id, attempt
FROM (
    SELECT o.id, o.attempt, o.received_at, o.position,
           COUNT(w.id) OVER thread AS held,
           ROW_NUMBER() OVER (
               thread ORDER BY CASE WHEN o.attempt > 0 THEN 0 ELSE 1 END, o.position
           ) AS place
    FROM turn o
    LEFT JOIN worker w ON w.id = o.worker AND w.alive_until > :now
    WHERE o.state <> 'ended'
    WINDOW thread AS (PARTITION BY o.platform, o.workspace, o.channel, o.thread)
) head
WHERE held = 0 AND place = 1
ORDER BY received_at, position
LIMIT :most;

-- name: claim_turn(turn, attempt, worker, now)
UPDATE turn
SET worker = :worker,
    attempt = attempt + 1,
    state = CASE WHEN state = 'admitted' THEN 'running' ELSE state END,
    started_at = COALESCE(started_at, :now)
WHERE id = :turn AND attempt = :attempt AND state <> 'ended'
RETURNING id;

-- name: doubt_parts(turn, now)!
-- A request that was under way when its worker died may have been done.
UPDATE part
SET state = 'unknown', updated_at = :now
WHERE turn = :turn AND state = 'sending';

-- name: conclude_turn(turn, worker, attempt, outcome, answer, note, error, now)
UPDATE turn
SET state = 'delivering', outcome = :outcome, answer = :answer, note = :note, error = :error,
    concluded_at = :now
WHERE id = :turn AND worker = :worker AND attempt = :attempt AND state = 'running'
RETURNING cancel_requested;

-- name: end_turn(turn, worker, attempt, outcome, now)
-- What was concluded stays so, unless it could not be shown or its question was deleted.
UPDATE turn
SET state = 'ended', outcome = :outcome, ended_at = :now
WHERE id = :turn AND worker = :worker AND attempt = :attempt AND state = 'delivering'
  AND (outcome = :outcome OR :outcome IN ('undeliverable', 'cancelled'))
RETURNING id;

-- name: erase_token(turn)!
UPDATE interaction SET token = '' WHERE turn = :turn;

-- name: count_open()
SELECT state, COUNT(*) AS turns
FROM turn
WHERE state <> 'ended'
GROUP BY state;
