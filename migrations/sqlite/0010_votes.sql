-- A rule a body votes by. Rows are never changed: a body that changes its rule
-- gets another row, and votes keep the one they were prepared by.
CREATE TABLE vote_terms (
    id BLOB PRIMARY KEY,
    -- A vote is valid with at least this part of the members there.
    quorum_numerator INTEGER NOT NULL CHECK (quorum_numerator >= 0),
    quorum_denominator INTEGER NOT NULL CHECK (quorum_denominator > 0),
    -- A question passes with this part of the base, strictly more if strict.
    pass_numerator INTEGER NOT NULL CHECK (pass_numerator >= 0),
    pass_denominator INTEGER NOT NULL CHECK (pass_denominator > 0),
    -- 'present' counts the mandates there: members present and valid proxies.
    pass_base TEXT NOT NULL CHECK (pass_base IN ('total_members', 'present', 'voted')),
    pass_strict INTEGER NOT NULL,
    tie TEXT NOT NULL CHECK (tie IN ('chair_side', 'fail')),
    -- May an open ballot be changed until the vote closes?
    change_allowed INTEGER NOT NULL,
    -- Whether a vote may, must not or must be secret.
    secrecy TEXT NOT NULL CHECK (secrecy IN ('forbidden', 'allowed', 'required')),
    -- May an absent member give the mandate to another member?
    member_proxies INTEGER NOT NULL,
    -- Does who sits in for an absent member hold the member's mandate?
    substitutes_vote INTEGER NOT NULL,
    -- An open ballot counts only with the signature of who casts it.
    signed_ballots INTEGER NOT NULL
) STRICT;

-- What a voter may choose, in the order of the sheet.
CREATE TABLE vote_option (
    terms_id BLOB NOT NULL REFERENCES vote_terms (id),
    position INTEGER NOT NULL,
    key TEXT NOT NULL,
    -- Empty: the usual words for its meaning, in the reader's language.
    label TEXT NOT NULL,
    meaning TEXT NOT NULL CHECK (meaning IN ('approve', 'reject', 'abstain', 'other')),
    PRIMARY KEY (terms_id, key),
    UNIQUE (terms_id, position)
) STRICT;

-- The rules that types and votes carried in their own rows; a rule takes the
-- id of the row it came from.
INSERT INTO vote_terms (id, quorum_numerator, quorum_denominator, pass_numerator, pass_denominator, pass_base,
                        pass_strict, tie, change_allowed, secrecy, member_proxies, substitutes_vote,
                        signed_ballots)
SELECT id, quorum_numerator, quorum_denominator, pass_numerator, pass_denominator, pass_base, pass_strict, tie,
       change_allowed, 'allowed', 0, 0, 0 FROM meeting_type
UNION ALL
SELECT id, quorum_numerator, quorum_denominator, pass_numerator, pass_denominator, pass_base, pass_strict, tie,
       change_allowed, 'allowed', 0, 0, 0 FROM vote;
INSERT INTO vote_option (terms_id, position, key, label, meaning)
SELECT vote_terms.id, usual.position, usual.key, '', usual.key
FROM vote_terms CROSS JOIN (
    SELECT 0 AS position, 'approve' AS key UNION ALL SELECT 1, 'reject' UNION ALL SELECT 2, 'abstain') usual;

CREATE TABLE meeting_type_new (
    id BLOB PRIMARY KEY,
    organisation_id BLOB NOT NULL REFERENCES organisation (id),
    name TEXT NOT NULL,
    -- The body that meets, as printed on its documents.
    body_name TEXT NOT NULL,
    -- Whether the members of such a body read each other's opinions on papers.
    opinions_shown INTEGER NOT NULL DEFAULT FALSE,
    -- How long a speaker has, unless the chair says otherwise.
    speech_minutes INTEGER NOT NULL DEFAULT 5 CHECK (speech_minutes > 0),
    -- The rule of its quorum and of votes prepared from now on.
    terms_id BLOB NOT NULL REFERENCES vote_terms (id)
) STRICT;
INSERT INTO meeting_type_new (id, organisation_id, name, body_name, opinions_shown, speech_minutes, terms_id)
SELECT id, organisation_id, name, body_name, opinions_shown, speech_minutes, id FROM meeting_type;
DROP TABLE meeting_type;
ALTER TABLE meeting_type_new RENAME TO meeting_type;

CREATE TABLE vote_new (
    id BLOB PRIMARY KEY,
    meeting_id BLOB NOT NULL REFERENCES meeting (id),
    item_id BLOB NOT NULL REFERENCES agenda_item (id),
    -- Counts the votes of a meeting from 1; a repeat is a new number.
    number INTEGER NOT NULL CHECK (number > 0),
    -- The first vote of its sheet: what has the same is opened, shown and closed together.
    sheet_id BLOB NOT NULL REFERENCES vote (id),
    kind TEXT NOT NULL CHECK (kind IN ('open', 'secret')),
    -- The earlier vote that this one repeats.
    repeats_id BLOB REFERENCES vote (id),
    -- The exact bytes voted on; NULL when the question stands alone.
    paper_version_id BLOB REFERENCES paper_version (id),
    question TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('prepared', 'open', 'published', 'cancelled')),
    -- The rule as it stood when the vote was prepared.
    terms_id BLOB NOT NULL REFERENCES vote_terms (id),
    cancel_reason TEXT NOT NULL,
    opened_at INTEGER,
    closed_at INTEGER,
    -- Raised on the first vote of a sheet by every ballot and by closing: the row they queue on.
    version INTEGER NOT NULL,
    CHECK ((state = 'cancelled') = (cancel_reason <> ''))
) STRICT;
INSERT INTO vote_new (id, meeting_id, item_id, number, sheet_id, kind, paper_version_id, question, state,
                      terms_id, cancel_reason, opened_at, closed_at, version)
SELECT id, meeting_id, item_id, row_number() OVER (PARTITION BY meeting_id ORDER BY id), id, 'open',
       paper_version_id, question, state, id, '', opened_at, closed_at, version FROM vote;
DROP TABLE vote;
ALTER TABLE vote_new RENAME TO vote;
CREATE UNIQUE INDEX vote_meeting ON vote (meeting_id, number);
CREATE INDEX vote_sheet ON vote (sheet_id);

CREATE TABLE ballot_new (
    vote_id BLOB NOT NULL REFERENCES vote (id),
    -- Whose mandate it is; each counts once, whoever holds it.
    member_id BLOB NOT NULL REFERENCES person (id),
    -- The key of one of the options.
    choice TEXT NOT NULL,
    -- 'hand': the secretary entered it where the network failed.
    way TEXT NOT NULL CHECK (way IN ('own', 'proxy', 'hand')),
    -- The member, the holder of the proxy, or who entered it.
    cast_by BLOB NOT NULL REFERENCES person (id),
    cast_at INTEGER NOT NULL,
    -- CMS over the ballot's canonical bytes, where the rule asks for it.
    signature BLOB,
    PRIMARY KEY (vote_id, member_id),
    CHECK ((way = 'own') = (cast_by = member_id))
) STRICT;
INSERT INTO ballot_new (vote_id, member_id, choice, way, cast_by, cast_at)
SELECT vote_id, person_id, choice, 'own', person_id, cast_at FROM ballot;
DROP TABLE ballot;
ALTER TABLE ballot_new RENAME TO ballot;

CREATE TABLE vote_count (
    vote_id BLOB NOT NULL REFERENCES vote (id),
    choice TEXT NOT NULL,
    ballots INTEGER NOT NULL CHECK (ballots >= 0),
    PRIMARY KEY (vote_id, choice)
) STRICT;
INSERT INTO vote_count (vote_id, choice, ballots)
SELECT vote_id, 'approve', approve FROM vote_result UNION ALL
SELECT vote_id, 'reject', reject FROM vote_result UNION ALL
SELECT vote_id, 'abstain', abstain FROM vote_result;

CREATE TABLE vote_result_new (
    vote_id BLOB PRIMARY KEY REFERENCES vote (id),
    total_members INTEGER NOT NULL,
    -- Members who were there.
    present INTEGER NOT NULL,
    -- Mandates of absent members that somebody present held.
    proxies INTEGER NOT NULL,
    voted INTEGER NOT NULL,
    invalid INTEGER NOT NULL,
    not_voting INTEGER NOT NULL,
    -- 'void': the ballots do not fit the papers issued.
    outcome TEXT NOT NULL CHECK (outcome IN ('adopted', 'rejected', 'no_quorum', 'void')),
    -- 'chair_side' when a tie was decided by the chair's ballot.
    decided_by TEXT NOT NULL CHECK (decided_by IN ('count', 'chair_side', 'tie_fails', 'unanimous')),
    CHECK (present + proxies <= total_members AND voted + invalid + not_voting = present + proxies)
) STRICT;
INSERT INTO vote_result_new (vote_id, total_members, present, proxies, voted, invalid, not_voting, outcome,
                             decided_by)
SELECT vote_id, total_members, present, 0, voted, 0, not_voting, outcome, decided_by FROM vote_result;
DROP TABLE vote_result;
ALTER TABLE vote_result_new RENAME TO vote_result;

-- Who held which mandate when the vote closed.
CREATE TABLE vote_mandate (
    vote_id BLOB NOT NULL REFERENCES vote (id),
    member_id BLOB NOT NULL REFERENCES person (id),
    -- The member, who holds the proxy, or nobody.
    holder_id BLOB REFERENCES person (id),
    PRIMARY KEY (vote_id, member_id)
) STRICT;

-- An absent member's mandate, given to somebody who is there.
CREATE TABLE proxy (
    meeting_id BLOB NOT NULL REFERENCES meeting (id),
    giver_id BLOB NOT NULL REFERENCES person (id),
    holder_id BLOB NOT NULL REFERENCES person (id),
    reason TEXT NOT NULL,
    recorded_by BLOB NOT NULL REFERENCES person (id),
    recorded_at INTEGER NOT NULL,
    PRIMARY KEY (meeting_id, giver_id),
    CHECK (giver_id <> holder_id)
) STRICT;
CREATE INDEX proxy_holder ON proxy (meeting_id, holder_id);

-- What was exported of a vote, written when it closed: never made again, for names change.
CREATE TABLE vote_record (
    vote_id BLOB PRIMARY KEY REFERENCES vote (id),
    -- Canonical JSON: docs/vote-record.md.
    body TEXT NOT NULL,
    -- The last hash of its chain.
    head TEXT NOT NULL
) STRICT;

CREATE TABLE vote_record_signature (
    vote_id BLOB NOT NULL REFERENCES vote_record (vote_id),
    person_id BLOB NOT NULL REFERENCES person (id),
    -- CMS, detached, over the record's head.
    cms BLOB NOT NULL,
    signed_at INTEGER NOT NULL,
    PRIMARY KEY (vote_id, person_id)
) STRICT;
