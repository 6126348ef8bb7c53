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
