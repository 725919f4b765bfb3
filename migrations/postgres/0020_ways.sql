-- The ways to sign.

-- A document that came back unsigned is neither under way nor complete.
ALTER TABLE signing_document DROP CONSTRAINT signing_document_state_check;
ALTER TABLE signing_document ADD CONSTRAINT signing_document_state_check
    CHECK (state IN ('signing', 'complete', 'returned'));
-- NULL: opened before this was kept.
ALTER TABLE signing_document ADD COLUMN opened_by UUID REFERENCES person (id);

-- By which way a step was signed and with which certificate, SHA-256 in hex.
-- NULL: waiting, or signed before this was kept. The words name every way the
-- law knows, so that the next one to be built needs no new table.
ALTER TABLE signature_step ADD COLUMN way TEXT
    CHECK (way IN ('kept_key', 'brought_back', 'token', 'vgca', 'hsm', 'remote'));
ALTER TABLE signature_step ADD COLUMN certificate_sha256 TEXT;

-- Why somebody sent a document back instead of signing it.
CREATE TABLE signing_return (
    document_id UUID PRIMARY KEY REFERENCES signing_document (id),
    number BIGINT NOT NULL,
    person_id UUID NOT NULL REFERENCES person (id),
    reason TEXT NOT NULL,
    returned_at BIGINT NOT NULL
);

-- A certificate that may sign for somebody here. The administrator says whose
-- it is; its names are never taken for it.
CREATE TABLE bound_certificate (
    id UUID PRIMARY KEY,
    organisation_id UUID NOT NULL REFERENCES organisation (id),
    -- NULL: the organisation's own, which seals.
    person_id UUID REFERENCES person (id),
    certificate BYTEA NOT NULL,
    -- SHA-256 of the certificate, hex.
    fingerprint TEXT NOT NULL,
    not_after BIGINT NOT NULL,
    bound_by UUID NOT NULL REFERENCES person (id),
    bound_at BIGINT NOT NULL,
    ended_at BIGINT,
    ended_by UUID REFERENCES person (id),
    ended_because TEXT CHECK (ended_because IN ('replaced', 'lost', 'revoked', 'moved')),
    -- The fewest days left at which its holder was warned.
    warned_at_days BIGINT,
    CHECK ((ended_at IS NULL) = (ended_because IS NULL)),
    CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
-- One certificate belongs to one holder at a time.
CREATE UNIQUE INDEX bound_certificate_once ON bound_certificate (fingerprint) WHERE ended_at IS NULL;
CREATE INDEX bound_certificate_holder ON bound_certificate (organisation_id, person_id);

-- A step handed to a key that is elsewhere, until its signature comes back.
CREATE TABLE signing_act (
    id UUID PRIMARY KEY,
    document_id UUID NOT NULL REFERENCES signing_document (id),
    number BIGINT NOT NULL,
    person_id UUID NOT NULL REFERENCES person (id),
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
    given_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    CHECK ((state = 'open') = (ended_at IS NULL)),
    CHECK ((field IS NULL) <> (prepared IS NULL))
);
CREATE INDEX signing_act_step ON signing_act (document_id, number, state);

-- A signature that came and was not accepted. Kept for ever: it is a deviation
-- from the procedure, and somebody will ask.
CREATE TABLE signing_refusal (
    id UUID PRIMARY KEY,
    document_id UUID NOT NULL REFERENCES signing_document (id),
    number BIGINT NOT NULL,
    person_id UUID NOT NULL REFERENCES person (id),
    way TEXT NOT NULL,
    deviation TEXT NOT NULL,
    -- For engineers: the codes of the rules that found it.
    detail TEXT NOT NULL,
    -- SHA-256 of what came, hex; NULL where no file came.
    sha256 TEXT,
    refused_at BIGINT NOT NULL
);
CREATE INDEX signing_refusal_step ON signing_refusal (document_id, number);

-- Authority to sign in somebody's place (ủy quyền, NĐ 30/2020 Điều 13): given in
-- writing, for some matters and some days, and not handed on.
CREATE TABLE signing_delegation (
    id UUID PRIMARY KEY,
    organisation_id UUID NOT NULL REFERENCES organisation (id),
    giver_id UUID NOT NULL REFERENCES person (id),
    holder_id UUID NOT NULL REFERENCES person (id),
    -- Number and symbol of the paper that gives it.
    basis TEXT NOT NULL,
    -- What may be signed, in words.
    scope TEXT NOT NULL,
    -- The kinds of document it covers, as words with spaces between; empty: every kind.
    kinds TEXT NOT NULL,
    -- The first moment of the first day, and of the day after the last.
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    recorded_by UUID NOT NULL REFERENCES person (id),
    recorded_at BIGINT NOT NULL,
    -- The giver's own word; before it nobody signs by this.
    confirmed_at BIGINT,
    ended_at BIGINT,
    ended_by UUID REFERENCES person (id),
    CHECK (giver_id <> holder_id),
    CHECK (starts_at < ends_at),
    CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
CREATE INDEX signing_delegation_holder ON signing_delegation (organisation_id, holder_id);

-- By whose authority a step is signed; NULL: by the signer's own.
ALTER TABLE signature_step ADD COLUMN delegation_id UUID REFERENCES signing_delegation (id);

-- The picture of a seal whose key lies in the server's module; a key kept as a
-- file has its picture beside it.
CREATE TABLE seal_picture (
    organisation_id UUID PRIMARY KEY REFERENCES organisation (id),
    -- PNG with transparent background: the seal, in red.
    image BYTEA NOT NULL,
    -- The real diameter of the seal, in millimetres.
    diameter BIGINT NOT NULL CHECK (diameter BETWEEN 10 AND 60),
    set_by UUID NOT NULL REFERENCES person (id),
    set_at BIGINT NOT NULL
);
