-- Drafts that were written in a form and laid out by the system: what was
-- typed, for the next edition to begin with.
CREATE TABLE outgoing_text (
    outgoing_id BLOB NOT NULL REFERENCES outgoing_document (id),
    edition INTEGER NOT NULL,
    -- Who decides, above what a decision rests on; may be empty.
    issuer TEXT NOT NULL,
    -- Kính gửi, căn cứ and the words themselves, line by line.
    addressees TEXT NOT NULL,
    bases TEXT NOT NULL,
    body TEXT NOT NULL,
    -- Authority and office above the signature, line by line.
    authority TEXT NOT NULL,
    PRIMARY KEY (outgoing_id, edition)
) STRICT;
