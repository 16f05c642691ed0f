-- SQLite's shell: a journal of each kind, memory mapping, a sort that needs temporary files
PRAGMA journal_mode=DELETE;
PRAGMA mmap_size=1048576;
DROP TABLE IF EXISTS numbers;
CREATE TABLE numbers (n INTEGER PRIMARY KEY, text TEXT);
BEGIN;
INSERT INTO numbers
	WITH RECURSIVE count(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < 20000)
	SELECT n, hex(n * 7919 % 20011) FROM count;
COMMIT;
PRAGMA journal_mode=WAL;
PRAGMA temp_store=FILE;
PRAGMA cache_size=10;
CREATE INDEX by_text ON numbers (text);
VACUUM;
SELECT count(*), sum(n) FROM numbers;
PRAGMA integrity_check;
