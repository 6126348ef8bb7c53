-- Statements about files of messages.

-- name: insert_file(platform, workspace, channel, thread, position, n, attachment, name, size, type, url, message, place)!
INSERT INTO file (
    platform, workspace, channel, thread, position, n,
    attachment, name, size, type, url, message, place
) VALUES (
    :platform, :workspace, :channel, :thread, :position, :n,
    :attachment, :name, :size, :type, :url, :message, :place
)
ON CONFLICT (platform, workspace, channel, thread, position, n) DO NOTHING;

-- name: list_files(platform, workspace, channel, thread, first, last)
SELECT position, n, attachment, name, size, type, url, message, place,
       state, blob, mime, width, height, note, excluded, LENGTH(text) AS characters
FROM file
WHERE platform = :platform AND workspace = :workspace
  AND channel = :channel AND thread = :thread AND position BETWEEN :first AND :last
ORDER BY position, n;

-- name: list_texts(platform, workspace, channel, thread, first, last)
SELECT position, n, text
FROM file
WHERE platform = :platform AND workspace = :workspace
  AND channel = :channel AND thread = :thread AND position BETWEEN :first AND :last
  AND text <> '';

-- name: put_file(turn, worker, attempt, platform, workspace, channel, thread, position, n, state, blob, mime, width, height, text, note, excluded, read_at)
UPDATE file
SET state = :state, blob = :blob, mime = :mime, width = :width, height = :height,
    text = :text, note = :note, excluded = :excluded,
    read_at = CASE WHEN blob = :blob THEN read_at ELSE CAST(:read_at AS BIGINT) END
WHERE platform = :platform AND workspace = :workspace
  AND channel = :channel AND thread = :thread AND position = :position AND n = :n
  AND EXISTS (
      SELECT 1 FROM turn t
      WHERE t.id = :turn AND t.worker = :worker AND t.attempt = :attempt
        AND t.state IN ('running', 'delivering')
  )
RETURNING n;

-- name: move_files(platform, workspace, channel, thread, position, target)!
UPDATE file
SET position = :target
WHERE platform = :platform AND workspace = :workspace
  AND channel = :channel AND thread = :thread AND position = :position;

-- name: remove_file(platform, workspace, channel, thread, position, n)
DELETE FROM file
WHERE platform = :platform AND workspace = :workspace
  AND channel = :channel AND thread = :thread AND position = :position AND n = :n
RETURNING blob;

-- name: remove_files(platform, workspace, channel, thread, position)
DELETE FROM file
WHERE platform = :platform AND workspace = :workspace
  AND channel = :channel AND thread = :thread AND position = :position
RETURNING blob;

-- name: list_taken(platform, workspace, place, message)
-- A message's files, wherever they were taken along to.
SELECT platform, workspace, channel, thread, position, n, attachment
FROM file
WHERE platform = :platform AND workspace = :workspace AND message = :message
  AND message <> '' AND (place = :place OR channel = :place);

-- name: remove_all(platform, workspace, channel, thread)!
DELETE FROM file
WHERE platform = :platform AND workspace = :workspace
  AND channel = :channel AND thread = :thread;

-- name: find_blob(blob)
SELECT 1 AS used
FROM file
WHERE blob = :blob AND blob <> ''
LIMIT 1;
