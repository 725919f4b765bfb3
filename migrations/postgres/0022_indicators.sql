-- Indicators (chỉ số): what each document, task, slip, meeting and person adds
-- to the figures. All of it can be made again from the log of acts.

-- What one subject adds to one indicator. The rows behind a figure.
CREATE TABLE indicator_fact (
    -- An outgoing document, a number, an incoming document, a task, a slip, a
    -- meeting or a person, by its id.
    subject_id UUID NOT NULL,
    indicator TEXT NOT NULL CHECK (indicator IN ('edoc_share', 'signed_share', 'procedure_share', 'arrival_same_day',
        'incoming_on_time', 'task_on_time', 'opinion_on_time', 'paperless_meetings', 'pages_saved', 'users_active')),
    -- Whose it is; a slip counts once for each member.
    person_id UUID NOT NULL REFERENCES person (id),
    -- The first moment of the month it counts in.
    month BIGINT NOT NULL,
    organisation_id UUID NOT NULL REFERENCES organisation (id),
    unit_id UUID NOT NULL REFERENCES unit (id),
    -- What it adds to the numerator and to the denominator.
    part BIGINT NOT NULL CHECK (part >= 0),
    whole BIGINT NOT NULL CHECK (whole >= 0),
    -- The moment that made it count: issued, done, closed.
    at BIGINT NOT NULL,
    -- Why it is not in the numerator: codes, a space between.
    reasons TEXT NOT NULL,
    -- What the signatures of the file came to when this was judged.
    light TEXT,
    -- The count that last found it; an older one is swept away by a rebuild.
    run BIGINT NOT NULL,
    PRIMARY KEY (subject_id, indicator, person_id, month)
);
CREATE INDEX indicator_fact_list ON indicator_fact (organisation_id, indicator, month, at);

-- The facts, added up; written in the transaction that changes them.
CREATE TABLE indicator_sum (
    organisation_id UUID NOT NULL REFERENCES organisation (id),
    month BIGINT NOT NULL,
    indicator TEXT NOT NULL,
    unit_id UUID NOT NULL REFERENCES unit (id),
    person_id UUID NOT NULL REFERENCES person (id),
    part BIGINT NOT NULL,
    whole BIGINT NOT NULL,
    PRIMARY KEY (organisation_id, month, indicator, unit_id, person_id)
);

-- How far the log of each organisation has been counted.
CREATE TABLE indicator_progress (
    organisation_id UUID PRIMARY KEY REFERENCES organisation (id),
    -- The last entry counted, and its time.
    sequence BIGINT NOT NULL,
    read_at BIGINT NOT NULL,
    run BIGINT NOT NULL,
    -- How far a rebuild has come; NULL: none is under way.
    rebuilt BIGINT,
    rebuilt_at BIGINT
);

-- What an organisation aims at, in hundredths; without a row, what its level aims at.
CREATE TABLE indicator_target (
    organisation_id UUID NOT NULL REFERENCES organisation (id),
    indicator TEXT NOT NULL,
    percent BIGINT NOT NULL CHECK (percent BETWEEN 0 AND 100),
    PRIMARY KEY (organisation_id, indicator)
);

-- Keys by which an operations centre reads the figures.
CREATE TABLE indicator_key (
    id UUID PRIMARY KEY,
    organisation_id UUID NOT NULL REFERENCES organisation (id),
    name TEXT NOT NULL,
    -- Its first letters, so that people can tell keys apart.
    beginning TEXT NOT NULL,
    -- SHA-256: the key itself is shown once and kept nowhere.
    secret_hash BYTEA NOT NULL UNIQUE,
    created_by UUID NOT NULL REFERENCES person (id),
    created_at BIGINT NOT NULL,
    -- To the minute.
    used_at BIGINT,
    revoked_at BIGINT
);
CREATE INDEX indicator_key_organisation ON indicator_key (organisation_id, created_at);
