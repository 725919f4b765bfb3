-- What annex VI of decree 30/2020/NĐ-CP asks of a document and nobody kept yet.

-- The day by which recipients are asked to answer.
ALTER TABLE outgoing_document ADD COLUMN answer_by INTEGER;
-- Who signed it elsewhere, as the sender said, the first signature says or the clerk read; empty: not known.
ALTER TABLE incoming_document ADD COLUMN signer_name TEXT NOT NULL DEFAULT '';
ALTER TABLE incoming_document ADD COLUMN signer_position TEXT NOT NULL DEFAULT '';
