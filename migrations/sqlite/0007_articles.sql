-- The knowledge base: a row a text, which is an article in a language; the default language has no
-- name. What a list shows is apart from the whole content, which may be long.
CREATE TABLE articles (
    number     INTEGER NOT NULL PRIMARY KEY,
    id         TEXT    NOT NULL,
    language   TEXT    NOT NULL,
    title      TEXT    NOT NULL,
    excerpt    TEXT    NOT NULL,
    link       TEXT    NOT NULL,
    categories TEXT    NOT NULL,
    more       TEXT    NOT NULL
) STRICT;
CREATE UNIQUE INDEX articles_by_id ON articles (id, language);

CREATE TABLE article_contents (
    number  INTEGER NOT NULL PRIMARY KEY,
    content TEXT    NOT NULL
) STRICT;

-- Where the texts of a language stand.
CREATE TABLE article_places (
    language TEXT    NOT NULL,
    place    INTEGER NOT NULL,
    number   INTEGER NOT NULL,
    PRIMARY KEY (language, place)
) STRICT, WITHOUT ROWID;

CREATE INDEX article_places_by_number ON article_places (number);

-- `id` is the position of the event.
CREATE TABLE article_ratings (
    id       INTEGER NOT NULL PRIMARY KEY,
    article  TEXT    NOT NULL,
    positive INTEGER NOT NULL
) STRICT;
CREATE INDEX article_ratings_by_article ON article_ratings (article, id);

-- What searches look into: the folded text, in pieces where it is long. `id` is 1024 times the
-- text's number, and the piece's.
CREATE TABLE article_search (
    id       INTEGER NOT NULL PRIMARY KEY,
    number   INTEGER NOT NULL,
    language TEXT    NOT NULL,
    text     TEXT    NOT NULL
) STRICT;
CREATE INDEX article_search_by_number ON article_search (number);

-- indexes

CREATE VIRTUAL TABLE article_index USING fts5 (
    text,
    content = 'article_search', content_rowid = 'id',
    tokenize = 'trigram case_sensitive 1', detail = none, columnsize = 0
);
CREATE VIRTUAL TABLE article_trigrams USING fts5vocab (article_index, instance);
INSERT INTO article_index (article_index) VALUES ('rebuild');

CREATE TRIGGER article_search_inserted AFTER INSERT ON article_search BEGIN
    INSERT INTO article_index (rowid, text) VALUES (new.id, new.text);
END;
CREATE TRIGGER article_search_deleted AFTER DELETE ON article_search BEGIN
    INSERT INTO article_index (article_index, rowid, text) VALUES ('delete', old.id, old.text);
END;
