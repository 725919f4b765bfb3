-- Incoming documents also come by e-mail, and as messages of the exchange
-- between bodies of the State.
ALTER TABLE incoming_document DROP CONSTRAINT incoming_document_origin_check;
ALTER TABLE incoming_document ADD CONSTRAINT incoming_document_origin_check
    CHECK (origin IN ('upload', 'dispatch', 'mail', 'exchange'));
ALTER TABLE incoming_document ALTER COLUMN origin SET DEFAULT 'upload';
