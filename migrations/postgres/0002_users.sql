-- Users and their additional details. Times are milliseconds since the epoch.
CREATE TABLE users (
    id            BIGINT           NOT NULL PRIMARY KEY,
    user_type     TEXT COLLATE "C" NOT NULL,
    first_name    TEXT COLLATE "C" NOT NULL,
    last_name     TEXT COLLATE "C" NOT NULL,
    email         TEXT COLLATE "C",
    profile_image TEXT COLLATE "C" NOT NULL,
    department    BIGINT,
    token         TEXT COLLATE "C" NOT NULL,
    creation_time BIGINT           NOT NULL,
    last_activity BIGINT           NOT NULL
);

-- `place` orders a user's details: position of the event that added it, and its place therein.
CREATE TABLE user_details (
    user_id BIGINT           NOT NULL,
    slug    TEXT COLLATE "C" NOT NULL,
    name    TEXT COLLATE "C" NOT NULL,
    value   TEXT COLLATE "C" NOT NULL,
    place   BIGINT           NOT NULL,
    PRIMARY KEY (user_id, slug)
);

-- indexes
CREATE INDEX users_by_creation ON users (creation_time, id, user_type);
CREATE INDEX users_by_type ON users (user_type, id);
CREATE INDEX user_details_by_slug ON user_details (slug);
