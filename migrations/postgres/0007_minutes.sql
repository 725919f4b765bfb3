CREATE TABLE minutes (
    id UUID PRIMARY KEY,
    meeting_id UUID NOT NULL UNIQUE REFERENCES meeting (id),
    state TEXT NOT NULL CHECK (state IN ('draft', 'locked')),
    -- The file to sign, from the moment the minutes are locked.
    document_id UUID REFERENCES signing_document (id),
    created_at BIGINT NOT NULL,
    locked_at BIGINT
);

-- What the secretary writes: the proceedings of each agenda item, and the
-- conclusion. Results and presence are never typed; they come from the meeting.
CREATE TABLE minutes_text (
    minutes_id UUID NOT NULL REFERENCES minutes (id),
    -- 'conclusion', or the id of an agenda item.
    part TEXT NOT NULL,
    text TEXT NOT NULL,
    -- Raised by every save; a save that carries an older one is stale.
    version BIGINT NOT NULL,
    saved_by UUID REFERENCES person (id),
    saved_at BIGINT NOT NULL,
    PRIMARY KEY (minutes_id, part)
);
