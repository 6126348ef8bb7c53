-- Statements that remove what is kept for a time only. The ledger stays, and the turns and steps
-- that it hangs on, without a word or a name in them.

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

-- name: purge_deletions(before)!
DELETE FROM deletion
WHERE at < :before;

-- name: find_left(before)
SELECT platform, workspace
FROM workspace
WHERE left_at < :before
ORDER BY left_at
LIMIT 1;

-- name: list_conversations(platform, workspace, most)
SELECT platform, workspace, channel, thread
FROM conversation
WHERE platform = :platform AND workspace = :workspace
LIMIT :most;

-- name: list_turns(platform, workspace, channel, thread)
SELECT DISTINCT turn
FROM message
WHERE platform = :platform AND workspace = :workspace
  AND channel = :channel AND thread = :thread AND turn <> '';

-- name: list_wordless(platform, workspace)
-- Turns that asked nothing have no message.
SELECT id AS turn
FROM turn
WHERE platform = :platform AND workspace = :workspace AND name <> '';

-- name: remove_feedback(turn)!
DELETE FROM feedback WHERE turn = :turn;

-- name: remove_interaction(turn)!
DELETE FROM interaction WHERE turn = :turn;

-- name: remove_parts(turn)!
DELETE FROM part WHERE turn = :turn;

-- name: remove_memos(turn)!
-- What is remembered of a turn: how its messages are divided, what its edit is made of.
DELETE FROM memo WHERE name IN ('division:' || :turn, 'edit:' || :turn);

-- name: erase_turn(turn)!
UPDATE turn SET answer = '', note = '', name = '', roles = '', edit = '' WHERE id = :turn;

-- name: remove_messages(platform, workspace, channel, thread)
DELETE FROM message
WHERE platform = :platform AND workspace = :workspace
  AND channel = :channel AND thread = :thread
RETURNING position;

-- name: remove_conversation(platform, workspace, channel, thread)!
DELETE FROM conversation
WHERE platform = :platform AND workspace = :workspace
  AND channel = :channel AND thread = :thread;

-- name: remove_settings(platform, workspace)!
DELETE FROM setting WHERE platform = :platform AND workspace = :workspace;

-- name: remove_watermarks(platform, workspace)!
DELETE FROM watermark WHERE platform = :platform AND workspace = :workspace;
