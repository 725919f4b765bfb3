-- Documents between organisations and between units: answers, how far a
-- document has come at its receiver, comments on drafts.

-- What has been assigned, is worked on or done at the receiver is told to the
-- sender too.
ALTER TABLE dispatch DROP CONSTRAINT dispatch_state_check;
ALTER TABLE dispatch ADD CONSTRAINT dispatch_state_check
    CHECK (state IN ('sent', 'received', 'accepted', 'refused', 'assigned', 'processing', 'completed', 'recalled'));
-- The issued document with which its receiver answered it.
ALTER TABLE dispatch ADD COLUMN answer_id UUID REFERENCES outgoing_document (id);
CREATE INDEX dispatch_answer ON dispatch (answer_id) WHERE answer_id IS NOT NULL;

-- What a person may draft an answer to, as the feature that keeps it says.
CREATE TABLE answerable (
    -- As its feature names it: "incoming:018f…".
    subject TEXT NOT NULL,
    organisation_id UUID NOT NULL REFERENCES organisation (id),
    person_id UUID NOT NULL REFERENCES person (id),
    -- What the draft's page says it answers, and where that is read.
    title TEXT NOT NULL,
    link TEXT NOT NULL,
    -- The dispatch it came by; NULL: it came from outside the installation.
    dispatch_id UUID REFERENCES dispatch (id),
    PRIMARY KEY (subject, person_id)
);
CREATE INDEX outgoing_document_answers ON outgoing_document (organisation_id, answers) WHERE answers IS NOT NULL;

-- Xin ý kiến phối hợp: a unit asked for its comment on a draft, until when.
CREATE TABLE consultation (
    id UUID PRIMARY KEY,
    outgoing_id UUID NOT NULL REFERENCES outgoing_document (id),
    unit_id UUID NOT NULL REFERENCES unit (id),
    -- The edition it was asked about; the comment names the one it is on.
    edition BIGINT NOT NULL,
    question TEXT NOT NULL,
    asked_by UUID NOT NULL REFERENCES person (id),
    asked_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    -- Whom the unit's head gave it to; NULL: whoever speaks for the unit.
    assignee_id UUID REFERENCES person (id),
    -- Who spoke for the unit, about which edition and which bytes.
    person_id UUID REFERENCES person (id),
    commented_at BIGINT,
    commented_edition BIGINT,
    version_id UUID REFERENCES paper_version (id),
    comment TEXT NOT NULL,
    -- A file that goes with the comment.
    file_sha256 TEXT,
    file_title TEXT NOT NULL,
    -- What the drafter made of it.
    reply TEXT NOT NULL,
    replied_at BIGINT,
    -- When the unit was reminded: each is told once, however often the job runs.
    reminded_at BIGINT,
    late_told_at BIGINT,
    UNIQUE (outgoing_id, unit_id, edition),
    CHECK ((commented_at IS NULL) = (person_id IS NULL)),
    CHECK ((commented_at IS NULL) = (version_id IS NULL)),
    CHECK ((commented_at IS NULL) = (commented_edition IS NULL)),
    CHECK ((commented_at IS NULL) = (comment = '')),
    CHECK ((replied_at IS NULL) = (reply = '')),
    CHECK (replied_at IS NULL OR commented_at IS NOT NULL)
);
CREATE INDEX consultation_unit ON consultation (unit_id) WHERE commented_at IS NULL;
CREATE INDEX consultation_assignee ON consultation (assignee_id) WHERE commented_at IS NULL;
