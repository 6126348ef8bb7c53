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

-- name: find_followed(platform, workspace, channel, thread)
SELECT followed
FROM conversation
WHERE platform = :platform AND workspace = :workspace
  AND channel = :channel AND thread = :thread AND followed = 1;

-- name: history(platform, workspace, channel, thread, position, most)
-- Newest first; the turn's own answer is not part of what it answers to.
SELECT role, name, text
FROM message
WHERE platform = :platform AND workspace = :workspace
  AND channel = :channel AND thread = :thread
  AND position <= :position AND hidden = 0
  AND (position < :position OR ordinal = 0)
ORDER BY position DESC, ordinal DESC
LIMIT :most;

-- name: insert_answer(platform, workspace, channel, thread, position, text, turn, now)!
INSERT INTO message (
    platform, workspace, channel, thread, position, ordinal, role,
    author, name, text, turn, created_at
) VALUES (
    :platform, :workspace, :channel, :thread, :position, 1, 'assistant',
    '', '', :text, :turn, :now
);
