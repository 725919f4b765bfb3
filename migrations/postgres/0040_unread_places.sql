-- Places outside that could not be read when they were last looked into: a
-- mailbox, a folder of the exchange.
CREATE TABLE unread_place (
    -- The organisation's code, as the settings name it.
    organisation TEXT NOT NULL,
    place TEXT NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (organisation, place)
);
