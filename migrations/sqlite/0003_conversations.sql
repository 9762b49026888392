-- Conversations with their messages and ratings. Times are milliseconds since the epoch.
CREATE TABLE conversations (
    id              INTEGER NOT NULL PRIMARY KEY,
    user_id         INTEGER NOT NULL,
    title           TEXT    NOT NULL,
    status_code     INTEGER NOT NULL,
    status_time     INTEGER NOT NULL,
    department      INTEGER,
    agent_id        INTEGER,
    source          TEXT,
    extra           TEXT    NOT NULL,
    creation_time   INTEGER NOT NULL,
    last_message_id INTEGER,
    last_time       INTEGER NOT NULL
) STRICT;

CREATE TABLE messages (
    id              INTEGER NOT NULL PRIMARY KEY,
    conversation_id INTEGER NOT NULL,
    user_id         INTEGER NOT NULL,
    message         TEXT    NOT NULL,
    attachments     TEXT    NOT NULL,
    payload         TEXT    NOT NULL,
    status_code     INTEGER NOT NULL,
    creation_time   INTEGER NOT NULL
) STRICT;

CREATE TABLE ratings (
    conversation_id INTEGER NOT NULL PRIMARY KEY,
    agent_id        INTEGER,
    positive        INTEGER NOT NULL,
    rating_time     INTEGER NOT NULL
) STRICT;

-- deletions
CREATE INDEX conversations_by_agent ON conversations (agent_id) WHERE agent_id IS NOT NULL;
CREATE INDEX messages_by_conversation ON messages (conversation_id, id);
CREATE INDEX messages_by_author ON messages (user_id, id, conversation_id);
CREATE INDEX ratings_by_agent ON ratings (agent_id, positive);

-- indexes
CREATE INDEX conversations_by_user ON conversations (user_id);
