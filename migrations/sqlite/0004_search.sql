-- What searches look into: texts folded for comparison, ending in two line feeds that make every
-- substring of one or two characters the beginning of some trigram.
CREATE TABLE message_search (
    id          INTEGER NOT NULL PRIMARY KEY,
    text        TEXT    NOT NULL,
    attachments TEXT    NOT NULL
) STRICT;

CREATE TABLE conversation_search (
    id   INTEGER NOT NULL PRIMARY KEY,
    text TEXT    NOT NULL
) STRICT;

-- `parts` is what `text` is put together from, so that one part can change alone.
CREATE TABLE user_search (
    id    INTEGER NOT NULL PRIMARY KEY,
    text  TEXT    NOT NULL,
    parts TEXT    NOT NULL
) STRICT;

-- Up to which message, itself included, the index goes.
CREATE TABLE message_index_progress (
    indexed INTEGER NOT NULL PRIMARY KEY
) STRICT;
INSERT INTO message_index_progress (indexed) VALUES (0);

-- indexes

-- The texts stay in their tables; an index holds row numbers only (no places within a text, no
-- sizes), which is all that a substring search with a check of the text needs.
CREATE VIRTUAL TABLE message_index USING fts5 (
    text, attachments,
    content = 'message_search', content_rowid = 'id',
    tokenize = 'trigram case_sensitive 1', detail = none, columnsize = 0
);
CREATE VIRTUAL TABLE conversation_index USING fts5 (
    text,
    content = 'conversation_search', content_rowid = 'id',
    tokenize = 'trigram case_sensitive 1', detail = none, columnsize = 0
);
CREATE VIRTUAL TABLE user_index USING fts5 (
    text,
    content = 'user_search', content_rowid = 'id',
    tokenize = 'trigram case_sensitive 1', detail = none, columnsize = 0
);
CREATE VIRTUAL TABLE message_trigrams USING fts5vocab (message_index, instance);
CREATE VIRTUAL TABLE conversation_trigrams USING fts5vocab (conversation_index, instance);
CREATE VIRTUAL TABLE user_trigrams USING fts5vocab (user_index, instance);

-- What is there is indexed in large pieces, which leaves less to merge.
INSERT INTO message_index (message_index, rank) VALUES ('hashsize', 16777216);
INSERT INTO message_index (message_index) VALUES ('rebuild');
INSERT INTO message_index (message_index, rank) VALUES ('hashsize', 1048576);
UPDATE message_index_progress SET indexed = COALESCE((SELECT MAX(id) FROM message_search), 0);
INSERT INTO conversation_index (conversation_index) VALUES ('rebuild');
INSERT INTO user_index (user_index) VALUES ('rebuild');

-- A message alone in a commit costs the index many times what it costs among others. So new
-- messages wait until there are 512 ids of them; until then a search reads them one by one.
CREATE TRIGGER message_search_awaited AFTER INSERT ON message_search
WHEN new.id > (SELECT indexed + 512 FROM message_index_progress) BEGIN
    INSERT INTO message_index (rowid, text, attachments)
    SELECT id, text, attachments FROM message_search
    WHERE id > (SELECT indexed FROM message_index_progress) AND id < new.id;
    UPDATE message_index_progress SET indexed = new.id - 1;
END;
CREATE TRIGGER message_search_inserted AFTER INSERT ON message_search
WHEN new.id <= (SELECT indexed FROM message_index_progress) BEGIN
    INSERT INTO message_index (rowid, text, attachments) VALUES (new.id, new.text, new.attachments);
END;
CREATE TRIGGER message_search_deleted AFTER DELETE ON message_search
WHEN old.id <= (SELECT indexed FROM message_index_progress) BEGIN
    INSERT INTO message_index (message_index, rowid, text, attachments)
    VALUES ('delete', old.id, old.text, old.attachments);
END;
CREATE TRIGGER message_search_updated AFTER UPDATE ON message_search
WHEN old.id <= (SELECT indexed FROM message_index_progress) BEGIN
    INSERT INTO message_index (message_index, rowid, text, attachments)
    VALUES ('delete', old.id, old.text, old.attachments);
    INSERT INTO message_index (rowid, text, attachments) VALUES (new.id, new.text, new.attachments);
END;

CREATE TRIGGER conversation_search_inserted AFTER INSERT ON conversation_search BEGIN
    INSERT INTO conversation_index (rowid, text) VALUES (new.id, new.text);
END;
CREATE TRIGGER conversation_search_deleted AFTER DELETE ON conversation_search BEGIN
    INSERT INTO conversation_index (conversation_index, rowid, text) VALUES ('delete', old.id, old.text);
END;

CREATE TRIGGER user_search_inserted AFTER INSERT ON user_search BEGIN
    INSERT INTO user_index (rowid, text) VALUES (new.id, new.text);
END;
CREATE TRIGGER user_search_deleted AFTER DELETE ON user_search BEGIN
    INSERT INTO user_index (user_index, rowid, text) VALUES ('delete', old.id, old.text);
END;
CREATE TRIGGER user_search_updated AFTER UPDATE ON user_search BEGIN
    INSERT INTO user_index (user_index, rowid, text) VALUES ('delete', old.id, old.text);
    INSERT INTO user_index (rowid, text) VALUES (new.id, new.text);
END;
