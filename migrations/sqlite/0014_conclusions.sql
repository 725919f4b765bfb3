-- After the meeting: corrections of minutes, what they are merged from, their
-- circulation among the members, and the notice of conclusions.

-- Minutes that are signed never change: a correction is minutes of its own that
-- name the ones before.
CREATE TABLE minutes_rebuilt (
    id BLOB PRIMARY KEY,
    meeting_id BLOB NOT NULL REFERENCES meeting (id),
    -- 1 for the first minutes of a meeting; each correction is the next.
    number INTEGER NOT NULL CHECK (number > 0),
    -- The minutes that these correct. Each can be corrected once: a second
    -- correction corrects the first.
    corrects BLOB UNIQUE REFERENCES minutes (id),
    -- Why they are corrected; empty for the first.
    reason TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'locked')),
    -- The file to sign, from the moment the minutes are locked.
    document_id BLOB REFERENCES signing_document (id),
    created_at INTEGER NOT NULL,
    locked_at INTEGER,
    UNIQUE (meeting_id, number),
    CHECK ((number = 1) = (corrects IS NULL)),
    CHECK ((state = 'locked') = (document_id IS NOT NULL))
) STRICT;
INSERT INTO minutes_rebuilt (id, meeting_id, number, corrects, reason, state, document_id, created_at, locked_at)
SELECT id, meeting_id, 1, NULL, '', state, document_id, created_at, locked_at FROM minutes;
DROP TABLE minutes;
ALTER TABLE minutes_rebuilt RENAME TO minutes;
-- One draft at a time.
CREATE UNIQUE INDEX minutes_draft ON minutes (meeting_id) WHERE state = 'draft';

-- Every version of every text, so that two who type at once can be merged over
-- the version both began with, and nothing typed is ever lost.
CREATE TABLE minutes_text_version (
    minutes_id BLOB NOT NULL REFERENCES minutes (id),
    part TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    text TEXT NOT NULL,
    -- NULL: written by the service when it drafted.
    saved_by BLOB REFERENCES person (id),
    saved_at INTEGER NOT NULL,
    PRIMARY KEY (minutes_id, part, version)
) STRICT;
INSERT INTO minutes_text_version (minutes_id, part, version, text, saved_by, saved_at)
SELECT minutes_id, part, version, text, saved_by, saved_at FROM minutes_text;

-- Sentences an office uses again and again (mẫu câu).
CREATE TABLE phrase (
    id BLOB PRIMARY KEY,
    organisation_id BLOB NOT NULL REFERENCES organisation (id),
    title TEXT NOT NULL,
    -- May hold placeholders in braces: "{chủ trì}".
    text TEXT NOT NULL,
    created_by BLOB NOT NULL REFERENCES person (id),
    created_at INTEGER NOT NULL,
    UNIQUE (organisation_id, title)
) STRICT;

-- Draft minutes before the members, for their comments until a deadline.
CREATE TABLE circulation (
    id BLOB PRIMARY KEY,
    minutes_id BLOB NOT NULL REFERENCES minutes (id),
    -- The draft as it was sent out, as PDF in the object storage.
    sha256 TEXT NOT NULL,
    size INTEGER NOT NULL,
    opened_by BLOB NOT NULL REFERENCES person (id),
    opened_at INTEGER NOT NULL,
    -- Nobody answers after this moment.
    deadline INTEGER NOT NULL,
    -- Set when the secretary ends it before the deadline.
    closed_at INTEGER,
    CHECK (deadline > opened_at)
) STRICT;
CREATE INDEX circulation_minutes ON circulation (minutes_id, opened_at);

-- The words that went out, part by part: what a proposal is a proposal on.
CREATE TABLE circulation_part (
    circulation_id BLOB NOT NULL REFERENCES circulation (id),
    part TEXT NOT NULL,
    -- The version of the text that went out.
    version INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (circulation_id, part)
) STRICT;

-- Whom it went to, and what came back on the whole.
CREATE TABLE circulation_member (
    circulation_id BLOB NOT NULL REFERENCES circulation (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    -- NULL until they agree; agreeing may follow comments.
    agreed_at INTEGER,
    reminded_at INTEGER,
    PRIMARY KEY (circulation_id, person_id)
) STRICT;

-- What a member has to say on one part.
CREATE TABLE circulation_comment (
    id BLOB PRIMARY KEY,
    circulation_id BLOB NOT NULL,
    person_id BLOB NOT NULL,
    part TEXT NOT NULL,
    -- 'proposal': text is the part as the member would word it.
    kind TEXT NOT NULL CHECK (kind IN ('comment', 'proposal')),
    text TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    decision TEXT NOT NULL CHECK (decision IN ('waiting', 'accepted', 'rejected')),
    -- What the secretary answered; may be empty.
    answer TEXT NOT NULL,
    decided_by BLOB REFERENCES person (id),
    decided_at INTEGER,
    FOREIGN KEY (circulation_id, person_id) REFERENCES circulation_member (circulation_id, person_id),
    FOREIGN KEY (circulation_id, part) REFERENCES circulation_part (circulation_id, part),
    CHECK ((decision = 'waiting') = (decided_at IS NULL))
) STRICT;
CREATE INDEX circulation_comment_of ON circulation_comment (circulation_id, part, created_at);

-- Thông báo kết luận: what the chair concluded, told to those who act on it.
CREATE TABLE conclusion_notice (
    id BLOB PRIMARY KEY,
    meeting_id BLOB NOT NULL UNIQUE REFERENCES meeting (id),
    state TEXT NOT NULL CHECK (state IN ('draft', 'locked')),
    subject TEXT NOT NULL,
    -- What stands before and after the conclusions.
    opening TEXT NOT NULL,
    closing TEXT NOT NULL,
    -- Authority and office over the signature, a line each: "TL. CHỦ TỊCH".
    capacity TEXT NOT NULL,
    -- Nơi nhận, a line each.
    recipients TEXT NOT NULL,
    signer_id BLOB NOT NULL REFERENCES person (id),
    -- Raised by every save of these texts; a form that carries an older one is stale.
    version INTEGER NOT NULL,
    -- Raised by every change, of a conclusion too: a file made from an older
    -- state is not locked.
    changes INTEGER NOT NULL,
    document_id BLOB REFERENCES signing_document (id),
    created_at INTEGER NOT NULL,
    locked_at INTEGER,
    CHECK ((state = 'locked') = (document_id IS NOT NULL))
) STRICT;

-- One conclusion and who is to carry it out: what a task is made from.
CREATE TABLE conclusion (
    id BLOB PRIMARY KEY,
    notice_id BLOB NOT NULL REFERENCES conclusion_notice (id),
    position INTEGER NOT NULL,
    text TEXT NOT NULL,
    -- The unit that leads; NULL: nobody is charged with it.
    lead_unit_id BLOB REFERENCES unit (id),
    -- End of the last day; NULL: none set.
    deadline INTEGER,
    -- Raised by every save; a form that carries an older one is stale.
    version INTEGER NOT NULL
) STRICT;
CREATE INDEX conclusion_notice_order ON conclusion (notice_id, position);

-- The units that help the one that leads.
CREATE TABLE conclusion_unit (
    conclusion_id BLOB NOT NULL REFERENCES conclusion (id),
    unit_id BLOB NOT NULL REFERENCES unit (id),
    PRIMARY KEY (conclusion_id, unit_id)
) STRICT;

-- Room on the page for number (component 3) and date (component 4), which the
-- register fills when it issues the notice. Thousandths of a PDF point from
-- the lower left corner.
CREATE TABLE conclusion_space (
    notice_id BLOB NOT NULL REFERENCES conclusion_notice (id),
    name TEXT NOT NULL CHECK (name IN ('number', 'date')),
    page INTEGER NOT NULL CHECK (page > 0),
    box_x INTEGER NOT NULL,
    box_y INTEGER NOT NULL,
    box_width INTEGER NOT NULL CHECK (box_width > 0),
    box_height INTEGER NOT NULL CHECK (box_height > 0),
    PRIMARY KEY (notice_id, name)
) STRICT;
