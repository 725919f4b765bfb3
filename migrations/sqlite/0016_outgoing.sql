-- Outgoing documents and the numbers they take.

-- One row for each organisation, register, code and year; whoever takes a
-- number writes it, and so waits for whoever came before.
CREATE TABLE number_series (
    id BLOB PRIMARY KEY,
    organisation_id BLOB NOT NULL REFERENCES organisation (id),
    kind TEXT NOT NULL CHECK (kind IN ('outgoing', 'incoming', 'copy')),
    -- The abbreviation of the kind of document ("QĐ"), where each kind has a
    -- series of its own; else empty.
    code TEXT NOT NULL,
    year INTEGER NOT NULL,
    last_number INTEGER NOT NULL CHECK (last_number >= 0),
    -- The day the last number bears: its first moment. The next is not earlier.
    last_day INTEGER NOT NULL,
    UNIQUE (organisation_id, kind, code, year)
) STRICT;

-- Every number that was ever given, for good.
CREATE TABLE register_number (
    id BLOB PRIMARY KEY,
    series_id BLOB NOT NULL REFERENCES number_series (id),
    number INTEGER NOT NULL CHECK (number > 0),
    state TEXT NOT NULL CHECK (state IN ('held', 'reserved', 'cancelled')),
    -- The date it bears: the first moment of that day.
    day INTEGER NOT NULL,
    -- What holds it, or held it until it was cancelled: "outgoing:018f…".
    -- NULL: it was reserved and no document came.
    holder TEXT,
    -- What the register says it is for, and where that is found.
    subject TEXT NOT NULL,
    link TEXT NOT NULL,
    -- Why it was reserved or cancelled; empty for a number in use.
    reason TEXT NOT NULL,
    taken_by BLOB NOT NULL REFERENCES person (id),
    taken_at INTEGER NOT NULL,
    cancelled_by BLOB REFERENCES person (id),
    cancelled_at INTEGER,
    UNIQUE (series_id, number),
    CHECK (state <> 'held' OR holder IS NOT NULL),
    CHECK (state <> 'reserved' OR (holder IS NULL AND reason <> '')),
    CHECK ((state = 'cancelled') = (cancelled_at IS NOT NULL))
) STRICT;
-- A document has one number at a time.
CREATE UNIQUE INDEX register_number_holder ON register_number (holder) WHERE state = 'held';

-- How an office numbers its outgoing documents; without a row, by kind.
CREATE TABLE number_scheme (
    organisation_id BLOB PRIMARY KEY REFERENCES organisation (id),
    by_type INTEGER NOT NULL
) STRICT;

-- Văn bản đi: a document on its way from draft to file.
CREATE TABLE outgoing_document (
    id BLOB PRIMARY KEY,
    organisation_id BLOB NOT NULL REFERENCES organisation (id),
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
    drafter_id BLOB NOT NULL REFERENCES person (id),
    -- Answers for the content (ký nháy); never who drafted it.
    checker_id BLOB NOT NULL REFERENCES person (id),
    signer_id BLOB NOT NULL REFERENCES person (id),
    capacity TEXT NOT NULL CHECK (capacity IN ('own', 'tm', 'kt', 'tl', 'tuq', 'q')),
    -- What stands behind the number: "QĐ-UBND".
    symbol TEXT NOT NULL,
    copies INTEGER NOT NULL CHECK (copies BETWEEN 1 AND 9999),
    -- Recipients outside the installation, a line each.
    others TEXT NOT NULL,
    -- The document that this one answers: "incoming:018f…".
    answers TEXT,
    -- The issued document that this one replaces or corrects.
    relation TEXT CHECK (relation IN ('replaces', 'corrects')),
    related_id BLOB REFERENCES outgoing_document (id),
    paper_id BLOB NOT NULL REFERENCES paper (id),
    -- The number of the paper's version that counts; every change of the file
    -- is the next.
    edition INTEGER NOT NULL CHECK (edition > 0),
    -- What the signer signs, once the format is approved; of the current edition.
    document_id BLOB UNIQUE REFERENCES signing_document (id),
    number_id BLOB UNIQUE REFERENCES register_number (id),
    sealed_at INTEGER,
    issued_at INTEGER,
    filed_at INTEGER,
    -- The work file (hồ sơ) it went into.
    filed_in TEXT NOT NULL,
    -- Raised by every save of the details; a form that carries an older one is stale.
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    CHECK (checker_id <> drafter_id),
    CHECK ((relation IS NULL) = (related_id IS NULL)),
    CHECK (state NOT IN ('awaiting_signature', 'numbered', 'sealed', 'issued', 'filed') OR document_id IS NOT NULL),
    CHECK (state NOT IN ('numbered', 'sealed', 'issued', 'filed', 'recalled') OR number_id IS NOT NULL),
    CHECK (state NOT IN ('sealed', 'issued', 'filed', 'recalled') OR sealed_at IS NOT NULL),
    CHECK (state NOT IN ('issued', 'filed', 'recalled') OR issued_at IS NOT NULL),
    CHECK (state <> 'filed' OR (filed_at IS NOT NULL AND filed_in <> ''))
) STRICT;
CREATE INDEX outgoing_document_list ON outgoing_document (organisation_id, created_at);
CREATE INDEX outgoing_document_signer ON outgoing_document (signer_id, state);

-- What was prepared for signature, edition by edition. An edition that was
-- signed and given up keeps its signature here.
CREATE TABLE outgoing_edition (
    outgoing_id BLOB NOT NULL REFERENCES outgoing_document (id),
    number INTEGER NOT NULL CHECK (number > 0),
    document_id BLOB NOT NULL UNIQUE REFERENCES signing_document (id),
    -- The form fields that wait for number and date, by name, a space between.
    fields TEXT NOT NULL,
    -- Place of the personal signature, in thousandths of a PDF point from the
    -- lower left corner: the seal goes over its left third.
    page INTEGER NOT NULL CHECK (page > 0),
    box_x INTEGER NOT NULL,
    box_y INTEGER NOT NULL,
    box_width INTEGER NOT NULL,
    box_height INTEGER NOT NULL,
    -- What the format check found when a person said yes.
    blocking INTEGER NOT NULL,
    warnings INTEGER NOT NULL,
    PRIMARY KEY (outgoing_id, number, document_id)
) STRICT;

-- Attachments in files of their own; each gets the organisation's signature.
CREATE TABLE outgoing_attachment (
    id BLOB PRIMARY KEY,
    outgoing_id BLOB NOT NULL REFERENCES outgoing_document (id),
    position INTEGER NOT NULL,
    title TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    size INTEGER NOT NULL,
    -- The bytes with the organisation's signature; NULL until it is sealed.
    sealed_sha256 TEXT,
    sealed_size INTEGER,
    UNIQUE (outgoing_id, position)
) STRICT;

-- Who did what to a document, and with which words; nothing is taken away.
CREATE TABLE outgoing_step (
    id BLOB PRIMARY KEY,
    outgoing_id BLOB NOT NULL REFERENCES outgoing_document (id),
    edition INTEGER NOT NULL,
    act TEXT NOT NULL,
    person_id BLOB NOT NULL REFERENCES person (id),
    note TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX outgoing_step_of ON outgoing_step (outgoing_id, at);

-- Recipients that the system itself serves.
CREATE TABLE outgoing_recipient (
    id BLOB PRIMARY KEY,
    outgoing_id BLOB NOT NULL REFERENCES outgoing_document (id),
    -- An organisation of this installation, or NULL: an e-mail address.
    organisation_id BLOB REFERENCES organisation (id),
    address TEXT NOT NULL,
    CHECK ((organisation_id IS NULL) = (address <> '')),
    UNIQUE (outgoing_id, organisation_id, address)
) STRICT;

-- What was sent to an organisation of this installation, and its answer.
CREATE TABLE dispatch (
    id BLOB PRIMARY KEY,
    outgoing_id BLOB NOT NULL REFERENCES outgoing_document (id),
    organisation_id BLOB NOT NULL REFERENCES organisation (id),
    state TEXT NOT NULL CHECK (state IN ('sent', 'received', 'accepted', 'refused', 'recalled')),
    -- Why it was refused or recalled.
    reason TEXT NOT NULL,
    sent_at INTEGER NOT NULL,
    answered_at INTEGER,
    UNIQUE (outgoing_id, organisation_id),
    CHECK (state <> 'refused' OR reason <> ''),
    CHECK ((state = 'sent') = (answered_at IS NULL))
) STRICT;
CREATE INDEX dispatch_to ON dispatch (organisation_id, state, sent_at);

-- The organisation's key for its signature (chữ ký số của cơ quan), opened by
-- the PIN that its clerk keeps.
CREATE TABLE seal_key (
    organisation_id BLOB PRIMARY KEY REFERENCES organisation (id),
    pkcs12 BLOB NOT NULL,
    certificate BLOB NOT NULL,
    -- PNG with transparent background: the seal, in red.
    image BLOB NOT NULL,
    -- The real diameter of the seal, in millimetres.
    diameter INTEGER NOT NULL CHECK (diameter BETWEEN 10 AND 60),
    test INTEGER NOT NULL,
    wrong_pins INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
