-- Statements that commit events. Flags are integers, times UTC milliseconds.

-- name: find_conversation(platform, workspace, channel, thread)
SELECT followed
FROM conversation
WHERE platform = :platform AND workspace = :workspace
  AND channel = :channel AND thread = :thread;

-- name: count_open_of(platform, workspace, author, most)
-- How many turns of a person are under way or wait; no further than is asked.
SELECT COUNT(*) AS turns
FROM (
    SELECT 1
    FROM turn
    WHERE platform = :platform AND workspace = :workspace AND author = :author
      AND state <> 'ended'
    LIMIT :most
) asked;

-- name: insert_turn(id, platform, workspace, channel, source, thread, once, kind, position, author, name, opens_thread, answer, note, error, sent_at, now)
-- No row comes back if its source, or its second key, has a turn already.
INSERT INTO turn (
    id, platform, workspace, channel, source, thread, once, kind, position,
    author, name, opens_thread, state, answer, note, error, sent_at, received_at
) VALUES (
    :id, :platform, :workspace, :channel, :source, :thread, :once, :kind, :position,
    :author, :name, :opens_thread, 'admitted', :answer, :note, :error, :sent_at, :now
)
ON CONFLICT DO NOTHING
RETURNING id;

-- name: touch_conversation(platform, workspace, channel, thread, followed, now)!
-- Once followed, always followed.
INSERT INTO conversation (
    platform, workspace, channel, thread, followed, created_at, touched_at
) VALUES (:platform, :workspace, :channel, :thread, :followed, :now, :now)
ON CONFLICT (platform, workspace, channel, thread) DO UPDATE
SET touched_at = excluded.touched_at,
    followed = CASE WHEN excluded.followed = 1 THEN 1 ELSE conversation.followed END;

-- name: insert_prompt(platform, workspace, channel, thread, position, author, name, text, turn, now)!
INSERT INTO message (
    platform, workspace, channel, thread, position, ordinal, role,
    author, name, text, turn, created_at
) VALUES (
    :platform, :workspace, :channel, :thread, :position, 0, 'user',
    :author, :name, :text, :turn, :now
);

-- name: begin_watermark(platform, workspace, channel, position)!
-- Raising marks is the platform's own business: only it knows of what it could not read. But a
-- place of which no list comes with the connection (a direct channel: its workspace has no
-- baseline) is read again only if it has a mark, so its first message begins one.
INSERT INTO watermark (platform, workspace, channel, position)
SELECT :platform, :workspace, :channel, CAST(:position AS BIGINT)
WHERE NOT EXISTS (
    SELECT 1 FROM watermark
    WHERE platform = :platform AND workspace = :workspace AND channel = ''
)
ON CONFLICT (platform, workspace, channel) DO NOTHING;

-- name: insert_interaction(turn, id, application, token, expires_at, place)!
INSERT INTO interaction (turn, id, application, token, expires_at, place)
VALUES (:turn, :id, :application, :token, :expires_at, :place);

-- name: find_source(platform, workspace, channel, source)
-- A message stands in a channel, or in a thread that is a channel of its own.
SELECT id, platform, workspace, channel, thread, position, state
FROM turn
WHERE platform = :platform AND workspace = :workspace AND source = :source
  AND (channel = :channel OR thread = :channel);

-- name: find_once(platform, workspace, once)
SELECT id, platform, workspace, channel, thread, position, state
FROM turn
WHERE platform = :platform AND workspace = :workspace AND once = :once;

-- name: find_turn(id, platform, workspace)
-- A button's turn, looked up within its own workspace only.
SELECT t.id, t.platform, t.workspace, t.channel, t.thread, t.position, t.state, t.outcome,
       t.author, t.opens_thread, t.answer, t.note, t.error,
       m.text AS prompt, m.author AS prompt_author, m.name AS prompt_name,
       m.hidden AS prompt_hidden
FROM turn t
LEFT JOIN message m
    ON m.platform = t.platform AND m.workspace = t.workspace AND m.channel = t.channel
    AND m.thread = t.thread AND m.position = t.position AND m.ordinal = 0
WHERE t.id = :id AND t.platform = :platform AND t.workspace = :workspace;

-- name: erase_messages(platform, workspace, channel, thread, position)!
-- A deleted question is forgotten; its answer stands in the channel and only leaves history.
UPDATE message
SET hidden = 1,
    text = CASE WHEN ordinal = 0 THEN '' ELSE text END
WHERE platform = :platform AND workspace = :workspace AND channel = :channel
  AND thread = :thread AND position = :position;

-- name: hide_prompt(platform, workspace, channel, thread, position)!
UPDATE message
SET hidden = 1
WHERE platform = :platform AND workspace = :workspace AND channel = :channel
  AND thread = :thread AND position = :position AND ordinal = 0;

-- name: request_cancel(turn)
UPDATE turn
SET cancel_requested = 1
WHERE id = :turn AND state <> 'ended'
RETURNING id;

-- name: request_stop(turn)
UPDATE turn
SET stop_requested = 1
WHERE id = :turn AND state IN ('admitted', 'running')
RETURNING id;
