-- After the meeting: corrections of minutes, what they are merged from, their
-- circulation among the members, and the notice of conclusions.

-- Minutes that are signed never change: a correction is minutes of its own that
-- name the ones before.
ALTER TABLE minutes DROP CONSTRAINT minutes_meeting_id_key;
-- 1 for the first minutes of a meeting; each correction is the next.
ALTER TABLE minutes ADD COLUMN number BIGINT NOT NULL DEFAULT 1 CHECK (number > 0);
ALTER TABLE minutes ALTER COLUMN number DROP DEFAULT;
-- The minutes that these correct. Each can be corrected once: a second
-- correction corrects the first.
ALTER TABLE minutes ADD COLUMN corrects UUID UNIQUE REFERENCES minutes (id);
-- Why they are corrected; empty for the first.
ALTER TABLE minutes ADD COLUMN reason TEXT NOT NULL DEFAULT '';
ALTER TABLE minutes ALTER COLUMN reason DROP DEFAULT;
ALTER TABLE minutes ADD UNIQUE (meeting_id, number);
ALTER TABLE minutes ADD CHECK ((number = 1) = (corrects IS NULL));
ALTER TABLE minutes ADD CHECK ((state = 'locked') = (document_id IS NOT NULL));
-- One draft at a time.
CREATE UNIQUE INDEX minutes_draft ON minutes (meeting_id) WHERE state = 'draft';

-- Every version of every text, so that two who type at once can be merged over
-- the version both began with, and nothing typed is ever lost.
CREATE TABLE minutes_text_version (
    minutes_id UUID NOT NULL REFERENCES minutes (id),
    part TEXT NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0),
    text TEXT NOT NULL,
    -- NULL: written by the service when it drafted.
    saved_by UUID REFERENCES person (id),
    saved_at BIGINT NOT NULL,
    PRIMARY KEY (minutes_id, part, version)
);
INSERT INTO minutes_text_version (minutes_id, part, version, text, saved_by, saved_at)
SELECT minutes_id, part, version, text, saved_by, saved_at FROM minutes_text;

-- Sentences an office uses again and again (mẫu câu).
CREATE TABLE phrase (
    id UUID PRIMARY KEY,
    organisation_id UUID NOT NULL REFERENCES organisation (id),
    title TEXT NOT NULL,
    -- May hold placeholders in braces: "{chủ trì}".
    text TEXT NOT NULL,
    created_by UUID NOT NULL REFERENCES person (id),
    created_at BIGINT NOT NULL,
    UNIQUE (organisation_id, title)
);

-- Draft minutes before the members, for their comments until a deadline.
CREATE TABLE circulation (
    id UUID PRIMARY KEY,
    minutes_id UUID NOT NULL REFERENCES minutes (id),
    -- The draft as it was sent out, as PDF in the object storage.
    sha256 TEXT NOT NULL,
    size BIGINT NOT NULL,
    opened_by UUID NOT NULL REFERENCES person (id),
    opened_at BIGINT NOT NULL,
    -- Nobody answers after this moment.
    deadline BIGINT NOT NULL,
    -- Set when the secretary ends it before the deadline.
    closed_at BIGINT,
    CHECK (deadline > opened_at)
);
CREATE INDEX circulation_minutes ON circulation (minutes_id, opened_at);

-- The words that went out, part by part: what a proposal is a proposal on.
CREATE TABLE circulation_part (
    circulation_id UUID NOT NULL REFERENCES circulation (id),
    part TEXT NOT NULL,
    -- The version of the text that went out.
    version BIGINT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (circulation_id, part)
);

-- Whom it went to, and what came back on the whole.
CREATE TABLE circulation_member (
    circulation_id UUID NOT NULL REFERENCES circulation (id),
    person_id UUID NOT NULL REFERENCES person (id),
    -- NULL until they agree; agreeing may follow comments.
    agreed_at BIGINT,
    reminded_at BIGINT,
    PRIMARY KEY (circulation_id, person_id)
);

-- What a member has to say on one part.
CREATE TABLE circulation_comment (
    id UUID PRIMARY KEY,
    circulation_id UUID NOT NULL,
    person_id UUID NOT NULL,
    part TEXT NOT NULL,
    -- 'proposal': text is the part as the member would word it.
    kind TEXT NOT NULL CHECK (kind IN ('comment', 'proposal')),
    text TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    decision TEXT NOT NULL CHECK (decision IN ('waiting', 'accepted', 'rejected')),
    -- What the secretary answered; may be empty.
    answer TEXT NOT NULL,
    decided_by UUID REFERENCES person (id),
    decided_at BIGINT,
    FOREIGN KEY (circulation_id, person_id) REFERENCES circulation_member (circulation_id, person_id),
    FOREIGN KEY (circulation_id, part) REFERENCES circulation_part (circulation_id, part),
    CHECK ((decision = 'waiting') = (decided_at IS NULL))
);
CREATE INDEX circulation_comment_of ON circulation_comment (circulation_id, part, created_at);

-- Thông báo kết luận: what the chair concluded, told to those who act on it.
CREATE TABLE conclusion_notice (
    id UUID PRIMARY KEY,
    meeting_id UUID NOT NULL UNIQUE REFERENCES meeting (id),
    state TEXT NOT NULL CHECK (state IN ('draft', 'locked')),
    subject TEXT NOT NULL,
    -- What stands before and after the conclusions.
    opening TEXT NOT NULL,
    closing TEXT NOT NULL,
    -- Authority and office over the signature, a line each: "TL. CHỦ TỊCH".
    capacity TEXT NOT NULL,
    -- Nơi nhận, a line each.
    recipients TEXT NOT NULL,
    signer_id UUID NOT NULL REFERENCES person (id),
    -- Raised by every save of these texts; a form that carries an older one is stale.
    version BIGINT NOT NULL,
    -- Raised by every change, of a conclusion too: a file made from an older
    -- state is not locked.
    changes BIGINT NOT NULL,
    document_id UUID REFERENCES signing_document (id),
    created_at BIGINT NOT NULL,
    locked_at BIGINT,
    CHECK ((state = 'locked') = (document_id IS NOT NULL))
);

-- One conclusion and who is to carry it out: what a task is made from.
CREATE TABLE conclusion (
    id UUID PRIMARY KEY,
    notice_id UUID NOT NULL REFERENCES conclusion_notice (id),
    position BIGINT NOT NULL,
    text TEXT NOT NULL,
    -- The unit that leads; NULL: nobody is charged with it.
    lead_unit_id UUID REFERENCES unit (id),
    -- End of the last day; NULL: none set.
    deadline BIGINT,
    -- Raised by every save; a form that carries an older one is stale.
    version BIGINT NOT NULL
);
CREATE INDEX conclusion_notice_order ON conclusion (notice_id, position);

-- The units that help the one that leads.
CREATE TABLE conclusion_unit (
    conclusion_id UUID NOT NULL REFERENCES conclusion (id),
    unit_id UUID NOT NULL REFERENCES unit (id),
    PRIMARY KEY (conclusion_id, unit_id)
);

-- Room on the page for number (component 3) and date (component 4), which the
-- register fills when it issues the notice. Thousandths of a PDF point from
-- the lower left corner.
CREATE TABLE conclusion_space (
    notice_id UUID NOT NULL REFERENCES conclusion_notice (id),
    name TEXT NOT NULL CHECK (name IN ('number', 'date')),
    page BIGINT NOT NULL CHECK (page > 0),
    box_x BIGINT NOT NULL,
    box_y BIGINT NOT NULL,
    box_width BIGINT NOT NULL CHECK (box_width > 0),
    box_height BIGINT NOT NULL CHECK (box_height > 0),
    PRIMARY KEY (notice_id, name)
);
