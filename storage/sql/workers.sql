-- Statements about processes; a worker without a row is dead.

-- name: beat(worker, now, alive_until)!
INSERT INTO worker (id, started_at, alive_until)
VALUES (:worker, :now, :alive_until)
ON CONFLICT (id) DO UPDATE
SET alive_until = excluded.alive_until
WHERE excluded.alive_until > worker.alive_until;

-- name: retire(worker)!
DELETE FROM worker WHERE id = :worker;

-- name: bury_others(worker)!
DELETE FROM worker WHERE id <> :worker;
