-- Tasks (giao việc, nhắc việc): what a conclusion, a document or a leader sets in motion.

-- Days that are worked although they fall on a weekend: swapped for another day.
CREATE TABLE swapped_day (
    organisation_id UUID NOT NULL REFERENCES organisation (id),
    -- As `2027-02-20`.
    day TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (organisation_id, day)
);

-- Who is told of what nobody does, and sees every task of the office.
CREATE TABLE task_leader (
    organisation_id UUID NOT NULL REFERENCES organisation (id),
    person_id UUID NOT NULL REFERENCES person (id),
    PRIMARY KEY (organisation_id, person_id)
);

-- When an office reminds. Without a row: a day before, on time, a day after, and
-- two working days until the leaders know.
CREATE TABLE task_rule (
    organisation_id UUID PRIMARY KEY REFERENCES organisation (id),
    hours_before BIGINT NOT NULL CHECK (hours_before BETWEEN 1 AND 720),
    hours_after BIGINT NOT NULL CHECK (hours_after BETWEEN 1 AND 720),
    -- Working days late after which the leaders are told.
    escalation_days BIGINT NOT NULL CHECK (escalation_days BETWEEN 0 AND 60)
);

CREATE TABLE task (
    id UUID PRIMARY KEY,
    organisation_id UUID NOT NULL REFERENCES organisation (id),
    title TEXT NOT NULL,
    details TEXT NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('conclusion', 'document', 'hand', 'recurring')),
    -- What it comes from, in words, and the page that tells more; both may be empty.
    source_title TEXT NOT NULL,
    source_link TEXT NOT NULL,
    -- A conclusion is given once, however many people press the button.
    conclusion_id UUID UNIQUE REFERENCES conclusion (id),
    lead_unit_id UUID NOT NULL REFERENCES unit (id),
    -- NULL: whoever of the unit takes it.
    person_id UUID REFERENCES person (id),
    giver_id UUID NOT NULL REFERENCES person (id),
    given_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('new', 'accepted', 'in_progress', 'reported', 'returned',
                                         'extension_requested', 'approved_done', 'cancelled')),
    -- In hundredths, as last reported.
    progress BIGINT NOT NULL CHECK (progress BETWEEN 0 AND 100),
    -- The deadline that was asked for, while nobody has answered.
    wanted_due_at BIGINT,
    -- Cannot be reported as done before this one is.
    after_id UUID REFERENCES task (id),
    rhythm TEXT NOT NULL CHECK (rhythm IN ('once', 'weekly', 'monthly', 'quarterly')),
    -- The one before it in a row of recurring tasks: each has one follower.
    previous_id UUID UNIQUE REFERENCES task (id),
    -- Raised by every change; a form that carries an older one is stale.
    version BIGINT NOT NULL,
    escalated_at BIGINT,
    -- Done or cancelled.
    ended_at BIGINT,
    CHECK ((state = 'extension_requested') = (wanted_due_at IS NOT NULL)),
    CHECK ((state IN ('approved_done', 'cancelled')) = (ended_at IS NOT NULL)),
    CHECK (due_at > given_at)
);
CREATE INDEX task_open ON task (organisation_id, ended_at, due_at);
CREATE INDEX task_person ON task (person_id, ended_at);

-- The units that help the one that leads.
CREATE TABLE task_unit (
    task_id UUID NOT NULL REFERENCES task (id),
    unit_id UUID NOT NULL REFERENCES unit (id),
    PRIMARY KEY (task_id, unit_id)
);

CREATE TABLE task_step (
    id UUID PRIMARY KEY,
    task_id UUID NOT NULL REFERENCES task (id),
    position BIGINT NOT NULL,
    text TEXT NOT NULL,
    done_by UUID REFERENCES person (id),
    done_at BIGINT,
    CHECK ((done_by IS NULL) = (done_at IS NULL))
);
CREATE INDEX task_step_order ON task_step (task_id, position);

-- Everything that was done about a task, in order: what its page tells.
CREATE TABLE task_act (
    task_id UUID NOT NULL REFERENCES task (id),
    number BIGINT NOT NULL CHECK (number > 0),
    act TEXT NOT NULL,
    -- NULL: the service itself.
    person_id UUID REFERENCES person (id),
    at BIGINT NOT NULL,
    -- A report, a reason, a name; may be empty.
    text TEXT NOT NULL,
    -- A deadline that was asked for or given.
    due_at BIGINT,
    -- The file of a report.
    paper_id UUID REFERENCES paper (id),
    PRIMARY KEY (task_id, number)
);

-- What was told about which deadline: the key is what keeps it from being told twice.
CREATE TABLE task_reminder (
    task_id UUID NOT NULL REFERENCES task (id),
    due_at BIGINT NOT NULL,
    moment TEXT NOT NULL CHECK (moment IN ('before', 'due', 'after', 'escalation')),
    at BIGINT NOT NULL,
    PRIMARY KEY (task_id, due_at, moment)
);
