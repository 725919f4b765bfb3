-- A person's signing key, kept by the server as a PKCS#12 file that only the
-- person's PIN opens.
CREATE TABLE signing_key (
    person_id BLOB PRIMARY KEY REFERENCES person (id),
    pkcs12 BLOB NOT NULL,
    certificate BLOB NOT NULL,
    -- PNG with transparent background: the handwritten signature.
    image BLOB NOT NULL,
    test INTEGER NOT NULL,
    wrong_pins INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- A PDF that people sign one after the other.
CREATE TABLE signing_document (
    id BLOB PRIMARY KEY,
    organisation_id BLOB NOT NULL REFERENCES organisation (id),
    title TEXT NOT NULL,
    -- What the QR on the page leads to: random, not guessable.
    code TEXT NOT NULL UNIQUE,
    original_sha256 TEXT NOT NULL,
    -- The newest bytes: original plus the signatures so far.
    sha256 TEXT NOT NULL,
    size INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('signing', 'complete')),
    -- Where the person who signs can read about it.
    link TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    completed_at INTEGER
) STRICT;

CREATE TABLE signature_step (
    document_id BLOB NOT NULL REFERENCES signing_document (id),
    number INTEGER NOT NULL CHECK (number > 0),
    person_id BLOB NOT NULL REFERENCES person (id),
    -- "secretary", "chair": whose place on the page it is.
    capacity TEXT NOT NULL,
    page INTEGER NOT NULL,
    -- Signature box in thousandths of a PDF point from the lower left corner.
    box_x INTEGER NOT NULL,
    box_y INTEGER NOT NULL,
    box_width INTEGER NOT NULL,
    box_height INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'signed')),
    -- 'b-b' or 'b-t'; NULL until signed. 'b-b' is queued for a timestamp.
    level TEXT,
    -- The bytes this step produced.
    sha256 TEXT,
    signed_at INTEGER,
    PRIMARY KEY (document_id, number)
) STRICT;
CREATE INDEX signature_step_person ON signature_step (person_id, state);
