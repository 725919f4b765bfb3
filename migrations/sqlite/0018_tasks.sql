-- Tasks (giao việc, nhắc việc): what a conclusion, a document or a leader sets in motion.

-- Days that are worked although they fall on a weekend: swapped for another day.
CREATE TABLE swapped_day (
    organisation_id BLOB NOT NULL REFERENCES organisation (id),
    -- As `2027-02-20`.
    day TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (organisation_id, day)
) STRICT;

-- Who is told of what nobody does, and sees every task of the office.
CREATE TABLE task_leader (
    organisation_id BLOB NOT NULL REFERENCES organisation (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    PRIMARY KEY (organisation_id, person_id)
) STRICT;

-- When an office reminds. Without a row: a day before, on time, a day after, and
-- two working days until the leaders know.
CREATE TABLE task_rule (
    organisation_id BLOB PRIMARY KEY REFERENCES organisation (id),
    hours_before INTEGER NOT NULL CHECK (hours_before BETWEEN 1 AND 720),
    hours_after INTEGER NOT NULL CHECK (hours_after BETWEEN 1 AND 720),
    -- Working days late after which the leaders are told.
    escalation_days INTEGER NOT NULL CHECK (escalation_days BETWEEN 0 AND 60)
) STRICT;

CREATE TABLE task (
    id BLOB PRIMARY KEY,
    organisation_id BLOB NOT NULL REFERENCES organisation (id),
    title TEXT NOT NULL,
    details TEXT NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('conclusion', 'document', 'hand', 'recurring')),
    -- What it comes from, in words, and the page that tells more; both may be empty.
    source_title TEXT NOT NULL,
    source_link TEXT NOT NULL,
    -- A conclusion is given once, however many people press the button.
    conclusion_id BLOB UNIQUE REFERENCES conclusion (id),
    lead_unit_id BLOB NOT NULL REFERENCES unit (id),
    -- NULL: whoever of the unit takes it.
    person_id BLOB REFERENCES person (id),
    giver_id BLOB NOT NULL REFERENCES person (id),
    given_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('new', 'accepted', 'in_progress', 'reported', 'returned',
                                         'extension_requested', 'approved_done', 'cancelled')),
    -- In hundredths, as last reported.
    progress INTEGER NOT NULL CHECK (progress BETWEEN 0 AND 100),
    -- The deadline that was asked for, while nobody has answered.
    wanted_due_at INTEGER,
    -- Cannot be reported as done before this one is.
    after_id BLOB REFERENCES task (id),
    rhythm TEXT NOT NULL CHECK (rhythm IN ('once', 'weekly', 'monthly', 'quarterly')),
    -- The one before it in a row of recurring tasks: each has one follower.
    previous_id BLOB UNIQUE REFERENCES task (id),
    -- Raised by every change; a form that carries an older one is stale.
    version INTEGER NOT NULL,
    escalated_at INTEGER,
    -- Done or cancelled.
    ended_at INTEGER,
    CHECK ((state = 'extension_requested') = (wanted_due_at IS NOT NULL)),
    CHECK ((state IN ('approved_done', 'cancelled')) = (ended_at IS NOT NULL)),
    CHECK (due_at > given_at)
) STRICT;
CREATE INDEX task_open ON task (organisation_id, ended_at, due_at);
CREATE INDEX task_person ON task (person_id, ended_at);

-- The units that help the one that leads.
CREATE TABLE task_unit (
    task_id BLOB NOT NULL REFERENCES task (id),
    unit_id BLOB NOT NULL REFERENCES unit (id),
    PRIMARY KEY (task_id, unit_id)
) STRICT;

CREATE TABLE task_step (
    id BLOB PRIMARY KEY,
    task_id BLOB NOT NULL REFERENCES task (id),
    position INTEGER NOT NULL,
    text TEXT NOT NULL,
    done_by BLOB REFERENCES person (id),
    done_at INTEGER,
    CHECK ((done_by IS NULL) = (done_at IS NULL))
) STRICT;
CREATE INDEX task_step_order ON task_step (task_id, position);

-- Everything that was done about a task, in order: what its page tells.
CREATE TABLE task_act (
    task_id BLOB NOT NULL REFERENCES task (id),
    number INTEGER NOT NULL CHECK (number > 0),
    act TEXT NOT NULL,
    -- NULL: the service itself.
    person_id BLOB REFERENCES person (id),
    at INTEGER NOT NULL,
    -- A report, a reason, a name; may be empty.
    text TEXT NOT NULL,
    -- A deadline that was asked for or given.
    due_at INTEGER,
    -- The file of a report.
    paper_id BLOB REFERENCES paper (id),
    PRIMARY KEY (task_id, number)
) STRICT;

-- What was told about which deadline: the key is what keeps it from being told twice.
CREATE TABLE task_reminder (
    task_id BLOB NOT NULL REFERENCES task (id),
    due_at INTEGER NOT NULL,
    moment TEXT NOT NULL CHECK (moment IN ('before', 'due', 'after', 'escalation')),
    at INTEGER NOT NULL,
    PRIMARY KEY (task_id, due_at, moment)
) STRICT;
