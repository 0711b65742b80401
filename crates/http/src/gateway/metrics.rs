//! Prometheus' text format for `/metrics`; the route itself is mounted with the others.
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};

/// From 1 ms to 10 s, in seconds.
const DURATION_BUCKETS: [f64; 13] = [
    0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// The process' recorder.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

impl Metrics {
    /// Installs the recorder for the whole process, behind the `metrics` macros.
    ///
    /// # Errors
    /// When there is one already.
    pub fn install() -> Result<Self, BuildError> {
        PrometheusBuilder::new()
            .set_buckets(&DURATION_BUCKETS)?
            .install_recorder()
            .map(Self)
    }

    /// All measurements in Prometheus' text format (`text/plain; version=0.0.4`).
    pub fn render(&self) -> String {
        self.0.render()
    }

    /// Folds recent measurements together; the server calls it every few seconds, so that memory
    /// stays flat where nobody reads them.
    pub(super) fn upkeep(&self) {
        self.0.run_upkeep();
    }
}
