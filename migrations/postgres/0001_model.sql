-- Which log a generation is made from, how many migrations it has run, and how far each
-- projection has come.
CREATE TABLE model (
    log_id     TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    migrations BIGINT           NOT NULL
);

CREATE TABLE checkpoints (
    projection TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    position   BIGINT           NOT NULL
);
