-- Two more figures, and which organisation stands above which.

-- The table is built anew because its CHECK changes.
CREATE TABLE indicator_fact_next (
    -- An outgoing document, a number, an incoming document, a file, a task, a
    -- slip, a meeting or a person, by its id.
    subject_id BLOB NOT NULL,
    indicator TEXT NOT NULL CHECK (indicator IN ('edoc_share', 'signed_share', 'procedure_share', 'work_file_online',
        'arrival_same_day', 'incoming_on_time', 'task_on_time', 'opinion_on_time', 'paperless_meetings', 'pages_saved',
        'users_active', 'cert_bound')),
    -- Whose it is; a slip counts once for each member.
    person_id BLOB NOT NULL REFERENCES person (id),
    -- The first moment of the month it counts in.
    month INTEGER NOT NULL,
    organisation_id BLOB NOT NULL REFERENCES organisation (id),
    unit_id BLOB NOT NULL REFERENCES unit (id),
    -- What it adds to the numerator and to the denominator.
    part INTEGER NOT NULL CHECK (part >= 0),
    whole INTEGER NOT NULL CHECK (whole >= 0),
    -- The moment that made it count: issued, done, closed.
    at INTEGER NOT NULL,
    -- Why it is not in the numerator: codes, a space between.
    reasons TEXT NOT NULL,
    -- What the signatures of the file came to when this was judged.
    light TEXT,
    -- The count that last found it; an older one is swept away by a rebuild.
    run INTEGER NOT NULL,
    PRIMARY KEY (subject_id, indicator, person_id, month)
) STRICT;
INSERT INTO indicator_fact_next (subject_id, indicator, person_id, month, organisation_id, unit_id, part, whole, at,
                                 reasons, light, run)
    SELECT subject_id, indicator, person_id, month, organisation_id, unit_id, part, whole, at, reasons, light, run
    FROM indicator_fact;
DROP TABLE indicator_fact;
ALTER TABLE indicator_fact_next RENAME TO indicator_fact;
CREATE INDEX indicator_fact_order ON indicator_fact
    (organisation_id, indicator, (CASE WHEN part < whole THEN 0 ELSE 1 END), at DESC, subject_id, person_id);

-- What was done before is counted for the new figures too: each log is read
-- again from its beginning, in the background, while the figures stay readable.
UPDATE indicator_progress SET run = run + 1, rebuilt = 0;
INSERT INTO job (id, kind, payload, state, attempts, run_at, claimed_until, created_at)
    SELECT randomblob(16), 'indicators_rebuild', '"' || lower(hex(organisation_id)) || '"', 'waiting', 0, 0, 0, read_at
    FROM indicator_progress;

-- The organisation right above it in this installation, which may read its
-- sums; NULL: none. Set by whoever runs the installation.
ALTER TABLE organisation ADD COLUMN parent_id BLOB REFERENCES organisation (id) CHECK (parent_id <> id);
