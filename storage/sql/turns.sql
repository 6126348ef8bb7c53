-- Statements about turns as work. A write names worker and attempt: after a takeover the old
-- owner's touches no row.

-- name: read_turn(turn)
-- Overtaken is what was heard of only when something newer of its thread was being answered:
-- times are milliseconds, in a tie the order in which the two came decides. A cross join keeps
-- SQLite to this order: https://www.sqlite.org/optoverview.html#manual_control
SELECT t.id, t.platform, t.workspace, t.channel, t.thread, t.kind, t.source, t.position,
       t.author, t.name, t.roles, t.by_admin, t.state, t.outcome, t.attempt, t.worker, t.received_at, t.sent_at,
       t.opens_thread, t.about, t.overhears, t.model, t.effort, t.max_tokens, t.edit,
       t.answer, t.note, t.error, t.stop_requested, t.cancel_requested,
       c.place, m.text AS prompt,
       t.kind = 'prompt' AND EXISTS (
           SELECT 1
           FROM message n
           CROSS JOIN turn o
           WHERE n.platform = t.platform AND n.workspace = t.workspace
             AND n.channel = t.channel AND n.thread = t.thread
             AND n.position > t.position AND n.ordinal = 0
             AND o.id = n.turn
             AND (o.started_at < t.received_at
                  OR (o.started_at = t.received_at AND o.received_at < t.received_at))
       ) AS overtaken,
       i.id AS interaction, i.application, i.token, i.expires_at, i.place AS pressed_at
FROM turn t
LEFT JOIN conversation c
    ON c.platform = t.platform AND c.workspace = t.workspace
    AND c.channel = t.channel AND c.thread = t.thread
LEFT JOIN message m
    ON m.platform = t.platform AND m.workspace = t.workspace AND m.channel = t.channel
    AND m.thread = t.thread AND m.position = t.position AND m.ordinal = 0 AND m.turn = t.id
LEFT JOIN interaction i ON i.turn = t.id
WHERE t.id = :turn;

-- name: find_abandoned(worker, now, most)
-- Turns in the hands of the dead. They go on first: their messages stand already. Who asks is
-- alive, whatever its own row says: a step of the wall clock must not make it its own heir.
SELECT t.id, t.attempt
FROM turn t
WHERE t.state IN ('running', 'delivering')
  AND (t.worker IS NULL OR t.worker <> :worker)
  AND NOT EXISTS (
      SELECT 1 FROM worker w WHERE w.id = t.worker AND w.alive_until > :now
  )
ORDER BY t.received_at, t.position
LIMIT :most;

-- name: find_waiting(most, most_of_person)
-- The oldest question of each thread in which nothing has been begun that is not ended, unless
-- its author has enough under way. What is only told why it is no question waits for nothing.
SELECT t.id, t.attempt
FROM turn t
WHERE t.state = 'admitted'
  AND NOT EXISTS (
      SELECT 1 FROM turn o
      WHERE o.platform = t.platform AND o.workspace = t.workspace
        AND o.channel = t.channel AND o.thread = t.thread AND o.state <> 'ended'
        AND o.id <> t.id
        AND (o.state <> 'admitted' OR o.position < t.position
             OR (o.position = t.position AND o.id < t.id))
  )
  AND (t.error <> '' OR (
      SELECT COUNT(*) FROM turn u
      WHERE u.platform = t.platform AND u.author = t.author AND u.state <> 'ended'
        AND u.state = 'running' AND u.error = ''
  ) < :most_of_person)
ORDER BY t.received_at, t.position
LIMIT :most;

-- name: claim_turn(turn, attempt, worker, most_of_person, now)
UPDATE turn
SET worker = :worker,
    attempt = attempt + 1,
    state = CASE WHEN state = 'admitted' THEN 'running' ELSE state END,
    started_at = COALESCE(started_at, :now)
WHERE id = :turn AND attempt = :attempt AND state <> 'ended'
  AND (state <> 'admitted' OR error <> '' OR (
      SELECT COUNT(*) FROM turn u
      WHERE u.platform = turn.platform AND u.author = turn.author AND u.state <> 'ended'
        AND u.state = 'running' AND u.error = ''
  ) < :most_of_person)
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

-- name: hide_answer(platform, workspace, channel, thread, position)!
-- What nobody could see is no part of the conversation.
UPDATE message
SET hidden = 1
WHERE platform = :platform AND workspace = :workspace AND channel = :channel
  AND thread = :thread AND position = :position AND ordinal = 1;

-- name: erase_token(turn)!
UPDATE interaction SET token = '' WHERE turn = :turn;

-- name: count_open()
SELECT state, COUNT(*) AS turns
FROM turn
WHERE state <> 'ended'
GROUP BY state;
