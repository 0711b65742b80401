//! Which adapter stands behind each port: the only place that names them.
mod absent;
mod no_index;
pub mod stores;

use crate::data_dir::{DataDir, Lock, lock_beside};
use crate::scratch::ScratchDir;
use crate::settings::Settings;
use crate::{EXTRACT_CHILD, Failure};
use absent::Absent;
use homeroom_core::ports::record_store::Condition;
use homeroom_core::ports::{Clock, Ids, ObjectStore, Scanner, SearchIndex};
use homeroom_core::records::{Records, marks};
use homeroom_core::usecases::{self, Product};
use homeroom_extract::tools::clamav::{ClamAv, ClamAvScanner};
use homeroom_extract::tools::ffmpeg::Ffmpeg;
use homeroom_extract::tools::heif::HeifConvert;
use homeroom_extract::tools::libreoffice::LibreOffice;
use homeroom_extract::tools::tesseract::Tesseract;
use homeroom_extract::tools::{ToolBox, ToolConfig};
use homeroom_extract::{ChildLimits, ExtractorConfig, ProcessExtractor};
use homeroom_identity::{
    Argon2Hasher, Argon2Settings, Ed25519ReceiptSigner, Ed25519Signer, SecretFile, SystemClock, SystemIds,
};
use homeroom_objects::{
    Credentials, EmbeddedConfig, EmbeddedS3, Environment, Greeting, Limits, S3ObjectStore, SecretKey,
    StorageUrl,
};
use homeroom_search::TantivyIndex;
use no_index::NoIndex;
use std::sync::Arc;
use std::time::Duration;
use stores::StoreUrl;
use tokio::sync::{Notify, Semaphore};

/// How many videos are looked at, at once: each is spooled while it is.
const VIDEOS_AT_ONCE: usize = 4;

/// A school as this process has it.
pub struct School {
    /// The product.
    pub product: Arc<Product>,
    /// The embedded object store, to be served beside it; absent where an S3 service has the bytes.
    pub storage: Option<EmbeddedS3>,
    /// Where browsers send files to, where that is not the program itself.
    pub storage_origin: Option<String>,
    /// The index, to be examined; absent where this process answers no searches.
    pub index: Option<Arc<TantivyIndex>>,
    /// Whether no other process works on the same records.
    pub alone: bool,
    _locks: (Lock, Option<Lock>),
}

/// What a process is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Answers people, and so keeps a search index.
    Serve,
    /// Runs jobs for others, and keeps an index only where there are no others.
    Work,
}

/// Opens a data directory for this process alone, with the records and the storage that the settings name.
///
/// # Errors
/// When another process has it, or something in it cannot be opened.
pub async fn open(settings: &Settings, role: Role) -> Result<School, Failure> {
    let data = DataDir::open(&settings.server.data)?;
    let lock = data.lock()?;
    let records = StoreUrl::parse(&settings.server.records.0, &data)?;
    let file_lock = match records.file() {
        Some(file) if file != data.records() => Some(lock_beside(file)?),
        _ => None,
    };
    let alone = settings.is_alone();
    let mut product = records_only(settings, &data).await?;
    let storage = open_storage(settings, &data, &product).await?;
    keep_to_place(&product, &storage.place).await?;
    product.objects = storage.objects;
    let index = if role == Role::Serve || alone {
        let index = Arc::new(TantivyIndex::open(&data.index())?);
        product.search = Arc::clone(&index) as Arc<dyn SearchIndex>;
        Some(index)
    } else {
        product.search = Arc::new(NoIndex);
        None
    };
    let extractor = extractor(settings, &data)?;
    product.scanner = scanner(settings, &extractor)?;
    product.extractor = Arc::new(ProcessExtractor::new(extractor));
    product.scratch = Arc::new(ScratchDir::open(&data.scratch())?);
    Ok(School {
        product: Arc::new(product),
        storage: storage.embedded,
        storage_origin: storage.origin,
        index,
        alone,
        _locks: (lock, file_lock),
    })
}

/// Refuses to work on records whose files are in another place than the one that is configured: they
/// would all seem to be gone, and be swept.
async fn keep_to_place(product: &Product, place: &str) -> Result<(), Failure> {
    let known = product.records.storage_place(place).await?;
    if known == place {
        return Ok(());
    }
    Err(format!(
        "the files of this school are in {known}, and the settings name {place}; \
         if they were moved there, say so with `homeroom admin storage adopt`"
    )
    .into())
}

/// The records and identity of a data directory that a server may be using at the same time.
///
/// # Errors
/// When something in it cannot be opened.
pub async fn records_only(settings: &Settings, data: &DataDir) -> Result<Product, Failure> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let ids: Arc<dyn Ids> = Arc::new(SystemIds::new(Arc::clone(&clock)));
    let store = StoreUrl::parse(&settings.server.records.0, data)?;
    let records = store.open(Arc::clone(&clock)).await?.records;
    let argon2 = Argon2Settings {
        memory_kib: u32::try_from(settings.auth.argon2_memory.0 >> 10)?,
        passes: settings.auth.argon2_passes,
        ..Argon2Settings::default()
    };
    let issuer = settings.public_url()?;
    let issuer = issuer.as_str().trim_end_matches('/');
    let absent = Arc::new(Absent);
    Ok(Product {
        records: Records::new(records),
        objects: Arc::clone(&absent) as _,
        search: Arc::clone(&absent) as _,
        extractor: Arc::clone(&absent) as _,
        scanner: None,
        scratch: absent,
        passwords: Arc::new(Argon2Hasher::new(argon2)?),
        tokens: Arc::new(signer(settings, data, issuer, &clock)?),
        receipts: Arc::new(receipt_signer(settings, data)?),
        clock,
        ids,
        settings: Arc::new(numbers(settings)),
        job_signal: Arc::new(Notify::new()),
        feed: Arc::default(),
        known_subjects: Arc::default(),
        known_rosters: Arc::default(),
        picture_turns: Arc::default(),
        layout_turn: Arc::default(),
        class_turns: Arc::default(),
        video_turns: Arc::new(Semaphore::new(VIDEOS_AT_ONCE)),
        boards: Arc::default(),
        claim_turn: Arc::default(),
        recognition_turn: Arc::default(),
    })
}

fn signer(
    settings: &Settings,
    data: &DataDir,
    issuer: &str,
    clock: &Arc<dyn Clock>,
) -> Result<Ed25519Signer, Failure> {
    let (secrets, clock) = (&settings.server.secret.0, Arc::clone(clock));
    Ok(if secrets.is_empty() {
        Ed25519Signer::open(&data.keys().join("tokens"), issuer, clock)?
    } else {
        Ed25519Signer::from_secrets(secrets, issuer, clock)?
    })
}

/// What signs receipts here.
///
/// # Errors
/// When the keys cannot be had.
pub fn receipt_signer(settings: &Settings, data: &DataDir) -> Result<Ed25519ReceiptSigner, Failure> {
    let secrets = &settings.server.secret.0;
    Ok(if secrets.is_empty() {
        Ed25519ReceiptSigner::open(&data.keys().join("receipts"))?
    } else {
        Ed25519ReceiptSigner::from_secrets(secrets)?
    })
}

/// The key pair of the embedded store: made on first start, never a default.
///
/// # Errors
/// When the file cannot be read or made.
pub fn storage_credentials(data: &DataDir) -> Result<Credentials, Failure> {
    std::fs::create_dir_all(data.keys())?;
    let secret = SecretFile::open_or_create(&data.keys().join("storage"))?;
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &secret);
    let access_key = format!("HR{}", hex::encode_upper(&digest.as_ref()[..9]));
    Ok(Credentials {
        access_key,
        secret_key: SecretKey::new(hex::encode(secret)),
    })
}

/// An opened object store.
struct Storage {
    objects: Arc<dyn ObjectStore>,
    embedded: Option<EmbeddedS3>,
    /// Where browsers send to, where that is not the program itself.
    origin: Option<String>,
    /// Its name, for people and for [`keep_to_place`].
    place: String,
}

async fn open_storage(settings: &Settings, data: &DataDir, product: &Product) -> Result<Storage, Failure> {
    if !settings.storage.url.is_empty() {
        let remote = remote_storage(settings, Arc::clone(&product.clock)).await?;
        match remote.greet().await {
            Greeting::Well => {}
            Greeting::Refused(why) => return Err(format!("storage.url: {why}").into()),
            // It may come back; until then what needs it answers 503.
            Greeting::Silent(why) => tracing::warn!(why, "storage does not answer yet"),
        }
        let url = StorageUrl::parse(&settings.storage.url)?;
        let origin = remote.browser_origin().map(str::to_owned);
        return Ok(Storage {
            place: place_of(&url, &remote),
            objects: Arc::new(remote),
            embedded: None,
            origin,
        });
    }
    let credentials = storage_credentials(data)?;
    let place = embedded_place(&credentials);
    let config = EmbeddedConfig {
        bucket: settings.storage.bucket.clone(),
        region: settings.storage.region.clone(),
        credentials,
        limits: Limits::default(),
        clock: Arc::clone(&product.clock),
        ids: Arc::clone(&product.ids),
    };
    let endpoint = EmbeddedS3::open(&data.objects(), config).await?;
    Ok(Storage {
        objects: Arc::new(S3ObjectStore::embedded(endpoint.clone())),
        embedded: Some(endpoint),
        origin: None,
        place,
    })
}

fn place_of(url: &StorageUrl, remote: &S3ObjectStore) -> String {
    let at = remote.browser_origin().unwrap_or_default();
    format!("s3://{}/{} at {at}", url.bucket(), url.prefix())
}

/// Says that the files of this school are where the settings name.
///
/// # Errors
/// When records or settings cannot be used.
pub async fn adopt_place(settings: &Settings, data: &DataDir) -> Result<String, Failure> {
    let product = records_only(settings, data).await?;
    let place = if settings.storage.url.is_empty() {
        embedded_place(&storage_credentials(data)?)
    } else {
        let url = StorageUrl::parse(&settings.storage.url)?;
        place_of(&url, &remote_storage(settings, Arc::clone(&product.clock)).await?)
    };
    let write = marks::place(&place, Condition::Any);
    product.records.store().transact(vec![write]).await?;
    Ok(place)
}

fn embedded_place(credentials: &Credentials) -> String {
    format!("the embedded store {}", credentials.access_key)
}

/// The S3 service that the settings name.
///
/// # Errors
/// When URL or keys are not usable.
pub async fn remote_storage(settings: &Settings, clock: Arc<dyn Clock>) -> Result<S3ObjectStore, Failure> {
    let given = &settings.storage;
    let url = StorageUrl::parse(&given.url).map_err(|error| format!("storage.url: {error}"))?;
    let explicit = given.secret_key.0.first().map(|secret| Credentials {
        access_key: given.access_key.clone(),
        secret_key: SecretKey::new(secret.as_str()),
    });
    let environment = Environment::of_this_process();
    Ok(S3ObjectStore::open(&url, explicit, &environment, clock).await?)
}

fn extractor(settings: &Settings, data: &DataDir) -> Result<ExtractorConfig, Failure> {
    let given = &settings.extraction;
    let mut config = ExtractorConfig::new(std::env::current_exe()?, EXTRACT_CHILD);
    config.deadline = given.deadline.std();
    config.concurrency = given.concurrency;
    config.limits = ChildLimits {
        cpu_seconds: given.cpu_seconds,
        memory_bytes: given.memory.0,
        document_bytes: given.document.0,
        pages: given.pages,
    };
    let held_to = |deadline: Duration| ToolConfig {
        deadline,
        cpu_seconds: deadline.as_secs().max(1),
        ..ToolConfig::new(data.scratch())
    };
    config.tools = Some(held_to(given.tool_deadline.std()));
    let languages: Vec<String> = given
        .ocr_languages
        .split('+')
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
        .collect();
    config.tesseract = Tesseract::find(&given.tesseract, &languages);
    config.ffmpeg = Ffmpeg::find(&given.ffmpeg);
    config.heif = HeifConvert::find(&given.heif_convert);
    config.libreoffice = LibreOffice::find(&given.libreoffice, given.libreoffice_memory.0)
        .map(|libreoffice| (libreoffice, held_to(given.libreoffice_deadline.std())));
    Ok(config)
}

/// What looks for harm, where the settings name it.
fn scanner(settings: &Settings, config: &ExtractorConfig) -> Result<Option<Arc<dyn Scanner>>, Failure> {
    let given = &settings.extraction;
    let (false, Some(tools)) = (given.scanner.is_empty(), config.tools.clone()) else {
        return Ok(None);
    };
    let place = ClamAv::parse(&given.scanner).map_err(|why| format!("extraction.scanner: {why}"))?;
    let tools = ToolBox::new(config.program.clone(), config.arguments.clone(), tools);
    let scanner = ClamAvScanner::new(place, tools, given.tool_deadline.std());
    Ok(Some(Arc::new(scanner)))
}

fn numbers(settings: &Settings) -> usecases::Settings {
    usecases::Settings {
        quota_bytes: settings.limits.quota.0,
        max_upload_bytes: settings.limits.max_upload.0,
        service_upload_bytes: settings.limits.service_upload.0,
        upload_url_lifetime: settings.uploads.url_lifetime.std(),
        upload_lifetime: settings.uploads.lifetime.0,
        download_url_lifetime: settings.uploads.download_url_lifetime.std(),
        access_token_lifetime: settings.auth.access_token_lifetime.0,
        session_lifetime: settings.auth.session_lifetime.0,
        log_in_attempts: settings.auth.log_in_attempts,
        open_sign_up: settings.auth.open_sign_up,
        verify_inline_bytes: settings.uploads.verify_inline.0,
        picture_width: settings.extraction.picture_width,
        recognition_pages: settings.extraction.recognition_pages,
    }
}

/// A password that nobody guesses and that can be read from a screen.
pub fn random_password(product: &Product) -> String {
    let secret = product.ids.secret();
    let words: Vec<String> = secret.chunks(2).take(4).map(hex::encode).collect();
    words.join("-")
}
