CREATE TABLE room (
    id BLOB PRIMARY KEY,
    organisation_id BLOB NOT NULL REFERENCES organisation (id),
    name TEXT NOT NULL,
    seats INTEGER NOT NULL
) STRICT;

-- A kind of body and the rules its meetings and votes follow.
CREATE TABLE meeting_type (
    id BLOB PRIMARY KEY,
    organisation_id BLOB NOT NULL REFERENCES organisation (id),
    name TEXT NOT NULL,
    -- The body that meets, as printed on its documents.
    body_name TEXT NOT NULL,
    -- A meeting is valid with at least this part of its members present.
    quorum_numerator INTEGER NOT NULL,
    quorum_denominator INTEGER NOT NULL CHECK (quorum_denominator > 0),
    -- A question passes with this part of the base, strictly more if strict.
    pass_numerator INTEGER NOT NULL,
    pass_denominator INTEGER NOT NULL CHECK (pass_denominator > 0),
    pass_base TEXT NOT NULL CHECK (pass_base IN ('total_members', 'present', 'voted')),
    pass_strict INTEGER NOT NULL,
    tie TEXT NOT NULL CHECK (tie IN ('chair_side', 'fail')),
    change_allowed INTEGER NOT NULL
) STRICT;

CREATE TABLE meeting (
    id BLOB PRIMARY KEY,
    organisation_id BLOB NOT NULL REFERENCES organisation (id),
    type_id BLOB NOT NULL REFERENCES meeting_type (id),
    room_id BLOB REFERENCES room (id),
    title TEXT NOT NULL,
    folded_title TEXT NOT NULL,
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'published', 'in_progress', 'ended', 'cancelled')),
    current_item_id BLOB,
    -- When the invited were told; a draft called off before was never theirs to see.
    announced_at INTEGER,
    started_at INTEGER,
    ended_at INTEGER,
    created_by BLOB NOT NULL REFERENCES person (id),
    created_at INTEGER NOT NULL,
    -- Counts changes of title, time and place; a form that carries an older one is stale.
    version INTEGER NOT NULL
) STRICT;
CREATE INDEX meeting_time ON meeting (organisation_id, starts_at);

CREATE TABLE participant (
    meeting_id BLOB NOT NULL REFERENCES meeting (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    role TEXT NOT NULL CHECK (role IN ('chair', 'secretary', 'delegate', 'guest')),
    -- Member of the body: counts for the quorum and has a vote.
    member INTEGER NOT NULL,
    attendance TEXT NOT NULL
        CHECK (attendance IN ('not_checked', 'present', 'absent_excused', 'absent', 'left_early')),
    checked_in_at INTEGER,
    left_at INTEGER,
    absence_reason TEXT NOT NULL,
    -- The member this person sits in for.
    substitute_for BLOB REFERENCES person (id),
    position INTEGER NOT NULL,
    PRIMARY KEY (meeting_id, person_id)
) STRICT;
CREATE INDEX participant_person ON participant (person_id);

CREATE TABLE agenda_item (
    id BLOB PRIMARY KEY,
    meeting_id BLOB NOT NULL REFERENCES meeting (id),
    position INTEGER NOT NULL,
    title TEXT NOT NULL,
    presenter TEXT NOT NULL,
    minutes_allotted INTEGER NOT NULL,
    -- Copied when the next meeting is made "like the last one".
    recurring INTEGER NOT NULL,
    started_at INTEGER,
    ended_at INTEGER
) STRICT;
CREATE INDEX agenda_item_meeting ON agenda_item (meeting_id, position);

CREATE TABLE agenda_paper (
    item_id BLOB NOT NULL REFERENCES agenda_item (id),
    paper_id BLOB NOT NULL REFERENCES paper (id),
    position INTEGER NOT NULL,
    -- Guests see a paper only when it says so.
    guests_may_read INTEGER NOT NULL,
    may_download INTEGER NOT NULL,
    PRIMARY KEY (item_id, paper_id)
) STRICT;
CREATE INDEX agenda_paper_paper ON agenda_paper (paper_id);

-- A person's own rule for one paper, stronger than the role's.
CREATE TABLE agenda_paper_exception (
    paper_id BLOB NOT NULL REFERENCES paper (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    may_read INTEGER NOT NULL,
    may_download INTEGER NOT NULL,
    PRIMARY KEY (paper_id, person_id)
) STRICT;
