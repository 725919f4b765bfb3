-- Search (tra cứu): one index of all official documents, made from the log of
-- acts and the text of the files. All of it but the saved searches can be made
-- again.

-- A document as a search shows it. The id grows with the order in which
-- documents became known, so the newest are found first.
CREATE TABLE search_entry (
    id INTEGER PRIMARY KEY,
    organisation_id BLOB NOT NULL REFERENCES organisation (id),
    register TEXT NOT NULL CHECK (register IN ('outgoing', 'incoming')),
    -- The document, by its id.
    subject_id BLOB NOT NULL UNIQUE,
    state TEXT NOT NULL,
    -- Number and symbol as printed; of an incoming document, its sender's.
    number TEXT NOT NULL,
    arrival_number INTEGER,
    -- The date it bears, or the day it was begun or came.
    day INTEGER NOT NULL,
    title TEXT NOT NULL,
    -- Who signs it, or who sent it.
    origin TEXT NOT NULL,
    -- The file whose text is in the index.
    version_id BLOB NOT NULL REFERENCES paper_version (id),
    -- The text of that file was not read yet.
    awaits_text INTEGER NOT NULL
) STRICT;
CREATE INDEX search_entry_awaiting ON search_entry (version_id) WHERE awaits_text;

-- What an entry is found by; its rowid is the entry's id. `facets` holds who
-- may know of it and what kinds of thing it is, and nothing anybody typed.
CREATE VIRTUAL TABLE search_words USING fts5 (facets, words, content = '', contentless_delete = 1);

-- How far the log of each organisation has been read.
CREATE TABLE search_progress (
    organisation_id BLOB PRIMARY KEY REFERENCES organisation (id),
    sequence INTEGER NOT NULL
) STRICT;

-- A search a person wants to do again.
CREATE TABLE saved_search (
    id BLOB PRIMARY KEY,
    person_id BLOB NOT NULL REFERENCES person (id),
    name TEXT NOT NULL,
    -- What follows the question mark of its address.
    query TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (person_id, name)
) STRICT;
