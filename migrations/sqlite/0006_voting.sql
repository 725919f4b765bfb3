CREATE TABLE vote (
    id BLOB PRIMARY KEY,
    meeting_id BLOB NOT NULL REFERENCES meeting (id),
    item_id BLOB NOT NULL REFERENCES agenda_item (id),
    -- The exact bytes voted on; NULL when the question stands alone.
    paper_version_id BLOB REFERENCES paper_version (id),
    question TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('prepared', 'open', 'published')),
    -- The rule as it stood when the vote was prepared.
    quorum_numerator INTEGER NOT NULL,
    quorum_denominator INTEGER NOT NULL CHECK (quorum_denominator > 0),
    pass_numerator INTEGER NOT NULL,
    pass_denominator INTEGER NOT NULL CHECK (pass_denominator > 0),
    pass_base TEXT NOT NULL CHECK (pass_base IN ('total_members', 'present', 'voted')),
    pass_strict INTEGER NOT NULL,
    tie TEXT NOT NULL CHECK (tie IN ('chair_side', 'fail')),
    change_allowed INTEGER NOT NULL,
    opened_at INTEGER,
    closed_at INTEGER,
    -- Raised by every ballot and by closing: the row they queue on.
    version INTEGER NOT NULL
) STRICT;
CREATE INDEX vote_meeting ON vote (meeting_id);

CREATE TABLE ballot (
    vote_id BLOB NOT NULL REFERENCES vote (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    choice TEXT NOT NULL CHECK (choice IN ('approve', 'reject', 'abstain')),
    cast_at INTEGER NOT NULL,
    PRIMARY KEY (vote_id, person_id)
) STRICT;

-- The outcome with every denominator, written once, when the vote closes.
CREATE TABLE vote_result (
    vote_id BLOB PRIMARY KEY REFERENCES vote (id),
    total_members INTEGER NOT NULL,
    present INTEGER NOT NULL,
    voted INTEGER NOT NULL,
    approve INTEGER NOT NULL,
    reject INTEGER NOT NULL,
    abstain INTEGER NOT NULL,
    not_voting INTEGER NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('adopted', 'rejected', 'no_quorum')),
    -- 'chair_side' when a tie was decided by the chair's ballot.
    decided_by TEXT NOT NULL CHECK (decided_by IN ('count', 'chair_side', 'tie_fails'))
) STRICT;
