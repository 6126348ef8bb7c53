-- Statements about what people set from chat, and single facts.

-- name: list_settings(platform, workspace, channel, thread)
-- A thread may be named by the place where it is.
SELECT channel, thread, name, value, author, at
FROM setting
WHERE platform = :platform AND workspace = :workspace
  AND (channel = '' OR channel = :channel)
  AND thread IN ('', :thread, (
      SELECT c.thread FROM conversation c
      WHERE c.platform = :platform AND c.workspace = :workspace AND c.channel = :channel
        AND c.place = :thread
      ORDER BY c.followed DESC, c.thread = :thread DESC
      LIMIT 1
  ))
ORDER BY thread DESC, channel DESC, name;

-- name: put_setting(platform, workspace, channel, thread, name, value, author, at)!
INSERT INTO setting (platform, workspace, channel, thread, name, value, author, at)
VALUES (:platform, :workspace, :channel, :thread, :name, :value, :author, :at)
ON CONFLICT (platform, workspace, channel, thread, name) DO UPDATE
SET value = excluded.value, author = excluded.author, at = excluded.at;

-- name: remove_setting(platform, workspace, channel, thread, name)!
DELETE FROM setting
WHERE platform = :platform AND workspace = :workspace AND channel = :channel
  AND thread = :thread AND name = :name;

-- name: remove_thread_settings(platform, workspace, channel, thread)!
DELETE FROM setting
WHERE platform = :platform AND workspace = :workspace AND channel = :channel
  AND thread = :thread;

-- name: remove_channel_settings(platform, workspace, channel)!
DELETE FROM setting
WHERE platform = :platform AND workspace = :workspace AND channel = :channel;

-- name: list_listening(platform)
SELECT workspace, channel
FROM setting
WHERE platform = :platform AND name = 'mentions' AND value = 'never' AND thread = '';

-- name: note_done(platform, workspace, place, name, now)
-- No row comes back if it was done before.
INSERT INTO told (platform, workspace, place, name, at)
VALUES (:platform, :workspace, :place, :name, :now)
ON CONFLICT DO NOTHING
RETURNING at;

-- name: find_memo(name)
SELECT value FROM memo WHERE name = :name;

-- name: put_memo(name, value)!
INSERT INTO memo (name, value)
VALUES (:name, :value)
ON CONFLICT (name) DO UPDATE
SET value = excluded.value;

-- name: remove_memo(name)!
DELETE FROM memo WHERE name = :name;
