-- Internal notes of conversations. Times are milliseconds since the epoch.
CREATE TABLE notes (
    id              BIGINT           NOT NULL PRIMARY KEY,
    conversation_id BIGINT           NOT NULL,
    user_id         BIGINT           NOT NULL,
    name            TEXT COLLATE "C" NOT NULL,
    message         TEXT COLLATE "C" NOT NULL,
    creation_time   BIGINT           NOT NULL
);

-- deletions
CREATE INDEX notes_by_conversation ON notes (conversation_id, id);
CREATE INDEX notes_by_author ON notes (user_id);
