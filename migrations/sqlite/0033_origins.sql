-- Incoming documents also come by e-mail, and as messages of the exchange
-- between bodies of the State.
ALTER TABLE incoming_document ADD COLUMN came_by TEXT NOT NULL DEFAULT 'upload'
    CHECK (came_by IN ('upload', 'dispatch', 'mail', 'exchange'));
UPDATE incoming_document SET came_by = origin;
ALTER TABLE incoming_document DROP COLUMN origin;
ALTER TABLE incoming_document RENAME COLUMN came_by TO origin;
