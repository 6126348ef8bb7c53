-- Statements about limits, extras, who is blocked or exempt, and the audit log.

-- name: list_limits(platform, workspace)
-- All that may hold in a workspace.
SELECT platform, workspace, kind, id, metric, span, model, amount
FROM quota
WHERE platform IN (:platform, '') AND workspace IN (:workspace, '')
ORDER BY kind, id, metric, span, model, platform, workspace;

-- name: list_holding(platform, workspace, channel, author)
-- All that may hold for a person at a place.
SELECT platform, workspace, kind, id, metric, span, model, amount
FROM quota
WHERE platform IN (:platform, '') AND workspace IN (:workspace, '')
  AND (kind NOT IN ('user', 'channel')
       OR (kind = 'user' AND id = :author) OR (kind = 'channel' AND id = :channel))
ORDER BY platform, workspace, kind, id, metric, span, model;

-- name: put_limit(platform, workspace, kind, id, metric, span, model, amount)!
INSERT INTO quota (platform, workspace, kind, id, metric, span, model, amount)
VALUES (:platform, :workspace, :kind, :id, :metric, :span, :model, :amount)
ON CONFLICT (platform, workspace, kind, id, metric, span, model) DO UPDATE
SET amount = excluded.amount;

-- name: remove_limit(platform, workspace, kind, id, metric, span, model)!
DELETE FROM quota
WHERE platform = :platform AND workspace = :workspace AND kind = :kind AND id = :id
  AND metric = :metric AND span = :span AND model = :model;

-- name: list_standings(platform, workspace)
SELECT platform, workspace, kind, id, blocked, at, author
FROM standing
WHERE platform IN (:platform, '') AND workspace IN (:workspace, '')
ORDER BY at, kind, id;

-- name: put_standing(platform, workspace, kind, id, blocked, at, author)!
INSERT INTO standing (platform, workspace, kind, id, blocked, at, author)
VALUES (:platform, :workspace, :kind, :id, :blocked, :at, :author)
ON CONFLICT (platform, workspace, kind, id) DO UPDATE
SET blocked = excluded.blocked, at = excluded.at, author = excluded.author;

-- name: remove_standing(platform, workspace, kind, id)!
DELETE FROM standing
WHERE platform = :platform AND workspace = :workspace AND kind = :kind AND id = :id;

-- name: add_extra(id, platform, workspace, kind, subject, metric, amount, ends, at, author)!
INSERT INTO extra (
    id, platform, workspace, kind, subject, metric, amount, ends, created_at, created_by
) VALUES (
    :id, :platform, :workspace, :kind, :subject, :metric, :amount, :ends, :at, :author
);

-- name: list_extras(platform, workspace, now)
-- What has something left, the first to end first.
SELECT id, platform, workspace, kind, subject, metric, amount, used, ends, created_at, created_by
FROM extra
WHERE platform IN (:platform, '') AND workspace IN (:workspace, '') AND ends > :now
  AND used < amount
ORDER BY ends, created_at, id;

-- name: take_extra(id, amount)
-- No row comes back if others left less of it.
UPDATE extra SET used = used + :amount
WHERE id = :id AND used + :amount <= amount
RETURNING id;

-- name: give_back(id, amount)!
UPDATE extra SET used = CASE WHEN used > :amount THEN used - :amount ELSE 0 END WHERE id = :id;

-- name: add_extra_hold(turn, step, extra, amount)!
INSERT INTO extra_hold (turn, step, extra, amount)
VALUES (:turn, :step, :extra, :amount)
ON CONFLICT (turn, step, extra) DO UPDATE
SET amount = extra_hold.amount + excluded.amount;

-- name: list_extra_holds(turn, step)
-- The last one taken first.
SELECT h.extra, h.amount, e.metric, e.kind
FROM extra_hold h
JOIN extra e ON e.id = h.extra
WHERE h.turn = :turn AND h.step = :step
ORDER BY e.ends DESC, e.created_at DESC, e.id DESC;

-- name: remove_extra_holds(turn, step)!
DELETE FROM extra_hold WHERE turn = :turn AND step = :step;

-- name: purge_extras(before)!
DELETE FROM extra
WHERE ends < :before AND NOT EXISTS (SELECT 1 FROM extra_hold h WHERE h.extra = extra.id);

-- name: put_pardon(platform, workspace, kind, id, at)!
-- It is of what was booked before it, whatever the clock said then: hence its number.
INSERT INTO pardon (platform, workspace, kind, id, at, n)
SELECT CAST(:platform AS TEXT), CAST(:workspace AS TEXT), CAST(:kind AS TEXT), CAST(:id AS TEXT),
       CAST(:at AS BIGINT), COALESCE(MAX(p.n), 0) + 1
FROM pardon p
WHERE p.n > 0
ON CONFLICT (platform, workspace, kind, id) DO UPDATE
SET at = excluded.at, n = excluded.n;

-- name: list_pardoned(kind, platform, workspace, subject)
-- Counters of persons or places whose use a reset concerns; without a subject those of everybody.
SELECT id, platform, workspace, kind, subject, metric, span, model, starts, ends, reserved, spent,
       forgiven, extra, noted
FROM counter
WHERE kind = :kind
  AND (CAST(:platform AS TEXT) = '' OR platform = :platform)
  AND (CAST(:workspace AS TEXT) = '' OR workspace = :workspace
       OR (kind = 'person' AND workspace = ''))
  AND (CAST(:subject AS TEXT) = '' OR subject = :subject);

-- name: list_roles(platform, author)
-- Those that a person had when they asked something that is booked.
SELECT DISTINCT l.workspace, t.roles
FROM ledger l
JOIN turn t ON t.id = l.turn
WHERE l.platform = :platform AND l.author = :author;

-- name: pardon_counter(id, forgiven)!
-- What was forgiven needs no extra any more. What is still reserved keeps what it took, and so
-- does what another workspace spent.
UPDATE counter
SET forgiven = forgiven + :forgiven, spent = spent - :forgiven,
    extra = CASE WHEN extra - :forgiven > (SELECT CAST(COALESCE(SUM(h.extra), 0) AS BIGINT)
                                           FROM hold h WHERE h.counter = :id)
                 THEN extra - :forgiven
                 ELSE (SELECT CAST(COALESCE(SUM(h.extra), 0) AS BIGINT)
                       FROM hold h WHERE h.counter = :id) END,
    noted = CASE WHEN CAST(:forgiven AS BIGINT) > 0 THEN 0 ELSE noted END
WHERE id = :id;

-- name: find_change(platform, workspace, key)
SELECT n
FROM change
WHERE platform = :platform AND workspace = :workspace AND key = :key;

-- name: add_change(platform, workspace, at, key, actor, name, what, kind, scope_platform, scope_workspace, id, metric, span, model, was, became)!
INSERT INTO change (
    platform, workspace, at, n, key, actor, name, what, kind, scope_platform, scope_workspace, id,
    metric, span, model, was, became
)
SELECT CAST(:platform AS TEXT), CAST(:workspace AS TEXT), CAST(:at AS BIGINT),
       COALESCE(MAX(c.n), 0) + 1, :key, :actor, :name, :what, :kind, :scope_platform,
       :scope_workspace, :id, :metric, :span, :model, :was, :became
FROM change c
WHERE c.platform = :platform AND c.workspace = :workspace AND c.at = :at;

-- name: list_changes(platform, workspace, most)
SELECT platform, workspace, at, key, actor, name, what, kind, scope_platform, scope_workspace, id,
       metric, span, model, was, became
FROM change
WHERE platform = :platform AND workspace = :workspace
ORDER BY at DESC, n DESC
LIMIT :most;

-- name: remove_quotas(platform, workspace)!
DELETE FROM quota WHERE platform = :platform AND workspace = :workspace;

-- name: remove_standings(platform, workspace)!
DELETE FROM standing WHERE platform = :platform AND workspace = :workspace;

-- name: remove_changes(platform, workspace)!
DELETE FROM change WHERE platform = :platform AND workspace = :workspace;

-- name: remove_extras(platform, workspace)!
DELETE FROM extra
WHERE platform = :platform AND workspace = :workspace
  AND NOT EXISTS (SELECT 1 FROM extra_hold h WHERE h.extra = extra.id);

-- name: remove_counters(platform, workspace)!
DELETE FROM counter
WHERE platform = :platform AND workspace = :workspace
  AND NOT EXISTS (SELECT 1 FROM hold h WHERE h.counter = counter.id);
