-- Reports: what is counted, and what the counting needs to know. Quarters of an hour are numbered
-- from the epoch; times and durations are milliseconds.

-- `width` is of buckets, in quarters of an hour: one, a day, 32 days; `bucket` numbers those of a
-- width from the epoch.
CREATE TABLE report_buckets (
    report  BIGINT           NOT NULL,
    width   BIGINT           NOT NULL,
    bucket  BIGINT           NOT NULL,
    item    TEXT COLLATE "C" NOT NULL,
    entries BIGINT           NOT NULL,
    total   BIGINT           NOT NULL,
    PRIMARY KEY (report, width, bucket, item)
);

CREATE TABLE report_users (
    user_id          BIGINT           NOT NULL PRIMARY KEY,
    created          BIGINT           NOT NULL,
    user_type        TEXT COLLATE "C",
    visited          BIGINT           NOT NULL,
    registered       BIGINT,
    country_code     TEXT COLLATE "C" NOT NULL,
    language         TEXT COLLATE "C" NOT NULL,
    browser_language TEXT COLLATE "C" NOT NULL,
    browser          TEXT COLLATE "C" NOT NULL,
    os               TEXT COLLATE "C" NOT NULL
);

-- `awaiting` is since when an answer is awaited; `authors` who wrote, staff with the quarter of
-- their first message.
CREATE TABLE report_conversations (
    conversation_id BIGINT           NOT NULL PRIMARY KEY,
    created         BIGINT           NOT NULL,
    messages        BIGINT           NOT NULL,
    first_time      BIGINT           NOT NULL,
    last_time       BIGINT           NOT NULL,
    awaiting        BIGINT,
    authors         TEXT COLLATE "C" NOT NULL
);

CREATE TABLE report_authors (
    user_id         BIGINT NOT NULL,
    conversation_id BIGINT NOT NULL,
    PRIMARY KEY (user_id, conversation_id)
);

CREATE TABLE report_messages (
    conversation_id BIGINT NOT NULL,
    message_id      BIGINT NOT NULL,
    user_id         BIGINT NOT NULL,
    side            BIGINT NOT NULL,
    time            BIGINT NOT NULL,
    PRIMARY KEY (conversation_id, message_id)
);

CREATE TABLE report_ratings (
    conversation_id BIGINT NOT NULL PRIMARY KEY,
    agent_id        BIGINT NOT NULL,
    positive        BIGINT NOT NULL,
    rated           BIGINT NOT NULL
);

-- deletions
CREATE INDEX report_ratings_by_agent ON report_ratings (agent_id);
