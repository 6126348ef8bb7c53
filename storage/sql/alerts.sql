-- Statements about what the people who run the bot are told.

-- name: note_credit(backend, micros, at)!
INSERT INTO credit (backend, micros, at)
VALUES (:backend, :micros, :at)
ON CONFLICT (backend) DO UPDATE
SET micros = excluded.micros, at = excluded.at
WHERE excluded.at >= credit.at;

-- name: list_credits()
SELECT backend, micros, at
FROM credit
ORDER BY backend;

-- name: raise_alert(name, text, now, stale)
INSERT INTO alert (name, text, raised_at)
VALUES (:name, :text, :now)
ON CONFLICT (name) DO UPDATE
SET text = excluded.text, raised_at = excluded.raised_at
WHERE alert.raised_at <= CAST(:stale AS BIGINT)
RETURNING name;

-- name: add_person(name, person, memo, since)!
-- Whoever was told of one of that name since then knows.
INSERT INTO alert_person (alert, person)
SELECT a.name, :person
FROM alert a
WHERE a.name = :name AND NOT EXISTS (
    SELECT 1 FROM memo m WHERE m.name = :memo AND CAST(m.value AS BIGINT) > :since
)
ON CONFLICT (alert, person) DO NOTHING;

-- name: remove_persons(name)!
DELETE FROM alert_person WHERE alert = :name;

-- name: remove_alert(name)!
DELETE FROM alert WHERE name = :name;

-- name: list_untold()
SELECT a.name, a.text, p.person, a.raised_at
FROM alert_person p
JOIN alert a ON a.name = p.alert
ORDER BY a.raised_at, a.name, p.person;

-- name: mark_told(name, person, raised_at)!
DELETE FROM alert_person
WHERE alert = :name AND person = :person AND EXISTS (
    SELECT 1 FROM alert a WHERE a.name = :name AND a.raised_at = :raised_at
);

-- name: note_told(memo, value)!
INSERT INTO memo (name, value)
VALUES (:memo, :value)
ON CONFLICT (name) DO UPDATE
SET value = excluded.value;

-- name: list_standing()
SELECT name, text, raised_at
FROM alert
ORDER BY raised_at DESC, name;
