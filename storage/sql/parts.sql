-- Statements about the outbox: one row per visible message.

-- name: list_parts(turn)
SELECT purpose, idx, state, place, message, sending_at, again
FROM part
WHERE turn = :turn
ORDER BY purpose, idx;

-- name: begin_part(turn, worker, attempt, purpose, idx, place, nonce, now)
-- A message may still come to be for a while after it was last sent, so that is the time that
-- counts; a row that was prepared early is sent anew when its message leaves.
INSERT INTO part (
    turn, purpose, idx, state, platform, workspace, place, nonce, sending_at, updated_at
)
SELECT t.id, CAST(:purpose AS TEXT), CAST(:idx AS BIGINT), 'sending', t.platform, t.workspace,
       CAST(:place AS TEXT), CAST(:nonce AS TEXT), CAST(:now AS BIGINT), CAST(:now AS BIGINT)
FROM turn t
WHERE t.id = :turn AND t.worker = :worker AND t.attempt = :attempt
  AND t.state IN ('running', 'delivering')
ON CONFLICT (turn, purpose, idx) DO UPDATE
SET state = 'sending', place = excluded.place, nonce = excluded.nonce,
    sending_at = excluded.sending_at, updated_at = excluded.updated_at
WHERE part.state IN ('planned', 'unknown', 'sending')
RETURNING idx;

-- name: mark_part(turn, worker, attempt, purpose, idx, state, message, again, now)
-- What was sent stays sent; a message that is gone is dropped, not marked. What may stand there
-- twice stays known.
UPDATE part
SET state = :state, message = :message, updated_at = :now,
    again = CASE WHEN again = 1 THEN 1 ELSE CAST(:again AS BIGINT) END
WHERE turn = :turn AND purpose = :purpose AND idx = :idx
  AND (state <> 'sent' OR :state = 'sent')
  AND EXISTS (
      SELECT 1 FROM turn t
      WHERE t.id = :turn AND t.worker = :worker AND t.attempt = :attempt
        AND t.state IN ('running', 'delivering')
  )
RETURNING idx;

-- name: find_owned(turn, worker, attempt)
SELECT id
FROM turn
WHERE id = :turn AND worker = :worker AND attempt = :attempt
  AND state IN ('running', 'delivering');

-- name: drop_part(turn, worker, attempt, purpose, idx)
DELETE FROM part
WHERE turn = :turn AND purpose = :purpose AND idx = :idx
  AND EXISTS (
      SELECT 1 FROM turn t
      WHERE t.id = :turn AND t.worker = :worker AND t.attempt = :attempt
        AND t.state IN ('running', 'delivering')
  )
RETURNING idx;

-- name: find_overtaking(turn, platform, workspace, place, received_at)
SELECT turn
FROM part
WHERE platform = :platform AND workspace = :workspace AND place = :place
  AND message IS NOT NULL AND turn <> :turn AND updated_at >= :received_at
LIMIT 1;

-- name: known_messages(platform, workspace, place)
SELECT message
FROM part
WHERE platform = :platform AND workspace = :workspace AND place = :place
  AND message IS NOT NULL;
