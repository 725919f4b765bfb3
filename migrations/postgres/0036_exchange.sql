-- The exchange between bodies of the State: documents and word of them, as
-- messages that leave and come through a folder.

-- The bodies that can be written to (mã định danh, QĐ 20/2020/QĐ-TTg); one
-- directory for the installation.
CREATE TABLE exchange_body (
    code TEXT PRIMARY KEY,
    -- As older messages write it: 000.00.00.H01; empty: not known.
    old_code TEXT NOT NULL,
    name TEXT NOT NULL,
    folded_name TEXT NOT NULL
);
CREATE INDEX exchange_body_name ON exchange_body (folded_name);

-- What leaves: a document or word of one, and the files that go with it.
CREATE TABLE exchange_posting (
    id UUID PRIMARY KEY,
    organisation_id UUID NOT NULL REFERENCES organisation (id),
    kind TEXT NOT NULL CHECK (kind IN ('document', 'recall', 'status')),
    -- What it is about, as its feature names it: "outgoing:018f…".
    about TEXT NOT NULL,
    -- What messages call the document.
    document_id TEXT NOT NULL,
    -- What the message will say, as JSON; it is written when it leaves.
    content TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'writing', 'sent', 'cancelled')),
    queued_at BIGINT NOT NULL,
    sent_at BIGINT,
    CHECK ((state = 'sent') = (sent_at IS NOT NULL))
);
CREATE INDEX exchange_posting_about ON exchange_posting (organisation_id, about);
CREATE INDEX exchange_posting_document ON exchange_posting (organisation_id, document_id);

CREATE TABLE exchange_posting_file (
    posting_id UUID NOT NULL REFERENCES exchange_posting (id),
    position BIGINT NOT NULL,
    content_id TEXT NOT NULL,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    PRIMARY KEY (posting_id, position)
);

-- How far a document has come at each body it went to.
CREATE TABLE exchange_delivery (
    posting_id UUID NOT NULL REFERENCES exchange_posting (id),
    body_code TEXT NOT NULL,
    body_name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'arrived', 'refused', 'accepted', 'assigned', 'processing',
        'completed', 'recall_requested', 'recalled', 'recall_refused', 'cancelled')),
    -- The receiver's words, or why it was taken back.
    reason TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (posting_id, body_code)
);

-- Everything a body told of a document, once each.
CREATE TABLE exchange_report (
    posting_id UUID NOT NULL REFERENCES exchange_posting (id),
    body_code TEXT NOT NULL,
    report TEXT NOT NULL,
    reason TEXT NOT NULL,
    reported_at BIGINT NOT NULL,
    PRIMARY KEY (posting_id, body_code, report)
);

-- A document that came. The message is kept as it was, byte for byte.
CREATE TABLE exchange_message (
    id UUID PRIMARY KEY,
    organisation_id UUID NOT NULL REFERENCES organisation (id),
    business TEXT NOT NULL CHECK (business IN ('new', 'update', 'replace')),
    sender_code TEXT NOT NULL,
    sender_name TEXT NOT NULL,
    document_id TEXT NOT NULL,
    -- Number and symbol: 15/QĐ-UBND.
    symbol TEXT NOT NULL,
    dated_on BIGINT,
    -- "Quyết định".
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    signer_name TEXT NOT NULL,
    signer_position TEXT NOT NULL,
    priority BIGINT NOT NULL CHECK (priority BETWEEN 0 AND 3),
    -- Which document it corrects or replaces, and why; empty: none.
    remark TEXT NOT NULL,
    -- The document of ours it answers: "outgoing:018f…".
    answers TEXT,
    sha256 TEXT NOT NULL,
    arrived_at BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'taken', 'refused', 'recalled')),
    -- What it became: "incoming:018f…".
    taken_as TEXT,
    -- Why its sender took it back, or why we refused it.
    reason TEXT NOT NULL,
    -- When its sender asked for it back.
    recall_asked_at BIGINT,
    UNIQUE (organisation_id, sha256),
    CHECK ((state = 'taken') = (taken_as IS NOT NULL))
);
CREATE INDEX exchange_message_document ON exchange_message (organisation_id, sender_code, document_id);
CREATE INDEX exchange_message_state ON exchange_message (organisation_id, state, arrived_at);
CREATE INDEX exchange_message_answers ON exchange_message (answers) WHERE answers IS NOT NULL;

CREATE TABLE exchange_message_file (
    message_id UUID NOT NULL REFERENCES exchange_message (id),
    position BIGINT NOT NULL,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    PRIMARY KEY (message_id, position)
);

-- What came and could not be taken; the file lies in the folder of refused ones.
CREATE TABLE exchange_rejection (
    id UUID PRIMARY KEY,
    organisation_id UUID NOT NULL REFERENCES organisation (id),
    file_name TEXT NOT NULL,
    reason TEXT NOT NULL,
    rejected_at BIGINT NOT NULL
);
CREATE INDEX exchange_rejection_of ON exchange_rejection (organisation_id, rejected_at);

-- Recipients of an outgoing document that are reached by the exchange.
CREATE TABLE outgoing_body (
    outgoing_id UUID NOT NULL REFERENCES outgoing_document (id),
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (outgoing_id, code)
);

-- The message it came by.
ALTER TABLE incoming_document ADD COLUMN exchange_id UUID REFERENCES exchange_message (id);
CREATE UNIQUE INDEX incoming_document_exchange ON incoming_document (exchange_id) WHERE exchange_id IS NOT NULL;
