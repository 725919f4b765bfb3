-- Uses of keys at remote services that their owners are asked about on a page
-- of the service itself. Kept for a day, so that an address opened again can say what became of it.
CREATE TABLE remote_authorisation (
    id BLOB PRIMARY KEY,
    person_id BLOB NOT NULL REFERENCES person (id),
    -- The service, by its name in the settings.
    service TEXT NOT NULL,
    -- SHA-256 of the secret that the browser brings back, hex.
    state_sha256 TEXT NOT NULL UNIQUE,
    -- What proves to the service that the answer is asked for by whom it was sent to (RFC 7636); NULL: it was used.
    verifier TEXT,
    -- The key, and the object identifiers by which it is used, in the service's words.
    credential TEXT NOT NULL,
    hash_algorithm TEXT NOT NULL,
    sign_algorithm TEXT NOT NULL,
    asked_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    -- When the browser came back; what follows from that follows once.
    taken_at INTEGER,
    ended_at INTEGER,
    -- Why nothing was signed; NULL: each document has an outcome of its own.
    why TEXT,
    CHECK ((taken_at IS NULL) = (verifier IS NOT NULL)),
    CHECK (ended_at IS NULL OR taken_at IS NOT NULL),
    CHECK (why IS NULL OR ended_at IS NOT NULL)
) STRICT;
CREATE INDEX remote_authorisation_end ON remote_authorisation (expires_at);

-- The documents it is about, in the order in which their signer chose them.
CREATE TABLE remote_authorisation_step (
    authorisation_id BLOB NOT NULL REFERENCES remote_authorisation (id),
    place INTEGER NOT NULL,
    document_id BLOB NOT NULL REFERENCES signing_document (id),
    number INTEGER NOT NULL,
    -- The newest bytes when it was laid out, and what completing it needs (JSON); NULL: it could not be laid out.
    base_sha256 TEXT,
    prepared TEXT,
    -- It was not laid out because the service takes no more at once.
    is_left INTEGER NOT NULL,
    PRIMARY KEY (authorisation_id, place),
    CHECK ((base_sha256 IS NULL) = (prepared IS NULL)),
    CHECK (prepared IS NULL OR NOT is_left)
) STRICT;

-- When the person last had the service send them a code.
ALTER TABLE remote_account ADD COLUMN code_asked_at INTEGER;
