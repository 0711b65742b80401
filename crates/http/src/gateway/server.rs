//! The accept loop: who is let in, and how everybody is led out.
use super::address::{ClientAddress, Network, is_trusted};
use super::config::GatewayConfig;
use super::{connection, wrap};
use axum::Router;
use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long the loop rests when no descriptor is left.
const REST: Duration = Duration::from_millis(100);
const UPKEEP_EVERY: Duration = Duration::from_secs(5);

/// Serves `app` behind the gateway on HTTP/1.1 and HTTP/2 (prior knowledge) until `shutdown` is
/// cancelled; then no connection is accepted any more, present requests are answered, and what
/// has not ended after [`shutdown_grace`](super::ConnectionSettings::shutdown_grace) is cut off.
///
/// It wraps the app itself: do not [`wrap`] it before.
pub async fn serve(listener: TcpListener, app: Router, config: GatewayConfig, shutdown: CancellationToken) {
    let app = wrap(app, &config);
    let settings = config.connections;
    let doors = Doors::new(&config);
    let (connections, cut_off) = (TaskTracker::new(), CancellationToken::new());
    let mut upkeep = tokio::time::interval(UPKEEP_EVERY);
    loop {
        let (stream, peer) = tokio::select! {
            () = shutdown.cancelled() => break,
            _ = upkeep.tick() => {
                if let Some(metrics) = &config.metrics {
                    metrics.upkeep();
                }
                continue;
            }
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    rest_after(&error).await;
                    continue;
                }
            },
        };
        // Over the limit a connection is closed at once, so that waiting costs nobody anything.
        let Some(place) = doors.enter(peer) else { continue };
        let _ = stream.set_nodelay(true);
        let (app, stopping, cut_off) = (app.clone(), shutdown.clone(), cut_off.clone());
        connections.spawn(async move {
            let _place = place;
            tokio::select! {
                () = connection::serve(stream, peer, app, settings, stopping) => {}
                () = cut_off.cancelled() => {}
            }
        });
    }
    drop(listener);
    connections.close();
    if tokio::time::timeout(settings.shutdown_grace, connections.wait())
        .await
        .is_err()
    {
        tracing::warn!(
            connections = connections.len(),
            "connections were cut off at shutdown"
        );
    }
    cut_off.cancel();
    connections.wait().await;
}

/// A client that went away while it was accepted is nobody's fault; anything else, such as no
/// free descriptor, passes when others leave.
async fn rest_after(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset
    ) {
        return;
    }
    tracing::error!(%error, "connections cannot be accepted at the moment");
    tokio::time::sleep(REST).await;
}

/// Counts connections, in all and per address.
#[derive(Clone)]
struct Doors(Arc<Counts>);

struct Counts {
    max: usize,
    max_per_address: usize,
    trusted_proxies: Vec<Network>,
    inside: Mutex<Inside>,
}

#[derive(Default)]
struct Inside {
    all: usize,
    by_bucket: HashMap<u128, usize>,
}

/// A connection's place; leaving is dropping it.
struct Place {
    doors: Doors,
    bucket: Option<u128>,
}

impl Doors {
    fn new(config: &GatewayConfig) -> Self {
        Self(Arc::new(Counts {
            max: config.connections.max,
            max_per_address: config.connections.max_per_address,
            trusted_proxies: config.trusted_proxies.clone(),
            inside: Mutex::default(),
        }))
    }

    fn enter(&self, peer: SocketAddr) -> Option<Place> {
        let bucket = self
            .is_counted(peer.ip())
            .then(|| ClientAddress(peer.ip()).bucket());
        let mut inside = self.0.inside.lock().unwrap_or_else(PoisonError::into_inner);
        if inside.all >= self.0.max {
            return None;
        }
        if let Some(bucket) = bucket {
            let count = inside.by_bucket.entry(bucket).or_default();
            if *count >= self.0.max_per_address {
                return None;
            }
            *count += 1;
        }
        inside.all += 1;
        Some(Place {
            doors: self.clone(),
            bucket,
        })
    }

    fn is_counted(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        !address.is_loopback() && !is_trusted(&self.0.trusted_proxies, address)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut inside = self.doors.0.inside.lock().unwrap_or_else(PoisonError::into_inner);
        inside.all -= 1;
        if let Some(bucket) = self.bucket
            && let Some(count) = inside.by_bucket.get_mut(&bucket)
        {
            *count -= 1;
            if *count == 0 {
                inside.by_bucket.remove(&bucket);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_cannot_take_all_places() {
        let mut config = GatewayConfig::new("http://localhost:8000".parse().unwrap());
        config.connections.max = 6;
        config.connections.max_per_address = 2;
        config.trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()];
        let doors = Doors::new(&config);
        let enter = |address: &str| doors.enter(SocketAddr::new(address.parse().unwrap(), 1));

        let first = enter("9.9.9.9");
        let second = enter("9.9.9.9");
        assert!(first.is_some() && second.is_some() && enter("9.9.9.9").is_none());
        drop(second);
        let third = enter("9.9.9.9");
        assert!(third.is_some(), "a place that was left is free");
        let proxied: Vec<_> = (0..3).filter_map(|_| enter("10.1.1.1")).collect();
        assert_eq!(proxied.len(), 3, "a trusted proxy brings many");
        let local = enter("127.0.0.1");
        assert!(local.is_some());
        assert!(enter("8.8.8.8").is_none(), "all places are taken");
        drop((first, third, proxied, local));
        assert_eq!(doors.0.inside.lock().unwrap().all, 0);
        assert!(doors.0.inside.lock().unwrap().by_bucket.is_empty());
    }
}
