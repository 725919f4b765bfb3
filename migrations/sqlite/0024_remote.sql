-- Signing by a desktop program and by remote services, and which ways are open to whom.

-- The table is built anew because its CHECK changes: a desktop program is given
-- the document as it is, without a field of ours, and writes the signature in itself.
CREATE TABLE signing_act_next (
    id BLOB PRIMARY KEY,
    document_id BLOB NOT NULL REFERENCES signing_document (id),
    number INTEGER NOT NULL,
    person_id BLOB NOT NULL REFERENCES person (id),
    way TEXT NOT NULL CHECK (way IN ('brought_back', 'token', 'vgca', 'hsm', 'remote')),
    -- The newest bytes of the document when it was handed out.
    base_sha256 TEXT NOT NULL,
    -- The bytes handed out: those, or those with an empty field behind them.
    given_sha256 TEXT NOT NULL,
    -- The empty field; NULL where we write the signature in ourselves, or the
    -- other side makes a field of its own.
    field TEXT,
    -- What completing it needs (JSON); NULL where the other side writes the signature in.
    prepared TEXT,
    -- SHA-256 of the secret in the addresses a desktop program is given, hex.
    secret_sha256 TEXT,
    -- The file that was accepted: the same bytes once more are the same upload, others are a replay.
    returned_sha256 TEXT,
    state TEXT NOT NULL CHECK (state IN ('open', 'accepted', 'closed')),
    given_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    ended_at INTEGER,
    CHECK ((state = 'open') = (ended_at IS NULL)),
    CHECK (field IS NULL OR prepared IS NULL),
    CHECK ((way = 'vgca') = (secret_sha256 IS NOT NULL)),
    CHECK (way = 'vgca' OR field IS NOT NULL OR prepared IS NOT NULL),
    CHECK (returned_sha256 IS NULL OR state = 'accepted')
) STRICT;
INSERT INTO signing_act_next (id, document_id, number, person_id, way, base_sha256, given_sha256, field, prepared, state,
                              given_at, expires_at, ended_at)
    SELECT id, document_id, number, person_id, way, base_sha256, given_sha256, field, prepared, state, given_at,
           expires_at, ended_at
    FROM signing_act WHERE way <> 'vgca';
DROP TABLE signing_act;
ALTER TABLE signing_act_next RENAME TO signing_act;
CREATE INDEX signing_act_step ON signing_act (document_id, number, state);

-- By which name a remote signing service knows a person. The person writes it;
-- what is signed still counts only by the certificate bound to them.
CREATE TABLE remote_account (
    person_id BLOB NOT NULL REFERENCES person (id),
    -- The service, by its name in the settings.
    service TEXT NOT NULL,
    account TEXT NOT NULL,
    set_at INTEGER NOT NULL,
    PRIMARY KEY (person_id, service)
) STRICT;

-- A way of signing that the administrator has closed for those who sign in a
-- role. Without a row a way is open.
CREATE TABLE closed_way (
    organisation_id BLOB NOT NULL REFERENCES organisation (id),
    role TEXT NOT NULL CHECK (role IN ('leader', 'secretary', 'member', 'clerk')),
    way TEXT NOT NULL CHECK (way IN ('kept_key', 'brought_back', 'token', 'vgca', 'hsm', 'remote')),
    closed_by BLOB NOT NULL REFERENCES person (id),
    closed_at INTEGER NOT NULL,
    PRIMARY KEY (organisation_id, role, way)
) STRICT;

-- What the organisation's signature proves about its time. 'b-b' is queued for
-- a timestamp where an authority is set; NULL: none yet, or sealed before this was kept.
ALTER TABLE signing_document ADD COLUMN seal_level TEXT CHECK (seal_level IN ('b-b', 'b-t'));
ALTER TABLE outgoing_attachment ADD COLUMN seal_level TEXT CHECK (seal_level IN ('b-b', 'b-t'));
