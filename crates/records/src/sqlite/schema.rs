//! The tables. A migration that has been released never changes; a new one is added below it.

/// Applied in order, each once; their number is the file's `user_version`.
pub(crate) const MIGRATIONS: &[&str] = &[
    // Keys are BLOBs, so that they are ordered bytewise and a range may end at any byte string.
    // `expires_at` is in milliseconds since 1970. `index_keys` and `checksum` are explained in row.rs.
    "CREATE TABLE records (
        partition  BLOB NOT NULL,
        sort       BLOB NOT NULL,
        version    INTEGER NOT NULL,
        count      INTEGER NOT NULL,
        expires_at INTEGER,
        checksum   INTEGER NOT NULL,
        index_keys BLOB NOT NULL,
        body       BLOB NOT NULL,
        PRIMARY KEY (partition, sort)
     ) STRICT, WITHOUT ROWID;

     CREATE INDEX records_by_expiry ON records (expires_at) WHERE expires_at IS NOT NULL;

     CREATE TABLE index_entries (
        index_id         INTEGER NOT NULL,
        partition        BLOB NOT NULL,
        sort             BLOB NOT NULL,
        record_partition BLOB NOT NULL,
        record_sort      BLOB NOT NULL,
        PRIMARY KEY (index_id, partition, sort, record_partition, record_sort)
     ) STRICT, WITHOUT ROWID;",
];
