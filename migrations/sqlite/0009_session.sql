-- The meeting under way: states, presence, seats, speakers, opinions.

-- SQLite cannot alter a CHECK: the two tables are made anew and their rows moved.
CREATE TABLE meeting_anew (
    id BLOB PRIMARY KEY,
    organisation_id BLOB NOT NULL REFERENCES organisation (id),
    type_id BLOB NOT NULL REFERENCES meeting_type (id),
    room_id BLOB REFERENCES room (id),
    title TEXT NOT NULL,
    folded_title TEXT NOT NULL,
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    state TEXT NOT NULL
        CHECK (state IN ('draft', 'published', 'in_progress', 'paused', 'adjourned', 'ended', 'cancelled')),
    current_item_id BLOB,
    -- When the invited were told; a draft called off before was never theirs to see.
    announced_at INTEGER,
    started_at INTEGER,
    ended_at INTEGER,
    created_by BLOB NOT NULL REFERENCES person (id),
    created_at INTEGER NOT NULL,
    -- Counts changes of title, time and place; a form that carries an older one is stale.
    version INTEGER NOT NULL,
    -- When an adjourned meeting goes on.
    adjourned_until INTEGER,
    -- Who runs the meeting instead of its chair; NULL: the chair does.
    conductor_id BLOB REFERENCES person (id),
    CHECK ((state = 'adjourned') = (adjourned_until IS NOT NULL))
) STRICT;
INSERT INTO meeting_anew (id, organisation_id, type_id, room_id, title, folded_title, starts_at, ends_at, state,
                          current_item_id, announced_at, started_at, ended_at, created_by, created_at, version)
SELECT id, organisation_id, type_id, room_id, title, folded_title, starts_at, ends_at, state,
       current_item_id, announced_at, started_at, ended_at, created_by, created_at, version FROM meeting;
DROP TABLE meeting;
ALTER TABLE meeting_anew RENAME TO meeting;
CREATE INDEX meeting_time ON meeting (organisation_id, starts_at);

CREATE TABLE participant_anew (
    meeting_id BLOB NOT NULL REFERENCES meeting (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    role TEXT NOT NULL CHECK (role IN ('chair', 'secretary', 'delegate', 'guest')),
    -- Member of the body: counts for the quorum and has a vote.
    member INTEGER NOT NULL,
    attendance TEXT NOT NULL
        CHECK (attendance IN ('not_checked', 'present', 'online', 'absent_excused', 'absent', 'left_early')),
    checked_in_at INTEGER,
    left_at INTEGER,
    absence_reason TEXT NOT NULL,
    -- The member this person sits in for.
    substitute_for BLOB REFERENCES person (id),
    position INTEGER NOT NULL,
    -- The label of a seat of the meeting's room.
    seat TEXT,
    -- May run the meeting when the chair cannot.
    deputy INTEGER NOT NULL DEFAULT FALSE,
    PRIMARY KEY (meeting_id, person_id)
) STRICT;
INSERT INTO participant_anew (meeting_id, person_id, role, member, attendance, checked_in_at, left_at,
                              absence_reason, substitute_for, position)
SELECT meeting_id, person_id, role, member, attendance, checked_in_at, left_at,
       absence_reason, substitute_for, position FROM participant;
DROP TABLE participant;
ALTER TABLE participant_anew RENAME TO participant;
CREATE INDEX participant_person ON participant (person_id);
-- Nobody sits on another's lap.
CREATE UNIQUE INDEX participant_seat ON participant (meeting_id, seat);

-- Whether the members of such a body read each other's opinions on papers.
ALTER TABLE meeting_type ADD COLUMN opinions_shown INTEGER NOT NULL DEFAULT FALSE;
-- How long a speaker has, unless the chair says otherwise.
ALTER TABLE meeting_type ADD COLUMN speech_minutes INTEGER NOT NULL DEFAULT 5 CHECK (speech_minutes > 0);

CREATE TABLE seat (
    room_id BLOB NOT NULL REFERENCES room (id),
    label TEXT NOT NULL CHECK (label <> ''),
    -- Its place on the plan, from the front and from the left.
    row_number INTEGER NOT NULL CHECK (row_number > 0),
    column_number INTEGER NOT NULL CHECK (column_number > 0),
    PRIMARY KEY (room_id, label),
    UNIQUE (room_id, row_number, column_number)
) STRICT;

-- The times in which a meeting that had begun stood still.
CREATE TABLE meeting_break (
    id BLOB PRIMARY KEY,
    meeting_id BLOB NOT NULL REFERENCES meeting (id),
    kind TEXT NOT NULL CHECK (kind IN ('paused', 'adjourned')),
    started_at INTEGER NOT NULL,
    ended_at INTEGER
) STRICT;
CREATE UNIQUE INDEX meeting_break_running ON meeting_break (meeting_id) WHERE ended_at IS NULL;

-- Who ran the meeting, and from when; the chair until the first of these.
CREATE TABLE meeting_conductor (
    id BLOB PRIMARY KEY,
    meeting_id BLOB NOT NULL REFERENCES meeting (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    since INTEGER NOT NULL
) STRICT;
CREATE INDEX meeting_conductor_meeting ON meeting_conductor (meeting_id, id);

-- What the changing code on the screen of the room is made from.
CREATE TABLE check_in_secret (
    meeting_id BLOB PRIMARY KEY REFERENCES meeting (id),
    secret BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE speech_request (
    id BLOB PRIMARY KEY,
    meeting_id BLOB NOT NULL REFERENCES meeting (id),
    item_id BLOB NOT NULL REFERENCES agenda_item (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    -- A point of order goes before all others.
    kind TEXT NOT NULL CHECK (kind IN ('speech', 'questioning', 'point_of_order')),
    topic TEXT NOT NULL,
    -- Who is questioned.
    addressee_id BLOB REFERENCES person (id),
    state TEXT NOT NULL
        CHECK (state IN ('registered', 'speaking', 'paused', 'finished', 'skipped', 'withdrawn')),
    position INTEGER NOT NULL,
    allotted_seconds INTEGER NOT NULL CHECK (allotted_seconds > 0),
    -- Microseconds spoken before `running_since`.
    spoken INTEGER NOT NULL CHECK (spoken >= 0),
    -- Since when the clock runs; NULL while it stands.
    running_since INTEGER,
    asked_at INTEGER NOT NULL,
    -- Who wrote the request down for another person; NULL: the person did.
    entered_by BLOB REFERENCES person (id),
    called_at INTEGER,
    ended_at INTEGER,
    CHECK ((kind = 'questioning') = (addressee_id IS NOT NULL)),
    CHECK ((state = 'speaking') = (running_since IS NOT NULL))
) STRICT;
CREATE INDEX speech_request_queue ON speech_request (meeting_id, state, position);
CREATE INDEX speech_request_item ON speech_request (item_id, state, position);
CREATE UNIQUE INDEX speech_request_once ON speech_request (item_id, person_id, kind)
    WHERE state IN ('registered', 'speaking', 'paused');
-- One has the floor.
CREATE UNIQUE INDEX speech_request_floor ON speech_request (meeting_id) WHERE state IN ('speaking', 'paused');

-- How a questioning was, or will be, answered.
CREATE TABLE question_answer (
    request_id BLOB PRIMARY KEY REFERENCES speech_request (id),
    way TEXT NOT NULL CHECK (way IN ('in_room', 'written')),
    -- Until when the written answer is due.
    due_at INTEGER,
    text TEXT NOT NULL,
    -- Who wrote the answer down; NULL while it is awaited.
    answered_by BLOB REFERENCES person (id),
    answered_at INTEGER,
    CHECK (way <> 'written' OR due_at IS NOT NULL),
    CHECK ((answered_by IS NULL) = (answered_at IS NULL))
) STRICT;

-- What a person says on a paper of the agenda.
CREATE TABLE opinion (
    id BLOB PRIMARY KEY,
    meeting_id BLOB NOT NULL REFERENCES meeting (id),
    item_id BLOB NOT NULL REFERENCES agenda_item (id),
    paper_id BLOB NOT NULL REFERENCES paper (id),
    -- The bytes it was written about.
    version_id BLOB NOT NULL REFERENCES paper_version (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    text TEXT NOT NULL,
    written_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    -- What the drafter answers; empty until then.
    answer TEXT NOT NULL,
    answered_by BLOB REFERENCES person (id),
    answered_at INTEGER,
    UNIQUE (item_id, paper_id, person_id),
    CHECK ((answered_by IS NULL) = (answered_at IS NULL))
) STRICT;
CREATE INDEX opinion_meeting ON opinion (meeting_id);
