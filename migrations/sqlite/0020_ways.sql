-- The ways to sign.

-- A document that came back unsigned is neither under way nor complete. The
-- table is built anew because its CHECK changes.
CREATE TABLE signing_document_next (
    id BLOB PRIMARY KEY,
    organisation_id BLOB NOT NULL REFERENCES organisation (id),
    title TEXT NOT NULL,
    -- What the QR on the page leads to: random, not guessable.
    code TEXT NOT NULL UNIQUE,
    original_sha256 TEXT NOT NULL,
    -- The newest bytes: original plus the signatures so far.
    sha256 TEXT NOT NULL,
    size INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('signing', 'complete', 'returned')),
    -- Where the person who signs can read about it.
    link TEXT NOT NULL,
    -- NULL: opened before this was kept.
    opened_by BLOB REFERENCES person (id),
    created_at INTEGER NOT NULL,
    completed_at INTEGER
) STRICT;
INSERT INTO signing_document_next (id, organisation_id, title, code, original_sha256, sha256, size, state, link,
                                   created_at, completed_at)
    SELECT id, organisation_id, title, code, original_sha256, sha256, size, state, link, created_at, completed_at
    FROM signing_document;
DROP TABLE signing_document;
ALTER TABLE signing_document_next RENAME TO signing_document;

-- By which way a step was signed and with which certificate, SHA-256 in hex.
-- NULL: waiting, or signed before this was kept. The words name every way the
-- law knows, so that the next one to be built needs no new table.
ALTER TABLE signature_step ADD COLUMN way TEXT
    CHECK (way IN ('kept_key', 'brought_back', 'token', 'vgca', 'hsm', 'remote'));
ALTER TABLE signature_step ADD COLUMN certificate_sha256 TEXT;

-- Why somebody sent a document back instead of signing it.
CREATE TABLE signing_return (
    document_id BLOB PRIMARY KEY REFERENCES signing_document (id),
    number INTEGER NOT NULL,
    person_id BLOB NOT NULL REFERENCES person (id),
    reason TEXT NOT NULL,
    returned_at INTEGER NOT NULL
) STRICT;

-- A certificate that may sign for somebody here. The administrator says whose
-- it is; its names are never taken for it.
CREATE TABLE bound_certificate (
    id BLOB PRIMARY KEY,
    organisation_id BLOB NOT NULL REFERENCES organisation (id),
    -- NULL: the organisation's own, which seals.
    person_id BLOB REFERENCES person (id),
    certificate BLOB NOT NULL,
    -- SHA-256 of the certificate, hex.
    fingerprint TEXT NOT NULL,
    not_after INTEGER NOT NULL,
    bound_by BLOB NOT NULL REFERENCES person (id),
    bound_at INTEGER NOT NULL,
    ended_at INTEGER,
    ended_by BLOB REFERENCES person (id),
    ended_because TEXT CHECK (ended_because IN ('replaced', 'lost', 'revoked', 'moved')),
    -- The fewest days left at which its holder was warned.
    warned_at_days INTEGER,
    CHECK ((ended_at IS NULL) = (ended_because IS NULL)),
    CHECK ((ended_at IS NULL) = (ended_by IS NULL))
) STRICT;
-- One certificate belongs to one holder at a time.
CREATE UNIQUE INDEX bound_certificate_once ON bound_certificate (fingerprint) WHERE ended_at IS NULL;
CREATE INDEX bound_certificate_holder ON bound_certificate (organisation_id, person_id);

-- A step handed to a key that is elsewhere, until its signature comes back.
CREATE TABLE signing_act (
    id BLOB PRIMARY KEY,
    document_id BLOB NOT NULL REFERENCES signing_document (id),
    number INTEGER NOT NULL,
    person_id BLOB NOT NULL REFERENCES person (id),
    way TEXT NOT NULL CHECK (way IN ('brought_back', 'token', 'vgca', 'hsm', 'remote')),
    -- The newest bytes of the document when it was handed out.
    base_sha256 TEXT NOT NULL,
    -- The bytes handed out: those, or those with an empty field behind them.
    given_sha256 TEXT NOT NULL,
    -- The empty field; NULL where we write the signature in ourselves.
    field TEXT,
    -- What completing it needs (JSON); NULL where the other side writes the signature in.
    prepared TEXT,
    state TEXT NOT NULL CHECK (state IN ('open', 'accepted', 'closed')),
    given_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    ended_at INTEGER,
    CHECK ((state = 'open') = (ended_at IS NULL)),
    CHECK ((field IS NULL) <> (prepared IS NULL))
) STRICT;
CREATE INDEX signing_act_step ON signing_act (document_id, number, state);

-- A signature that came and was not accepted. Kept for ever: it is a deviation
-- from the procedure, and somebody will ask.
CREATE TABLE signing_refusal (
    id BLOB PRIMARY KEY,
    document_id BLOB NOT NULL REFERENCES signing_document (id),
    number INTEGER NOT NULL,
    person_id BLOB NOT NULL REFERENCES person (id),
    way TEXT NOT NULL,
    deviation TEXT NOT NULL,
    -- For engineers: the codes of the rules that found it.
    detail TEXT NOT NULL,
    -- SHA-256 of what came, hex; NULL where no file came.
    sha256 TEXT,
    refused_at INTEGER NOT NULL
) STRICT;
CREATE INDEX signing_refusal_step ON signing_refusal (document_id, number);

-- Authority to sign in somebody's place (ủy quyền, NĐ 30/2020 Điều 13): given in
-- writing, for some matters and some days, and not handed on.
CREATE TABLE signing_delegation (
    id BLOB PRIMARY KEY,
    organisation_id BLOB NOT NULL REFERENCES organisation (id),
    giver_id BLOB NOT NULL REFERENCES person (id),
    holder_id BLOB NOT NULL REFERENCES person (id),
    -- Number and symbol of the paper that gives it.
    basis TEXT NOT NULL,
    -- What may be signed, in words.
    scope TEXT NOT NULL,
    -- The kinds of document it covers, as words with spaces between; empty: every kind.
    kinds TEXT NOT NULL,
    -- The first moment of the first day, and of the day after the last.
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    recorded_by BLOB NOT NULL REFERENCES person (id),
    recorded_at INTEGER NOT NULL,
    -- The giver's own word; before it nobody signs by this.
    confirmed_at INTEGER,
    ended_at INTEGER,
    ended_by BLOB REFERENCES person (id),
    CHECK (giver_id <> holder_id),
    CHECK (starts_at < ends_at),
    CHECK ((ended_at IS NULL) = (ended_by IS NULL))
) STRICT;
CREATE INDEX signing_delegation_holder ON signing_delegation (organisation_id, holder_id);

-- By whose authority a step is signed; NULL: by the signer's own.
ALTER TABLE signature_step ADD COLUMN delegation_id BLOB REFERENCES signing_delegation (id);

-- The picture of a seal whose key lies in the server's module; a key kept as a
-- file has its picture beside it.
CREATE TABLE seal_picture (
    organisation_id BLOB PRIMARY KEY REFERENCES organisation (id),
    -- PNG with transparent background: the seal, in red.
    image BLOB NOT NULL,
    -- The real diameter of the seal, in millimetres.
    diameter INTEGER NOT NULL CHECK (diameter BETWEEN 10 AND 60),
    set_by BLOB NOT NULL REFERENCES person (id),
    set_at INTEGER NOT NULL
) STRICT;
