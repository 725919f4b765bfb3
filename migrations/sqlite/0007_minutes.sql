CREATE TABLE minutes (
    id BLOB PRIMARY KEY,
    meeting_id BLOB NOT NULL UNIQUE REFERENCES meeting (id),
    state TEXT NOT NULL CHECK (state IN ('draft', 'locked')),
    -- The file to sign, from the moment the minutes are locked.
    document_id BLOB REFERENCES signing_document (id),
    created_at INTEGER NOT NULL,
    locked_at INTEGER
) STRICT;

-- What the secretary writes: the proceedings of each agenda item, and the
-- conclusion. Results and presence are never typed; they come from the meeting.
CREATE TABLE minutes_text (
    minutes_id BLOB NOT NULL REFERENCES minutes (id),
    -- 'conclusion', or the id of an agenda item.
    part TEXT NOT NULL,
    text TEXT NOT NULL,
    -- Raised by every save; a save that carries an older one is stale.
    version INTEGER NOT NULL,
    saved_by BLOB REFERENCES person (id),
    saved_at INTEGER NOT NULL,
    PRIMARY KEY (minutes_id, part)
) STRICT;
