//! `homeroom admin records …`, `copy-records` and `storage …`: where state and files are.
use super::existing;
use crate::Failure;
use crate::cli::{RecordsCommand, StorageCommand};
use crate::data_dir::DataDir;
use crate::settings::Settings;
use crate::wiring::stores::StoreUrl;
use crate::wiring::{adopt_place, remote_storage, storage_credentials};
use homeroom_core::ports::Clock;
use homeroom_identity::{SystemClock, SystemIds};
use homeroom_objects::{Finding, StorageAdmin, Verdict};
use homeroom_records::copy::copy_records;
use std::process::ExitCode;
use std::sync::Arc;

fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}

/// Makes or examines the tables that the settings name; fails when something is wrong.
pub async fn records(settings: &Settings, command: RecordsCommand) -> Result<ExitCode, Failure> {
    let data = DataDir::open(&settings.server.data)?;
    let store = StoreUrl::parse(&settings.server.records.0, &data)?;
    match command {
        RecordsCommand::Init => {
            for line in store.init(clock()).await? {
                println!("{line}");
            }
            Ok(ExitCode::SUCCESS)
        }
        RecordsCommand::Check => {
            let findings = store.check(clock()).await?;
            for finding in &findings {
                println!("wrong: {finding}");
            }
            if findings.is_empty() {
                println!("all is well");
                Ok(ExitCode::SUCCESS)
            } else {
                Ok(ExitCode::FAILURE)
            }
        }
    }
}

/// Copies everything from one engine into another, and compares.
pub async fn copy(settings: &Settings, from: &str, to: &str) -> Result<ExitCode, Failure> {
    let data = DataDir::open(&settings.server.data)?;
    let (from, to) = (StoreUrl::parse(from, &data)?, StoreUrl::parse(to, &data)?);
    if from == to {
        return Err("source and target are the same".into());
    }
    to.init(clock()).await?;
    let (source, target) = (from.open(clock()).await?, to.open(clock()).await?);
    let on_page = |records| eprint!("\r{records} records");
    let copied = copy_records(&*source.whole, &*target.whole, on_page).await;
    eprintln!();
    let copied = copied?;
    println!("{} records are the same in both", copied.target.records);
    Ok(ExitCode::SUCCESS)
}

/// Looks after the place of files.
pub async fn storage(settings: &Settings, command: StorageCommand) -> Result<ExitCode, Failure> {
    match command {
        StorageCommand::Credentials => credentials(settings)?,
        StorageCommand::Adopt => {
            let place = adopt_place(settings, &existing(settings)?).await?;
            println!("the files of this school are in {place} from now on");
        }
        StorageCommand::Init | StorageCommand::Check => {
            if settings.storage.url.is_empty() {
                println!("the embedded store needs no preparation; `homeroom admin fsck` examines it");
                return Ok(ExitCode::SUCCESS);
            }
            let store = remote_storage(settings, clock()).await?;
            let (ids, public_url) = (SystemIds::new(clock()), settings.public_url()?);
            let admin = StorageAdmin::new(&store, &public_url, &ids);
            let findings = match command {
                StorageCommand::Init => admin.init().await,
                _ => admin.check().await,
            };
            return Ok(report(&findings));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn report(findings: &[Finding]) -> ExitCode {
    for finding in findings {
        println!("{finding}");
    }
    if findings.iter().any(|finding| finding.verdict == Verdict::Wrong) {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

fn credentials(settings: &Settings) -> Result<(), Failure> {
    let data = DataDir::open(&settings.server.data)?;
    let credentials = storage_credentials(&data)?;
    let url = settings.public_url()?;
    println!("export AWS_ENDPOINT_URL={}", url.as_str().trim_end_matches('/'));
    println!("export S3_BUCKET={}", settings.storage.bucket);
    println!("export AWS_REGION={}", settings.storage.region);
    println!("export AWS_DEFAULT_REGION={}", settings.storage.region);
    println!("export AWS_ACCESS_KEY_ID={}", credentials.access_key);
    println!("export AWS_SECRET_ACCESS_KEY={}", credentials.secret_key.expose());
    Ok(())
}
