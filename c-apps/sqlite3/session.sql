.headers on
.mode box
CREATE TABLE hero(id INTEGER PRIMARY KEY, name TEXT UNIQUE NOT NULL, home TEXT);
CREATE TABLE deed(hero REFERENCES hero(id), what TEXT, year INTEGER CHECK(year < 0));
CREATE INDEX deed_by_year ON deed(year);
CREATE VIEW fame AS SELECT name, count(what) AS deeds FROM hero LEFT JOIN deed ON hero = id GROUP BY id;
CREATE TRIGGER shout AFTER INSERT ON hero BEGIN UPDATE hero SET name = upper(name) WHERE id = new.id; END;
INSERT INTO hero(name, home) VALUES ('Theseus', 'Athens'), ('Ariadne', 'Knossos'), ('Daedalus', NULL);
INSERT INTO deed VALUES (1, 'lifts a rock', -1250), (1, 'kills the Minotaur', -1245), (2, 'gives a clew', -1245), (3, 'builds a labyrinth', -1260);
SELECT * FROM fame ORDER BY deeds DESC, name;
.mode column
SELECT name, year, rank() OVER (ORDER BY year) AS rank, sum(1) OVER (PARTITION BY hero) AS of_hero FROM deed JOIN hero ON id = hero ORDER BY year, name;
.mode csv
WITH RECURSIVE fib(a, b) AS (VALUES (0, 1) UNION ALL SELECT b, a + b FROM fib LIMIT 10) SELECT group_concat(a, ' ') AS fib FROM fib;
.mode json
SELECT json_group_object(name, home) AS homes FROM hero;
.mode line
SELECT round(sqrt(2), 6) AS root, hex(zeroblob(4)) AS blob, typeof(1.0) AS type, strftime('%Y-%m-%d', 1e9, 'unixepoch') AS date;
.mode list
BEGIN;
DELETE FROM deed;
SELECT changes() AS deleted;
ROLLBACK;
SELECT count(*) AS left FROM deed;
EXPLAIN QUERY PLAN SELECT * FROM deed WHERE year = -1245;
.tables
.schema deed
PRAGMA integrity_check;
