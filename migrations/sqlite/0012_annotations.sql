-- Private ink, highlights and notes.
CREATE TABLE annotation (
    person_id BLOB NOT NULL REFERENCES person (id),
    -- Made by the device, so that a change sent twice finds its own row.
    id BLOB NOT NULL,
    paper_id BLOB NOT NULL REFERENCES paper (id),
    -- The version it was made on; where it stands on later ones is in annotation_place.
    version_id BLOB NOT NULL REFERENCES paper_version (id),
    page INTEGER NOT NULL CHECK (page > 0),
    kind TEXT NOT NULL CHECK (kind IN ('ink', 'highlight', 'note', 'mark')),
    -- Points and boxes in parts of the page, as JSON.
    shape TEXT NOT NULL,
    -- What was typed, or the words that were highlighted.
    text TEXT NOT NULL,
    -- Counts the changes; a device names the one its own change was made on.
    revision INTEGER NOT NULL CHECK (revision > 0),
    -- Taken away. The row stays, emptied, so that a device that was away cannot bring it back.
    deleted INTEGER NOT NULL CHECK (NOT deleted OR (text = '' AND shape = '{}')),
    made_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (person_id, id)
) STRICT;
CREATE INDEX annotation_paper ON annotation (person_id, paper_id);

-- Where an annotation was found again on a later version of its paper.
CREATE TABLE annotation_place (
    person_id BLOB NOT NULL,
    annotation_id BLOB NOT NULL,
    version_id BLOB NOT NULL REFERENCES paper_version (id),
    -- NULL: what it spoke of is not there any more.
    page INTEGER CHECK (page > 0),
    shape TEXT,
    PRIMARY KEY (person_id, annotation_id, version_id),
    FOREIGN KEY (person_id, annotation_id) REFERENCES annotation (person_id, id),
    CHECK ((page IS NULL) = (shape IS NULL))
) STRICT;

-- The exact bytes, to check signatures by or to send on; others who may download get a copy with their name on it.
ALTER TABLE paper_reader ADD COLUMN may_take_original INTEGER NOT NULL DEFAULT 0;
-- Until the readers are written anew: those who run a meeting with the paper keep what they had.
UPDATE paper_reader SET may_take_original = may_download
WHERE EXISTS (SELECT participant.person_id FROM agenda_paper
              JOIN agenda_item ON agenda_item.id = agenda_paper.item_id
              JOIN participant ON participant.meeting_id = agenda_item.meeting_id
              WHERE agenda_paper.paper_id = paper_reader.paper_id
                AND participant.person_id = paper_reader.person_id
                AND participant.role IN ('chair', 'secretary'));
