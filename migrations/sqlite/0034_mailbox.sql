-- Letters of the e-mail boxes of an office.

CREATE TABLE incoming_letter (
    id BLOB PRIMARY KEY,
    organisation_id BLOB NOT NULL REFERENCES organisation (id),
    -- Where it lay: box and folder without the password, and what names the
    -- letter there as long as the server keeps its numbers.
    mailbox TEXT NOT NULL,
    uid_validity INTEGER NOT NULL,
    uid INTEGER NOT NULL,
    -- The letter byte for byte; NULL: it was not taken in, see trouble.
    sha256 TEXT,
    -- Of the letter; where it was not taken in, what its server said.
    size INTEGER NOT NULL,
    -- What it says of itself. Nobody vouches for any of it.
    message_id TEXT NOT NULL,
    sender TEXT NOT NULL,
    subject TEXT NOT NULL,
    written_at INTEGER,
    text TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'taken', 'put_aside', 'refused')),
    version INTEGER NOT NULL,
    -- What is against it; NULL: nothing.
    trouble TEXT CHECK (trouble IN ('too_large', 'too_many_files', 'too_deep', 'empty', 'unreadable', 'not_given',
                                    'classified', 'twin')),
    -- Why a clerk put it aside.
    reason TEXT NOT NULL,
    document_id BLOB UNIQUE REFERENCES incoming_document (id),
    -- Who did the last thing with it; NULL: nobody yet.
    acted_by BLOB REFERENCES person (id),
    acted_at INTEGER,
    UNIQUE (organisation_id, mailbox, uid_validity, uid),
    CHECK ((state = 'taken') = (document_id IS NOT NULL)),
    CHECK ((acted_by IS NULL) = (acted_at IS NULL)),
    CHECK (state <> 'waiting' OR sha256 IS NOT NULL),
    CHECK (state <> 'refused' OR trouble IS NOT NULL)
) STRICT;
CREATE INDEX incoming_letter_state ON incoming_letter (organisation_id, state, received_at);
CREATE INDEX incoming_letter_sha256 ON incoming_letter (organisation_id, sha256) WHERE sha256 IS NOT NULL;
CREATE INDEX incoming_letter_message ON incoming_letter (organisation_id, message_id) WHERE message_id <> '';

-- The files in a letter; their bytes are those in the letter.
CREATE TABLE incoming_letter_file (
    letter_id BLOB NOT NULL REFERENCES incoming_letter (id),
    -- From 0 on, in the order of the letter.
    place INTEGER NOT NULL,
    name TEXT NOT NULL,
    size INTEGER NOT NULL,
    PRIMARY KEY (letter_id, place)
) STRICT;
