-- Statements about pictures of conversations, their bytes, and masks.

-- name: list_pictures(platform, workspace, channel, thread, most)
-- Newest first.
SELECT number, turn, blob, mime, width, height, made, base, inputs, prompt, model, options,
       masked, author, name, created_at, removed
FROM picture
WHERE platform = :platform AND workspace = :workspace
  AND channel = :channel AND thread = :thread
ORDER BY number DESC
LIMIT :most;

-- name: find_picture(platform, workspace, channel, thread, number)
SELECT number, turn, blob, mime, width, height, made, base, inputs, prompt, model, options,
       masked, author, name, created_at, removed
FROM picture
WHERE platform = :platform AND workspace = :workspace
  AND channel = :channel AND thread = :thread AND number = :number;

-- name: find_latest(platform, workspace, channel, thread)
-- What was chosen, made or shown last; else what was made last and was not shown in vain; else
-- what was sent last.
SELECT p.number, p.turn, p.blob, p.mime, p.width, p.height, p.made, p.base, p.inputs, p.prompt,
       p.model, p.options, p.masked, p.author, p.name, p.created_at, p.removed
FROM picture p
JOIN conversation c
    ON c.platform = p.platform AND c.workspace = p.workspace
    AND c.channel = p.channel AND c.thread = p.thread
LEFT JOIN turn t ON t.id = p.turn AND p.made = 1
WHERE p.platform = :platform AND p.workspace = :workspace
  AND p.channel = :channel AND p.thread = :thread
  AND p.blob <> '' AND p.removed = 0
  AND (p.number = c.latest_picture OR t.id IS NULL
       OR (t.cancel_requested = 0 AND t.outcome NOT IN ('undeliverable', 'cancelled')))
ORDER BY CASE WHEN p.number = c.latest_picture THEN 0 WHEN p.made = 1 THEN 1 ELSE 2 END,
         p.created_at DESC, p.number DESC
LIMIT 1;

-- name: find_made(turn)
SELECT platform, workspace, channel, thread, number, turn, blob, mime, width, height, made, base,
       inputs, prompt, model, options, masked, author, name, created_at, removed
FROM picture
WHERE turn = :turn AND made = 1;

-- name: read_edit(turn)
SELECT platform, workspace, channel, thread, edit
FROM turn
WHERE id = :turn;

-- name: find_shown(platform, workspace, place, message)
-- The turn whose picture a message of ours shows.
SELECT t.id, t.platform, t.workspace, t.channel, t.thread
FROM part p
JOIN turn t ON t.id = p.turn
WHERE p.platform = :platform AND p.workspace = :workspace
  AND p.place = :place AND p.message = :message AND p.purpose = 'picture';

-- name: list_showing(platform, workspace, channel, thread)
-- The messages of a conversation that show pictures, and whose they are.
SELECT t.id, t.edit, p.place, p.message
FROM conversation c
JOIN part p ON p.platform = c.platform AND p.workspace = c.workspace
    AND p.place = COALESCE(c.place, c.thread) AND p.message IS NOT NULL
JOIN turn t ON t.id = p.turn
WHERE c.platform = :platform AND c.workspace = :workspace
  AND c.channel = :channel AND c.thread = :thread
  AND p.purpose = 'picture' AND t.channel = c.channel AND t.thread = c.thread
ORDER BY t.position, t.id;

-- name: find_same(platform, workspace, channel, thread, blob)
SELECT number
FROM picture
WHERE platform = :platform AND workspace = :workspace
  AND channel = :channel AND thread = :thread AND blob = :blob AND blob <> '' AND removed = 0
ORDER BY number
LIMIT 1;

-- name: renew(platform, workspace, channel, thread, number, now)!
UPDATE picture
SET created_at = :now
WHERE platform = :platform AND workspace = :workspace
  AND channel = :channel AND thread = :thread AND number = :number AND created_at < :now;

-- name: add_picture(platform, workspace, channel, thread, turn, made, blob, mime, width, height, base, inputs, prompt, model, options, masked, author, name, now)
INSERT INTO picture (
    platform, workspace, channel, thread, number, turn, made, blob, mime, width, height, base,
    inputs, prompt, model, options, masked, author, name, created_at
)
SELECT CAST(:platform AS TEXT), CAST(:workspace AS TEXT), CAST(:channel AS TEXT),
       CAST(:thread AS TEXT), COALESCE(MAX(p.number), 0) + 1, CAST(:turn AS TEXT),
       CAST(:made AS BIGINT), CAST(:blob AS TEXT), CAST(:mime AS TEXT), CAST(:width AS BIGINT),
       CAST(:height AS BIGINT), CAST(:base AS BIGINT), CAST(:inputs AS TEXT),
       CAST(:prompt AS TEXT), CAST(:model AS TEXT), CAST(:options AS TEXT),
       CAST(:masked AS BIGINT), CAST(:author AS TEXT), CAST(:name AS TEXT), CAST(:now AS BIGINT)
FROM picture p
WHERE p.platform = :platform AND p.workspace = :workspace
  AND p.channel = :channel AND p.thread = :thread
RETURNING number;

-- name: find_sender(platform, workspace, channel, thread, position)
SELECT turn, author, name, source, quote_author, quote_source
FROM message
WHERE platform = :platform AND workspace = :workspace
  AND channel = :channel AND thread = :thread AND position = :position AND ordinal = 0;

-- name: set_latest(platform, workspace, channel, thread, number)!
UPDATE conversation
SET latest_picture = :number
WHERE platform = :platform AND workspace = :workspace
  AND channel = :channel AND thread = :thread;

-- name: step_back(turn, platform, workspace, channel, thread)!
-- What could not be shown is not what people see last.
UPDATE conversation
SET latest_picture = (SELECT p.base FROM picture p WHERE p.turn = :turn AND p.made = 1)
WHERE platform = :platform AND workspace = :workspace
  AND channel = :channel AND thread = :thread
  AND latest_picture = (SELECT p.number FROM picture p WHERE p.turn = :turn AND p.made = 1);

-- name: take_away(platform, workspace, channel, thread, number)!
-- A person does not want it any more; its bytes go when its message has gone.
UPDATE picture
SET removed = 1, prompt = '', name = ''
WHERE platform = :platform AND workspace = :workspace
  AND channel = :channel AND thread = :thread AND number = :number;

-- name: erase_picture(platform, workspace, channel, thread, number)!
UPDATE picture
SET blob = '', removed = 1, prompt = '', name = ''
WHERE platform = :platform AND workspace = :workspace
  AND channel = :channel AND thread = :thread AND number = :number;

-- name: erase_files(platform, workspace, channel, thread, blob)!
UPDATE file
SET blob = '', state = 'lost'
WHERE platform = :platform AND workspace = :workspace
  AND channel = :channel AND thread = :thread AND blob = :blob AND blob <> '';

-- name: erase_made(turn)!
UPDATE picture
SET blob = '', removed = 1, prompt = '', name = ''
WHERE turn = :turn AND made = 1;

-- name: erase_sent(platform, workspace, channel, thread, blob)!
-- A picture whose message was deleted, unless it is in another one of the thread as well.
UPDATE picture
SET blob = '', removed = 1, name = ''
WHERE platform = :platform AND workspace = :workspace
  AND channel = :channel AND thread = :thread AND blob = :blob AND blob <> '' AND made = 0
  AND NOT EXISTS (
      SELECT 1 FROM file f
      WHERE f.platform = :platform AND f.workspace = :workspace
        AND f.channel = :channel AND f.thread = :thread AND f.blob = :blob
  );

-- name: erase_words(turn)!
UPDATE picture
SET prompt = '', name = ''
WHERE turn = :turn AND made = 1;

-- name: erase_all(platform, workspace, channel, thread)!
UPDATE picture
SET blob = '', removed = 1, prompt = '', name = ''
WHERE platform = :platform AND workspace = :workspace
  AND channel = :channel AND thread = :thread;

-- name: remove_pictures(platform, workspace, channel, thread)!
DELETE FROM picture
WHERE platform = :platform AND workspace = :workspace
  AND channel = :channel AND thread = :thread;

-- name: list_old(before, most)
SELECT platform, workspace, channel, thread, number
FROM picture
WHERE blob <> '' AND created_at < :before
ORDER BY created_at
LIMIT :most;

-- name: expire_picture(platform, workspace, channel, thread, number)!
UPDATE picture
SET blob = ''
WHERE platform = :platform AND workspace = :workspace
  AND channel = :channel AND thread = :thread AND number = :number;

-- name: list_old_files(before, most)
SELECT platform, workspace, channel, thread, position, n
FROM file
WHERE blob <> '' AND read_at < :before
ORDER BY read_at
LIMIT :most;

-- name: expire_file(platform, workspace, channel, thread, position, n)!
UPDATE file
SET blob = '', state = 'lost'
WHERE platform = :platform AND workspace = :workspace
  AND channel = :channel AND thread = :thread AND position = :position AND n = :n;

-- name: add_mask(turn, blob, now)!
INSERT INTO mask (turn, blob, created_at)
VALUES (:turn, :blob, :now)
ON CONFLICT (turn) DO NOTHING;

-- name: find_mask(turn)
SELECT blob
FROM mask
WHERE turn = :turn;

-- name: find_mask_file(platform, workspace, channel, thread, position, n)
SELECT blob
FROM file
WHERE platform = :platform AND workspace = :workspace
  AND channel = :channel AND thread = :thread AND position = :position AND n = :n
  AND blob <> '';

-- name: remove_mask(turn)!
DELETE FROM mask WHERE turn = :turn;

-- name: remove_masks(platform, workspace, channel, thread)!
DELETE FROM mask
WHERE turn IN (
    SELECT turn FROM message
    WHERE platform = :platform AND workspace = :workspace
      AND channel = :channel AND thread = :thread
);

-- name: expire_masks(before)
DELETE FROM mask
WHERE created_at < :before
RETURNING turn;

-- name: find_blob(blob)
SELECT 1 AS used
FROM picture
WHERE blob = :blob AND blob <> ''
UNION ALL
SELECT 1
FROM mask
WHERE blob = :blob;
