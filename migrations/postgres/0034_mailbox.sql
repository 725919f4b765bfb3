-- Letters of the e-mail boxes of an office.

CREATE TABLE incoming_letter (
    id UUID PRIMARY KEY,
    organisation_id UUID NOT NULL REFERENCES organisation (id),
    -- Where it lay: box and folder without the password, and what names the
    -- letter there as long as the server keeps its numbers.
    mailbox TEXT NOT NULL,
    uid_validity BIGINT NOT NULL,
    uid BIGINT NOT NULL,
    -- The letter byte for byte; NULL: it was not taken in, see trouble.
    sha256 TEXT,
    -- Of the letter; where it was not taken in, what its server said.
    size BIGINT NOT NULL,
    -- What it says of itself. Nobody vouches for any of it.
    message_id TEXT NOT NULL,
    sender TEXT NOT NULL,
    subject TEXT NOT NULL,
    written_at BIGINT,
    text TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'taken', 'put_aside', 'refused')),
    version BIGINT NOT NULL,
    -- What is against it; NULL: nothing.
    trouble TEXT CHECK (trouble IN ('too_large', 'too_many_files', 'too_deep', 'empty', 'unreadable', 'not_given',
                                    'classified', 'twin')),
    -- Why a clerk put it aside.
    reason TEXT NOT NULL,
    document_id UUID UNIQUE REFERENCES incoming_document (id),
    -- Who did the last thing with it; NULL: nobody yet.
    acted_by UUID REFERENCES person (id),
    acted_at BIGINT,
    UNIQUE (organisation_id, mailbox, uid_validity, uid),
    CHECK ((state = 'taken') = (document_id IS NOT NULL)),
    CHECK ((acted_by IS NULL) = (acted_at IS NULL)),
    CHECK (state <> 'waiting' OR sha256 IS NOT NULL),
    CHECK (state <> 'refused' OR trouble IS NOT NULL)
);
CREATE INDEX incoming_letter_state ON incoming_letter (organisation_id, state, received_at);
CREATE INDEX incoming_letter_sha256 ON incoming_letter (organisation_id, sha256) WHERE sha256 IS NOT NULL;
CREATE INDEX incoming_letter_message ON incoming_letter (organisation_id, message_id) WHERE message_id <> '';

-- The files in a letter; their bytes are those in the letter.
CREATE TABLE incoming_letter_file (
    letter_id UUID NOT NULL REFERENCES incoming_letter (id),
    -- From 0 on, in the order of the letter.
    place BIGINT NOT NULL,
    name TEXT NOT NULL,
    size BIGINT NOT NULL,
    PRIMARY KEY (letter_id, place)
);
