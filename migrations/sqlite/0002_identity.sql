CREATE TABLE organisation (
    id BLOB PRIMARY KEY,
    -- Short latin code, used in document symbols and addresses.
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    -- The body above it, as printed at the top left of its documents.
    parent_name TEXT NOT NULL,
    -- Place name of its dates: "An Hải, ngày …".
    place TEXT NOT NULL,
    level TEXT NOT NULL CHECK (level IN ('central', 'province', 'commune')),
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE unit (
    id BLOB PRIMARY KEY,
    organisation_id BLOB NOT NULL REFERENCES organisation (id),
    parent_id BLOB REFERENCES unit (id),
    name TEXT NOT NULL,
    position INTEGER NOT NULL
) STRICT;
CREATE INDEX unit_organisation ON unit (organisation_id, position);

CREATE TABLE person (
    id BLOB PRIMARY KEY,
    organisation_id BLOB NOT NULL REFERENCES organisation (id),
    unit_id BLOB NOT NULL REFERENCES unit (id),
    login TEXT NOT NULL UNIQUE,
    full_name TEXT NOT NULL,
    -- Full name without marks and in lower case, for search.
    folded_name TEXT NOT NULL,
    position TEXT NOT NULL,
    email TEXT NOT NULL,
    -- Argon2id, PHC string.
    password_hash TEXT NOT NULL,
    -- Left the office: signs in no more, stays in every record.
    active INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX person_organisation ON person (organisation_id, folded_name);

CREATE TABLE person_role (
    person_id BLOB NOT NULL REFERENCES person (id),
    role TEXT NOT NULL
        CHECK (role IN ('secretary', 'clerk', 'archivist', 'unit_admin', 'system_admin', 'auditor')),
    PRIMARY KEY (person_id, role)
) STRICT;

CREATE TABLE session (
    -- SHA-256 of the random id in the cookie: a stolen database signs nobody in.
    id_hash BLOB PRIMARY KEY,
    person_id BLOB NOT NULL REFERENCES person (id),
    created_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    device TEXT NOT NULL
) STRICT;
CREATE INDEX session_person ON session (person_id);

-- Failed sign-ins, by login and by address.
CREATE TABLE sign_in_failure (
    subject TEXT PRIMARY KEY,
    failures INTEGER NOT NULL,
    last_at INTEGER NOT NULL
) STRICT;

CREATE TABLE notice (
    id BLOB PRIMARY KEY,
    person_id BLOB NOT NULL REFERENCES person (id),
    subject TEXT NOT NULL,
    link TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    read_at INTEGER
) STRICT;
CREATE INDEX notice_person ON notice (person_id, created_at);

-- What was handed to the mail server, or is waiting for it.
CREATE TABLE mail (
    id BLOB PRIMARY KEY,
    organisation_id BLOB NOT NULL REFERENCES organisation (id),
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    sent_at INTEGER
) STRICT;
CREATE INDEX mail_organisation ON mail (organisation_id, created_at);
