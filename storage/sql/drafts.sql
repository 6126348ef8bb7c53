-- Statements about edits that people have begun to ask for, and results that are yet to come.

-- name: add_draft(id, kind, platform, workspace, channel, thread, place, author, name, roles, moderator, admin, opens_thread, edit, prompt, attachments, about, created_at, expires_at)!
INSERT INTO draft (
    id, kind, platform, workspace, channel, thread, place, author, name, roles, moderator, admin,
    opens_thread, edit, prompt, attachments, about, created_at, expires_at
) VALUES (
    :id, :kind, :platform, :workspace, :channel, :thread, :place, :author, :name, :roles,
    :moderator, :admin, :opens_thread, :edit, :prompt, :attachments, :about, :created_at,
    :expires_at
);

-- name: read_draft(draft)
SELECT id, kind, platform, workspace, channel, thread, place, author, name, roles, moderator,
       admin, opens_thread, edit, prompt, attachments, about, created_at, expires_at, used, tries,
       revoked
FROM draft
WHERE id = :draft;

-- name: use_draft(draft, turn, now)
-- The words are the turn's from now on.
UPDATE draft
SET used = :turn, tries = tries + 1
WHERE id = :draft AND used = '' AND revoked = 0 AND expires_at > :now
RETURNING tries;

-- name: try_draft(draft)!
UPDATE draft
SET tries = tries + 1
WHERE id = :draft;

-- name: give_back(turn)!
-- Of a turn that was refused nothing came: its link is as good as before.
UPDATE draft
SET used = ''
WHERE used = :turn AND kind = 'paint';

-- name: list_drafts(platform, workspace)
SELECT id, channel, thread, place, about, edit, prompt, attachments, used
FROM draft
WHERE platform = :platform AND workspace = :workspace AND revoked = 0;

-- name: revoke(draft)!
UPDATE draft
SET revoked = 1, prompt = '', name = '', attachments = '[]'
WHERE id = :draft;

-- name: replace_files(draft, attachments)!
UPDATE draft
SET attachments = :attachments
WHERE id = :draft;

-- name: remove_drafts(platform, workspace)!
DELETE FROM draft WHERE platform = :platform AND workspace = :workspace;

-- name: purge_drafts(before)
DELETE FROM draft
WHERE expires_at < :before
RETURNING id;

-- name: await_result(turn, worker, attempt, now)
INSERT INTO awaited (turn, platform, workspace, model, request_id, since)
SELECT t.id, t.platform, t.workspace, s.model, s.request_id, CAST(:now AS BIGINT)
FROM turn t
JOIN step s ON s.turn = t.id
WHERE t.id = :turn AND t.worker = :worker AND t.attempt = :attempt
  AND t.state IN ('running', 'delivering')
  AND s.request_id <> '' AND s.n = (SELECT MAX(l.n) FROM step l WHERE l.turn = t.id)
ON CONFLICT (turn) DO NOTHING
RETURNING turn;

-- name: list_awaited()
SELECT platform, workspace, turn, model, request_id, since
FROM awaited
ORDER BY since, turn;

-- name: find_awaited(turn)
SELECT since FROM awaited WHERE turn = :turn;

-- name: forget_awaited(turn)
DELETE FROM awaited
WHERE turn = :turn
RETURNING turn;

-- name: forget_awaited_in(platform, workspace, channel, thread)!
DELETE FROM awaited
WHERE turn IN (
    SELECT turn FROM message
    WHERE platform = :platform AND workspace = :workspace
      AND channel = :channel AND thread = :thread
);

-- name: forget_awaited_of(platform, workspace)!
DELETE FROM awaited WHERE platform = :platform AND workspace = :workspace;

-- name: purge_edits(before)!
-- What edits were to be made of that are over, of whose end nobody came to forget it: neither are
-- they awaited, nor does another turn bring what came late.
DELETE FROM memo
WHERE name >= 'edit:' AND name < 'edit;'
  AND NOT EXISTS (
      SELECT 1 FROM turn t
      WHERE t.id = SUBSTR(memo.name, 6) AND (t.state <> 'ended' OR t.ended_at >= :before)
  )
  AND NOT EXISTS (SELECT 1 FROM awaited a WHERE a.turn = SUBSTR(memo.name, 6))
  AND NOT EXISTS (
      SELECT 1 FROM turn l
      WHERE l.about = SUBSTR(memo.name, 6) AND l.about <> ''
        AND (l.state <> 'ended' OR l.ended_at >= :before)
  );

-- name: purge_awaited(before)!
DELETE FROM awaited WHERE since < :before;
