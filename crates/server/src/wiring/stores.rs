//! Record stores by URL: which engine a school's state lives in.
use crate::Failure;
use crate::data_dir::DataDir;
#[cfg(feature = "aws")]
use homeroom_core::ports::Ids;
use homeroom_core::ports::{Clock, RecordStore};
#[cfg(feature = "aws")]
use homeroom_identity::SystemIds;
use homeroom_records::copy::CopyStore;
#[cfg(feature = "aws")]
use homeroom_records::{DynamoLocation, DynamoRecordStore};
use homeroom_records::{PostgresOptions, PostgresRecordStore, SqliteRecordStore};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What a URL names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreUrl {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A PostgreSQL database, as a URL of libpq's.
    Postgres(String),
    /// A DynamoDB table.
    Dynamo(String),
}

impl StoreUrl {
    /// Reads a URL; empty stands for the file in the data directory.
    ///
    /// # Errors
    /// Names what may stand there.
    pub fn parse(text: &str, data: &DataDir) -> Result<Self, Failure> {
        match text.split_once(':') {
            None if text.is_empty() => Ok(Self::Sqlite(data.records())),
            Some(("sqlite", path)) if !path.is_empty() => Ok(Self::Sqlite(Path::new(path).to_owned())),
            Some(("postgres" | "postgresql", _)) => Ok(Self::Postgres(text.to_owned())),
            Some(("dynamodb", _)) => Ok(Self::Dynamo(text.to_owned())),
            _ => Err(
                "records are in sqlite:PATH, postgres://USER:PASSWORD@HOST/DATABASE or dynamodb://REGION/TABLE"
                    .into(),
            ),
        }
    }

    /// The file, and what is kept beside it to lock it, where it is one.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::Sqlite(path) => Some(path),
            _ => None,
        }
    }

    /// Opens the store; makes or migrates what is needed.
    ///
    /// # Errors
    /// With what to do about it, when it cannot be used.
    pub async fn open(&self, clock: Arc<dyn Clock>) -> Result<Store, Failure> {
        Ok(match self {
            Self::Sqlite(path) => Store::of(SqliteRecordStore::open(path, clock)?),
            Self::Postgres(url) => {
                Store::of(PostgresRecordStore::connect(url, PostgresOptions::default(), clock).await?)
            }
            Self::Dynamo(url) => dynamo(url, clock).await?,
        })
    }

    /// Makes the tables, and says what was done.
    ///
    /// # Errors
    /// With what to do about it, when they cannot be made.
    pub async fn init(&self, clock: Arc<dyn Clock>) -> Result<Vec<String>, Failure> {
        match self {
            Self::Sqlite(path) => {
                SqliteRecordStore::open(path, clock)?;
                Ok(vec![format!("{} is ready", path.display())])
            }
            Self::Postgres(url) => {
                let version = PostgresRecordStore::init(url)
                    .await
                    .map_err(|advice| advice.to_string())?;
                Ok(vec![format!("the tables are ready, in version {version}")])
            }
            Self::Dynamo(url) => init_dynamo(url, clock).await,
        }
    }

    /// What is wrong, and what to do about it; nothing when all is well. Changes nothing that anybody sees.
    ///
    /// # Errors
    /// When there is nothing to examine.
    pub async fn check(&self, clock: Arc<dyn Clock>) -> Result<Vec<String>, Failure> {
        match self {
            Self::Sqlite(path) if !path.exists() => Ok(vec![format!(
                "there is no file {}; `homeroom admin records init` makes it",
                path.display()
            )]),
            Self::Sqlite(path) => Ok(SqliteRecordStore::open(path, clock)?.examine().await?),
            Self::Postgres(url) => {
                let advice = PostgresRecordStore::check(url).await;
                Ok(advice.iter().map(ToString::to_string).collect())
            }
            Self::Dynamo(url) => check_dynamo(url, clock).await,
        }
    }
}

/// An open store, as use cases see it and as a whole.
pub struct Store {
    /// The port.
    pub records: Arc<dyn RecordStore>,
    /// All of it, for moving.
    pub whole: Arc<dyn CopyStore>,
}

impl Store {
    fn of<S: RecordStore + CopyStore + 'static>(store: S) -> Self {
        let store = Arc::new(store);
        Self {
            records: Arc::clone(&store) as Arc<dyn RecordStore>,
            whole: store,
        }
    }
}

#[cfg(feature = "aws")]
async fn open_dynamo(url: &str, clock: Arc<dyn Clock>) -> Result<DynamoRecordStore, Failure> {
    let ids: Arc<dyn Ids> = Arc::new(SystemIds::new(Arc::clone(&clock)));
    Ok(DynamoRecordStore::open(DynamoLocation::parse(url)?, clock, ids).await)
}

#[cfg(feature = "aws")]
async fn dynamo(url: &str, clock: Arc<dyn Clock>) -> Result<Store, Failure> {
    let ids: Arc<dyn Ids> = Arc::new(SystemIds::new(Arc::clone(&clock)));
    Ok(Store::of(
        DynamoRecordStore::connect(DynamoLocation::parse(url)?, clock, ids).await?,
    ))
}

#[cfg(feature = "aws")]
async fn init_dynamo(url: &str, clock: Arc<dyn Clock>) -> Result<Vec<String>, Failure> {
    let made = open_dynamo(url, clock).await?.init().await;
    Ok(made.map_err(|advice| advice.to_string())?)
}

#[cfg(feature = "aws")]
async fn check_dynamo(url: &str, clock: Arc<dyn Clock>) -> Result<Vec<String>, Failure> {
    let advice = open_dynamo(url, clock).await?.check().await;
    Ok(advice.iter().map(ToString::to_string).collect())
}

#[cfg(not(feature = "aws"))]
const WITHOUT_AWS: &str =
    "this build of the program has no DynamoDB: build it with `cargo build --release --features aws`";

#[cfg(not(feature = "aws"))]
async fn dynamo(_: &str, _: Arc<dyn Clock>) -> Result<Store, Failure> {
    Err(WITHOUT_AWS.into())
}

#[cfg(not(feature = "aws"))]
async fn init_dynamo(_: &str, _: Arc<dyn Clock>) -> Result<Vec<String>, Failure> {
    Err(WITHOUT_AWS.into())
}

#[cfg(not(feature = "aws"))]
async fn check_dynamo(_: &str, _: Arc<dyn Clock>) -> Result<Vec<String>, Failure> {
    Err(WITHOUT_AWS.into())
}
