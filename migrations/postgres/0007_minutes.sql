CREATE TABLE minutes (
    id UUID PRIMARY KEY,
    meeting_id UUID NOT NULL UNIQUE REFERENCES meeting (id),
    state TEXT NOT NULL CHECK (state IN ('draft', 'locked')),
    conclusion TEXT NOT NULL,
    -- The file to sign, from the moment the minutes are locked.
    document_id UUID REFERENCES signing_document (id),
    created_at BIGINT NOT NULL,
    locked_at BIGINT,
    -- Raised by every save; a save that carries an older one is stale.
    version BIGINT NOT NULL
);

-- What was said on an agenda item, in the secretary's words.
CREATE TABLE minutes_section (
    minutes_id UUID NOT NULL REFERENCES minutes (id),
    item_id UUID NOT NULL REFERENCES agenda_item (id),
    proceedings TEXT NOT NULL,
    PRIMARY KEY (minutes_id, item_id)
);
