-- Statements about steps, their reservations and the ledger.

-- name: start_step(turn, worker, attempt, kind, model, late_of, anew, now)
-- The open step again, or the next one. A request that was under way stays with its model,
-- unless it is known to have come to nothing. A result that came late is that of another turn's.
INSERT INTO step (turn, n, kind, model, request_id, state, started_at)
SELECT t.id,
       (SELECT COUNT(*) FROM step s WHERE s.turn = t.id AND s.state <> 'running') + 1,
       CAST(:kind AS TEXT), COALESCE(o.model, CAST(:model AS TEXT)), o.request_id, 'running',
       CAST(:now AS BIGINT)
FROM turn t
LEFT JOIN step o
    ON o.turn = :late_of AND CAST(:anew AS BIGINT) = 0
    AND o.n = (SELECT MAX(l.n) FROM step l WHERE l.turn = :late_of)
WHERE t.id = :turn AND t.worker = :worker AND t.attempt = :attempt AND t.state = 'running'
ON CONFLICT (turn, n) DO UPDATE
SET runs = step.runs + 1,
    model = CASE WHEN step.request_id IS NULL OR CAST(:anew AS BIGINT) = 1
                 THEN excluded.model ELSE step.model END,
    request_id = CASE WHEN CAST(:anew AS BIGINT) = 1 THEN NULL ELSE step.request_id END
RETURNING n, runs, request_id, model;

-- name: find_reservation(turn, step)
SELECT requests, tokens, images, micros, opened_at
FROM reservation
WHERE turn = :turn AND step = :step AND state = 'open';

-- name: remove_reservation(turn, step)!
-- A request that came to nothing may be made anew by another model, at another price.
DELETE FROM reservation
WHERE turn = :turn AND step = :step AND state = 'open';

-- name: open_reservation(turn, step, requests, tokens, images, micros, now)!
INSERT INTO reservation (turn, step, state, requests, tokens, images, micros, opened_at)
VALUES (:turn, :step, 'open', :requests, :tokens, :images, :micros, :now);

-- name: accept_step(turn, worker, attempt, step, request_id)
UPDATE step
SET request_id = :request_id
WHERE turn = :turn AND n = :step AND state = 'running'
  AND EXISTS (
      SELECT 1 FROM turn t
      WHERE t.id = :turn AND t.worker = :worker AND t.attempt = :attempt
        AND t.state = 'running'
  )
RETURNING n;

-- name: close_step(turn, state, finish, error, prompt_tokens, completion_tokens, reasoning_tokens, cost_micros, estimated, now)
UPDATE step
SET state = :state, finish = :finish, error = :error,
    prompt_tokens = :prompt_tokens, completion_tokens = :completion_tokens,
    reasoning_tokens = :reasoning_tokens, cost_micros = :cost_micros,
    estimated = :estimated, ended_at = :now
WHERE turn = :turn AND state = 'running'
RETURNING n, model;

-- name: close_reservation(turn, step, state, now)
UPDATE reservation
SET state = :state, closed_at = :now
WHERE turn = :turn AND step = :step AND state = 'open'
RETURNING requests, tokens, images, micros, opened_at;

-- name: book(turn, step, kind, platform, workspace, channel, author, model, requests, tokens, images, micros, held_at, now)!
INSERT INTO ledger (
    turn, step, kind, platform, workspace, channel, author, model,
    requests, tokens, images, micros, held_at, at, resets
) VALUES (
    :turn, :step, :kind, :platform, :workspace, :channel, :author, :model,
    :requests, :tokens, :images, :micros, :held_at, :now,
    (SELECT COALESCE(MAX(p.n), 0) FROM pardon p)
);

-- name: read_spent(turn)
-- A turn's last step, with what was booked for it.
SELECT s.model, s.request_id, s.state, s.prompt_tokens, s.completion_tokens, s.reasoning_tokens,
       s.cost_micros, s.estimated, s.started_at, s.ended_at,
       CAST(COALESCE(SUM(l.requests), 0) AS BIGINT) AS requests,
       CAST(COALESCE(SUM(l.tokens), 0) AS BIGINT) AS tokens,
       CAST(COALESCE(SUM(l.images), 0) AS BIGINT) AS images,
       CAST(COALESCE(SUM(l.micros), 0) AS BIGINT) AS micros
FROM step s
LEFT JOIN ledger l ON l.turn = s.turn AND l.step = s.n AND l.kind <> 'release'
WHERE s.turn = :turn AND s.n = (SELECT MAX(n) FROM step WHERE turn = :turn)
GROUP BY s.turn, s.n;
