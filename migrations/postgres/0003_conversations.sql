-- Conversations with their messages and ratings. Times are milliseconds since the epoch.
CREATE TABLE conversations (
    id              BIGINT           NOT NULL PRIMARY KEY,
    user_id         BIGINT           NOT NULL,
    title           TEXT COLLATE "C" NOT NULL,
    status_code     BIGINT           NOT NULL,
    status_time     BIGINT           NOT NULL,
    department      BIGINT,
    agent_id        BIGINT,
    source          TEXT COLLATE "C",
    extra           TEXT COLLATE "C" NOT NULL,
    creation_time   BIGINT           NOT NULL,
    last_message_id BIGINT,
    last_time       BIGINT           NOT NULL
);

CREATE TABLE messages (
    id              BIGINT           NOT NULL PRIMARY KEY,
    conversation_id BIGINT           NOT NULL,
    user_id         BIGINT           NOT NULL,
    message         TEXT COLLATE "C" NOT NULL,
    attachments     TEXT COLLATE "C" NOT NULL,
    payload         TEXT COLLATE "C" NOT NULL,
    status_code     BIGINT           NOT NULL,
    creation_time   BIGINT           NOT NULL
);

CREATE TABLE ratings (
    conversation_id BIGINT NOT NULL PRIMARY KEY,
    agent_id        BIGINT,
    positive        BIGINT NOT NULL,
    rating_time     BIGINT NOT NULL
);

-- deletions
CREATE INDEX conversations_by_agent ON conversations (agent_id) WHERE agent_id IS NOT NULL;
CREATE INDEX messages_by_conversation ON messages (conversation_id, id);
CREATE INDEX messages_by_author ON messages (user_id, id, conversation_id);
CREATE INDEX ratings_by_agent ON ratings (agent_id, positive);

-- indexes
CREATE INDEX conversations_by_user ON conversations (user_id);
