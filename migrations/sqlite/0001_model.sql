-- Which log a generation is made from, how many migrations it has run, and how far each
-- projection has come.
CREATE TABLE model (
    log_id     TEXT    NOT NULL PRIMARY KEY,
    migrations INTEGER NOT NULL
) STRICT;

CREATE TABLE checkpoints (
    projection TEXT    NOT NULL PRIMARY KEY,
    position   INTEGER NOT NULL
) STRICT;
