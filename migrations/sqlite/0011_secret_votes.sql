-- Made when a secret vote opens.
CREATE TABLE secret_vote (
    vote_id BLOB PRIMARY KEY REFERENCES vote (id),
    -- What a ballot's signature is checked with; the exponent is 65537.
    modulus BLOB NOT NULL,
    -- How many ballots are in the box: a number, so that nobody need open it to show one.
    ballots INTEGER NOT NULL CHECK (ballots >= 0)
) STRICT;

-- Whose mandate got a ballot paper. Nothing here tells whether, when or how it was used.
CREATE TABLE ballot_paper (
    vote_id BLOB NOT NULL REFERENCES secret_vote (vote_id),
    member_id BLOB NOT NULL REFERENCES person (id),
    -- Who holds the mandate: the member or a proxy.
    holder_id BLOB NOT NULL REFERENCES person (id),
    -- What the holder's page asked to have signed, so that an answer lost on
    -- its way can be given again; NULL once the vote is over.
    blinded BLOB,
    PRIMARY KEY (vote_id, member_id)
) STRICT, WITHOUT ROWID;

-- What an open secret vote needs and nobody may have afterwards: the row goes
-- when the vote closes. One row holds all ballots, so that rows have no order.
CREATE TABLE secret_box (
    vote_id BLOB PRIMARY KEY REFERENCES secret_vote (vote_id),
    -- Signs ballot papers.
    private_key BLOB NOT NULL,
    -- Opens what is sealed.
    seal_key BLOB NOT NULL,
    -- The ballots, sorted by code.
    sealed BLOB NOT NULL
) STRICT;

-- The ballots of closed votes, written in the order of their codes: no row
-- number, no time, no voter.
CREATE TABLE secret_ballot (
    vote_id BLOB NOT NULL REFERENCES secret_vote (vote_id),
    code TEXT NOT NULL,
    -- The key of one of the options.
    choice TEXT NOT NULL,
    -- By the vote's key over vote and code: the proof that a paper was issued for it.
    signature BLOB NOT NULL,
    PRIMARY KEY (vote_id, code)
) STRICT, WITHOUT ROWID;
