-- Made when a secret vote opens.
CREATE TABLE secret_vote (
    vote_id UUID PRIMARY KEY REFERENCES vote (id),
    -- What a ballot's signature is checked with; the exponent is 65537.
    modulus BYTEA NOT NULL,
    -- How many ballots are in the box: a number, so that nobody need open it to show one.
    ballots BIGINT NOT NULL CHECK (ballots >= 0)
);

-- Whose mandate got a ballot paper. Nothing here tells whether, when or how it was used.
CREATE TABLE ballot_paper (
    vote_id UUID NOT NULL REFERENCES secret_vote (vote_id),
    member_id UUID NOT NULL REFERENCES person (id),
    -- Who holds the mandate: the member or a proxy.
    holder_id UUID NOT NULL REFERENCES person (id),
    -- What the holder's page asked to have signed, so that an answer lost on
    -- its way can be given again; NULL once the vote is over.
    blinded BYTEA,
    PRIMARY KEY (vote_id, member_id)
);

-- What an open secret vote needs and nobody may have afterwards: the row goes
-- when the vote closes. One row holds all ballots, so that rows have no order.
CREATE TABLE secret_box (
    vote_id UUID PRIMARY KEY REFERENCES secret_vote (vote_id),
    -- Signs ballot papers.
    private_key BYTEA NOT NULL,
    -- Opens what is sealed.
    seal_key BYTEA NOT NULL,
    -- The ballots, sorted by code.
    sealed BYTEA NOT NULL
);

-- The ballots of closed votes, written in the order of their codes: no row
-- number, no time, no voter.
CREATE TABLE secret_ballot (
    vote_id UUID NOT NULL REFERENCES secret_vote (vote_id),
    code TEXT NOT NULL,
    -- The key of one of the options.
    choice TEXT NOT NULL,
    -- By the vote's key over vote and code: the proof that a paper was issued for it.
    signature BYTEA NOT NULL,
    PRIMARY KEY (vote_id, code)
);
