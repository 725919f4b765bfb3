-- Files (hồ sơ): the yearly list of an office, and which document lies in
-- which file. A document lies in several without a copy.

CREATE TABLE work_file (
    id BLOB PRIMARY KEY,
    organisation_id BLOB NOT NULL REFERENCES organisation (id),
    -- The year whose list (danh mục hồ sơ) it stands in.
    year INTEGER NOT NULL CHECK (year BETWEEN 1945 AND 9999),
    -- Number and symbol (số và ký hiệu hồ sơ).
    notation TEXT NOT NULL CHECK (length(notation) BETWEEN 1 AND 20),
    title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 500),
    -- Notation and title without marks and in lower case, for search.
    folded TEXT NOT NULL,
    -- How long it is kept, in years, counted from the end of the year it is closed in.
    retention TEXT NOT NULL CHECK (retention IN ('permanent', '70', '50', '30', '20', '15', '10', '5', '2')),
    -- Chế độ sử dụng: who may use it once it is in the archive.
    access TEXT NOT NULL CHECK (access IN ('unrestricted', 'restricted')),
    language TEXT NOT NULL CHECK (length(language) BETWEEN 1 AND 50),
    -- Who keeps it (người lập hồ sơ), and that person's unit when it was given to them.
    keeper_id BLOB NOT NULL REFERENCES person (id),
    unit_id BLOB NOT NULL REFERENCES unit (id),
    note TEXT NOT NULL CHECK (length(note) <= 500),
    state TEXT NOT NULL CHECK (state IN ('planned', 'open', 'closed', 'handed_in')),
    opened_at INTEGER,
    closed_at INTEGER,
    -- The last moment of the day it is due in the archive; NULL: it need not go there.
    hand_in_by INTEGER,
    -- When its keeper was told that it is due soon.
    reminded_at INTEGER,
    handed_in_at INTEGER,
    -- Raised by every save of the details; a form that carries an older one is stale.
    version INTEGER NOT NULL CHECK (version > 0),
    created_at INTEGER NOT NULL,
    UNIQUE (organisation_id, year, notation),
    CHECK ((state = 'planned') = (opened_at IS NULL)),
    CHECK ((state IN ('closed', 'handed_in')) = (closed_at IS NOT NULL)),
    CHECK ((state = 'handed_in') = (handed_in_at IS NOT NULL)),
    CHECK (hand_in_by IS NULL OR closed_at IS NOT NULL)
) STRICT;
CREATE INDEX work_file_keeper ON work_file (keeper_id, state);

-- A document's place in a file. What was taken out stays as a row that says why.
CREATE TABLE work_file_document (
    id BLOB PRIMARY KEY,
    file_id BLOB NOT NULL REFERENCES work_file (id),
    outgoing_id BLOB REFERENCES outgoing_document (id),
    incoming_id BLOB REFERENCES incoming_document (id),
    put_in_by BLOB NOT NULL REFERENCES person (id),
    put_in_at INTEGER NOT NULL,
    taken_out_by BLOB REFERENCES person (id),
    taken_out_at INTEGER,
    -- Why it was taken out.
    reason TEXT NOT NULL,
    CHECK ((outgoing_id IS NULL) <> (incoming_id IS NULL)),
    CHECK ((taken_out_at IS NULL) = (taken_out_by IS NULL)),
    CHECK ((taken_out_at IS NULL) = (reason = ''))
) STRICT;
-- Once in each file.
CREATE UNIQUE INDEX work_file_outgoing ON work_file_document (file_id, outgoing_id) WHERE taken_out_at IS NULL;
CREATE UNIQUE INDEX work_file_incoming ON work_file_document (file_id, incoming_id) WHERE taken_out_at IS NULL;
CREATE INDEX work_file_of_outgoing ON work_file_document (outgoing_id);
CREATE INDEX work_file_of_incoming ON work_file_document (incoming_id);

-- What was done with a file, and with which words; nothing is taken away.
CREATE TABLE work_file_event (
    id BLOB PRIMARY KEY,
    file_id BLOB NOT NULL REFERENCES work_file (id),
    act TEXT NOT NULL,
    person_id BLOB NOT NULL REFERENCES person (id),
    note TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX work_file_event_of ON work_file_event (file_id, at);

-- Until now people typed where a document went; each name they typed becomes a
-- file. How long to keep it nobody said, so it is kept for good until they do.
CREATE TABLE filed_so_far (
    outgoing_id BLOB, incoming_id BLOB, organisation_id BLOB, name TEXT, filed_at INTEGER, person_id BLOB, year INTEGER
) STRICT;
INSERT INTO filed_so_far (outgoing_id, incoming_id, organisation_id, name, filed_at, person_id, year)
SELECT id, NULL, organisation_id, filed_in, filed_at, drafter_id,
       CAST(strftime('%Y', filed_at / 1000000 + 25200, 'unixepoch') AS INTEGER)
FROM outgoing_document WHERE filed_at IS NOT NULL AND filed_in <> '';
INSERT INTO filed_so_far (outgoing_id, incoming_id, organisation_id, name, filed_at, person_id, year)
SELECT NULL, id, organisation_id, file_code, filed_at, coalesce(registered_by, brought_by),
       CAST(strftime('%Y', filed_at / 1000000 + 25200, 'unixepoch') AS INTEGER)
FROM incoming_document WHERE filed_at IS NOT NULL AND file_code <> '';
INSERT INTO work_file (id, organisation_id, year, notation, title, folded, retention, access, language, keeper_id,
                       unit_id, note, state, opened_at, version, created_at)
-- With min() SQLite takes the other columns from the row that has the minimum.
SELECT randomblob(16), filed.organisation_id, filed.year, substr(filed.name, 1, 20), filed.name, lower(filed.name),
       'permanent', 'unrestricted', 'Tiếng Việt', filed.person_id, person.unit_id, '', 'open', min(filed.filed_at), 1,
       filed.filed_at
FROM filed_so_far filed JOIN person ON person.id = filed.person_id
GROUP BY filed.organisation_id, filed.year, substr(filed.name, 1, 20);
INSERT INTO work_file_document (id, file_id, outgoing_id, incoming_id, put_in_by, put_in_at, reason)
SELECT randomblob(16), work_file.id, filed.outgoing_id, filed.incoming_id, filed.person_id, filed.filed_at, ''
FROM filed_so_far filed JOIN work_file ON work_file.organisation_id = filed.organisation_id
     AND work_file.year = filed.year AND work_file.notation = substr(filed.name, 1, 20);
DROP TABLE filed_so_far;
