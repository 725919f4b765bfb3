-- Written opinion slips (phiếu lấy ý kiến thành viên).

-- How a body asks in writing. Without a row: unanswered slips are not counted,
-- nothing is signed.
CREATE TABLE slip_rule (
    type_id BLOB PRIMARY KEY REFERENCES meeting_type (id),
    unanswered TEXT NOT NULL CHECK (unanswered IN ('not_counted', 'agrees')),
    is_signed INTEGER NOT NULL,
    hours_before INTEGER NOT NULL CHECK (hours_before BETWEEN 1 AND 720),
    hours_after INTEGER NOT NULL CHECK (hours_after BETWEEN 1 AND 720)
) STRICT;

CREATE TABLE slip (
    id BLOB PRIMARY KEY,
    organisation_id BLOB NOT NULL REFERENCES organisation (id),
    type_id BLOB NOT NULL REFERENCES meeting_type (id),
    title TEXT NOT NULL,
    -- What is put before the members: the matter and the submission it rests on.
    statement TEXT NOT NULL,
    drafter_id BLOB NOT NULL REFERENCES person (id),
    -- Cán bộ theo dõi: told of who is silent.
    adviser_id BLOB NOT NULL REFERENCES person (id),
    approver_id BLOB NOT NULL REFERENCES person (id),
    state TEXT NOT NULL CHECK (state IN ('draft', 'submitted', 'approved', 'collecting', 'closed', 'reported',
                                         'cancelled')),
    -- Why it was last returned or cancelled; may be empty.
    reason TEXT NOT NULL,
    deadline INTEGER NOT NULL,
    -- The rule of the body as it was when the slip was sent.
    unanswered TEXT NOT NULL CHECK (unanswered IN ('not_counted', 'agrees')),
    is_signed INTEGER NOT NULL,
    hours_before INTEGER NOT NULL CHECK (hours_before BETWEEN 1 AND 720),
    hours_after INTEGER NOT NULL CHECK (hours_after BETWEEN 1 AND 720),
    -- Raised by every change; a form that carries an older one is stale.
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    sent_at INTEGER,
    closed_at INTEGER,
    -- The report as PDF in the object storage, from the moment it is made.
    report_sha256 TEXT,
    CHECK (closed_at IS NULL OR sent_at IS NOT NULL),
    CHECK ((state = 'reported') = (report_sha256 IS NOT NULL))
) STRICT;
CREATE INDEX slip_organisation ON slip (organisation_id, created_at);

CREATE TABLE slip_paper (
    slip_id BLOB NOT NULL REFERENCES slip (id),
    paper_id BLOB NOT NULL REFERENCES paper (id),
    position INTEGER NOT NULL,
    PRIMARY KEY (slip_id, paper_id)
) STRICT;

CREATE TABLE slip_question (
    id BLOB PRIMARY KEY,
    slip_id BLOB NOT NULL REFERENCES slip (id),
    position INTEGER NOT NULL,
    text TEXT NOT NULL
) STRICT;
CREATE INDEX slip_question_order ON slip_question (slip_id, position);

-- Whom it is sent to, and how far each has come.
CREATE TABLE slip_member (
    slip_id BLOB NOT NULL REFERENCES slip (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    position INTEGER NOT NULL,
    -- Who answers instead; then this member answers no more.
    substitute_id BLOB REFERENCES person (id),
    state TEXT NOT NULL CHECK (state IN ('pending', 'opened', 'answered', 'signed')),
    -- Raised by every answer; a form that carries an older one was made on another device.
    version INTEGER NOT NULL,
    opened_at INTEGER,
    answered_at INTEGER,
    -- The signed slip.
    document_id BLOB REFERENCES signing_document (id),
    PRIMARY KEY (slip_id, person_id),
    CHECK (state <> 'answered' OR answered_at IS NOT NULL),
    CHECK ((state = 'signed') = (document_id IS NOT NULL))
) STRICT;
CREATE INDEX slip_member_person ON slip_member (person_id, state);

CREATE TABLE slip_answer (
    slip_id BLOB NOT NULL,
    person_id BLOB NOT NULL,
    question_id BLOB NOT NULL REFERENCES slip_question (id),
    choice TEXT NOT NULL CHECK (choice IN ('agree', 'disagree', 'other')),
    -- What the member has to say; never empty with 'other'.
    text TEXT NOT NULL,
    -- What the drafter answers to it; empty until then.
    response TEXT NOT NULL,
    PRIMARY KEY (slip_id, person_id, question_id),
    FOREIGN KEY (slip_id, person_id) REFERENCES slip_member (slip_id, person_id),
    CHECK (choice <> 'other' OR text <> '')
) STRICT;

-- What was told about which deadline: the key is what keeps it from being told twice.
CREATE TABLE slip_reminder (
    slip_id BLOB NOT NULL REFERENCES slip (id),
    deadline INTEGER NOT NULL,
    moment TEXT NOT NULL CHECK (moment IN ('before', 'due', 'after')),
    at INTEGER NOT NULL,
    PRIMARY KEY (slip_id, deadline, moment)
) STRICT;
