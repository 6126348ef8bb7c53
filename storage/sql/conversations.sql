-- Statements about conversations.

-- name: set_place(turn, worker, attempt, platform, workspace, channel, thread, place)
UPDATE conversation
SET place = :place
WHERE platform = :platform AND workspace = :workspace
  AND channel = :channel AND thread = :thread
  AND EXISTS (
      SELECT 1 FROM turn t
      WHERE t.id = :turn AND t.worker = :worker AND t.attempt = :attempt
        AND t.state IN ('running', 'delivering')
  )
RETURNING place;

-- name: history(platform, workspace, channel, thread, position, most)
-- Newest first; the turn's own answer is not part of what it answers to. Its question is, also
-- where it left the history since: what it went on from was asked for anew.
SELECT position, role, name, text, extras
FROM message
WHERE platform = :platform AND workspace = :workspace
  AND channel = :channel AND thread = :thread
  AND position <= :position
  AND position >= (
      SELECT CASE WHEN c.fresh_from < :position THEN c.fresh_from + 1 ELSE :position END
      FROM conversation c
      WHERE c.platform = :platform AND c.workspace = :workspace
        AND c.channel = :channel AND c.thread = :thread
  )
  AND (
      position < :position AND hidden = 0
      OR position = :position AND ordinal = 0 AND erased = 0
  )
ORDER BY position DESC, ordinal DESC
LIMIT :most;

-- name: list_quotes(platform, workspace, channel, thread, first, last)
SELECT position, quote_author, quote_text, quote_source
FROM message
WHERE platform = :platform AND workspace = :workspace
  AND channel = :channel AND thread = :thread AND position BETWEEN :first AND :last
  AND ordinal = 0 AND extras = 1 AND (quote_author <> '' OR quote_text <> '');

-- name: find_heard(platform, workspace, channel, thread, position)
-- A question in somebody else's thread is no proof that the thread was read for it: it may have
-- been refused, or the reading failed. What was said before a fresh start need not be heard.
SELECT MAX(heard) AS heard
FROM (
    SELECT (
        SELECT m.position
        FROM message m
        LEFT JOIN turn t ON t.id = m.turn
        WHERE m.platform = :platform AND m.workspace = :workspace
          AND m.channel = :channel AND m.thread = :thread AND m.position < :position
          AND (m.overheard = 1 OR t.overhears IS NOT 1)
        ORDER BY m.position DESC
        LIMIT 1
    ) AS heard
    UNION ALL
    SELECT fresh_from
    FROM conversation
    WHERE platform = :platform AND workspace = :workspace
      AND channel = :channel AND thread = :thread AND fresh_from < :position
) known;

-- name: find_ours(platform, workspace, place, message)
SELECT turn
FROM part
WHERE platform = :platform AND workspace = :workspace
  AND place = :place AND message = :message;

-- name: touch(platform, workspace, channel, thread, now)!
UPDATE conversation
SET touched_at = :now
WHERE platform = :platform AND workspace = :workspace
  AND channel = :channel AND thread = :thread;

-- name: list_deletions(platform, workspace, place, channel)
-- The message that a thread was started from stands in the thread's channel.
SELECT source
FROM deletion
WHERE platform = :platform AND workspace = :workspace AND place IN (:place, :channel);

-- name: insert_overheard(platform, workspace, channel, thread, position, role, author, name, text, source, place, extras, now)
INSERT INTO message (
    platform, workspace, channel, thread, position, ordinal, role, author, name, text, turn,
    source, place, overheard, extras, created_at
) VALUES (
    :platform, :workspace, :channel, :thread, :position, 0, :role, :author, :name, :text, '',
    :source, :place, 1, :extras, :now
)
ON CONFLICT DO NOTHING
RETURNING position;

-- name: start_afresh(platform, workspace, channel, thread, place, position, now)!
INSERT INTO conversation (
    platform, workspace, channel, thread, place, followed, fresh_from, created_at, touched_at
) VALUES (:platform, :workspace, :channel, :thread, :place, 0, :position, :now, :now)
ON CONFLICT (platform, workspace, channel, thread) DO UPDATE
SET fresh_from = excluded.fresh_from, touched_at = excluded.touched_at
WHERE excluded.fresh_from > conversation.fresh_from;

-- name: follow(platform, workspace, channel, thread, place, followed, now)!
INSERT INTO conversation (
    platform, workspace, channel, thread, place, followed, created_at, touched_at
) VALUES (:platform, :workspace, :channel, :thread, :place, :followed, :now, :now)
ON CONFLICT (platform, workspace, channel, thread) DO UPDATE
SET followed = excluded.followed, touched_at = excluded.touched_at;

-- name: list_followed(platform, workspace, since, most)
-- Where a thread is not opened yet, what it begins with is its place.
SELECT COALESCE(place, thread) AS place
FROM conversation
WHERE platform = :platform AND workspace = :workspace
  AND followed = 1 AND touched_at >= :since
ORDER BY touched_at DESC
LIMIT :most;

-- name: list_sources(platform, workspace, since)
-- Conversations are few beside messages: looking through them needs no index to be kept up.
-- A cross join keeps SQLite to this order: https://www.sqlite.org/optoverview.html#manual_control
-- What a strange thread was started from may stand in its channel: it is not looked for.
-- What a message quotes stands where it stands itself.
SELECT m.place, m.source, m.quote_source
FROM conversation c
CROSS JOIN message m
WHERE c.platform = :platform AND c.workspace = :workspace AND c.touched_at >= :since
  AND m.platform = c.platform AND m.workspace = c.workspace
  AND m.channel = c.channel AND m.thread = c.thread
  AND m.created_at >= :since AND m.source <> '' AND m.erased = 0 AND m.role = 'user'
  AND (m.overheard = 0 OR m.source <> m.thread)
ORDER BY c.touched_at DESC, m.position DESC;

-- name: insert_answer(platform, workspace, channel, thread, position, text, turn, now)!
-- What answers to a question that is erased by now is not kept either, and what answers to one
-- that left the history is no part of it.
INSERT INTO message (
    platform, workspace, channel, thread, position, ordinal, role,
    author, name, text, turn, hidden, created_at
)
SELECT :platform, :workspace, :channel, :thread, CAST(:position AS BIGINT), 1, 'assistant',
       '', '', CAST(:text AS TEXT), :turn,
       COALESCE((
           SELECT m.hidden FROM message m
           WHERE m.platform = :platform AND m.workspace = :workspace AND m.channel = :channel
             AND m.thread = :thread AND m.position = :position AND m.ordinal = 0
       ), 0),
       CAST(:now AS BIGINT)
WHERE NOT EXISTS (
    SELECT 1 FROM message m
    WHERE m.platform = :platform AND m.workspace = :workspace AND m.channel = :channel
      AND m.thread = :thread AND m.position = :position AND m.ordinal = 0 AND m.erased = 1
);
