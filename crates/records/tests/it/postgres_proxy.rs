//! A proxy between a store and its server that breaks connections at a chosen byte.
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Bytes that are let through without end.
const NO_LIMIT: i64 = i64::MAX;

#[derive(Default)]
struct State {
    /// How many more bytes go to the server before all connections break.
    to_server: AtomicI64,
    /// Whether answers are kept back and the connection breaks instead.
    mute: AtomicBool,
    /// Bytes that have gone to the server so far.
    sent: AtomicU64,
}

/// Forwards connections to a port of this machine.
pub struct Proxy {
    port: u16,
    state: Arc<State>,
    listening: JoinHandle<()>,
}

impl Proxy {
    pub async fn to(server: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(State::default());
        state.to_server.store(NO_LIMIT, Ordering::SeqCst);
        let shared = state.clone();
        let listening = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let state = shared.clone();
                tokio::spawn(async move {
                    if let Ok(server) = TcpStream::connect(("127.0.0.1", server)).await {
                        forward(client, server, &state).await;
                    }
                });
            }
        });
        Self {
            port,
            state,
            listening,
        }
    }

    /// `url` by way of the proxy.
    pub fn of(&self, url: &str, server: u16) -> String {
        url.replacen(&format!(":{server}/"), &format!(":{}/", self.port), 1)
    }

    /// Breaks the connection that sends the `bytes`-th byte from now on instead of forwarding it.
    pub fn break_after_sending(&self, bytes: u64) {
        let bytes = i64::try_from(bytes).unwrap();
        self.state.to_server.store(bytes, Ordering::SeqCst);
    }

    /// Breaks connections on which the server answers, instead of forwarding the answer.
    pub fn break_on_answers(&self) {
        self.state.mute.store(true, Ordering::SeqCst);
    }

    /// Forwards everything again.
    pub fn mend(&self) {
        self.state.to_server.store(NO_LIMIT, Ordering::SeqCst);
        self.state.mute.store(false, Ordering::SeqCst);
    }

    /// Bytes that have gone to the server so far.
    pub fn sent(&self) -> u64 {
        self.state.sent.load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn forward(client: TcpStream, server: TcpStream, state: &State) {
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let upwards = async {
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(read @ 1..) = from_client.read(&mut buffer).await {
            let length = i64::try_from(read).unwrap();
            let left = state.to_server.load(Ordering::SeqCst);
            let allowed = if left == NO_LIMIT {
                read
            } else {
                let before = state.to_server.fetch_sub(length, Ordering::SeqCst);
                usize::try_from(before.clamp(0, length)).unwrap()
            };
            if to_server.write_all(&buffer[..allowed]).await.is_err() || allowed < read {
                break;
            }
            state.sent.fetch_add(read as u64, Ordering::SeqCst);
        }
    };
    let downwards = async {
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(read @ 1..) = from_server.read(&mut buffer).await {
            let mute = state.mute.load(Ordering::SeqCst);
            if mute || to_client.write_all(&buffer[..read]).await.is_err() {
                break;
            }
        }
    };
    tokio::select! {
        () = upwards => {}
        () = downwards => {}
    }
}
