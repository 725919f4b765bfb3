-- Certificates that verdicts rest on, besides those of the settings. One
-- administrator asks, another agrees; the table holds them to be two.
CREATE TABLE trust_root (
    id BLOB PRIMARY KEY,
    -- SHA-256 of the DER, in lower-case hexadecimal.
    fingerprint TEXT NOT NULL UNIQUE,
    certificate BLOB NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('proposed', 'trusted', 'leaving', 'removed')),
    proposed_by BLOB NOT NULL REFERENCES person (id),
    proposed_at INTEGER NOT NULL,
    confirmed_by BLOB REFERENCES person (id),
    confirmed_at INTEGER,
    -- Who asked for it to go, and who agreed.
    leaving_by BLOB REFERENCES person (id),
    removed_by BLOB REFERENCES person (id),
    removed_at INTEGER,
    CHECK (state <> 'trusted' OR confirmed_by IS NOT NULL),
    CHECK (confirmed_by IS NULL OR confirmed_by <> proposed_by),
    CHECK (removed_by IS NULL OR leaving_by IS NULL OR removed_by <> leaving_by)
) STRICT;
