-- Statements about buttons of ours, and what people say by them.

-- name: find_turn(id, platform, workspace)
-- A button's turn, looked up within its own workspace only.
SELECT t.id, t.platform, t.workspace, t.channel, t.thread, t.position, t.state, t.outcome,
       t.kind, t.author, t.name, t.roles, t.opens_thread, t.overhears, t.model, t.effort,
       t.max_tokens, t.edit, t.answer, t.note, t.error,
       m.text AS prompt, m.author AS prompt_author, m.name AS prompt_name,
       m.hidden AS prompt_hidden, m.source AS prompt_source, m.place AS prompt_place,
       m.extras, m.quote_author, m.quote_text, m.quote_source
FROM turn t
LEFT JOIN message m
    ON m.platform = t.platform AND m.workspace = t.workspace AND m.channel = t.channel
    AND m.thread = t.thread AND m.position = t.position AND m.ordinal = 0 AND m.turn = t.id
WHERE t.id = :id AND t.platform = :platform AND t.workspace = :workspace;

-- name: find_once(platform, workspace, once)
SELECT id
FROM turn
WHERE platform = :platform AND workspace = :workspace AND once = :once;

-- name: hide_messages(platform, workspace, channel, thread, position)!
UPDATE message
SET hidden = 1
WHERE platform = :platform AND workspace = :workspace AND channel = :channel
  AND thread = :thread AND position = :position;

-- name: request_stop(turn)
UPDATE turn
SET stop_requested = 1
WHERE id = :turn AND state IN ('admitted', 'running')
RETURNING id;

-- name: find_writer(platform, workspace, place, message)
-- Whose turn a message of ours shows.
SELECT turn
FROM part
WHERE platform = :platform AND workspace = :workspace AND place = :place AND message = :message;

-- name: find_running(platform, workspace, channel, thread, position)
-- What was being written, or shown, in a thread at a position; else what was the next to be.
SELECT id
FROM turn
WHERE platform = :platform AND workspace = :workspace AND channel = :channel
  AND thread = :thread AND state <> 'ended' AND position < :position
ORDER BY CASE WHEN state = 'admitted' THEN 1 ELSE 0 END, position, id
LIMIT 1;

-- name: judge(turn, author, good, now)!
-- A reason was given for one judgement, not for its opposite.
INSERT INTO feedback (turn, author, good, at)
VALUES (:turn, :author, :good, :now)
ON CONFLICT (turn, author) DO UPDATE
SET good = excluded.good, at = excluded.at,
    reason = CASE WHEN feedback.good = excluded.good THEN feedback.reason ELSE '' END;

-- name: give_reason(turn, author, reason, now)!
INSERT INTO feedback (turn, author, good, reason, at)
VALUES (:turn, :author, 0, :reason, :now)
ON CONFLICT (turn, author) DO UPDATE
SET good = 0, reason = excluded.reason, at = excluded.at;
