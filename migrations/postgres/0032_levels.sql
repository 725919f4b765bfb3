-- Two more figures, and which organisation stands above which.

-- A subject of a fact may now be a file (hồ sơ) too.
ALTER TABLE indicator_fact DROP CONSTRAINT indicator_fact_indicator_check;
ALTER TABLE indicator_fact ADD CONSTRAINT indicator_fact_indicator_check CHECK (indicator IN ('edoc_share',
    'signed_share', 'procedure_share', 'work_file_online', 'arrival_same_day', 'incoming_on_time', 'task_on_time',
    'opinion_on_time', 'paperless_meetings', 'pages_saved', 'users_active', 'cert_bound'));

-- What was done before is counted for the new figures too: each log is read
-- again from its beginning, in the background, while the figures stay readable.
UPDATE indicator_progress SET run = run + 1, rebuilt = 0;
INSERT INTO job (id, kind, payload, state, attempts, run_at, claimed_until, created_at)
    SELECT gen_random_uuid(), 'indicators_rebuild', '"' || organisation_id || '"', 'waiting', 0, 0, 0, read_at
    FROM indicator_progress;

-- The organisation right above it in this installation, which may read its
-- sums; NULL: none. Set by whoever runs the installation.
ALTER TABLE organisation ADD COLUMN parent_id UUID REFERENCES organisation (id) CHECK (parent_id <> id);
