//! `homeroom admin …`: at the machine, beside a running server where that is safe.
mod places;

use crate::Failure;
use crate::cli::{AdminCommand, UserCommand};
use crate::data_dir::DataDir;
use crate::settings::{Settings, reference};
use crate::wiring::{self, Role as Part};
use homeroom_core::domain::policy::Actor;
use homeroom_core::domain::user::{Role, Standing, User};
use homeroom_core::jobs::feed::Follower;
use homeroom_core::jobs::{Job, Payload};
use homeroom_core::usecases::Product;
use homeroom_core::usecases::fsck::{examine_index, examine_references};
use homeroom_core::usecases::read_earlier::begin_to_read_earlier;
use homeroom_core::usecases::sign_up::SignUp;
use homeroom_core::usecases::users::{add_user, list_jobs, list_users, set_role};
use homeroom_identity::{Ed25519Signer, SystemClock};
use std::io::Read;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

/// Runs one command.
///
/// # Errors
/// With a message for whoever typed it.
pub async fn run(settings: Settings, command: AdminCommand) -> Result<ExitCode, Failure> {
    match command {
        AdminCommand::Settings => print!("{}", reference()),
        AdminCommand::User(command) => user(&settings, command).await?,
        AdminCommand::Jobs => jobs(&settings).await?,
        AdminCommand::Reindex => reindex(&settings).await?,
        AdminCommand::Reread => reread(&settings).await?,
        AdminCommand::Fsck => return fsck(&settings).await,
        AdminCommand::Storage(command) => return places::storage(&settings, command).await,
        AdminCommand::Records(command) => return places::records(&settings, command).await,
        AdminCommand::CopyRecords { from, to } => return places::copy(&settings, &from, &to).await,
        AdminCommand::RotateKeys => {
            let data = existing(&settings)?;
            let issuer = settings.public_url()?;
            let issuer = issuer.as_str().trim_end_matches('/');
            Ed25519Signer::open(&data.keys().join("tokens"), issuer, Arc::new(SystemClock))?.rotate()?;
            println!(
                "new tokens are signed with a new key; a running server takes it up when it is restarted"
            );
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The data directory, which must be there: a mistyped one is not made.
fn existing(settings: &Settings) -> Result<DataDir, Failure> {
    let path = &settings.server.data;
    if path.is_dir() {
        DataDir::open(path)
    } else {
        Err(format!(
            "there is no data directory {}; give it with --data",
            path.display()
        )
        .into())
    }
}

async fn user(settings: &Settings, command: UserCommand) -> Result<(), Failure> {
    // A first administrator may be made before the first start.
    let data = match command {
        UserCommand::Add { .. } => DataDir::open(&settings.server.data)?,
        _ => existing(settings)?,
    };
    let product = wiring::records_only(settings, &data).await?;
    match command {
        UserCommand::Add {
            username,
            email,
            role,
            full_name,
            password_stdin: _,
        } => {
            let password = password_from_stdin()?;
            let command = SignUp {
                username,
                email,
                password,
                full_name,
                grade: None,
            };
            let role: Role = role.parse()?;
            print_user(
                &add_user(&product, &Actor::Operator, command, role)
                    .await
                    .map_err(explain)?,
            );
        }
        UserCommand::List => {
            let mut cursor = None;
            loop {
                let listing = list_users(&product, &Actor::Operator, 100, cursor).await?;
                listing.items.iter().for_each(print_user);
                cursor = listing.next;
                if cursor.is_none() {
                    break;
                }
            }
        }
        UserCommand::SetRole { login, role } => change(&product, &login, Some(role.parse()?), None).await?,
        UserCommand::Suspend { login } => change(&product, &login, None, Some(Standing::Suspended)).await?,
        UserCommand::Restore { login } => change(&product, &login, None, Some(Standing::Active)).await?,
    }
    Ok(())
}

async fn change(
    product: &Product,
    login: &str,
    role: Option<Role>,
    standing: Option<Standing>,
) -> Result<(), Failure> {
    print_user(
        &set_role(product, &Actor::Operator, login, role, standing)
            .await
            .map_err(explain)?,
    );
    Ok(())
}

fn explain(error: homeroom_core::usecases::UseCaseError) -> Failure {
    use homeroom_core::usecases::UseCaseError;
    match error {
        UseCaseError::NotFound => "there is no such user".into(),
        UseCaseError::Invalid(fields) => {
            let lines: Vec<String> = fields
                .iter()
                .map(|f| format!("{} {}", f.field, f.message))
                .collect();
            lines.join("\n").into()
        }
        UseCaseError::Conflict { detail, .. } => detail.into(),
        other => other.into(),
    }
}

fn password_from_stdin() -> Result<String, Failure> {
    let mut text = String::new();
    std::io::stdin().lock().take(4_096).read_to_string(&mut text)?;
    let password = text.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        Err("no password came from standard input".into())
    } else {
        Ok(password.to_owned())
    }
}

fn print_user(user: &User) {
    let standing = if user.standing == Standing::Suspended {
        "suspended"
    } else {
        "active"
    };
    println!(
        "{}\t{}\t{}\t{}\t{standing}",
        user.id,
        user.username.as_str(),
        user.email.as_str(),
        user.role
    );
}

async fn jobs(settings: &Settings) -> Result<(), Failure> {
    let product = wiring::records_only(settings, &existing(settings)?).await?;
    for dead in [false, true] {
        let mut cursor = None;
        loop {
            let listing = list_jobs(&product, &Actor::Operator, dead, 100, cursor).await?;
            for job in &listing.items {
                let state = if dead { "dead" } else { "waiting" };
                let error = job.last_error.as_deref().unwrap_or("");
                println!(
                    "{}\t{state}\t{}\t{} attempts\tdue {}\t{error}",
                    job.id,
                    job.payload.name(),
                    job.attempts,
                    job.due_at
                );
            }
            cursor = listing.next;
            if cursor.is_none() {
                break;
            }
        }
    }
    Ok(())
}

/// Rebuilds at once where no server runs; asks the running one otherwise, and waits for it.
async fn reindex(settings: &Settings) -> Result<(), Failure> {
    let data = existing(settings)?;
    if settings.is_alone()
        && let Ok(lock) = data.lock()
    {
        drop(lock);
        let school = wiring::open(settings, Part::Serve).await?;
        let (_, materials) = Follower::after_rebuild(&school.product).await?;
        println!("{materials} materials are in the new index");
        return Ok(());
    }
    let product = wiring::records_only(settings, &data).await?;
    let job = Job::new(Payload::RebuildIndex, &*product.clock, &*product.ids);
    product.records.store().transact(vec![job.enqueue()]).await?;
    println!("the running server builds the index anew");
    while let Some(stored) = product.records.job(job.id).await? {
        if stored.value.dead {
            return Err(format!("it failed: {}", stored.value.last_error.unwrap_or_default()).into());
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    println!("done");
    Ok(())
}

/// Queues the work, which a server or worker does while it runs.
async fn reread(settings: &Settings) -> Result<(), Failure> {
    let product = wiring::records_only(settings, &existing(settings)?).await?;
    begin_to_read_earlier(&product).await?;
    println!(
        "what an earlier version has read is read again while the server runs; `homeroom admin jobs` lists what waits"
    );
    Ok(())
}

/// Where index and records differ, after the index has taken up what a killed server left untold.
async fn drift(product: &Product) -> Result<Vec<String>, Failure> {
    let Some(mut follower) = Follower::resume(product) else {
        return Ok(vec![
            "index: was away for too long; it is built anew at the next start".into(),
        ]);
    };
    follower.look(product).await?;
    let findings = examine_index(product).await?;
    Ok(findings
        .into_iter()
        .map(|line| format!("index: material {line}; `homeroom admin reindex` mends it"))
        .collect())
}

async fn fsck(settings: &Settings) -> Result<ExitCode, Failure> {
    existing(settings)?;
    let school = wiring::open(settings, Part::Serve)
        .await
        .map_err(|error| format!("{error}; stop the server first"))?;
    let mut damage: Vec<String> = Vec::new();
    let records = school.product.records.store().examine().await?;
    damage.extend(records.into_iter().map(|line| format!("records: {line}")));
    let storage = match &school.storage {
        Some(embedded) => embedded.examine().await?,
        None => homeroom_objects::Examination::default(),
    };
    damage.extend(storage.damage.into_iter().map(|line| format!("storage: {line}")));
    let rebuild = school.product.search.needs_rebuild();
    if let Some(index) = &school.index {
        damage.extend(
            index
                .examine()
                .await
                .into_iter()
                .map(|line| format!("index: {line}")),
        );
    }
    if !rebuild {
        damage.extend(drift(&school.product).await?);
    }
    let references = examine_references(&school.product).await?;
    damage.extend(
        references
            .findings
            .into_iter()
            .map(|line| format!("materials: {line}")),
    );
    println!(
        "{} materials, {} blobs examined",
        references.materials, storage.blobs
    );
    for orphan in storage.orphans {
        println!("note: {orphan} belongs to nothing and will be swept");
    }
    if rebuild && references.materials > 0 {
        damage.push("index: missing or torn; it is built anew at the next start".into());
    }
    for line in &damage {
        println!("damaged: {line}");
    }
    Ok(if damage.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
