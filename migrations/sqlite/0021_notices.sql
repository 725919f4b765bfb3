-- The document that follows a slip.
CREATE TABLE slip_document (
    slip_id BLOB PRIMARY KEY REFERENCES slip (id),
    outgoing_id BLOB NOT NULL REFERENCES outgoing_document (id)
) STRICT;

-- How a person wants to be told of one kind of matter outside the application.
-- Without a row: by mail at once, by push where a device asked for it, not by SMS.
CREATE TABLE notice_choice (
    person_id BLOB NOT NULL REFERENCES person (id),
    kind TEXT NOT NULL CHECK (kind IN ('meeting', 'signature', 'slip', 'task', 'incoming', 'outgoing', 'other')),
    mail TEXT NOT NULL CHECK (mail IN ('now', 'digest', 'off')),
    sms INTEGER NOT NULL,
    push INTEGER NOT NULL,
    PRIMARY KEY (person_id, kind)
) STRICT;

-- When a person wants to be left in peace, and when the digest comes: minutes of the office's day.
CREATE TABLE notice_hours (
    person_id BLOB PRIMARY KEY REFERENCES person (id),
    -- Equal: never quiet. Later than the end: over midnight.
    quiet_from INTEGER NOT NULL CHECK (quiet_from BETWEEN 0 AND 1439),
    quiet_until INTEGER NOT NULL CHECK (quiet_until BETWEEN 0 AND 1439),
    digest_at INTEGER NOT NULL CHECK (digest_at BETWEEN 0 AND 1439),
    -- For SMS, as the gateway takes it: "+84905…"; may be empty.
    phone TEXT NOT NULL
) STRICT;

-- Everything that leaves the house to tell people something.
CREATE TABLE delivery (
    id BLOB PRIMARY KEY,
    organisation_id BLOB NOT NULL REFERENCES organisation (id),
    -- Empty: somebody outside.
    person_id BLOB REFERENCES person (id),
    channel TEXT NOT NULL CHECK (channel IN ('mail', 'sms', 'push')),
    -- A mail address, a telephone number, or the address of a device at its push service.
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    -- Path of the page it is about; the address of the service is put before it when it leaves.
    link TEXT NOT NULL,
    -- For the reader's calendar (iCalendar); goes along with a mail.
    calendar TEXT,
    -- Gathered: waits to be joined into a digest. Refused: the recipient is not to be had. Given up: tried too long.
    state TEXT NOT NULL CHECK (state IN ('waiting', 'gathered', 'joined', 'sent', 'refused', 'given_up')),
    created_at INTEGER NOT NULL,
    -- Not before this moment.
    due_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    -- Trying ends then.
    give_up_at INTEGER NOT NULL,
    last_error TEXT,
    sent_at INTEGER,
    CHECK ((state = 'sent') = (sent_at IS NOT NULL))
) STRICT;
CREATE INDEX delivery_organisation ON delivery (organisation_id, created_at);
CREATE INDEX delivery_gathered ON delivery (person_id, due_at) WHERE state = 'gathered';

INSERT INTO delivery (id, organisation_id, channel, recipient, subject, body, link, calendar, state, created_at,
                      due_at, attempts, give_up_at, sent_at)
SELECT id, organisation_id, 'mail', recipient, subject, body, '', calendar,
       CASE WHEN sent_at IS NULL THEN 'waiting' ELSE 'sent' END, created_at, created_at, 0,
       created_at + 259200000000, sent_at
FROM mail;
DROP TABLE mail;

-- A server that did not answer is left alone for a while by everything that waits for it.
CREATE TABLE channel_pause (
    channel TEXT PRIMARY KEY CHECK (channel IN ('mail', 'sms', 'push')),
    until INTEGER NOT NULL
) STRICT;

-- The digests that are coming: the key is what queues each only once.
CREATE TABLE digest (
    person_id BLOB NOT NULL REFERENCES person (id),
    due_at INTEGER NOT NULL,
    PRIMARY KEY (person_id, due_at)
) STRICT;

-- A browser that wants to be told (RFC 8030), with its keys (RFC 8291).
CREATE TABLE push_device (
    endpoint TEXT PRIMARY KEY,
    person_id BLOB NOT NULL REFERENCES person (id),
    -- The device's public key, base64url, 65 bytes uncompressed.
    p256dh TEXT NOT NULL,
    -- Its secret for this service, base64url, 16 bytes.
    auth TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX push_device_person ON push_device (person_id);

-- The key by which push services know this installation (RFC 8292). It opens no document and no account.
CREATE TABLE push_key (
    number INTEGER PRIMARY KEY CHECK (number = 1),
    pem TEXT NOT NULL
) STRICT;
