-- Statements about what people edit and delete.

-- name: find_source(platform, workspace, place, source)
-- The turn of a message: ids may repeat between the places where messages stand. A cross join
-- keeps SQLite to this order: https://www.sqlite.org/optoverview.html#manual_control
SELECT t.id, t.platform, t.workspace, t.channel, t.thread, t.position, t.kind, t.state,
       t.outcome, t.answer, t.edit, t.opens_thread, t.cancel_requested,
       m.text, m.erased, m.hidden
FROM turn t
CROSS JOIN message m
WHERE t.platform = :platform AND t.workspace = :workspace AND t.source = :source
  AND m.platform = t.platform AND m.workspace = t.workspace AND m.channel = t.channel
  AND m.thread = t.thread AND m.position = t.position AND m.ordinal = 0 AND m.turn = t.id
  AND m.place = :place;

-- name: find_overheard(platform, workspace, place, source)
-- The message that a thread was started from stands in the thread's channel.
SELECT platform, workspace, channel, thread, position, text, erased
FROM message
WHERE platform = :platform AND workspace = :workspace AND source = :source
  AND overheard = 1 AND (place = :place OR channel = :place);

-- name: find_about(about)
-- What was made of a turn by a button or an edit.
SELECT id, platform, workspace, channel, thread, position, kind, state, outcome, answer,
       edit, opens_thread, cancel_requested
FROM turn
WHERE about = :about AND about <> '';

-- name: erase_messages(platform, workspace, channel, thread, position)!
-- A deleted question is forgotten; its answer stands in the channel and only leaves history.
UPDATE message
SET hidden = 1,
    text = CASE WHEN ordinal = 0 THEN '' ELSE text END,
    erased = CASE WHEN ordinal = 0 THEN 1 ELSE erased END,
    quote_author = '', quote_text = '', quote_source = '', extras = 0
WHERE platform = :platform AND workspace = :workspace AND channel = :channel
  AND thread = :thread AND position = :position;

-- name: erase_quotes(platform, workspace, place, source)
-- What is replied to stands where the reply does, or is what that thread was started from.
UPDATE message
SET quote_author = '', quote_text = '', quote_source = ''
WHERE platform = :platform AND workspace = :workspace AND quote_source = :source
  AND quote_source <> '' AND (place = :place OR channel = :place)
RETURNING platform, workspace, channel, thread;

-- name: replace_quotes(platform, workspace, place, source, text)
UPDATE message
SET quote_text = :text
WHERE platform = :platform AND workspace = :workspace AND quote_source = :source
  AND quote_source <> '' AND (place = :place OR channel = :place) AND quote_text <> :text
RETURNING platform, workspace, channel, thread;

-- name: replace_text(platform, workspace, channel, thread, position, text)!
UPDATE message
SET text = :text
WHERE platform = :platform AND workspace = :workspace AND channel = :channel
  AND thread = :thread AND position = :position AND ordinal = 0 AND erased = 0;

-- name: remember_deletion(platform, workspace, place, source, now)!
-- What was read of a message before may be about to be stored: a turn's thread, a form's pictures,
-- a reply's quote. Its own event may come later than its deletion.
INSERT INTO deletion (platform, workspace, place, source, at)
VALUES (:platform, :workspace, :place, :source, :now)
ON CONFLICT (platform, workspace, place, source) DO NOTHING;

-- name: remember_end(platform, workspace, place, now)!
-- Without a source the whole place is gone: a turn may be reading a thread of it.
INSERT INTO deletion (platform, workspace, place, source, at)
SELECT CAST(:platform AS TEXT), CAST(:workspace AS TEXT), CAST(:place AS TEXT), '',
       CAST(:now AS BIGINT)
WHERE EXISTS (
    SELECT 1 FROM turn t
    WHERE t.platform = :platform AND t.workspace = :workspace
      AND t.state <> 'ended' AND t.overhears = 1
)
ON CONFLICT (platform, workspace, place, source) DO NOTHING;

-- name: find_deletion(platform, workspace, place, channel, source)
-- The message that a thread was started from stands in the thread's channel.
SELECT at
FROM deletion
WHERE platform = :platform AND workspace = :workspace AND place IN (:place, :channel)
  AND source = :source;

-- name: request_cancel(turn)
UPDATE turn
SET cancel_requested = 1
WHERE id = :turn AND state <> 'ended'
RETURNING id;

-- name: find_placed(platform, workspace, channel)
-- Conversations of a channel, or of a thread by the place where it is.
SELECT platform, workspace, channel, thread
FROM conversation
WHERE platform = :platform AND workspace = :workspace
  AND (channel = :channel OR place = :channel);

-- name: erase_answers(platform, workspace, channel, thread)!
UPDATE turn
SET answer = '', note = ''
WHERE state = 'ended' AND id IN (
    SELECT turn FROM message
    WHERE platform = :platform AND workspace = :workspace
      AND channel = :channel AND thread = :thread
);

-- name: erase_reasons(platform, workspace, channel, thread)!
UPDATE feedback
SET reason = ''
WHERE turn IN (
    SELECT turn FROM message
    WHERE platform = :platform AND workspace = :workspace
      AND channel = :channel AND thread = :thread
);

-- name: erase_conversation(platform, workspace, channel, thread)!
UPDATE message
SET text = '', hidden = 1, erased = 1, quote_author = '', quote_text = '', quote_source = '',
    extras = 0
WHERE platform = :platform AND workspace = :workspace
  AND channel = :channel AND thread = :thread;

-- name: unfollow(platform, workspace, channel, thread)!
UPDATE conversation
SET followed = 0, title = ''
WHERE platform = :platform AND workspace = :workspace
  AND channel = :channel AND thread = :thread;

-- name: cancel_waiting(platform, workspace, channel, thread)!
UPDATE turn
SET cancel_requested = 1
WHERE platform = :platform AND workspace = :workspace
  AND channel = :channel AND thread = :thread
  AND state = 'admitted' AND state <> 'ended';
