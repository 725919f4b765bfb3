-- Lists of outgoing documents by state: the clerk's desk and what waits for a
-- person are short, whatever has been issued in all the years.
CREATE INDEX outgoing_document_state ON outgoing_document (organisation_id, state, created_at);
-- What a drafter has issued and not laid in a file.
CREATE INDEX outgoing_document_drafter ON outgoing_document (drafter_id, state, created_at);
