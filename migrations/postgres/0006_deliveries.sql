-- What follows from events and is delivered to somebody: webhooks. Times are milliseconds since the
-- epoch; `source` is the position of the event told of.
CREATE TABLE deliveries (
    id           BIGINT NOT NULL PRIMARY KEY,
    reaction     BIGINT NOT NULL,
    name         TEXT COLLATE "C" NOT NULL,
    part         BIGINT NOT NULL,
    source       BIGINT NOT NULL,
    lane         TEXT COLLATE "C" NOT NULL,
    state        TEXT COLLATE "C" NOT NULL,
    attempts     BIGINT NOT NULL,
    status       BIGINT,
    duration_ms  BIGINT,
    error        TEXT COLLATE "C",
    planned_time BIGINT NOT NULL,
    last_time    BIGINT,
    retry_time   BIGINT
);

-- indexes
CREATE INDEX deliveries_by_state ON deliveries (reaction, state, id);
