//! Connections: how they are made, how long anything waits for one, and whether the server still lives.
use super::error::{Failure, advice};
use super::url::{Target, describe};
use super::{CONNECT_PATIENCE, PostgresOptions};
use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod};
use homeroom_core::ports::record_store::StoreError;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;
use tokio::time::timeout;
use tokio_postgres::{Client, Config, Error, Row, Statement, types::ToSql};

/// How long a statement is silent before the server is asked whether it lives.
pub(crate) const SILENCE: Duration = Duration::from_millis(600);
/// How long the server may take to answer that.
const PROBE_PATIENCE: Duration = Duration::from_millis(350);

/// What every connection is told first. Plans must not depend on how large the tables were when they were
/// made. Transactions do not rely on any of it: they set or check what they need themselves, so that a
/// proxy that shares connections (PgBouncer in transaction mode) may lose it.
const SETTINGS: &str = "SELECT pg_is_in_recovery(), set_config('enable_seqscan', 'off', false), \
    set_config('enable_bitmapscan', 'off', false), \
    set_config('plan_cache_mode', 'force_generic_plan', false), \
    set_config('default_transaction_isolation', 'read committed', false), \
    set_config('statement_timeout', '5000', false), set_config('lock_timeout', '3000', false), \
    set_config('idle_in_transaction_session_timeout', '10000', false)";

/// All connections to one database.
pub(crate) struct Connections {
    pool: Pool,
    config: Config,
    tls: super::tls::TlsConnector,
    name: String,
    /// When the server was last asked whether it lives, and its answer.
    pulse: Mutex<Option<(Instant, bool)>>,
}

impl Connections {
    pub(crate) fn new(target: &Target, options: &PostgresOptions) -> Result<Arc<Self>, StoreError> {
        let recycling = ManagerConfig {
            recycling_method: RecyclingMethod::Fast,
        };
        let manager = Manager::from_config(target.config.clone(), target.tls.clone(), recycling);
        let settle = Hook::async_fn(|client: &mut deadpool_postgres::ClientWrapper, _| {
            Box::pin(async move { settle(client).await.map_err(HookError::message) })
        });
        let pool = Pool::builder(manager)
            .max_size(target.pool_size.unwrap_or(options.pool_size).max(1))
            .post_create(settle)
            .build()
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        Ok(Arc::new(Self {
            pool,
            config: target.config.clone(),
            tls: target.tls.clone(),
            name: target.name.clone(),
            pulse: Mutex::new(None),
        }))
    }

    /// A connection, made or waited for within [`CONNECT_PATIENCE`].
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] saying why there is none.
    pub(crate) async fn get(&self) -> Result<Connection<'_>, StoreError> {
        let refused = match timeout(CONNECT_PATIENCE, self.pool.get()).await {
            Ok(Ok(object)) => {
                return Ok(Connection {
                    object: Some(object),
                    connections: self,
                });
            }
            Ok(Err(PoolError::Backend(error))) => cannot_connect(&self.name, &error),
            Ok(Err(PoolError::PostCreateHook(HookError::Message(why)))) => why.into_owned(),
            Ok(Err(other)) => other.to_string(),
            Err(_) if self.pool.status().available == 0 && self.pool.status().size > 0 => format!(
                "all {} connections to {} were busy for {CONNECT_PATIENCE:?}; raise pool_size in the URL or look at the server's load",
                self.pool.status().max_size,
                self.name
            ),
            Err(_) => format!("{} did not answer within {CONNECT_PATIENCE:?}", self.name),
        };
        Err(StoreError::Unavailable(refused))
    }

    /// Whether the server answers a new connection, whatever it answers.
    async fn is_alive(&self) -> bool {
        let mut pulse = self.pulse.lock().await;
        if let Some((at, alive)) = *pulse
            && at.elapsed() < SILENCE
        {
            return alive;
        }
        let answer = timeout(PROBE_PATIENCE, self.config.connect(self.tls.clone())).await;
        let alive = match answer {
            Ok(Ok(_)) => true,
            Ok(Err(error)) => error.as_db_error().is_some(),
            Err(_) => false,
        };
        *pulse = Some((Instant::now(), alive));
        alive
    }
}

/// A connection that has been lent out.
pub(crate) struct Connection<'a> {
    object: Option<Object>,
    connections: &'a Connections,
}

impl Connection<'_> {
    fn client(&self) -> &deadpool_postgres::ClientWrapper {
        self.object.as_ref().expect("it is only taken by what ends it")
    }

    /// Prepares a statement once for each connection. Nothing is executed.
    pub(crate) async fn prepare(&mut self, sql: &str) -> Result<Statement, Failure> {
        let prepared = timeout(CONNECT_PATIENCE, self.client().prepare_cached(sql)).await;
        let failure = match prepared {
            Ok(Ok(statement)) => return Ok(statement),
            Ok(Err(error)) => Failure::from(error),
            Err(_) => Failure::Lost("the server does not answer".into()),
        };
        self.close();
        Err(failure)
    }

    /// Executes a prepared statement in one round trip. A connection that fell silent is closed.
    pub(crate) async fn query(
        &mut self,
        statement: &Statement,
        parameters: &[&(dyn ToSql + Sync)],
        patience: Duration,
    ) -> Result<Vec<Row>, Failure> {
        let answer = self
            .connections
            .patiently(self.client().query(statement, parameters), patience)
            .await;
        let failure = match answer {
            Some(Ok(rows)) => return Ok(rows),
            Some(Err(error)) => Failure::from(error),
            None => Failure::Lost("the server does not answer".into()),
        };
        if matches!(failure, Failure::Lost(_)) {
            self.close();
        }
        Err(failure)
    }

    fn close(&mut self) {
        if let Some(object) = self.object.take() {
            drop(Object::take(object));
        }
    }
}

impl Connections {
    /// Waits for an answer as long as `patience` lasts and the server lives.
    async fn patiently<T>(&self, answer: impl Future<Output = T>, patience: Duration) -> Option<T> {
        let begun = Instant::now();
        let mut answer = std::pin::pin!(answer);
        while begun.elapsed() < patience {
            if let Ok(answer) = timeout(SILENCE, &mut answer).await {
                return Some(answer);
            }
            let alive = std::pin::pin!(self.is_alive());
            match futures::future::select(answer, alive).await {
                futures::future::Either::Left((answer, _)) => return Some(answer),
                futures::future::Either::Right((false, _)) => return None,
                futures::future::Either::Right((true, still)) => answer = still,
            }
        }
        None
    }
}

/// Prepares a new connection; refuses a standby, which may answer what is no longer true.
async fn settle(client: &Client) -> Result<(), String> {
    let row = client
        .query_one(SETTINGS, &[])
        .await
        .map_err(|error| describe(&error))?;
    if row.get(0) {
        return Err("this server is a standby; name the primary server in the database's URL".into());
    }
    Ok(())
}

/// Why a connection was not made, and what to do about it.
pub(crate) fn cannot_connect(name: &str, error: &Error) -> String {
    match error.as_db_error() {
        Some(answer) => match advice(answer.code()) {
            Some(advice) => format!("{name} refuses: {}; {advice}", answer.message()),
            None => format!("{name} refuses: {}", answer.message()),
        },
        None => format!(
            "{name} cannot be reached: {}; is the server running and the URL right?",
            describe(error)
        ),
    }
}
