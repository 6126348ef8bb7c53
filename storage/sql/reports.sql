-- Statements that sum the ledger for people to read.

-- name: by_person(platform, workspace, since, until, most)
SELECT l.author AS label, COUNT(DISTINCT l.turn) AS turns,
       CAST(SUM(l.requests) AS BIGINT) AS requests, CAST(SUM(l.tokens) AS BIGINT) AS tokens,
       CAST(SUM(l.images) AS BIGINT) AS images, CAST(SUM(l.micros) AS BIGINT) AS money,
       MAX(t.name) AS name
FROM ledger l
JOIN turn t ON t.id = l.turn
WHERE l.held_at >= :since AND l.held_at < :until AND l.kind <> 'release'
  AND (CAST(:platform AS TEXT) = ''
       OR (l.platform = :platform
           AND (CAST(:workspace AS TEXT) = '' OR l.workspace = :workspace)))
GROUP BY l.platform, l.author
ORDER BY money DESC, tokens DESC, requests DESC, label
LIMIT :most;

-- name: by_channel(platform, workspace, since, until, most)
SELECT l.channel AS label, COUNT(DISTINCT l.turn) AS turns,
       CAST(SUM(l.requests) AS BIGINT) AS requests, CAST(SUM(l.tokens) AS BIGINT) AS tokens,
       CAST(SUM(l.images) AS BIGINT) AS images, CAST(SUM(l.micros) AS BIGINT) AS money,
       '' AS name
FROM ledger l
WHERE l.held_at >= :since AND l.held_at < :until AND l.kind <> 'release'
  AND (CAST(:platform AS TEXT) = ''
       OR (l.platform = :platform
           AND (CAST(:workspace AS TEXT) = '' OR l.workspace = :workspace)))
GROUP BY l.platform, l.workspace, l.channel
ORDER BY money DESC, tokens DESC, requests DESC, label
LIMIT :most;

-- name: by_model(platform, workspace, since, until, most)
SELECT l.model AS label, COUNT(DISTINCT l.turn) AS turns,
       CAST(SUM(l.requests) AS BIGINT) AS requests, CAST(SUM(l.tokens) AS BIGINT) AS tokens,
       CAST(SUM(l.images) AS BIGINT) AS images, CAST(SUM(l.micros) AS BIGINT) AS money,
       '' AS name
FROM ledger l
WHERE l.held_at >= :since AND l.held_at < :until AND l.kind <> 'release'
  AND (CAST(:platform AS TEXT) = ''
       OR (l.platform = :platform
           AND (CAST(:workspace AS TEXT) = '' OR l.workspace = :workspace)))
GROUP BY l.model
ORDER BY money DESC, tokens DESC, requests DESC, label
LIMIT :most;

-- name: by_kind(platform, workspace, since, until, most)
SELECT s.kind AS label, COUNT(DISTINCT l.turn) AS turns,
       CAST(SUM(l.requests) AS BIGINT) AS requests, CAST(SUM(l.tokens) AS BIGINT) AS tokens,
       CAST(SUM(l.images) AS BIGINT) AS images, CAST(SUM(l.micros) AS BIGINT) AS money,
       '' AS name
FROM ledger l
JOIN step s ON s.turn = l.turn AND s.n = l.step
WHERE l.held_at >= :since AND l.held_at < :until AND l.kind <> 'release'
  AND (CAST(:platform AS TEXT) = ''
       OR (l.platform = :platform
           AND (CAST(:workspace AS TEXT) = '' OR l.workspace = :workspace)))
GROUP BY s.kind
ORDER BY money DESC, tokens DESC, requests DESC, label
LIMIT :most;

-- name: in_all(platform, workspace, since, until)
SELECT COUNT(DISTINCT l.turn) AS turns,
       CAST(COALESCE(SUM(l.requests), 0) AS BIGINT) AS requests,
       CAST(COALESCE(SUM(l.tokens), 0) AS BIGINT) AS tokens,
       CAST(COALESCE(SUM(l.images), 0) AS BIGINT) AS images,
       CAST(COALESCE(SUM(l.micros), 0) AS BIGINT) AS money
FROM ledger l
WHERE l.held_at >= :since AND l.held_at < :until AND l.kind <> 'release'
  AND (CAST(:platform AS TEXT) = ''
       OR (l.platform = :platform
           AND (CAST(:workspace AS TEXT) = '' OR l.workspace = :workspace)));

-- name: list_overruns(platform, workspace, since, until)
SELECT l.model AS label, COUNT(DISTINCT l.turn) AS turns,
       CAST(SUM(l.requests) AS BIGINT) AS requests, CAST(SUM(l.tokens) AS BIGINT) AS tokens,
       CAST(SUM(l.images) AS BIGINT) AS images, CAST(SUM(l.micros) AS BIGINT) AS money,
       '' AS name
FROM ledger l
WHERE l.held_at >= :since AND l.held_at < :until AND l.kind = 'overrun'
  AND (CAST(:platform AS TEXT) = ''
       OR (l.platform = :platform
           AND (CAST(:workspace AS TEXT) = '' OR l.workspace = :workspace)))
GROUP BY l.model
ORDER BY money DESC, tokens DESC, label;

-- name: list_entries(platform, workspace, since, most)
SELECT l.held_at AS at, l.turn, l.step, l.kind, l.platform, l.workspace, l.channel, l.author,
       t.name, l.model, l.requests, l.tokens, l.images, l.micros AS money
FROM ledger l
JOIN turn t ON t.id = l.turn
WHERE l.held_at >= :since
  AND (CAST(:platform AS TEXT) = ''
       OR (l.platform = :platform
           AND (CAST(:workspace AS TEXT) = '' OR l.workspace = :workspace)))
ORDER BY l.held_at DESC, l.turn, l.step, l.kind
LIMIT :most;
