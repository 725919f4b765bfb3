-- The meeting under way: states, presence, seats, speakers, opinions.

ALTER TABLE meeting DROP CONSTRAINT meeting_state_check;
ALTER TABLE meeting ADD CONSTRAINT meeting_state_check
    CHECK (state IN ('draft', 'published', 'in_progress', 'paused', 'adjourned', 'ended', 'cancelled'));
-- When an adjourned meeting goes on.
ALTER TABLE meeting ADD COLUMN adjourned_until BIGINT;
-- Who runs the meeting instead of its chair; NULL: the chair does.
ALTER TABLE meeting ADD COLUMN conductor_id UUID REFERENCES person (id);
ALTER TABLE meeting ADD CHECK ((state = 'adjourned') = (adjourned_until IS NOT NULL));

ALTER TABLE participant DROP CONSTRAINT participant_attendance_check;
ALTER TABLE participant ADD CONSTRAINT participant_attendance_check
    CHECK (attendance IN ('not_checked', 'present', 'online', 'absent_excused', 'absent', 'left_early'));
-- The label of a seat of the meeting's room.
ALTER TABLE participant ADD COLUMN seat TEXT;
-- May run the meeting when the chair cannot.
ALTER TABLE participant ADD COLUMN deputy BOOLEAN NOT NULL DEFAULT FALSE;
-- Nobody sits on another's lap.
CREATE UNIQUE INDEX participant_seat ON participant (meeting_id, seat);

-- Whether the members of such a body read each other's opinions on papers.
ALTER TABLE meeting_type ADD COLUMN opinions_shown BOOLEAN NOT NULL DEFAULT FALSE;
-- How long a speaker has, unless the chair says otherwise.
ALTER TABLE meeting_type ADD COLUMN speech_minutes BIGINT NOT NULL DEFAULT 5 CHECK (speech_minutes > 0);

CREATE TABLE seat (
    room_id UUID NOT NULL REFERENCES room (id),
    label TEXT NOT NULL CHECK (label <> ''),
    -- Its place on the plan, from the front and from the left.
    row_number BIGINT NOT NULL CHECK (row_number > 0),
    column_number BIGINT NOT NULL CHECK (column_number > 0),
    PRIMARY KEY (room_id, label),
    UNIQUE (room_id, row_number, column_number)
);

-- The times in which a meeting that had begun stood still.
CREATE TABLE meeting_break (
    id UUID PRIMARY KEY,
    meeting_id UUID NOT NULL REFERENCES meeting (id),
    kind TEXT NOT NULL CHECK (kind IN ('paused', 'adjourned')),
    started_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE UNIQUE INDEX meeting_break_running ON meeting_break (meeting_id) WHERE ended_at IS NULL;

-- Who ran the meeting, and from when; the chair until the first of these.
CREATE TABLE meeting_conductor (
    id UUID PRIMARY KEY,
    meeting_id UUID NOT NULL REFERENCES meeting (id),
    person_id UUID NOT NULL REFERENCES person (id),
    since BIGINT NOT NULL
);
CREATE INDEX meeting_conductor_meeting ON meeting_conductor (meeting_id, id);

-- What the changing code on the screen of the room is made from.
CREATE TABLE check_in_secret (
    meeting_id UUID PRIMARY KEY REFERENCES meeting (id),
    secret BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE speech_request (
    id UUID PRIMARY KEY,
    meeting_id UUID NOT NULL REFERENCES meeting (id),
    item_id UUID NOT NULL REFERENCES agenda_item (id),
    person_id UUID NOT NULL REFERENCES person (id),
    -- A point of order goes before all others.
    kind TEXT NOT NULL CHECK (kind IN ('speech', 'questioning', 'point_of_order')),
    topic TEXT NOT NULL,
    -- Who is questioned.
    addressee_id UUID REFERENCES person (id),
    state TEXT NOT NULL
        CHECK (state IN ('registered', 'speaking', 'paused', 'finished', 'skipped', 'withdrawn')),
    position BIGINT NOT NULL,
    allotted_seconds BIGINT NOT NULL CHECK (allotted_seconds > 0),
    -- Microseconds spoken before `running_since`.
    spoken BIGINT NOT NULL CHECK (spoken >= 0),
    -- Since when the clock runs; NULL while it stands.
    running_since BIGINT,
    asked_at BIGINT NOT NULL,
    -- Who wrote the request down for another person; NULL: the person did.
    entered_by UUID REFERENCES person (id),
    called_at BIGINT,
    ended_at BIGINT,
    CHECK ((kind = 'questioning') = (addressee_id IS NOT NULL)),
    CHECK ((state = 'speaking') = (running_since IS NOT NULL))
);
CREATE INDEX speech_request_queue ON speech_request (meeting_id, state, position);
CREATE INDEX speech_request_item ON speech_request (item_id, state, position);
CREATE UNIQUE INDEX speech_request_once ON speech_request (item_id, person_id, kind)
    WHERE state IN ('registered', 'speaking', 'paused');
-- One has the floor.
CREATE UNIQUE INDEX speech_request_floor ON speech_request (meeting_id) WHERE state IN ('speaking', 'paused');

-- How a questioning was, or will be, answered.
CREATE TABLE question_answer (
    request_id UUID PRIMARY KEY REFERENCES speech_request (id),
    way TEXT NOT NULL CHECK (way IN ('in_room', 'written')),
    -- Until when the written answer is due.
    due_at BIGINT,
    text TEXT NOT NULL,
    -- Who wrote the answer down; NULL while it is awaited.
    answered_by UUID REFERENCES person (id),
    answered_at BIGINT,
    CHECK (way <> 'written' OR due_at IS NOT NULL),
    CHECK ((answered_by IS NULL) = (answered_at IS NULL))
);

-- What a person says on a paper of the agenda.
CREATE TABLE opinion (
    id UUID PRIMARY KEY,
    meeting_id UUID NOT NULL REFERENCES meeting (id),
    item_id UUID NOT NULL REFERENCES agenda_item (id),
    paper_id UUID NOT NULL REFERENCES paper (id),
    -- The bytes it was written about.
    version_id UUID NOT NULL REFERENCES paper_version (id),
    person_id UUID NOT NULL REFERENCES person (id),
    text TEXT NOT NULL,
    written_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    -- What the drafter answers; empty until then.
    answer TEXT NOT NULL,
    answered_by UUID REFERENCES person (id),
    answered_at BIGINT,
    UNIQUE (item_id, paper_id, person_id),
    CHECK ((answered_by IS NULL) = (answered_at IS NULL))
);
CREATE INDEX opinion_meeting ON opinion (meeting_id);
