CREATE TABLE paper (
    id BLOB PRIMARY KEY,
    organisation_id BLOB NOT NULL REFERENCES organisation (id),
    title TEXT NOT NULL,
    created_by BLOB NOT NULL REFERENCES person (id),
    created_at INTEGER NOT NULL
) STRICT;

-- One uploaded file. Never overwritten: a new file is the next number.
CREATE TABLE paper_version (
    id BLOB PRIMARY KEY,
    paper_id BLOB NOT NULL REFERENCES paper (id),
    number INTEGER NOT NULL CHECK (number > 0),
    -- The PDF people read, in the object storage.
    sha256 TEXT NOT NULL,
    size INTEGER NOT NULL,
    file_name TEXT NOT NULL,
    -- The office file this PDF was made from, when it was not uploaded as PDF.
    source_sha256 TEXT,
    -- Pages, text and thumbnails are derived by a job.
    state TEXT NOT NULL CHECK (state IN ('deriving', 'ready', 'unreadable')),
    pages INTEGER NOT NULL,
    uploaded_by BLOB NOT NULL REFERENCES person (id),
    uploaded_at INTEGER NOT NULL,
    UNIQUE (paper_id, number)
) STRICT;
CREATE INDEX paper_version_hash ON paper_version (sha256);

CREATE TABLE paper_page (
    version_id BLOB NOT NULL REFERENCES paper_version (id),
    page INTEGER NOT NULL CHECK (page > 0),
    -- In PDF points, after rotation.
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    -- Words with their places, as JSON.
    words TEXT NOT NULL,
    -- The words without marks and in lower case, for search.
    folded_text TEXT NOT NULL,
    PRIMARY KEY (version_id, page)
) STRICT;

-- Who may open a paper now. Written by the feature that shows the paper.
CREATE TABLE paper_reader (
    paper_id BLOB NOT NULL REFERENCES paper (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    may_download INTEGER NOT NULL,
    PRIMARY KEY (paper_id, person_id)
) STRICT;
CREATE INDEX paper_reader_person ON paper_reader (person_id);

CREATE TABLE paper_opening (
    version_id BLOB NOT NULL REFERENCES paper_version (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    first_opened_at INTEGER NOT NULL,
    PRIMARY KEY (version_id, person_id)
) STRICT;
