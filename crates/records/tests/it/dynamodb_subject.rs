//! A table of its own for each test, behind a proxy that can make requests fail.
use super::dynamodb_proxy::{Fault, Proxy, WRITES};
use async_trait::async_trait;
use homeroom_core::ports::RecordStore;
use homeroom_records::{DynamoLocation, DynamoRecordStore};
use homeroom_testkit::conformance::record_store::{Faults, RecordStoreSubject, WriteFault};
use homeroom_testkit::servers::moto;
use homeroom_testkit::{SeededIds, StepClock};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

pub(crate) struct Subject {
    pub(crate) store: Arc<DynamoRecordStore>,
    pub(crate) clock: Arc<StepClock>,
    pub(crate) proxy: Proxy,
    pub(crate) location: DynamoLocation,
}

impl Subject {
    /// A subject with a fresh table; `None` when the service is missing and that is allowed.
    pub(crate) async fn new() -> Option<Self> {
        let subject = Self::without_table().await?;
        subject.store.init().await.unwrap();
        subject.proxy.take_log();
        Some(subject)
    }

    pub(crate) async fn without_table() -> Option<Self> {
        let endpoint = tokio::task::spawn_blocking(moto::endpoint).await.unwrap()?;
        let proxy = Proxy::start(&endpoint).await;
        let table = format!("homeroom-test-{}", Uuid::new_v4());
        let location = locate(&table, proxy.endpoint());
        let clock = Arc::new(StepClock::school_morning());
        Some(Self {
            store: Arc::new(open(location.clone(), clock.clone()).await),
            clock,
            proxy,
            location,
        })
    }
}

/// A table at an endpoint, with the patience that a busy machine needs.
pub(crate) fn locate(table: &str, endpoint: &str) -> DynamoLocation {
    let url = format!("dynamodb://eu-central-1/{table}?endpoint={endpoint}");
    let location = DynamoLocation::parse(&url).unwrap();
    let location = location.with_access_key("test", "test");
    location.with_timeouts(Duration::from_secs(5), Duration::from_mins(1))
}

pub(crate) async fn open(location: DynamoLocation, clock: Arc<StepClock>) -> DynamoRecordStore {
    let seed = Uuid::new_v4().as_u64_pair().0;
    let ids = SeededIds::new(seed, clock.clone());
    DynamoRecordStore::open(location, clock, Arc::new(ids)).await
}

#[async_trait]
impl RecordStoreSubject for Subject {
    fn store(&self) -> Arc<dyn RecordStore> {
        self.store.clone()
    }

    fn clock(&self) -> Arc<StepClock> {
        self.clock.clone()
    }

    /// Polls: at a service whose indexes lag they follow within seconds.
    async fn wait_for_index(&self, attempt: u32) -> bool {
        tokio::time::sleep(Duration::from_millis(50)).await;
        attempt < 100
    }

    async fn reopen(&mut self) -> bool {
        self.store = Arc::new(open(self.location.clone(), self.clock.clone()).await);
        true
    }

    fn faults(&self) -> Option<&dyn Faults> {
        Some(self)
    }
}

impl Faults for Subject {
    fn start(&self, fault: WriteFault) -> bool {
        let fault = match fault {
            WriteFault::Unavailable => throttled(),
            WriteFault::UnknownApplied => Fault::CutAfter,
            WriteFault::UnknownLost => Fault::CutBefore,
            WriteFault::Conflict => conflict(),
        };
        self.proxy.fail(WRITES, fault, usize::MAX);
        true
    }

    fn stop(&self) {
        self.proxy.stop_failing();
    }
}

pub(crate) fn throttled() -> Fault {
    Fault::error(
        "ProvisionedThroughputExceededException",
        "The level of configured provisioned throughput for the table was exceeded.",
    )
}

pub(crate) fn conflict() -> Fault {
    Fault::Answer(json!({
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "message": "Transaction cancelled, please refer cancellation reasons for specific reasons",
        "CancellationReasons": [
            {"Code": "None"},
            {"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"},
        ],
    }))
}
