-- Before the meeting: bodies, rooms, answers to invitations, papers on their way.

-- Working days before a meeting by which its papers are to be there.
ALTER TABLE meeting_type ADD COLUMN deadline_days INTEGER NOT NULL DEFAULT 0 CHECK (deadline_days BETWEEN 0 AND 30);
-- From where a member may send a substitute.
ALTER TABLE meeting_type ADD COLUMN substitutes TEXT NOT NULL DEFAULT 'office'
    CHECK (substitutes IN ('none', 'unit', 'office'));

-- Who has which room when: five minutes a row, counted from 1970. The key is what
-- keeps two meetings out of one room, whoever asks first and however many at once.
CREATE TABLE room_slot (
    room_id BLOB NOT NULL REFERENCES room (id),
    slot INTEGER NOT NULL,
    meeting_id BLOB NOT NULL REFERENCES meeting (id),
    PRIMARY KEY (room_id, slot)
) STRICT;
CREATE INDEX room_slot_meeting ON room_slot (meeting_id);
-- Meetings made before: where two were in one room, one of them holds it.
INSERT INTO room_slot (room_id, slot, meeting_id)
WITH RECURSIVE held (room_id, meeting_id, slot, last_slot) AS (
    SELECT room_id, id, starts_at / 300000000, (ends_at - 1) / 300000000
    FROM meeting WHERE room_id IS NOT NULL AND state <> 'cancelled'
    UNION ALL
    SELECT room_id, meeting_id, slot + 1, last_slot FROM held WHERE slot < last_slot
)
SELECT room_id, slot, meeting_id FROM held WHERE TRUE
ON CONFLICT (room_id, slot) DO NOTHING;

-- Days on which the office is closed, weekends aside.
CREATE TABLE holiday (
    organisation_id BLOB NOT NULL REFERENCES organisation (id),
    -- As `2026-09-02`.
    day TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (organisation_id, day)
) STRICT;

-- Meetings that were made to recur together.
CREATE TABLE meeting_series (
    id BLOB PRIMARY KEY,
    organisation_id BLOB NOT NULL REFERENCES organisation (id),
    rhythm TEXT NOT NULL CHECK (rhythm IN ('weekly', 'monthly')),
    created_by BLOB NOT NULL REFERENCES person (id),
    created_at INTEGER NOT NULL
) STRICT;

-- The video conference of the office's own; empty: none.
ALTER TABLE meeting ADD COLUMN online_url TEXT NOT NULL DEFAULT '';
-- Only the invited know of it. Meetings made before this column were so.
ALTER TABLE meeting ADD COLUMN restricted INTEGER NOT NULL DEFAULT TRUE;
-- Rises with each change that is told; calendars keep the highest (RFC 5545, SEQUENCE).
ALTER TABLE meeting ADD COLUMN sequence INTEGER NOT NULL DEFAULT 0;
ALTER TABLE meeting ADD COLUMN series_id BLOB REFERENCES meeting_series (id);
CREATE INDEX meeting_series_meeting ON meeting (series_id);

-- The unit that prepares the item's papers.
ALTER TABLE agenda_item ADD COLUMN unit_id BLOB REFERENCES unit (id);
-- Put off: the next meeting made like this one takes it up.
ALTER TABLE agenda_item ADD COLUMN deferred INTEGER NOT NULL DEFAULT FALSE;

-- How far a paper has come. Only published ones are read; those of before were.
ALTER TABLE agenda_paper ADD COLUMN state TEXT NOT NULL DEFAULT 'published'
    CHECK (state IN ('draft', 'submitted', 'approved', 'returned', 'published', 'withdrawn'));
CREATE TABLE paper_step (
    paper_id BLOB NOT NULL REFERENCES paper (id),
    number INTEGER NOT NULL CHECK (number > 0),
    state TEXT NOT NULL
        CHECK (state IN ('draft', 'submitted', 'approved', 'returned', 'published', 'withdrawn')),
    -- The number of the version the step was taken on.
    version INTEGER NOT NULL,
    person_id BLOB NOT NULL REFERENCES person (id),
    reason TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (paper_id, number)
) STRICT;

-- What an invited person answered; no row: nothing yet.
CREATE TABLE answer (
    meeting_id BLOB NOT NULL REFERENCES meeting (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    answer TEXT NOT NULL CHECK (answer IN ('accepted', 'declined', 'substituted')),
    reason TEXT NOT NULL,
    answered_at INTEGER NOT NULL,
    PRIMARY KEY (meeting_id, person_id)
) STRICT;

-- A unit is asked to say who comes.
CREATE TABLE unit_invitation (
    meeting_id BLOB NOT NULL REFERENCES meeting (id),
    unit_id BLOB NOT NULL REFERENCES unit (id),
    places INTEGER NOT NULL CHECK (places > 0),
    role TEXT NOT NULL CHECK (role IN ('delegate', 'guest')),
    -- Until when the unit is to name its people.
    due_at INTEGER NOT NULL,
    note TEXT NOT NULL,
    assigned_by BLOB REFERENCES person (id),
    assigned_at INTEGER,
    PRIMARY KEY (meeting_id, unit_id),
    CHECK ((assigned_by IS NULL) = (assigned_at IS NULL))
) STRICT;
CREATE INDEX unit_invitation_unit ON unit_invitation (unit_id);
-- The people a unit named.
CREATE TABLE unit_nominee (
    meeting_id BLOB NOT NULL REFERENCES meeting (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    unit_id BLOB NOT NULL REFERENCES unit (id),
    PRIMARY KEY (meeting_id, person_id)
) STRICT;

-- The invitation as a document that is signed.
CREATE TABLE invitation_letter (
    document_id BLOB PRIMARY KEY REFERENCES signing_document (id),
    meeting_id BLOB NOT NULL REFERENCES meeting (id),
    -- The meeting's own version, which it was made from: a later one makes it stale.
    meeting_version INTEGER NOT NULL,
    made_at INTEGER NOT NULL
) STRICT;
CREATE INDEX invitation_letter_meeting ON invitation_letter (meeting_id);

-- What stands in the office's week beside meetings.
CREATE TABLE schedule_entry (
    id BLOB PRIMARY KEY,
    organisation_id BLOB NOT NULL REFERENCES organisation (id),
    title TEXT NOT NULL,
    place TEXT NOT NULL,
    -- Who goes, as written.
    people TEXT NOT NULL,
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL CHECK (ends_at > starts_at),
    state TEXT NOT NULL CHECK (state IN ('draft', 'approved')),
    created_by BLOB NOT NULL REFERENCES person (id),
    created_at INTEGER NOT NULL,
    approved_by BLOB REFERENCES person (id),
    version INTEGER NOT NULL,
    CHECK ((state = 'approved') = (approved_by IS NOT NULL))
) STRICT;
CREATE INDEX schedule_entry_time ON schedule_entry (organisation_id, starts_at);

-- A person's calendar for their telephone.
CREATE TABLE calendar_feed (
    person_id BLOB PRIMARY KEY REFERENCES person (id),
    -- SHA-256 of the secret in the address, hex: a stolen database opens no calendar.
    secret_hash TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL
) STRICT;

-- What goes along with a mail for the reader's calendar (RFC 5546); NULL: nothing.
ALTER TABLE mail ADD COLUMN calendar TEXT;
