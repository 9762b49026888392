-- What a generation of the read model is made from, and how far each projection has come.
CREATE TABLE model (
    log_id TEXT COLLATE "C" NOT NULL PRIMARY KEY
);

CREATE TABLE checkpoints (
    projection TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    position   BIGINT           NOT NULL
);
