-- Statements about how far each channel was read.

-- name: list_watermarks(platform, workspace)
SELECT channel, position
FROM watermark
WHERE platform = :platform AND workspace = :workspace;

-- name: raise_watermark(platform, workspace, channel, position)!
INSERT INTO watermark (platform, workspace, channel, position)
VALUES (:platform, :workspace, :channel, :position)
ON CONFLICT (platform, workspace, channel) DO UPDATE
SET position = excluded.position
WHERE excluded.position > watermark.position;
