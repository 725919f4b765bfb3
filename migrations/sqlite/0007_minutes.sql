CREATE TABLE minutes (
    id BLOB PRIMARY KEY,
    meeting_id BLOB NOT NULL UNIQUE REFERENCES meeting (id),
    state TEXT NOT NULL CHECK (state IN ('draft', 'locked')),
    conclusion TEXT NOT NULL,
    -- The file to sign, from the moment the minutes are locked.
    document_id BLOB REFERENCES signing_document (id),
    created_at INTEGER NOT NULL,
    locked_at INTEGER,
    -- Raised by every save; a save that carries an older one is stale.
    version INTEGER NOT NULL
) STRICT;

-- What was said on an agenda item, in the secretary's words.
CREATE TABLE minutes_section (
    minutes_id BLOB NOT NULL REFERENCES minutes (id),
    item_id BLOB NOT NULL REFERENCES agenda_item (id),
    proceedings TEXT NOT NULL,
    PRIMARY KEY (minutes_id, item_id)
) STRICT;
