-- Every page of a meeting counts who is there. With this the count of ten
-- thousand is read from the index alone.
CREATE INDEX participant_presence ON participant (meeting_id, role, member, attendance);
