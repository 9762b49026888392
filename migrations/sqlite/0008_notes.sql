-- Internal notes of conversations. Times are milliseconds since the epoch.
CREATE TABLE notes (
    id              INTEGER NOT NULL PRIMARY KEY,
    conversation_id INTEGER NOT NULL,
    user_id         INTEGER NOT NULL,
    name            TEXT    NOT NULL,
    message         TEXT    NOT NULL,
    creation_time   INTEGER NOT NULL
) STRICT;

-- deletions
CREATE INDEX notes_by_conversation ON notes (conversation_id, id);
CREATE INDEX notes_by_author ON notes (user_id);
