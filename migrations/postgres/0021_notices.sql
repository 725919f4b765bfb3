-- The document that follows a slip.
CREATE TABLE slip_document (
    slip_id UUID PRIMARY KEY REFERENCES slip (id),
    outgoing_id UUID NOT NULL REFERENCES outgoing_document (id)
);
