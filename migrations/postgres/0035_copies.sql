-- Bản sao: documents copied in electronic form (NĐ 30/2020, Điều 25–27).

-- How an office makes its copies.
CREATE TABLE copy_setting (
    organisation_id UUID PRIMARY KEY REFERENCES organisation (id),
    -- The head (thủ trưởng), who may always sign copies and says who else may.
    head_id UUID REFERENCES person (id),
    -- What stands behind "SY-" in the symbol of a copy: "UBND".
    symbol TEXT NOT NULL,
    -- The picture of the seal stands beside the text, where it covers nothing.
    shows_seal BOOLEAN NOT NULL
);

-- Whom the head lets sign copies, and until when. Never deleted: what was
-- signed by it stays explained.
CREATE TABLE copy_signer (
    id UUID PRIMARY KEY,
    organisation_id UUID NOT NULL REFERENCES organisation (id),
    person_id UUID NOT NULL REFERENCES person (id),
    capacity TEXT NOT NULL CHECK (capacity IN ('own', 'tm', 'kt', 'tl', 'tuq', 'q')),
    -- By which paper: a regulation of the office, an authorisation.
    basis TEXT NOT NULL,
    starts_at BIGINT NOT NULL,
    -- The first moment at which it no longer holds.
    ends_at BIGINT NOT NULL,
    named_by UUID NOT NULL REFERENCES person (id),
    named_at BIGINT NOT NULL,
    ended_by UUID REFERENCES person (id),
    ended_at BIGINT,
    CHECK (starts_at < ends_at),
    CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
CREATE INDEX copy_signer_organisation ON copy_signer (organisation_id, named_at);

CREATE TABLE copy_document (
    id UUID PRIMARY KEY,
    organisation_id UUID NOT NULL REFERENCES organisation (id),
    state TEXT NOT NULL CHECK (state IN ('asked', 'approved', 'numbered', 'sealed', 'returned', 'cancelled')),
    form TEXT NOT NULL CHECK (form IN ('copy_true', 'copy_of_copy', 'copy_extract')),
    -- What it is a copy of; of a scan, a paper that the clerk had in hand.
    origin TEXT NOT NULL CHECK (origin IN ('outgoing', 'incoming', 'copy', 'scan')),
    outgoing_id UUID REFERENCES outgoing_document (id),
    incoming_id UUID REFERENCES incoming_document (id),
    copied_id UUID REFERENCES copy_document (id),
    -- The source is itself a copy (bản sao y).
    source_is_copy BOOLEAN NOT NULL,
    source_symbol TEXT NOT NULL,
    -- Its first moment.
    source_day BIGINT NOT NULL,
    source_issuer TEXT NOT NULL,
    source_subject TEXT NOT NULL,
    source_sha256 TEXT NOT NULL,
    -- What its signatures came to when the copy was asked for.
    verdict TEXT NOT NULL CHECK (verdict IN ('valid', 'indeterminate', 'unsigned')),
    -- The asker said that they looked: nobody vouches for the source.
    has_looked BOOLEAN NOT NULL,
    -- What is not as it should be about a scan: words, a space between.
    warnings TEXT NOT NULL,
    -- Of an extract: "1-2, 5".
    pages TEXT NOT NULL,
    -- For whom it is made, and what for.
    recipient TEXT NOT NULL,
    purpose TEXT NOT NULL,
    -- The bytes that the seal is appended to: the source's, or those of the pages taken out of it.
    base_sha256 TEXT NOT NULL,
    base_size BIGINT NOT NULL,
    base_pages BIGINT NOT NULL CHECK (base_pages > 0),
    asked_by UUID NOT NULL REFERENCES person (id),
    asked_at BIGINT NOT NULL,
    -- Who is asked to sign for it; the capacity is of the moment they did.
    signer_id UUID NOT NULL REFERENCES person (id),
    capacity TEXT CHECK (capacity IN ('own', 'tm', 'kt', 'tl', 'tuq', 'q')),
    approved_at BIGINT,
    number_id UUID UNIQUE REFERENCES register_number (id),
    -- What stands behind the number: "SY-UBND".
    symbol TEXT NOT NULL,
    -- The sealed copy: a paper with readers of its own.
    version_id UUID UNIQUE REFERENCES paper_version (id),
    sealed_at BIGINT,
    seal_level TEXT CHECK (seal_level IN ('b-b', 'b-t')),
    CHECK ((outgoing_id IS NOT NULL) = (origin = 'outgoing')),
    CHECK ((incoming_id IS NOT NULL) = (origin = 'incoming')),
    CHECK ((copied_id IS NOT NULL) = (origin = 'copy')),
    CHECK ((form = 'copy_of_copy') = source_is_copy),
    CHECK ((form = 'copy_extract') = (pages <> '')),
    CHECK (verdict = 'valid' OR has_looked),
    CHECK ((approved_at IS NULL) = (capacity IS NULL)),
    CHECK (state NOT IN ('approved', 'numbered', 'sealed') OR approved_at IS NOT NULL),
    CHECK (state NOT IN ('numbered', 'sealed') OR (number_id IS NOT NULL AND symbol <> '')),
    CHECK ((state = 'sealed') = (version_id IS NOT NULL)),
    CHECK ((state = 'sealed') = (sealed_at IS NOT NULL)),
    CHECK ((state = 'sealed') = (seal_level IS NOT NULL))
);
CREATE INDEX copy_document_list ON copy_document (organisation_id, asked_at);
CREATE INDEX copy_document_outgoing ON copy_document (outgoing_id) WHERE outgoing_id IS NOT NULL;
CREATE INDEX copy_document_incoming ON copy_document (incoming_id) WHERE incoming_id IS NOT NULL;
CREATE INDEX copy_document_copied ON copy_document (copied_id) WHERE copied_id IS NOT NULL;
CREATE INDEX copy_document_waiting ON copy_document (organisation_id, state)
    WHERE state IN ('asked', 'approved', 'numbered');

-- What was done with a copy, the first thing first.
CREATE TABLE copy_step (
    id UUID PRIMARY KEY,
    copy_id UUID NOT NULL REFERENCES copy_document (id),
    act TEXT NOT NULL,
    person_id UUID NOT NULL REFERENCES person (id),
    note TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX copy_step_copy ON copy_step (copy_id, at);
