//! `MemoryRecordStore` keeps the record store's contract.
use homeroom_core::ports::RecordStore;
use homeroom_testkit::conformance::record_store::{Faults, RecordStoreSubject, WriteFault};
use homeroom_testkit::{MemoryRecordStore, StepClock, record_store_conformance};
use std::sync::Arc;

struct Subject {
    store: Arc<MemoryRecordStore>,
    clock: Arc<StepClock>,
}

impl Subject {
    fn new() -> Self {
        let clock = Arc::new(StepClock::school_morning());
        Self {
            store: Arc::new(MemoryRecordStore::new(clock.clone())),
            clock,
        }
    }
}

impl RecordStoreSubject for Subject {
    fn store(&self) -> Arc<dyn RecordStore> {
        self.store.clone()
    }

    fn clock(&self) -> Arc<StepClock> {
        self.clock.clone()
    }

    fn faults(&self) -> Option<&dyn Faults> {
        Some(self)
    }
}

impl Faults for Subject {
    fn start(&self, fault: WriteFault) -> bool {
        self.store.set_fault(Some(fault));
        true
    }

    fn stop(&self) {
        self.store.set_fault(None);
    }
}

record_store_conformance!(Subject::new());
