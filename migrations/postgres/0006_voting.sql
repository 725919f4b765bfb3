CREATE TABLE vote (
    id UUID PRIMARY KEY,
    meeting_id UUID NOT NULL REFERENCES meeting (id),
    item_id UUID NOT NULL REFERENCES agenda_item (id),
    -- The exact bytes voted on; NULL when the question stands alone.
    paper_version_id UUID REFERENCES paper_version (id),
    question TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('prepared', 'open', 'published')),
    -- The rule as it stood when the vote was prepared.
    quorum_numerator BIGINT NOT NULL,
    quorum_denominator BIGINT NOT NULL CHECK (quorum_denominator > 0),
    pass_numerator BIGINT NOT NULL,
    pass_denominator BIGINT NOT NULL CHECK (pass_denominator > 0),
    pass_base TEXT NOT NULL CHECK (pass_base IN ('total_members', 'present', 'voted')),
    pass_strict BOOLEAN NOT NULL,
    tie TEXT NOT NULL CHECK (tie IN ('chair_side', 'fail')),
    change_allowed BOOLEAN NOT NULL,
    opened_at BIGINT,
    closed_at BIGINT,
    -- Raised by every ballot and by closing: the row they queue on.
    version BIGINT NOT NULL
);
CREATE INDEX vote_meeting ON vote (meeting_id);

CREATE TABLE ballot (
    vote_id UUID NOT NULL REFERENCES vote (id),
    person_id UUID NOT NULL REFERENCES person (id),
    choice TEXT NOT NULL CHECK (choice IN ('approve', 'reject', 'abstain')),
    cast_at BIGINT NOT NULL,
    PRIMARY KEY (vote_id, person_id)
);

-- The outcome with every denominator, written once, when the vote closes.
CREATE TABLE vote_result (
    vote_id UUID PRIMARY KEY REFERENCES vote (id),
    total_members BIGINT NOT NULL,
    present BIGINT NOT NULL,
    voted BIGINT NOT NULL,
    approve BIGINT NOT NULL,
    reject BIGINT NOT NULL,
    abstain BIGINT NOT NULL,
    not_voting BIGINT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('adopted', 'rejected', 'no_quorum')),
    -- 'chair_side' when a tie was decided by the chair's ballot.
    decided_by TEXT NOT NULL CHECK (decided_by IN ('count', 'chair_side', 'tie_fails'))
);
