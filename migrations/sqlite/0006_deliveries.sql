-- What follows from events and is delivered to somebody: webhooks. Times are milliseconds since the
-- epoch; `source` is the position of the event told of.
CREATE TABLE deliveries (
    id           INTEGER NOT NULL PRIMARY KEY,
    reaction     INTEGER NOT NULL,
    name         TEXT    NOT NULL,
    part         INTEGER NOT NULL,
    source       INTEGER NOT NULL,
    lane         TEXT    NOT NULL,
    state        TEXT    NOT NULL,
    attempts     INTEGER NOT NULL,
    status       INTEGER,
    duration_ms  INTEGER,
    error        TEXT,
    planned_time INTEGER NOT NULL,
    last_time    INTEGER,
    retry_time   INTEGER
) STRICT;

-- indexes
CREATE INDEX deliveries_by_state ON deliveries (reaction, state, id);
