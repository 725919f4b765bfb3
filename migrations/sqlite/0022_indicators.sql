-- Indicators (chỉ số): what each document, task, slip, meeting and person adds
-- to the figures. All of it can be made again from the log of acts.

-- What one subject adds to one indicator. The rows behind a figure.
CREATE TABLE indicator_fact (
    -- An outgoing document, a number, an incoming document, a task, a slip, a
    -- meeting or a person, by its id.
    subject_id BLOB NOT NULL,
    indicator TEXT NOT NULL CHECK (indicator IN ('edoc_share', 'signed_share', 'procedure_share', 'arrival_same_day',
        'incoming_on_time', 'task_on_time', 'opinion_on_time', 'paperless_meetings', 'pages_saved', 'users_active')),
    -- Whose it is; a slip counts once for each member.
    person_id BLOB NOT NULL REFERENCES person (id),
    -- The first moment of the month it counts in.
    month INTEGER NOT NULL,
    organisation_id BLOB NOT NULL REFERENCES organisation (id),
    unit_id BLOB NOT NULL REFERENCES unit (id),
    -- What it adds to the numerator and to the denominator.
    part INTEGER NOT NULL CHECK (part >= 0),
    whole INTEGER NOT NULL CHECK (whole >= 0),
    -- The moment that made it count: issued, done, closed.
    at INTEGER NOT NULL,
    -- Why it is not in the numerator: codes, a space between.
    reasons TEXT NOT NULL,
    -- What the signatures of the file came to when this was judged.
    light TEXT,
    -- The count that last found it; an older one is swept away by a rebuild.
    run INTEGER NOT NULL,
    PRIMARY KEY (subject_id, indicator, person_id, month)
) STRICT;
CREATE INDEX indicator_fact_list ON indicator_fact (organisation_id, indicator, month, at);

-- The facts, added up; written in the transaction that changes them.
CREATE TABLE indicator_sum (
    organisation_id BLOB NOT NULL REFERENCES organisation (id),
    month INTEGER NOT NULL,
    indicator TEXT NOT NULL,
    unit_id BLOB NOT NULL REFERENCES unit (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    part INTEGER NOT NULL,
    whole INTEGER NOT NULL,
    PRIMARY KEY (organisation_id, month, indicator, unit_id, person_id)
) STRICT;

-- How far the log of each organisation has been counted.
CREATE TABLE indicator_progress (
    organisation_id BLOB PRIMARY KEY REFERENCES organisation (id),
    -- The last entry counted, and its time.
    sequence INTEGER NOT NULL,
    read_at INTEGER NOT NULL,
    run INTEGER NOT NULL,
    -- How far a rebuild has come; NULL: none is under way.
    rebuilt INTEGER,
    rebuilt_at INTEGER
) STRICT;

-- What an organisation aims at, in hundredths; without a row, what its level aims at.
CREATE TABLE indicator_target (
    organisation_id BLOB NOT NULL REFERENCES organisation (id),
    indicator TEXT NOT NULL,
    percent INTEGER NOT NULL CHECK (percent BETWEEN 0 AND 100),
    PRIMARY KEY (organisation_id, indicator)
) STRICT;

-- Keys by which an operations centre reads the figures.
CREATE TABLE indicator_key (
    id BLOB PRIMARY KEY,
    organisation_id BLOB NOT NULL REFERENCES organisation (id),
    name TEXT NOT NULL,
    -- Its first letters, so that people can tell keys apart.
    beginning TEXT NOT NULL,
    -- SHA-256: the key itself is shown once and kept nowhere.
    secret_hash BLOB NOT NULL UNIQUE,
    created_by BLOB NOT NULL REFERENCES person (id),
    created_at INTEGER NOT NULL,
    -- To the minute.
    used_at INTEGER,
    revoked_at INTEGER
) STRICT;
CREATE INDEX indicator_key_organisation ON indicator_key (organisation_id, created_at);
