// SQLite's C API, as Debian's libsqlite3-dev installs it.

#include <sqlite3.h>

// Its variadic configuration calls, which Swift can't make.
static inline int touchmon_sqlite_configure(sqlite3 *database, int option, int value) {
    return sqlite3_db_config(database, option, value, (int *)0);
}

// "Copy the bytes before you return", a function pointer that is no function.
static inline sqlite3_destructor_type touchmon_sqlite_transient(void) { return SQLITE_TRANSIENT; }

// Before anything else is asked of SQLite: one thread, and no memory set aside for connections.
static inline int touchmon_sqlite_set_up(void) {
    int result = sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    return result == SQLITE_OK ? sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0) : result;
}
