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

-- What the signatures of a stored file came to, kept for the lists. Never the
-- source of a report: that is always judged anew.
CREATE TABLE light (
    -- SHA-256 of the file in the object storage.
    sha256 TEXT PRIMARY KEY,
    -- NULL: not judged yet, or by a list or a program that is no longer the present one.
    verdict TEXT CHECK (verdict IN ('valid', 'indeterminate', 'invalid', 'unsigned', 'unreadable')),
    trust_fingerprint TEXT NOT NULL,
    software TEXT NOT NULL,
    judged_at INTEGER
) STRICT;

-- Reports that somebody put aside, to compare later ones with.
CREATE TABLE verdict_report (
    id BLOB PRIMARY KEY,
    sha256 TEXT NOT NULL,
    report TEXT NOT NULL,
    made_by BLOB NOT NULL REFERENCES person (id),
    made_at INTEGER NOT NULL
) STRICT;
CREATE INDEX verdict_report_file ON verdict_report (sha256, made_at);
