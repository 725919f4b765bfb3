-- Signing by a desktop program and by remote services, and which ways are open to whom.

-- A desktop program is given the document as it is, without a field of ours,
-- and writes the signature in itself.
ALTER TABLE signing_act DROP CONSTRAINT signing_act_check1;
-- SHA-256 of the secret in the addresses a desktop program is given, hex.
ALTER TABLE signing_act ADD COLUMN secret_sha256 TEXT;
-- The file that was accepted: the same bytes once more are the same upload, others are a replay.
ALTER TABLE signing_act ADD COLUMN returned_sha256 TEXT;
DELETE FROM signing_act WHERE way = 'vgca';
ALTER TABLE signing_act ADD CHECK (field IS NULL OR prepared IS NULL);
ALTER TABLE signing_act ADD CHECK ((way = 'vgca') = (secret_sha256 IS NOT NULL));
ALTER TABLE signing_act ADD CHECK (way = 'vgca' OR field IS NOT NULL OR prepared IS NOT NULL);
ALTER TABLE signing_act ADD CHECK (returned_sha256 IS NULL OR state = 'accepted');

-- By which name a remote signing service knows a person. The person writes it;
-- what is signed still counts only by the certificate bound to them.
CREATE TABLE remote_account (
    person_id UUID NOT NULL REFERENCES person (id),
    -- The service, by its name in the settings.
    service TEXT NOT NULL,
    account TEXT NOT NULL,
    set_at BIGINT NOT NULL,
    PRIMARY KEY (person_id, service)
);

-- A way of signing that the administrator has closed for those who sign in a
-- role. Without a row a way is open.
CREATE TABLE closed_way (
    organisation_id UUID NOT NULL REFERENCES organisation (id),
    role TEXT NOT NULL CHECK (role IN ('leader', 'secretary', 'member', 'clerk')),
    way TEXT NOT NULL CHECK (way IN ('kept_key', 'brought_back', 'token', 'vgca', 'hsm', 'remote')),
    closed_by UUID NOT NULL REFERENCES person (id),
    closed_at BIGINT NOT NULL,
    PRIMARY KEY (organisation_id, role, way)
);

-- What the organisation's signature proves about its time. 'b-b' is queued for
-- a timestamp where an authority is set; NULL: none yet, or sealed before this was kept.
ALTER TABLE signing_document ADD COLUMN seal_level TEXT CHECK (seal_level IN ('b-b', 'b-t'));
ALTER TABLE outgoing_attachment ADD COLUMN seal_level TEXT CHECK (seal_level IN ('b-b', 'b-t'));
