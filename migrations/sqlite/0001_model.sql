-- What a generation of the read model is made from, and how far each projection has come.
CREATE TABLE model (
    log_id TEXT NOT NULL PRIMARY KEY
) STRICT;

CREATE TABLE checkpoints (
    projection TEXT    NOT NULL PRIMARY KEY,
    position   INTEGER NOT NULL
) STRICT;
