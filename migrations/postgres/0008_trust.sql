-- Certificates that verdicts rest on, besides those of the settings. One
-- administrator asks, another agrees; the table holds them to be two.
CREATE TABLE trust_root (
    id UUID PRIMARY KEY,
    -- SHA-256 of the DER, in lower-case hexadecimal.
    fingerprint TEXT NOT NULL UNIQUE,
    certificate BYTEA NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('proposed', 'trusted', 'leaving', 'removed')),
    proposed_by UUID NOT NULL REFERENCES person (id),
    proposed_at BIGINT NOT NULL,
    confirmed_by UUID REFERENCES person (id),
    confirmed_at BIGINT,
    -- Who asked for it to go, and who agreed.
    leaving_by UUID REFERENCES person (id),
    removed_by UUID REFERENCES person (id),
    removed_at BIGINT,
    CHECK (state <> 'trusted' OR confirmed_by IS NOT NULL),
    CHECK (confirmed_by IS NULL OR confirmed_by <> proposed_by),
    CHECK (removed_by IS NULL OR leaving_by IS NULL OR removed_by <> leaving_by)
);
