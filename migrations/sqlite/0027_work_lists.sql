-- Lists that stay quick after years of work: what waits for a person is found
-- without reading what is over.

CREATE INDEX task_giver ON task (giver_id, ended_at);
-- What is open, and what ended since some day, in one range, with all that the
-- leaders' figures count.
CREATE INDEX task_lingering ON task
    (organisation_id, (coalesce(ended_at, 9223372036854775807)), lead_unit_id, state, due_at, ended_at);
-- The list of slips in the order it is shown: what is under way first.
CREATE INDEX slip_order ON slip
    (organisation_id, (CASE WHEN state IN ('reported', 'cancelled') THEN 1 ELSE 0 END), deadline DESC, id);
CREATE INDEX slip_member_substitute ON slip_member (substitute_id);
CREATE INDEX slip_state ON slip (state, approver_id);
-- The number at everybody's bell, on every page.
CREATE INDEX notice_unread ON notice (person_id) WHERE read_at IS NULL;
-- Whether a person's address takes mail.
CREATE INDEX delivery_person ON delivery (person_id, created_at);
-- The outbox in the order it is shown: those that need somebody first.
CREATE INDEX delivery_outbox ON delivery
    (organisation_id, (CASE WHEN state IN ('refused', 'given_up') THEN 0 ELSE 1 END), created_at DESC, id DESC);
DROP INDEX delivery_organisation;
-- What is behind a figure in the order it is shown: what falls short first.
CREATE INDEX indicator_fact_order ON indicator_fact
    (organisation_id, indicator, (CASE WHEN part < whole THEN 0 ELSE 1 END), at DESC, subject_id, person_id);
DROP INDEX indicator_fact_list;

-- Whose session asked for the messages: when it ends they end. NULL: a device
-- from before; it is told until its person takes it back.
ALTER TABLE push_device ADD COLUMN session_hash BLOB REFERENCES session (id_hash) ON DELETE CASCADE;
CREATE INDEX push_device_session ON push_device (session_hash);

-- When it was found that no server is set by which it could leave; it leaves
-- once one is.
ALTER TABLE delivery ADD COLUMN kept_at INTEGER;
CREATE INDEX delivery_kept ON delivery (channel) WHERE kept_at IS NOT NULL;
-- Which of those that wait were kept was not noted: trying one again is no harm.
UPDATE delivery SET kept_at = created_at WHERE state = 'waiting' AND attempts = 0;

-- Of a restricted meeting: what leaves the house does not name it.
ALTER TABLE signing_document ADD COLUMN is_discreet INTEGER NOT NULL DEFAULT 0;
