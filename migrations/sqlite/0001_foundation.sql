-- The hash-chained log of every act. One chain per organisation; organisation
-- NULL's acts (the installation's own) hang on the nil UUID.
CREATE TABLE audit_entry (
    chain_id BLOB NOT NULL,
    sequence INTEGER NOT NULL CHECK (sequence > 0),
    at INTEGER NOT NULL,
    -- NULL when the installation itself acted (a job, the first start).
    actor_id BLOB,
    act TEXT NOT NULL,
    subject TEXT NOT NULL,
    -- Canonical JSON: the exact text that was hashed.
    details TEXT NOT NULL,
    previous_hash BLOB NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (chain_id, sequence)
) STRICT;

-- The end of each chain; the row every writer of that chain queues on.
CREATE TABLE audit_head (
    chain_id BLOB PRIMARY KEY,
    sequence INTEGER NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE TABLE job (
    id BLOB PRIMARY KEY,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'dead')),
    attempts INTEGER NOT NULL,
    run_at INTEGER NOT NULL,
    -- Until then one worker holds the job; a killed worker's claim runs out.
    claimed_until INTEGER NOT NULL,
    last_error TEXT,
    created_at INTEGER NOT NULL,
    finished_at INTEGER
) STRICT;
CREATE INDEX job_due ON job (state, run_at);
