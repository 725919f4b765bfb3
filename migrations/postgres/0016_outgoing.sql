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

-- Văn bản đi: a document on its way from draft to file.
CREATE TABLE outgoing_document (
    id UUID PRIMARY KEY,
    organisation_id UUID NOT NULL REFERENCES organisation (id),
    -- "Signed" is not here: it is 'awaiting_signature' with a document whose
    -- signing is complete.
    state TEXT NOT NULL CHECK (state IN ('draft', 'content_review', 'format_check', 'awaiting_signature', 'numbered',
                                         'sealed', 'issued', 'filed', 'recalled', 'cancelled')),
    -- One of the 29 kinds of NĐ 30, Phụ lục III.
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    -- Subject and symbol without marks and in lower case, for search.
    folded TEXT NOT NULL,
    priority TEXT NOT NULL CHECK (priority IN ('normal', 'urgent', 'very_urgent', 'express')),
    drafter_id UUID NOT NULL REFERENCES person (id),
    -- Answers for the content (ký nháy); never who drafted it.
    checker_id UUID NOT NULL REFERENCES person (id),
    signer_id UUID NOT NULL REFERENCES person (id),
    capacity TEXT NOT NULL CHECK (capacity IN ('own', 'tm', 'kt', 'tl', 'tuq', 'q')),
    -- What stands behind the number: "QĐ-UBND".
    symbol TEXT NOT NULL,
    copies BIGINT NOT NULL CHECK (copies BETWEEN 1 AND 9999),
    -- Recipients outside the installation, a line each.
    others TEXT NOT NULL,
    -- The document that this one answers: "incoming:018f…".
    answers TEXT,
    -- The issued document that this one replaces or corrects.
    relation TEXT CHECK (relation IN ('replaces', 'corrects')),
    related_id UUID REFERENCES outgoing_document (id),
    paper_id UUID NOT NULL REFERENCES paper (id),
    -- The number of the paper's version that counts; every change of the file
    -- is the next.
    edition BIGINT NOT NULL CHECK (edition > 0),
    -- What the signer signs, once the format is approved; of the current edition.
    document_id UUID UNIQUE REFERENCES signing_document (id),
    number_id UUID UNIQUE REFERENCES register_number (id),
    sealed_at BIGINT,
    issued_at BIGINT,
    filed_at BIGINT,
    -- The work file (hồ sơ) it went into.
    filed_in TEXT NOT NULL,
    -- Raised by every save of the details; a form that carries an older one is stale.
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    CHECK (checker_id <> drafter_id),
    CHECK ((relation IS NULL) = (related_id IS NULL)),
    CHECK (state NOT IN ('awaiting_signature', 'numbered', 'sealed', 'issued', 'filed') OR document_id IS NOT NULL),
    CHECK (state NOT IN ('numbered', 'sealed', 'issued', 'filed', 'recalled') OR number_id IS NOT NULL),
    CHECK (state NOT IN ('sealed', 'issued', 'filed', 'recalled') OR sealed_at IS NOT NULL),
    CHECK (state NOT IN ('issued', 'filed', 'recalled') OR issued_at IS NOT NULL),
    CHECK (state <> 'filed' OR (filed_at IS NOT NULL AND filed_in <> ''))
);
CREATE INDEX outgoing_document_list ON outgoing_document (organisation_id, created_at);
CREATE INDEX outgoing_document_signer ON outgoing_document (signer_id, state);

-- What was prepared for signature, edition by edition. An edition that was
-- signed and given up keeps its signature here.
CREATE TABLE outgoing_edition (
    outgoing_id UUID NOT NULL REFERENCES outgoing_document (id),
    number BIGINT NOT NULL CHECK (number > 0),
    document_id UUID NOT NULL UNIQUE REFERENCES signing_document (id),
    -- The form fields that wait for number and date, by name, a space between.
    fields TEXT NOT NULL,
    -- Place of the personal signature, in thousandths of a PDF point from the
    -- lower left corner: the seal goes over its left third.
    page BIGINT NOT NULL CHECK (page > 0),
    box_x BIGINT NOT NULL,
    box_y BIGINT NOT NULL,
    box_width BIGINT NOT NULL,
    box_height BIGINT NOT NULL,
    -- What the format check found when a person said yes.
    blocking BIGINT NOT NULL,
    warnings BIGINT NOT NULL,
    PRIMARY KEY (outgoing_id, number, document_id)
);

-- Attachments in files of their own; each gets the organisation's signature.
CREATE TABLE outgoing_attachment (
    id UUID PRIMARY KEY,
    outgoing_id UUID NOT NULL REFERENCES outgoing_document (id),
    position BIGINT NOT NULL,
    title TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    size BIGINT NOT NULL,
    -- The bytes with the organisation's signature; NULL until it is sealed.
    sealed_sha256 TEXT,
    sealed_size BIGINT,
    UNIQUE (outgoing_id, position)
);

-- Who did what to a document, and with which words; nothing is taken away.
CREATE TABLE outgoing_step (
    id UUID PRIMARY KEY,
    outgoing_id UUID NOT NULL REFERENCES outgoing_document (id),
    edition BIGINT NOT NULL,
    act TEXT NOT NULL,
    person_id UUID NOT NULL REFERENCES person (id),
    note TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX outgoing_step_of ON outgoing_step (outgoing_id, at);

-- Recipients that the system itself serves.
CREATE TABLE outgoing_recipient (
    id UUID PRIMARY KEY,
    outgoing_id UUID NOT NULL REFERENCES outgoing_document (id),
    -- An organisation of this installation, or NULL: an e-mail address.
    organisation_id UUID REFERENCES organisation (id),
    address TEXT NOT NULL,
    CHECK ((organisation_id IS NULL) = (address <> '')),
    UNIQUE (outgoing_id, organisation_id, address)
);

-- What was sent to an organisation of this installation, and its answer.
CREATE TABLE dispatch (
    id UUID PRIMARY KEY,
    outgoing_id UUID NOT NULL REFERENCES outgoing_document (id),
    organisation_id UUID NOT NULL REFERENCES organisation (id),
    state TEXT NOT NULL CHECK (state IN ('sent', 'received', 'accepted', 'refused', 'recalled')),
    -- Why it was refused or recalled.
    reason TEXT NOT NULL,
    sent_at BIGINT NOT NULL,
    answered_at BIGINT,
    UNIQUE (outgoing_id, organisation_id),
    CHECK (state <> 'refused' OR reason <> ''),
    CHECK ((state = 'sent') = (answered_at IS NULL))
);
CREATE INDEX dispatch_to ON dispatch (organisation_id, state, sent_at);

-- The organisation's key for its signature (chữ ký số của cơ quan), opened by
-- the PIN that its clerk keeps.
CREATE TABLE seal_key (
    organisation_id UUID PRIMARY KEY REFERENCES organisation (id),
    pkcs12 BYTEA NOT NULL,
    certificate BYTEA NOT NULL,
    -- PNG with transparent background: the seal, in red.
    image BYTEA NOT NULL,
    -- The real diameter of the seal, in millimetres.
    diameter BIGINT NOT NULL CHECK (diameter BETWEEN 10 AND 60),
    test BOOLEAN NOT NULL,
    wrong_pins BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
