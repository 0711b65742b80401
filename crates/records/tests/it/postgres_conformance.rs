//! `PostgresRecordStore` keeps the record store's contract, each case in a database of its own.
use crate::postgres_proxy::Proxy;
use async_trait::async_trait;
use homeroom_core::ports::RecordStore;
use homeroom_core::ports::record_store::{Condition, Key, Write};
use homeroom_records::{PostgresOptions, PostgresRecordStore};
use homeroom_testkit::conformance::record_store::{Faults, RecordStoreSubject, WriteFault};
use homeroom_testkit::servers::postgres::{self, Postgres};
use homeroom_testkit::{StepClock, record_store_conformance};
use std::sync::{Arc, Mutex};

struct Subject {
    server: &'static Postgres,
    store: Arc<PostgresRecordStore>,
    clock: Arc<StepClock>,
    url: String,
    database: String,
    proxy: Proxy,
    fault: Mutex<Option<WriteFault>>,
}

impl Subject {
    /// `None` if PostgreSQL is missing and may be.
    async fn new() -> Option<Self> {
        let server = postgres::shared()?;
        let direct = server.database();
        let database = direct.rsplit('/').next()?.split('?').next()?.to_owned();
        let proxy = Proxy::to(server.port()).await;
        let url = proxy.of(&direct, server.port());
        let clock = Arc::new(StepClock::school_morning());
        let store = PostgresRecordStore::connect(&url, PostgresOptions::default(), clock.clone());
        let store = store.await.unwrap();
        // Faults are to meet a transaction, not the preparations for the first.
        let check = Write::Check(Key::new("nothing", "there"), Condition::Absent);
        store.transact(vec![check]).await.unwrap();
        Some(Self {
            store: Arc::new(store),
            server,
            clock,
            url,
            database,
            proxy,
            fault: Mutex::new(None),
        })
    }

    fn set_read_only(&self, read_only: &str) {
        let sql = format!(
            "ALTER DATABASE {} SET default_transaction_read_only = {read_only}",
            self.database
        );
        self.server.execute("postgres", &sql);
        // Connections keep what they began with.
        let sql = format!(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{}'",
            self.database
        );
        self.server.execute("postgres", &sql);
    }
}

#[async_trait]
impl RecordStoreSubject for Subject {
    fn store(&self) -> Arc<dyn RecordStore> {
        self.store.clone()
    }

    fn clock(&self) -> Arc<StepClock> {
        self.clock.clone()
    }

    async fn reopen(&mut self) -> bool {
        let store = PostgresRecordStore::connect(&self.url, PostgresOptions::default(), self.clock.clone());
        self.store = Arc::new(store.await.unwrap());
        true
    }

    fn faults(&self) -> Option<&dyn Faults> {
        Some(self)
    }
}

impl Faults for Subject {
    fn start(&self, fault: WriteFault) -> bool {
        match fault {
            WriteFault::Unavailable => self.set_read_only("on"),
            WriteFault::UnknownApplied => self.proxy.break_on_answers(),
            // The first half of what a transaction sends.
            WriteFault::UnknownLost => self.proxy.break_after_sending(200),
            WriteFault::Conflict => return false,
        }
        *self.fault.lock().unwrap() = Some(fault);
        true
    }

    fn stop(&self) {
        if self.fault.lock().unwrap().take() == Some(WriteFault::Unavailable) {
            self.set_read_only("off");
        }
        self.proxy.mend();
    }
}

record_store_conformance!(match Subject::new().await {
    Some(subject) => subject,
    None => return,
});
