-- Statements that make turns about pictures.

-- name: find_varies(about)
SELECT once, state
FROM turn
WHERE about = :about AND about <> '' AND kind = 'picture';

-- name: find_shown_again(about)
SELECT once
FROM turn
WHERE about = :about AND about <> '' AND kind = 'ask' AND state = 'ended';

-- name: find_last(platform, workspace, channel, thread)
-- The highest position that a thread knows of.
SELECT MAX(last) AS last
FROM (
    SELECT MAX(position) AS last
    FROM message
    WHERE platform = :platform AND workspace = :workspace
      AND channel = :channel AND thread = :thread
    UNION ALL
    SELECT MAX(position)
    FROM turn
    WHERE platform = :platform AND workspace = :workspace
      AND channel = :channel AND thread = :thread AND state <> 'ended'
    UNION ALL
    SELECT fresh_from
    FROM conversation
    WHERE platform = :platform AND workspace = :workspace
      AND channel = :channel AND thread = :thread
) known;
