-- What searches look into: texts folded for comparison, ending in two line feeds that make every
-- substring of one or two characters the beginning of some trigram.
CREATE TABLE message_search (
    id          BIGINT           NOT NULL PRIMARY KEY,
    text        TEXT COLLATE "C" NOT NULL,
    attachments TEXT COLLATE "C" NOT NULL
);

CREATE TABLE conversation_search (
    id   BIGINT           NOT NULL PRIMARY KEY,
    text TEXT COLLATE "C" NOT NULL
);

-- `parts` is what `text` is put together from, so that one part can change alone.
CREATE TABLE user_search (
    id    BIGINT           NOT NULL PRIMARY KEY,
    text  TEXT COLLATE "C" NOT NULL,
    parts TEXT COLLATE "C" NOT NULL
);

-- All trigrams of a text as a tsvector, whose GIN index finds them and their beginnings. Not
-- pg_trgm: that drops everything but letters and digits, and needs a right to be installed.
CREATE FUNCTION trigrams(text TEXT) RETURNS TSVECTOR LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 1000 AS $$
DECLARE
    characters TEXT[] := string_to_array(text, NULL);
    found TEXT[] := '{}';
BEGIN
    FOR n IN 1 .. cardinality(characters) - 2 LOOP
        found[n] := characters[n] || characters[n + 1] || characters[n + 2];
    END LOOP;
    RETURN array_to_tsvector(found);
END
$$;

-- indexes
CREATE INDEX message_index ON message_search USING gin (trigrams(text || attachments));
CREATE INDEX conversation_index ON conversation_search USING gin (trigrams(text));
CREATE INDEX user_index ON user_search USING gin (trigrams(text));
