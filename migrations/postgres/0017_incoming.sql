-- Incoming documents (văn bản đến): from the door, over the leader's desk, to
-- the file.
CREATE TABLE incoming_document (
    id UUID PRIMARY KEY,
    organisation_id UUID NOT NULL REFERENCES organisation (id),
    -- The way it came.
    origin TEXT NOT NULL CHECK (origin IN ('upload', 'dispatch')),
    -- What another organisation of this installation sent, for its answer.
    dispatch_id UUID UNIQUE REFERENCES dispatch (id),
    paper_id UUID NOT NULL UNIQUE REFERENCES paper (id),
    version_id UUID NOT NULL REFERENCES paper_version (id),
    -- Of the file, to notice the same bytes again.
    sha256 TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('arrived', 'verified', 'refused', 'registered', 'presented', 'directed',
        'assigned', 'in_progress', 'info_only', 'completed', 'filed', 'returned', 'recalled')),
    -- Counts every change: a form made from an older page is refused.
    version BIGINT NOT NULL CHECK (version > 0),
    brought_by UUID NOT NULL REFERENCES person (id),
    arrived_at BIGINT NOT NULL,
    -- What the signatures came to at the door. Never judged anew: what is known
    -- of the file today stands beside the file.
    verdict TEXT CHECK (verdict IN ('valid', 'indeterminate', 'invalid', 'unsigned', 'unreadable')),
    verdict_at BIGINT,
    -- Number and symbol as the sender wrote them: 452/UBND-VX. Empty until it is
    -- registered, unless it could be read from the document.
    symbol TEXT NOT NULL,
    folded_symbol TEXT NOT NULL,
    -- The day the sender dated it, as its first moment.
    dated_on BIGINT,
    sender TEXT NOT NULL,
    folded_sender TEXT NOT NULL,
    subject TEXT NOT NULL,
    -- Symbol, sender and subject without marks and in lower case, for search.
    folded_text TEXT NOT NULL,
    -- 0 none, 1 khẩn, 2 thượng khẩn, 3 hỏa tốc.
    priority BIGINT NOT NULL CHECK (priority BETWEEN 0 AND 3),
    arrival_year BIGINT,
    arrival_number BIGINT CHECK (arrival_number > 0),
    -- The same number as the register keeps it.
    number_id UUID UNIQUE REFERENCES register_number (id),
    registered_at BIGINT,
    registered_by UUID REFERENCES person (id),
    -- The leader it lies before, or who directed it.
    presented_to UUID REFERENCES person (id),
    presented_at BIGINT,
    -- The direction that holds now; earlier ones stand in the course.
    directed_at BIGINT,
    direction TEXT NOT NULL,
    lead_unit_id UUID REFERENCES unit (id),
    -- The last moment of the day it is due.
    deadline BIGINT,
    completed_at BIGINT,
    filed_at BIGINT,
    -- Number and symbol of the file (hồ sơ) it lies in; empty until then.
    file_code TEXT NOT NULL,
    UNIQUE (organisation_id, arrival_year, arrival_number),
    CHECK ((arrival_number IS NULL) = (arrival_year IS NULL)),
    CHECK ((arrival_number IS NULL) = (number_id IS NULL)),
    CHECK ((arrival_number IS NULL) = (registered_at IS NULL)),
    CHECK (arrival_number IS NOT NULL OR state IN ('arrived', 'verified', 'refused', 'recalled')),
    CHECK ((state = 'filed') = (filed_at IS NOT NULL)),
    CHECK (state NOT IN ('directed', 'assigned', 'in_progress') OR lead_unit_id IS NOT NULL)
);
CREATE INDEX incoming_document_state ON incoming_document (organisation_id, state, arrived_at);
CREATE INDEX incoming_document_hash ON incoming_document (organisation_id, sha256);
CREATE INDEX incoming_document_symbol ON incoming_document (organisation_id, folded_symbol);
CREATE INDEX incoming_document_sender ON incoming_document (organisation_id, folded_sender);
CREATE INDEX incoming_document_presented ON incoming_document (presented_to, state);

-- Files that came with a document, each a paper of its own.
CREATE TABLE incoming_attachment (
    document_id UUID NOT NULL REFERENCES incoming_document (id),
    paper_id UUID NOT NULL UNIQUE REFERENCES paper (id),
    version_id UUID NOT NULL REFERENCES paper_version (id),
    PRIMARY KEY (document_id, paper_id)
);

-- The units a direction names: the lead unit and those that help.
CREATE TABLE incoming_unit (
    document_id UUID NOT NULL REFERENCES incoming_document (id),
    unit_id UUID NOT NULL REFERENCES unit (id),
    is_lead BOOLEAN NOT NULL,
    -- When the unit said who works on it.
    assigned_at BIGINT,
    PRIMARY KEY (document_id, unit_id)
);
CREATE INDEX incoming_unit_unit ON incoming_unit (unit_id);

-- The people a unit put to work on a document.
CREATE TABLE incoming_assignment (
    document_id UUID NOT NULL REFERENCES incoming_document (id),
    person_id UUID NOT NULL REFERENCES person (id),
    unit_id UUID NOT NULL REFERENCES unit (id),
    -- When they said their part is done.
    done_at BIGINT,
    PRIMARY KEY (document_id, person_id)
);
CREATE INDEX incoming_assignment_person ON incoming_assignment (person_id);

-- Everything that was done with a document, in order, with the words that were
-- said: what the routing slip shows.
CREATE TABLE incoming_course (
    id UUID PRIMARY KEY,
    document_id UUID NOT NULL REFERENCES incoming_document (id),
    act TEXT NOT NULL,
    person_id UUID NOT NULL REFERENCES person (id),
    note TEXT NOT NULL,
    done_at BIGINT NOT NULL
);
CREATE INDEX incoming_course_document ON incoming_course (document_id, done_at, id);
