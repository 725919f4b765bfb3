-- A rule a body votes by. Rows are never changed: a body that changes its rule
-- gets another row, and votes keep the one they were prepared by.
CREATE TABLE vote_terms (
    id UUID PRIMARY KEY,
    -- A vote is valid with at least this part of the members there.
    quorum_numerator BIGINT NOT NULL CHECK (quorum_numerator >= 0),
    quorum_denominator BIGINT NOT NULL CHECK (quorum_denominator > 0),
    -- A question passes with this part of the base, strictly more if strict.
    pass_numerator BIGINT NOT NULL CHECK (pass_numerator >= 0),
    pass_denominator BIGINT NOT NULL CHECK (pass_denominator > 0),
    -- 'present' counts the mandates there: members present and valid proxies.
    pass_base TEXT NOT NULL CHECK (pass_base IN ('total_members', 'present', 'voted')),
    pass_strict BOOLEAN NOT NULL,
    tie TEXT NOT NULL CHECK (tie IN ('chair_side', 'fail')),
    -- May an open ballot be changed until the vote closes?
    change_allowed BOOLEAN NOT NULL,
    -- Whether a vote may, must not or must be secret.
    secrecy TEXT NOT NULL CHECK (secrecy IN ('forbidden', 'allowed', 'required')),
    -- May an absent member give the mandate to another member?
    member_proxies BOOLEAN NOT NULL,
    -- Does who sits in for an absent member hold the member's mandate?
    substitutes_vote BOOLEAN NOT NULL,
    -- An open ballot counts only with the signature of who casts it.
    signed_ballots BOOLEAN NOT NULL
);

-- What a voter may choose, in the order of the sheet.
CREATE TABLE vote_option (
    terms_id UUID NOT NULL REFERENCES vote_terms (id),
    position BIGINT NOT NULL,
    key TEXT NOT NULL,
    -- Empty: the usual words for its meaning, in the reader's language.
    label TEXT NOT NULL,
    meaning TEXT NOT NULL CHECK (meaning IN ('approve', 'reject', 'abstain', 'other')),
    PRIMARY KEY (terms_id, key),
    UNIQUE (terms_id, position)
);

-- The rules that types and votes carried in their own rows; a rule takes the
-- id of the row it came from.
INSERT INTO vote_terms (id, quorum_numerator, quorum_denominator, pass_numerator, pass_denominator, pass_base,
                        pass_strict, tie, change_allowed, secrecy, member_proxies, substitutes_vote,
                        signed_ballots)
SELECT id, quorum_numerator, quorum_denominator, pass_numerator, pass_denominator, pass_base, pass_strict, tie,
       change_allowed, 'allowed', FALSE, FALSE, FALSE FROM meeting_type
UNION ALL
SELECT id, quorum_numerator, quorum_denominator, pass_numerator, pass_denominator, pass_base, pass_strict, tie,
       change_allowed, 'allowed', FALSE, FALSE, FALSE FROM vote;
INSERT INTO vote_option (terms_id, position, key, label, meaning)
SELECT vote_terms.id, usual.position, usual.key, '', usual.key
FROM vote_terms CROSS JOIN (
    SELECT 0 AS position, 'approve' AS key UNION ALL SELECT 1, 'reject' UNION ALL SELECT 2, 'abstain') usual;

-- The rule of a body's quorum and of its votes prepared from now on.
ALTER TABLE meeting_type ADD COLUMN terms_id UUID REFERENCES vote_terms (id);
UPDATE meeting_type SET terms_id = id;
ALTER TABLE meeting_type ALTER COLUMN terms_id SET NOT NULL;
ALTER TABLE meeting_type
    DROP COLUMN quorum_numerator, DROP COLUMN quorum_denominator, DROP COLUMN pass_numerator,
    DROP COLUMN pass_denominator, DROP COLUMN pass_base, DROP COLUMN pass_strict, DROP COLUMN tie,
    DROP COLUMN change_allowed;

-- Counts the votes of a meeting from 1; a repeat is a new number.
ALTER TABLE vote ADD COLUMN number BIGINT CHECK (number > 0);
-- The first vote of its sheet: what has the same is opened, shown and closed together.
ALTER TABLE vote ADD COLUMN sheet_id UUID REFERENCES vote (id);
ALTER TABLE vote ADD COLUMN kind TEXT NOT NULL DEFAULT 'open' CHECK (kind IN ('open', 'secret'));
-- The earlier vote that this one repeats.
ALTER TABLE vote ADD COLUMN repeats_id UUID REFERENCES vote (id);
-- The rule as it stood when the vote was prepared.
ALTER TABLE vote ADD COLUMN terms_id UUID REFERENCES vote_terms (id);
ALTER TABLE vote ADD COLUMN cancel_reason TEXT NOT NULL DEFAULT '';
UPDATE vote SET sheet_id = vote.id, terms_id = vote.id, number = numbered.number
FROM (SELECT id, row_number() OVER (PARTITION BY meeting_id ORDER BY id) AS number FROM vote) numbered
WHERE numbered.id = vote.id;
ALTER TABLE vote
    ALTER COLUMN number SET NOT NULL, ALTER COLUMN sheet_id SET NOT NULL, ALTER COLUMN terms_id SET NOT NULL,
    ALTER COLUMN kind DROP DEFAULT, ALTER COLUMN cancel_reason DROP DEFAULT,
    DROP COLUMN quorum_numerator, DROP COLUMN quorum_denominator, DROP COLUMN pass_numerator,
    DROP COLUMN pass_denominator, DROP COLUMN pass_base, DROP COLUMN pass_strict, DROP COLUMN tie,
    DROP COLUMN change_allowed, DROP CONSTRAINT vote_state_check,
    ADD CONSTRAINT vote_state_check CHECK (state IN ('prepared', 'open', 'published', 'cancelled')),
    ADD CHECK ((state = 'cancelled') = (cancel_reason <> ''));
DROP INDEX vote_meeting;
CREATE UNIQUE INDEX vote_meeting ON vote (meeting_id, number);
CREATE INDEX vote_sheet ON vote (sheet_id);

-- Whose mandate it is; each counts once, whoever holds it.
ALTER TABLE ballot RENAME COLUMN person_id TO member_id;
-- 'hand': the secretary entered it where the network failed.
ALTER TABLE ballot ADD COLUMN way TEXT NOT NULL DEFAULT 'own' CHECK (way IN ('own', 'proxy', 'hand'));
-- The member, the holder of the proxy, or who entered it.
ALTER TABLE ballot ADD COLUMN cast_by UUID REFERENCES person (id);
-- CMS over the ballot's canonical bytes, where the rule asks for it.
ALTER TABLE ballot ADD COLUMN signature BYTEA;
UPDATE ballot SET cast_by = member_id;
-- A choice is the key of one of the rule's options.
ALTER TABLE ballot
    ALTER COLUMN cast_by SET NOT NULL, ALTER COLUMN way DROP DEFAULT, DROP CONSTRAINT ballot_choice_check,
    ADD CHECK ((way = 'own') = (cast_by = member_id));

CREATE TABLE vote_count (
    vote_id UUID NOT NULL REFERENCES vote (id),
    choice TEXT NOT NULL,
    ballots BIGINT NOT NULL CHECK (ballots >= 0),
    PRIMARY KEY (vote_id, choice)
);
INSERT INTO vote_count (vote_id, choice, ballots)
SELECT vote_id, 'approve', approve FROM vote_result UNION ALL
SELECT vote_id, 'reject', reject FROM vote_result UNION ALL
SELECT vote_id, 'abstain', abstain FROM vote_result;

-- Mandates of absent members that somebody present held.
ALTER TABLE vote_result ADD COLUMN proxies BIGINT NOT NULL DEFAULT 0;
ALTER TABLE vote_result ADD COLUMN invalid BIGINT NOT NULL DEFAULT 0;
-- 'void': the ballots do not fit the papers issued.
ALTER TABLE vote_result
    ALTER COLUMN proxies DROP DEFAULT, ALTER COLUMN invalid DROP DEFAULT,
    DROP COLUMN approve, DROP COLUMN reject, DROP COLUMN abstain,
    DROP CONSTRAINT vote_result_outcome_check, DROP CONSTRAINT vote_result_decided_by_check,
    ADD CONSTRAINT vote_result_outcome_check
        CHECK (outcome IN ('adopted', 'rejected', 'no_quorum', 'void')),
    ADD CONSTRAINT vote_result_decided_by_check
        CHECK (decided_by IN ('count', 'chair_side', 'tie_fails', 'unanimous')),
    ADD CHECK (present + proxies <= total_members AND voted + invalid + not_voting = present + proxies);

-- Who held which mandate when the vote closed.
CREATE TABLE vote_mandate (
    vote_id UUID NOT NULL REFERENCES vote (id),
    member_id UUID NOT NULL REFERENCES person (id),
    -- The member, who holds the proxy, or nobody.
    holder_id UUID REFERENCES person (id),
    PRIMARY KEY (vote_id, member_id)
);

-- An absent member's mandate, given to somebody who is there.
CREATE TABLE proxy (
    meeting_id UUID NOT NULL REFERENCES meeting (id),
    giver_id UUID NOT NULL REFERENCES person (id),
    holder_id UUID NOT NULL REFERENCES person (id),
    reason TEXT NOT NULL,
    recorded_by UUID NOT NULL REFERENCES person (id),
    recorded_at BIGINT NOT NULL,
    PRIMARY KEY (meeting_id, giver_id),
    CHECK (giver_id <> holder_id)
);
CREATE INDEX proxy_holder ON proxy (meeting_id, holder_id);

-- What was exported of a vote, written when it closed: never made again, for names change.
CREATE TABLE vote_record (
    vote_id UUID PRIMARY KEY REFERENCES vote (id),
    -- Canonical JSON: docs/vote-record.md.
    body TEXT NOT NULL,
    -- The last hash of its chain.
    head TEXT NOT NULL
);

CREATE TABLE vote_record_signature (
    vote_id UUID NOT NULL REFERENCES vote_record (vote_id),
    person_id UUID NOT NULL REFERENCES person (id),
    -- CMS, detached, over the record's head.
    cms BYTEA NOT NULL,
    signed_at BIGINT NOT NULL,
    PRIMARY KEY (vote_id, person_id)
);
