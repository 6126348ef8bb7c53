-- Statements about workspaces that the bot left, and about what is kept for a time only.

-- name: leave(platform, workspace, now)
INSERT INTO workspace (platform, workspace, left_at)
VALUES (:platform, :workspace, :now)
ON CONFLICT (platform, workspace) DO NOTHING
RETURNING workspace;

-- name: cancel_open(platform, workspace)
UPDATE turn
SET cancel_requested = 1
WHERE platform = :platform AND workspace = :workspace AND state <> 'ended'
  AND cancel_requested = 0
RETURNING id;

-- name: join_again(platform, workspace)
DELETE FROM workspace
WHERE platform = :platform AND workspace = :workspace
RETURNING workspace;

-- name: purge_answers(before)
-- An answer that nobody could be shown, and that nobody asked for again.
UPDATE turn
SET answer = '', note = ''
WHERE outcome = 'undeliverable' AND answer <> '' AND ended_at < :before
RETURNING platform, workspace, channel, thread, position;

-- name: purge_unshown(platform, workspace, channel, thread, position)!
UPDATE message
SET text = '', erased = 1
WHERE platform = :platform AND workspace = :workspace AND channel = :channel
  AND thread = :thread AND position = :position AND ordinal = 1;

-- name: purge_told(before)
DELETE FROM told
WHERE at < :before
RETURNING name;

-- name: list_left(before)
SELECT platform, workspace
FROM workspace
WHERE left_at < :before
ORDER BY platform, workspace;

-- name: purge_feedback(platform, workspace)
DELETE FROM feedback
WHERE turn IN (
    SELECT id FROM turn WHERE platform = :platform AND workspace = :workspace
)
RETURNING turn;

-- name: purge_interactions(platform, workspace)
DELETE FROM interaction
WHERE turn IN (
    SELECT id FROM turn WHERE platform = :platform AND workspace = :workspace
)
RETURNING turn;

-- name: purge_parts(platform, workspace)
DELETE FROM part
WHERE turn IN (
    SELECT id FROM turn WHERE platform = :platform AND workspace = :workspace
)
RETURNING turn;

-- name: purge_files(platform, workspace)
DELETE FROM file
WHERE platform = :platform AND workspace = :workspace
RETURNING n;

-- name: purge_messages(platform, workspace)
DELETE FROM message
WHERE platform = :platform AND workspace = :workspace
RETURNING position;

-- name: purge_conversations(platform, workspace)
DELETE FROM conversation
WHERE platform = :platform AND workspace = :workspace
RETURNING thread;

-- name: purge_settings(platform, workspace)
DELETE FROM setting
WHERE platform = :platform AND workspace = :workspace
RETURNING name;

-- name: purge_watermarks(platform, workspace)
DELETE FROM watermark
WHERE platform = :platform AND workspace = :workspace
RETURNING channel;

-- name: purge_texts(platform, workspace)
-- What the ledger's rows hang on stays, without a word or a name in it.
UPDATE turn
SET answer = '', note = '', name = ''
WHERE platform = :platform AND workspace = :workspace
RETURNING id;
