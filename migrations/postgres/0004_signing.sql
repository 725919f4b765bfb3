-- A person's signing key, kept by the server as a PKCS#12 file that only the
-- person's PIN opens.
CREATE TABLE signing_key (
    person_id UUID PRIMARY KEY REFERENCES person (id),
    pkcs12 BYTEA NOT NULL,
    certificate BYTEA NOT NULL,
    -- PNG with transparent background: the handwritten signature.
    image BYTEA NOT NULL,
    test BOOLEAN NOT NULL,
    wrong_pins BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

-- A PDF that people sign one after the other.
CREATE TABLE signing_document (
    id UUID PRIMARY KEY,
    organisation_id UUID NOT NULL REFERENCES organisation (id),
    title TEXT NOT NULL,
    -- What the QR on the page leads to: random, not guessable.
    code TEXT NOT NULL UNIQUE,
    original_sha256 TEXT NOT NULL,
    -- The newest bytes: original plus the signatures so far.
    sha256 TEXT NOT NULL,
    size BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('signing', 'complete')),
    -- Where the person who signs can read about it.
    link TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    completed_at BIGINT
);

CREATE TABLE signature_step (
    document_id UUID NOT NULL REFERENCES signing_document (id),
    number BIGINT NOT NULL CHECK (number > 0),
    person_id UUID NOT NULL REFERENCES person (id),
    -- "secretary", "chair": whose place on the page it is.
    capacity TEXT NOT NULL,
    page BIGINT NOT NULL,
    -- Signature box in thousandths of a PDF point from the lower left corner.
    box_x BIGINT NOT NULL,
    box_y BIGINT NOT NULL,
    box_width BIGINT NOT NULL,
    box_height BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'signed')),
    -- 'b-b' or 'b-t'; NULL until signed. 'b-b' is queued for a timestamp.
    level TEXT,
    -- The bytes this step produced.
    sha256 TEXT,
    signed_at BIGINT,
    PRIMARY KEY (document_id, number)
);
CREATE INDEX signature_step_person ON signature_step (person_id, state);
