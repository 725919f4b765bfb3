-- The document that follows a slip.
CREATE TABLE slip_document (
    slip_id BLOB PRIMARY KEY REFERENCES slip (id),
    outgoing_id BLOB NOT NULL REFERENCES outgoing_document (id)
) STRICT;
