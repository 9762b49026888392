-- The knowledge base: a row a text, which is an article in a language; the default language has no
-- name. What a list shows is apart from the whole content, which may be long.
CREATE TABLE articles (
    number     BIGINT           NOT NULL PRIMARY KEY,
    id         TEXT COLLATE "C" NOT NULL,
    language   TEXT COLLATE "C" NOT NULL,
    title      TEXT COLLATE "C" NOT NULL,
    excerpt    TEXT COLLATE "C" NOT NULL,
    link       TEXT COLLATE "C" NOT NULL,
    categories TEXT COLLATE "C" NOT NULL,
    more       TEXT COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX articles_by_id ON articles (id, language);

CREATE TABLE article_contents (
    number  BIGINT           NOT NULL PRIMARY KEY,
    content TEXT COLLATE "C" NOT NULL
);

-- Where the texts of a language stand.
CREATE TABLE article_places (
    language TEXT COLLATE "C" NOT NULL,
    place    BIGINT           NOT NULL,
    number   BIGINT           NOT NULL,
    PRIMARY KEY (language, place)
);

CREATE INDEX article_places_by_number ON article_places (number);

-- `id` is the position of the event.
CREATE TABLE article_ratings (
    id       BIGINT           NOT NULL PRIMARY KEY,
    article  TEXT COLLATE "C" NOT NULL,
    positive BIGINT           NOT NULL
);
CREATE INDEX article_ratings_by_article ON article_ratings (article, id);

-- What searches look into: the folded text, in pieces where it is long. `id` is 1024 times the
-- text's number, and the piece's.
CREATE TABLE article_search (
    id       BIGINT           NOT NULL PRIMARY KEY,
    number   BIGINT           NOT NULL,
    language TEXT COLLATE "C" NOT NULL,
    text     TEXT COLLATE "C" NOT NULL
);
CREATE INDEX article_search_by_number ON article_search (number);

-- indexes
CREATE INDEX article_index ON article_search USING gin (trigrams(text));
