// A small SQLite client: creates and fills a database in /data, opens it again and queries it.
//
// The other way to call it, `sqlite FILE SQL`, runs statements of the caller's on a database of the caller's.
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fail(sqlite3 *db, const char *what) {
    fprintf(stderr, "%s: %s\n", what, sqlite3_errmsg(db));
    exit(EXIT_FAILURE);
}

static void run(sqlite3 *db, const char *sql) {
    char *message = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK) {
        fprintf(stderr, "%s: %s\n", sql, message != NULL ? message : sqlite3_errmsg(db));
        exit(EXIT_FAILURE);
    }
}

static int print_row(void *rows, int columns, char **values, char **names) {
    (void)names;
    ++*(long *)rows;
    for (int i = 0; i < columns; i++)
        printf("%s%s", i > 0 ? "|" : "", values[i] != NULL ? values[i] : "NULL");
    putchar('\n');
    return 0;
}

static void query(sqlite3 *db, const char *sql) {
    char *message = NULL;
    long rows = 0;
    printf("> %s\n", sql);
    if (sqlite3_exec(db, sql, print_row, &rows, &message) != SQLITE_OK)
        printf("error: %s\n", message != NULL ? message : sqlite3_errmsg(db));
    sqlite3_free(message);
}

static sqlite3 *open_database(const char *path) {
    sqlite3 *db = NULL;
    if (sqlite3_open(path, &db) != SQLITE_OK)
        fail(db, path);
    return db;
}

static void create_and_fill(const char *path) {
    sqlite3 *db = open_database(path);
    run(db, "CREATE TABLE planet(id INTEGER PRIMARY KEY, name TEXT UNIQUE NOT NULL, mass REAL, moons INTEGER)");
    run(db, "INSERT INTO planet(name, mass, moons) VALUES"
            "('Mercury', 3.30e23, 0), ('Venus', 4.87e24, 0), ('Earth', 5.97e24, 1), ('Mars', 6.42e23, 2),"
            "('Jupiter', 1.898e27, 95), ('Saturn', 5.68e26, 146), ('Uranus', 8.68e25, 28), ('Neptune', 1.02e26, 16)");
    run(db, "CREATE TABLE number(n INTEGER PRIMARY KEY, square INTEGER, text TEXT)");
    run(db, "BEGIN");
    sqlite3_stmt *insert;
    if (sqlite3_prepare_v2(db, "INSERT INTO number VALUES(?1, ?1 * ?1, ?2)", -1, &insert, NULL) != SQLITE_OK)
        fail(db, "prepare");
    for (int i = 1; i <= 5000; i++) {
        char text[16];
        snprintf(text, sizeof text, "number %d", i);
        sqlite3_bind_int(insert, 1, i);
        sqlite3_bind_text(insert, 2, text, -1, SQLITE_TRANSIENT);
        if (sqlite3_step(insert) != SQLITE_DONE)
            fail(db, "insert");
        sqlite3_reset(insert);
    }
    sqlite3_finalize(insert);
    run(db, "COMMIT");
    run(db, "CREATE INDEX by_square ON number(square)");
    // Work that is taken back must leave no trace.
    run(db, "BEGIN; DELETE FROM number; UPDATE planet SET moons = -1; ROLLBACK");
    if (sqlite3_close(db) != SQLITE_OK)
        fail(db, "close");
}

int main(int argc, char **argv) {
    if (argc == 3) {
        sqlite3 *db = open_database(argv[1]);
        long rows = 0;
        char *message = NULL;
        if (sqlite3_exec(db, argv[2], print_row, &rows, &message) != SQLITE_OK) {
            fprintf(stderr, "sqlite: %s\n", message);
            return EXIT_FAILURE;
        }
        return sqlite3_close(db) == SQLITE_OK ? EXIT_SUCCESS : EXIT_FAILURE;
    }
    if (argc != 1) {
        fputs("usage: sqlite [FILE SQL]\n", stderr);
        return 2;
    }
    create_and_fill("/data/test.db");
    sqlite3 *db = open_database("/data/test.db");
    query(db, "SELECT name, moons FROM planet ORDER BY moons DESC, name");
    query(db, "SELECT count(*), sum(moons), round(avg(mass) / 1e24, 3) FROM planet");
    query(db, "SELECT upper(name), length(name), printf('%.3e', mass) FROM planet WHERE name LIKE 'M%'");
    query(db, "SELECT count(*), sum(n), sum(square), min(text), max(text) FROM number");
    query(db, "SELECT n FROM number WHERE square = 6250000");
    query(db, "SELECT p.name, n.square FROM planet p JOIN number n ON n.n = p.moons ORDER BY n.square LIMIT 3");
    query(db, "WITH RECURSIVE f(a, b) AS (VALUES(0, 1) UNION ALL SELECT b, a + b FROM f WHERE b < 100)"
              " SELECT group_concat(a) FROM f");
    query(db, "SELECT json_extract('{\"a\":[1,2,{\"b\":3.5}]}', '$.a[2].b')");
    query(db, "SELECT date('2000-02-28', '+2 days'), strftime('%j', '2023-12-31')");
    query(db, "INSERT INTO planet(name) VALUES('Earth')");
    query(db, "SELECT NULL, 0.1 + 0.2, 1e300 * 10, 9223372036854775807");
    query(db, "PRAGMA integrity_check");
    query(db, "VACUUM");
    query(db, "SELECT count(*) FROM number");
    if (sqlite3_close(db) != SQLITE_OK)
        fail(db, "close");
    return EXIT_SUCCESS;
}
