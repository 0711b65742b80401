//! Making and checking the tables: what `homeroom admin records init|check` asks for.
use super::CONNECT_PATIENCE;
use super::error::Failure;
use super::pool::cannot_connect;
use super::schema;
use super::url::Target;
use crate::advice::Advice;
use homeroom_core::ports::record_store::StoreError;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_postgres::Client;

/// How long making tables may take: another program may be making them at the same time.
const MIGRATION_PATIENCE: Duration = Duration::from_mins(5);

/// A connection of its own, outside of any pool.
struct Session {
    client: Client,
    driver: JoinHandle<()>,
}

impl Drop for Session {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

impl Session {
    async fn open(target: &Target) -> Result<Self, StoreError> {
        let connecting = target.config.connect(target.tls.clone());
        let (client, connection) = match timeout(CONNECT_PATIENCE, connecting).await {
            Ok(Ok(connected)) => connected,
            Ok(Err(error)) => return Err(StoreError::Unavailable(cannot_connect(&target.name, &error))),
            Err(_) => {
                let why = format!("{} did not answer within {CONNECT_PATIENCE:?}", target.name);
                return Err(StoreError::Unavailable(format!("{why}; is it the right host?")));
            }
        };
        let driver = tokio::spawn(async move {
            // Whoever uses the connection is told of its end, too.
            let _ended = connection.await;
        });
        Ok(Self { client, driver })
    }
}

/// Makes the tables current.
pub(crate) async fn migrate(target: &Target) -> Result<(), StoreError> {
    let mut session = Session::open(target).await?;
    // A standby has the tables already, or none can be made; it is refused when the pool connects.
    match timeout(
        MIGRATION_PATIENCE,
        schema::migrate(&mut session.client, &target.schema),
    )
    .await
    {
        Ok(made) => made.map_err(Failure::of_read),
        Err(_) => Err(StoreError::Unavailable(
            "another program has been changing the tables for five minutes; look for it".into(),
        )),
    }
}

/// Makes the tables and says which version they have.
pub(crate) async fn init(url: &str) -> Result<i32, Advice> {
    let target = Target::parse(url).map_err(|error| Advice::of_error(&error))?;
    migrate(&target).await.map_err(|error| Advice::of_error(&error))?;
    Ok(schema::current())
}

/// Looks at everything that a store needs, without changing it.
pub(crate) async fn check(url: &str) -> Vec<Advice> {
    let opened = async {
        let target = Target::parse(url)?;
        let session = Session::open(&target).await?;
        Ok::<_, StoreError>((target, session))
    };
    let (target, session) = match opened.await {
        Ok(opened) => opened,
        Err(error) => return vec![Advice::of_error(&error)],
    };
    match timeout(MIGRATION_PATIENCE, look(&session.client, &target.schema)).await {
        Ok(Ok(found)) => found,
        Ok(Err(failure)) => vec![Advice::of_error(&failure.of_read())],
        Err(_) => vec![Advice::new(
            "the database does not answer",
            "look at the server's load and locks",
        )],
    }
}

async fn look(client: &Client, schema: &str) -> Result<Vec<Advice>, Failure> {
    const STATE: &str = "SELECT pg_is_in_recovery(), current_setting('transaction_read_only') = 'on', \
        current_setting('fsync') = 'off', current_setting('server_version_num')::integer, \
        has_database_privilege(current_database(), 'CREATE'), to_regnamespace($1) IS NOT NULL, \
        coalesce(has_schema_privilege(to_regnamespace($1), 'CREATE'), false)";
    let state = client.query_one(STATE, &[&schema]).await?;
    let mut found = Vec::new();
    let mut report = |is: bool, problem: &str, remedy: &str| {
        if is {
            found.push(Advice::new(problem, remedy));
        }
    };
    let standby: bool = state.get(0);
    report(
        standby,
        "this server is a standby, which cannot be written to",
        "name the primary server in the database's URL",
    );
    report(
        state.get::<_, bool>(1) && !standby,
        "this database is read-only",
        "set default_transaction_read_only to off for it (ALTER DATABASE … SET …)",
    );
    report(
        state.get(2),
        "the server does not flush to disk (fsync is off): a power cut may destroy everything",
        "set fsync = on in postgresql.conf and restart the server",
    );
    report(
        state.get::<_, i32>(3) < 130_000,
        "the server is older than PostgreSQL 13",
        "upgrade the server",
    );
    let version = schema::version(client, schema).await?;
    let (may_create_schema, has_schema, may_create_in_it): (bool, bool, bool) =
        (state.get(4), state.get(5), state.get(6));
    let may_create = if has_schema {
        may_create_in_it
    } else {
        may_create_schema
    };
    let current = schema::current();
    match version {
        Some(version) if version > current => report(
            true,
            &format!("the tables have version {version} and this program knows version {current}"),
            "start the newer program",
        ),
        Some(version) if version == current => found.extend(missing_rights(client, schema).await?),
        older => {
            report(
                true,
                &older.map_or_else(
                    || format!("there are no tables in the schema {schema}"),
                    |older| format!("the tables have version {older}, this program's is {current}"),
                ),
                "run `homeroom admin records init`, or start the server, which does the same",
            );
            report(
                !may_create && !standby,
                "this user may not create tables",
                &format!(
                    "let the database's owner run GRANT CREATE ON DATABASE, or make it the owner of the schema {schema}"
                ),
            );
        }
    }
    Ok(found)
}

/// Rights to tables that somebody else may have made.
async fn missing_rights(client: &Client, schema: &str) -> Result<Option<Advice>, Failure> {
    let select = format!(
        "SELECT has_schema_privilege('{schema}', 'USAGE') \
         AND has_table_privilege('{schema}.records', 'SELECT, INSERT') \
         AND has_table_privilege('{schema}.records', 'UPDATE') \
         AND has_table_privilege('{schema}.records', 'DELETE')"
    );
    let granted: bool = client.query_one(&select, &[]).await?.get(0);
    let remedy = format!("let their owner run GRANT ALL ON ALL TABLES IN SCHEMA {schema} TO this user");
    Ok((!granted).then(|| Advice::new("this user may not read and write the tables", &remedy)))
}
