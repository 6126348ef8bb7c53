-- Statements that make turns. Flags are integers, times UTC milliseconds.

-- name: find_conversation(platform, workspace, channel, thread)
SELECT c.channel, c.thread, c.followed,
       (SELECT s.value FROM setting s
        WHERE s.platform = c.platform AND s.workspace = c.workspace AND s.channel = c.channel
          AND s.thread = '' AND s.name = 'mentions') AS mentions
FROM conversation c
WHERE c.platform = :platform AND c.workspace = :workspace
  AND c.channel = :channel AND c.thread = :thread;

-- name: find_placed(platform, workspace, place)
-- A question asked by command has a conversation before it has a thread.
SELECT c.channel, c.thread, c.followed,
       (SELECT s.value FROM setting s
        WHERE s.platform = c.platform AND s.workspace = c.workspace AND s.channel = c.channel
          AND s.thread = '' AND s.name = 'mentions') AS mentions
FROM conversation c
WHERE c.platform = :platform AND c.workspace = :workspace AND c.place = :place
ORDER BY c.followed DESC
LIMIT 1;

-- name: find_replied(platform, workspace, place, message)
-- The conversation of a message of ours, and what that says unless it is what was said last: of
-- any other the model could not tell that it is meant. What answers to a deleted question stays
-- out of the conversation.
SELECT c.channel, c.thread, c.followed, p.purpose, p.turn,
       CASE
           WHEN p.purpose = 'notice' THEN t.note
           WHEN p.purpose IN ('question', 'stop') OR q.erased = 1 THEN ''
           WHEN q.hidden = 0 AND t.position > c.fresh_from AND NOT EXISTS (
               SELECT 1 FROM message m
               WHERE m.platform = t.platform AND m.workspace = t.workspace
                 AND m.channel = t.channel AND m.thread = t.thread
                 AND m.position > t.position AND m.hidden = 0
           ) THEN ''
           ELSE t.answer
       END AS said
FROM part p
JOIN turn t ON t.id = p.turn
JOIN conversation c
    ON c.platform = t.platform AND c.workspace = t.workspace
    AND c.channel = t.channel AND c.thread = t.thread
LEFT JOIN message q
    ON q.platform = t.platform AND q.workspace = t.workspace
    AND q.channel = t.channel AND q.thread = t.thread
    AND q.position = t.position AND q.ordinal = 0
WHERE p.platform = :platform AND p.workspace = :workspace
  AND p.place = :place AND p.message = :message;

-- name: find_mentions(platform, workspace, channel)
SELECT value
FROM setting
WHERE platform = :platform AND workspace = :workspace AND channel = :channel
  AND thread = '' AND name = 'mentions';

-- name: find_told(platform, workspace, place, name, since)
SELECT at
FROM told
WHERE platform = :platform AND workspace = :workspace AND place = :place AND name = :name
  AND at > :since;

-- name: tell(platform, workspace, place, name, now)!
INSERT INTO told (platform, workspace, place, name, at)
VALUES (:platform, :workspace, :place, :name, :now)
ON CONFLICT (platform, workspace, place, name) DO UPDATE
SET at = excluded.at;

-- name: count_open_of(platform, author, most)
-- How many turns of a person are under way or wait, wherever they asked; no further than is asked.
SELECT COUNT(*) AS turns
FROM (
    SELECT 1
    FROM turn
    WHERE platform = :platform AND author = :author AND state <> 'ended'
    LIMIT :most
) asked;

-- name: insert_turn(id, platform, workspace, channel, source, thread, once, kind, about, position, author, name, roles, by_admin, opens_thread, overhears, model, effort, max_tokens, edit, answer, note, error, sent_at, now)
-- No row comes back if its source, or its second key, has a turn already.
INSERT INTO turn (
    id, platform, workspace, channel, source, thread, once, kind, about, position,
    author, name, roles, by_admin, opens_thread, overhears, model, effort, max_tokens, edit,
    state, answer, note, error, sent_at, received_at
) VALUES (
    :id, :platform, :workspace, :channel, :source, :thread, :once, :kind, :about, :position,
    :author, :name, :roles, :by_admin, :opens_thread, :overhears, :model, :effort, :max_tokens, :edit,
    'admitted', :answer, :note, :error, :sent_at, :now
)
ON CONFLICT DO NOTHING
RETURNING id;

-- name: touch_conversation(platform, workspace, channel, thread, place, followed, now)!
-- Followed by a question, it stays so until somebody says otherwise.
INSERT INTO conversation (
    platform, workspace, channel, thread, place, followed, created_at, touched_at
) VALUES (:platform, :workspace, :channel, :thread, :place, :followed, :now, :now)
ON CONFLICT (platform, workspace, channel, thread) DO UPDATE
SET touched_at = excluded.touched_at,
    followed = CASE WHEN excluded.followed = 1 THEN 1 ELSE conversation.followed END;

-- name: insert_prompt(platform, workspace, channel, thread, position, author, name, text, turn, source, place, hidden, extras, quote_author, quote_text, quote_source, now)!
-- A message may have been overheard before its own event came.
INSERT INTO message (
    platform, workspace, channel, thread, position, ordinal, role, author, name, text, turn,
    source, place, hidden, extras, quote_author, quote_text, quote_source, created_at
) VALUES (
    :platform, :workspace, :channel, :thread, :position, 0, 'user', :author, :name, :text, :turn,
    :source, :place, :hidden, :extras, :quote_author, :quote_text, :quote_source, :now
)
ON CONFLICT (platform, workspace, channel, thread, position, ordinal) DO UPDATE
SET text = excluded.text, turn = excluded.turn, source = excluded.source,
    place = excluded.place, overheard = 0, erased = 0, hidden = excluded.hidden,
    extras = excluded.extras, quote_author = excluded.quote_author,
    quote_text = excluded.quote_text, quote_source = excluded.quote_source
WHERE message.overheard = 1;

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
