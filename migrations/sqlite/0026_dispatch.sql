-- Documents between organisations and between units: answers, how far a
-- document has come at its receiver, comments on drafts.

-- What has been assigned, is worked on or done at the receiver is told to the
-- sender too. The table is built anew because its CHECK changes.
CREATE TABLE dispatch_next (
    id BLOB PRIMARY KEY,
    outgoing_id BLOB NOT NULL REFERENCES outgoing_document (id),
    organisation_id BLOB NOT NULL REFERENCES organisation (id),
    state TEXT NOT NULL CHECK (state IN ('sent', 'received', 'accepted', 'refused', 'assigned', 'processing',
                                         'completed', 'recalled')),
    -- Why it was refused or recalled.
    reason TEXT NOT NULL,
    sent_at INTEGER NOT NULL,
    -- When it came to the state it is in.
    answered_at INTEGER,
    -- The issued document with which its receiver answered it.
    answer_id BLOB REFERENCES outgoing_document (id),
    UNIQUE (outgoing_id, organisation_id),
    CHECK (state <> 'refused' OR reason <> ''),
    CHECK ((state = 'sent') = (answered_at IS NULL))
) STRICT;
INSERT INTO dispatch_next (id, outgoing_id, organisation_id, state, reason, sent_at, answered_at)
    SELECT id, outgoing_id, organisation_id, state, reason, sent_at, answered_at FROM dispatch;
DROP TABLE dispatch;
ALTER TABLE dispatch_next RENAME TO dispatch;
CREATE INDEX dispatch_to ON dispatch (organisation_id, state, sent_at);
CREATE INDEX dispatch_answer ON dispatch (answer_id) WHERE answer_id IS NOT NULL;

-- What a person may draft an answer to, as the feature that keeps it says.
CREATE TABLE answerable (
    -- As its feature names it: "incoming:018f…".
    subject TEXT NOT NULL,
    organisation_id BLOB NOT NULL REFERENCES organisation (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    -- What the draft's page says it answers, and where that is read.
    title TEXT NOT NULL,
    link TEXT NOT NULL,
    -- The dispatch it came by; NULL: it came from outside the installation.
    dispatch_id BLOB REFERENCES dispatch (id),
    PRIMARY KEY (subject, person_id)
) STRICT;
CREATE INDEX outgoing_document_answers ON outgoing_document (organisation_id, answers) WHERE answers IS NOT NULL;

-- Xin ý kiến phối hợp: a unit asked for its comment on a draft, until when.
CREATE TABLE consultation (
    id BLOB PRIMARY KEY,
    outgoing_id BLOB NOT NULL REFERENCES outgoing_document (id),
    unit_id BLOB NOT NULL REFERENCES unit (id),
    -- The edition it was asked about; the comment names the one it is on.
    edition INTEGER NOT NULL,
    question TEXT NOT NULL,
    asked_by BLOB NOT NULL REFERENCES person (id),
    asked_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    -- Whom the unit's head gave it to; NULL: whoever speaks for the unit.
    assignee_id BLOB REFERENCES person (id),
    -- Who spoke for the unit, about which edition and which bytes.
    person_id BLOB REFERENCES person (id),
    commented_at INTEGER,
    commented_edition INTEGER,
    version_id BLOB REFERENCES paper_version (id),
    comment TEXT NOT NULL,
    -- A file that goes with the comment.
    file_sha256 TEXT,
    file_title TEXT NOT NULL,
    -- What the drafter made of it.
    reply TEXT NOT NULL,
    replied_at INTEGER,
    -- When the unit was reminded: each is told once, however often the job runs.
    reminded_at INTEGER,
    late_told_at INTEGER,
    UNIQUE (outgoing_id, unit_id, edition),
    CHECK ((commented_at IS NULL) = (person_id IS NULL)),
    CHECK ((commented_at IS NULL) = (version_id IS NULL)),
    CHECK ((commented_at IS NULL) = (commented_edition IS NULL)),
    CHECK ((commented_at IS NULL) = (comment = '')),
    CHECK ((replied_at IS NULL) = (reply = '')),
    CHECK (replied_at IS NULL OR commented_at IS NOT NULL)
) STRICT;
CREATE INDEX consultation_unit ON consultation (unit_id) WHERE commented_at IS NULL;
CREATE INDEX consultation_assignee ON consultation (assignee_id) WHERE commented_at IS NULL;
