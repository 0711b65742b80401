//! `SqliteRecordStore` keeps the record store's contract.
use async_trait::async_trait;
use homeroom_core::ports::RecordStore;
use homeroom_records::SqliteRecordStore;
use homeroom_sqlite::rusqlite::Connection;
use homeroom_testkit::conformance::record_store::{Faults, RecordStoreSubject, WriteFault};
use homeroom_testkit::{StepClock, record_store_conformance};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

struct Subject {
    store: Option<Arc<SqliteRecordStore>>,
    clock: Arc<StepClock>,
    directory: TempDir,
    /// Holds the file's write lock while writes are to fail.
    intruder: Mutex<Option<Connection>>,
}

impl Subject {
    fn new() -> Self {
        let mut subject = Self {
            store: None,
            clock: Arc::new(StepClock::school_morning()),
            directory: tempfile::tempdir().unwrap(),
            intruder: Mutex::new(None),
        };
        subject.open();
        subject
    }

    fn open(&mut self) {
        let path = self.directory.path().join("records.db");
        self.store = Some(Arc::new(
            SqliteRecordStore::open(&path, self.clock.clone()).unwrap(),
        ));
    }
}

#[async_trait]
impl RecordStoreSubject for Subject {
    fn store(&self) -> Arc<dyn RecordStore> {
        self.store.clone().unwrap()
    }

    fn clock(&self) -> Arc<StepClock> {
        self.clock.clone()
    }

    async fn reopen(&mut self) -> bool {
        drop(self.store.take());
        self.open();
        true
    }

    fn faults(&self) -> Option<&dyn Faults> {
        Some(self)
    }
}

impl Faults for Subject {
    fn start(&self, fault: WriteFault) -> bool {
        if fault != WriteFault::Unavailable {
            return false;
        }
        let intruder = Connection::open(self.directory.path().join("records.db")).unwrap();
        intruder.execute_batch("BEGIN IMMEDIATE").unwrap();
        *self.intruder.lock().unwrap() = Some(intruder);
        true
    }

    fn stop(&self) {
        *self.intruder.lock().unwrap() = None;
    }
}

record_store_conformance!(Subject::new());
