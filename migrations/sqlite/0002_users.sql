-- Users and their additional details. Times are milliseconds since the epoch.
CREATE TABLE users (
    id            INTEGER NOT NULL PRIMARY KEY,
    user_type     TEXT    NOT NULL,
    first_name    TEXT    NOT NULL,
    last_name     TEXT    NOT NULL,
    email         TEXT,
    profile_image TEXT    NOT NULL,
    department    INTEGER,
    token         TEXT    NOT NULL,
    creation_time INTEGER NOT NULL,
    last_activity INTEGER NOT NULL
) STRICT;

-- `place` orders a user's details: position of the event that added it, and its place therein.
CREATE TABLE user_details (
    user_id INTEGER NOT NULL,
    slug    TEXT    NOT NULL,
    name    TEXT    NOT NULL,
    value   TEXT    NOT NULL,
    place   INTEGER NOT NULL,
    PRIMARY KEY (user_id, slug)
) STRICT, WITHOUT ROWID;

-- indexes
CREATE INDEX users_by_creation ON users (creation_time, id, user_type);
CREATE INDEX users_by_type ON users (user_type, id);
CREATE INDEX user_details_by_slug ON user_details (slug);
