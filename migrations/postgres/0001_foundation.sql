-- The hash-chained log of every act. One chain per organisation; organisation
-- NULL's acts (the installation's own) hang on the nil UUID.
CREATE TABLE audit_entry (
    chain_id UUID NOT NULL,
    sequence BIGINT NOT NULL CHECK (sequence > 0),
    at BIGINT NOT NULL,
    -- NULL when the installation itself acted (a job, the first start).
    actor_id UUID,
    act TEXT NOT NULL,
    subject TEXT NOT NULL,
    -- Canonical JSON: the exact text that was hashed.
    details TEXT NOT NULL,
    previous_hash BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (chain_id, sequence)
);

-- The end of each chain; the row every writer of that chain queues on.
CREATE TABLE audit_head (
    chain_id UUID PRIMARY KEY,
    sequence BIGINT NOT NULL,
    hash BYTEA NOT NULL
);

CREATE TABLE job (
    id UUID PRIMARY KEY,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'dead')),
    attempts BIGINT NOT NULL,
    run_at BIGINT NOT NULL,
    -- Until then one worker holds the job; a killed worker's claim runs out.
    claimed_until BIGINT NOT NULL,
    last_error TEXT,
    created_at BIGINT NOT NULL,
    finished_at BIGINT
);
CREATE INDEX job_due ON job (state, run_at);
