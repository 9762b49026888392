-- Reports: what is counted, and what the counting needs to know. Quarters of an hour are numbered
-- from the epoch; times and durations are milliseconds.

-- `width` is of buckets, in quarters of an hour: one, a day, 32 days; `bucket` numbers those of a
-- width from the epoch.
CREATE TABLE report_buckets (
    report  INTEGER NOT NULL,
    width   INTEGER NOT NULL,
    bucket  INTEGER NOT NULL,
    item    TEXT    NOT NULL,
    entries INTEGER NOT NULL,
    total   INTEGER NOT NULL,
    PRIMARY KEY (report, width, bucket, item)
) STRICT, WITHOUT ROWID;

CREATE TABLE report_users (
    user_id          INTEGER NOT NULL PRIMARY KEY,
    created          INTEGER NOT NULL,
    user_type        TEXT,
    visited          INTEGER NOT NULL,
    registered       INTEGER,
    country_code     TEXT    NOT NULL,
    language         TEXT    NOT NULL,
    browser_language TEXT    NOT NULL,
    browser          TEXT    NOT NULL,
    os               TEXT    NOT NULL
) STRICT;

-- `awaiting` is since when an answer is awaited; `authors` who wrote, staff with the quarter of
-- their first message.
CREATE TABLE report_conversations (
    conversation_id INTEGER NOT NULL PRIMARY KEY,
    created         INTEGER NOT NULL,
    messages        INTEGER NOT NULL,
    first_time      INTEGER NOT NULL,
    last_time       INTEGER NOT NULL,
    awaiting        INTEGER,
    authors         TEXT    NOT NULL
) STRICT;

CREATE TABLE report_authors (
    user_id         INTEGER NOT NULL,
    conversation_id INTEGER NOT NULL,
    PRIMARY KEY (user_id, conversation_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE report_messages (
    conversation_id INTEGER NOT NULL,
    message_id      INTEGER NOT NULL,
    user_id         INTEGER NOT NULL,
    side            INTEGER NOT NULL,
    time            INTEGER NOT NULL,
    PRIMARY KEY (conversation_id, message_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE report_ratings (
    conversation_id INTEGER NOT NULL PRIMARY KEY,
    agent_id        INTEGER NOT NULL,
    positive        INTEGER NOT NULL,
    rated           INTEGER NOT NULL
) STRICT;

-- deletions
CREATE INDEX report_ratings_by_agent ON report_ratings (agent_id);
