CREATE TABLE organisation (
    id UUID PRIMARY KEY,
    -- Short latin code, used in document symbols and addresses.
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    -- The body above it, as printed at the top left of its documents.
    parent_name TEXT NOT NULL,
    -- Place name of its dates: "An Hải, ngày …".
    place TEXT NOT NULL,
    level TEXT NOT NULL CHECK (level IN ('central', 'province', 'commune')),
    created_at BIGINT NOT NULL
);

CREATE TABLE unit (
    id UUID PRIMARY KEY,
    organisation_id UUID NOT NULL REFERENCES organisation (id),
    parent_id UUID REFERENCES unit (id),
    name TEXT NOT NULL,
    position BIGINT NOT NULL
);
CREATE INDEX unit_organisation ON unit (organisation_id, position);

CREATE TABLE person (
    id UUID PRIMARY KEY,
    organisation_id UUID NOT NULL REFERENCES organisation (id),
    unit_id UUID NOT NULL REFERENCES unit (id),
    login TEXT NOT NULL UNIQUE,
    full_name TEXT NOT NULL,
    -- Full name without marks and in lower case, for search.
    folded_name TEXT NOT NULL,
    position TEXT NOT NULL,
    email TEXT NOT NULL,
    -- Argon2id, PHC string.
    password_hash TEXT NOT NULL,
    -- Left the office: signs in no more, stays in every record.
    active BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX person_organisation ON person (organisation_id, folded_name);

CREATE TABLE person_role (
    person_id UUID NOT NULL REFERENCES person (id),
    role TEXT NOT NULL
        CHECK (role IN ('secretary', 'clerk', 'archivist', 'unit_admin', 'system_admin', 'auditor')),
    PRIMARY KEY (person_id, role)
);

CREATE TABLE session (
    -- SHA-256 of the random id in the cookie: a stolen database signs nobody in.
    id_hash BYTEA PRIMARY KEY,
    person_id UUID NOT NULL REFERENCES person (id),
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    device TEXT NOT NULL
);
CREATE INDEX session_person ON session (person_id);

-- Failed sign-ins, by login and by address.
CREATE TABLE sign_in_failure (
    subject TEXT PRIMARY KEY,
    failures BIGINT NOT NULL,
    last_at BIGINT NOT NULL
);

CREATE TABLE notice (
    id UUID PRIMARY KEY,
    person_id UUID NOT NULL REFERENCES person (id),
    subject TEXT NOT NULL,
    link TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    read_at BIGINT
);
CREATE INDEX notice_person ON notice (person_id, created_at);

-- What was handed to the mail server, or is waiting for it.
CREATE TABLE mail (
    id UUID PRIMARY KEY,
    organisation_id UUID NOT NULL REFERENCES organisation (id),
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    sent_at BIGINT
);
CREATE INDEX mail_organisation ON mail (organisation_id, created_at);
