// SQLite as the system has it, and what its header says with macros that cannot be imported.
#pragma once
#include <sqlite3.h>
#include <stddef.h>

/// Binds bytes that SQLite copies before the call returns.
static inline int saekin_bind_text(sqlite3_stmt *statement, int index, const void *bytes, size_t count) {
    return sqlite3_bind_text64(statement, index, bytes ? (const char *)bytes : "", count,
                               SQLITE_TRANSIENT, SQLITE_UTF8);
}
