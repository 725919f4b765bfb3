-- Outgoing documents and the numbers they take.

-- One row for each organisation, register, code and year; whoever takes a
-- number writes it, and so waits for whoever came before.
CREATE TABLE number_series (
    id UUID PRIMARY KEY,
    organisation_id UUID NOT NULL REFERENCES organisation (id),
    kind TEXT NOT NULL CHECK (kind IN ('outgoing', 'incoming', 'copy')),
    -- The abbreviation of the kind of document ("QĐ"), where each kind has a
    -- series of its own; else empty.
    code TEXT NOT NULL,
    year BIGINT NOT NULL,
    last_number BIGINT NOT NULL CHECK (last_number >= 0),
    -- The day the last number bears: its first moment. The next is not earlier.
    last_day BIGINT NOT NULL,
    UNIQUE (organisation_id, kind, code, year)
);

-- Every number that was ever given, for good.
CREATE TABLE register_number (
    id UUID PRIMARY KEY,
    series_id UUID NOT NULL REFERENCES number_series (id),
    number BIGINT NOT NULL CHECK (number > 0),
    state TEXT NOT NULL CHECK (state IN ('held', 'reserved', 'cancelled')),
    -- The date it bears: the first moment of that day.
    day BIGINT NOT NULL,
    -- What holds it, or held it until it was cancelled: "outgoing:018f…".
    -- NULL: it was reserved and no document came.
    holder TEXT,
    -- What the register says it is for, and where that is found.
    subject TEXT NOT NULL,
    link TEXT NOT NULL,
    -- Why it was reserved or cancelled; empty for a number in use.
    reason TEXT NOT NULL,
    taken_by UUID NOT NULL REFERENCES person (id),
    taken_at BIGINT NOT NULL,
    cancelled_by UUID REFERENCES person (id),
    cancelled_at BIGINT,
    UNIQUE (series_id, number),
    CHECK (state <> 'held' OR holder IS NOT NULL),
    CHECK (state <> 'reserved' OR (holder IS NULL AND reason <> '')),
    CHECK ((state = 'cancelled') = (cancelled_at IS NOT NULL))
);
-- A document has one number at a time.
CREATE UNIQUE INDEX register_number_holder ON register_number (holder) WHERE state = 'held';

-- How an office numbers its outgoing documents; without a row, by kind.
CREATE TABLE number_scheme (
    organisation_id UUID PRIMARY KEY REFERENCES organisation (id),
    by_type BOOLEAN NOT NULL
);
