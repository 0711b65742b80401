//! Settings: one struct per section, defaults on the fields; a file, then the environment, then
//! flags. Everything that is wrong is said at once, before anything is opened.
mod table;
mod value;

pub use table::reference;
pub use value::{Addresses, ByteSize, Hidden, LogFormat, Names, PerMinute, Period, Secrets};

use crate::cli::Common;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use table::section;
use url::Url;

section! {
    /// Where the program lives.
    Server "server" {
        /// The directory that holds everything.
        data: PathBuf = "homeroom-data",
        /// Address and port to listen on.
        listen: SocketAddr = "0.0.0.0:8000",
        /// Where people reach the program; empty stands for `http://localhost` and the port.
        public_url: String = "",
        /// Where state lives: `sqlite:PATH`, `postgres://USER:PASSWORD@HOST/DATABASE`, or `dynamodb://REGION/TABLE?endpoint=URL` in
        /// builds with the feature `aws`; empty stands for a SQLite file in the data directory, for one process.
        records: Hidden = "",
        /// A secret of at least 32 characters that all processes of a school share, from which the keys of access tokens are derived.
        /// Further ones, parted by commas, still verify: put a new one first. Empty stands for keys in the data directory, for one process.
        secret: Secrets = "",
        /// Further host names under which it may be reached, parted by commas. `localhost` and plain addresses always may.
        allowed_hosts: Names = "",
        /// Addresses or networks of proxies whose `X-Forwarded-*` headers are believed, parted by commas.
        trusted_proxies: Addresses = "",
        /// What is logged: a level, or directives as the `tracing` filters take them.
        log: String = "info",
        /// `text` or `json`.
        log_format: LogFormat = "text",
    }
}

section! {
    /// How much is accepted.
    Limits "limits" {
        /// What one user may have reserved or stored.
        quota: ByteSize = "100 GiB",
        /// The largest single upload (S3's largest object is 5 TiB).
        max_upload: ByteSize = "5 TiB",
        /// The largest file by `POST /api/services/upload`, which is not told sizes; reserved until it has arrived.
        service_upload: ByteSize = "1 GiB",
        /// The largest body of an API request. Nothing that is uploaded passes here.
        body: ByteSize = "256 KiB",
        /// Connections at a time.
        connections: usize = "10000",
        /// Requests to sign in or up per address and minute; 0 is without limit.
        auth_per_minute: PerMinute = "120",
        /// Requests that change something, per address and minute; 0 is without limit.
        writes_per_minute: PerMinute = "6000",
        /// Requests that change something, per user and minute; 0 is without limit.
        user_writes_per_minute: PerMinute = "3000",
        /// Other requests per address and minute; 0 is without limit.
        reads_per_minute: PerMinute = "24000",
        /// Other requests per user and minute; 0 is without limit.
        user_reads_per_minute: PerMinute = "6000",
        /// Calls of a class's function URL per class and minute, of which a fifth may come at once; 0 is without limit.
        function_calls_per_minute: PerMinute = "600",
    }
}

section! {
    /// Accounts and sessions.
    Auth "auth" {
        /// Whether anybody may sign up as a student.
        open_sign_up: bool = "true",
        /// Log-ins tried for one account in 15 minutes before it is locked out for the rest of them.
        log_in_attempts: u32 = "10",
        /// How long an access token holds.
        access_token_lifetime: Period = "10 minutes",
        /// How long a session holds without being used.
        session_lifetime: Period = "720 hours",
        /// Memory for hashing one password.
        argon2_memory: ByteSize = "19 MiB",
        /// Passes over that memory.
        argon2_passes: u32 = "2",
    }
}

section! {
    /// Bytes on their way.
    Uploads "uploads" {
        /// How long upload URLs hold; asking for the upload gives fresh ones.
        url_lifetime: Period = "1 hour",
        /// How long an upload is kept that nobody asks for.
        lifetime: Period = "24 hours",
        /// How long download URLs hold.
        download_url_lifetime: Period = "5 minutes",
        /// Up to here a whole file's hash is checked before completion answers; beyond, by the job.
        verify_inline: ByteSize = "256 MiB",
        /// How often what is abandoned is swept.
        sweep_every: Period = "10 minutes",
    }
}

section! {
    /// Reading files.
    Extraction "extraction" {
        /// Files read at a time, each by a child process of its own.
        concurrency: usize = "2",
        /// Wall-clock time for one file.
        deadline: Period = "60 seconds",
        /// Processor time for one file, in seconds.
        cpu_seconds: u64 = "10",
        /// Memory for one file.
        memory: ByteSize = "448 MiB",
        /// The longest PDF or text that is read; longer ones fail as `too_large`, and can be downloaded.
        document: ByteSize = "192 MiB",
        /// Pages of one file that are read; what is beyond is not searched, and the file says that only a part of it could be read.
        pages: u32 = "5000",
        /// How wide the larger of the two page pictures is, in pixels; the smaller one has 480.
        picture_width: u32 = "1600",
        /// Pages of one file whose text is recognised from their pictures, where Tesseract is installed; 0 for none.
        recognition_pages: u32 = "500",
        /// Languages to be recognised, by Tesseract's names and with `+` between them, such as `eng+heb`, the one of most pages
        /// first; empty for all that are installed, or for English where more than six are.
        ocr_languages: String = "",
        /// Tesseract, by name or absolute path; empty for none.
        tesseract: String = "tesseract",
        /// FFmpeg, by name or absolute path, with FFprobe beside it; empty for none.
        ffmpeg: String = "ffmpeg",
        /// libheif's converter, which decodes pictures in HEIC, HEIF and AVIF, by name or absolute path; empty for none.
        heif_convert: String = "heif-convert",
        /// LibreOffice, which draws slides and covers of documents, by name or absolute path; empty for none. One document at
        /// a time.
        libreoffice: String = "soffice",
        /// Memory for one run of LibreOffice: its address space, of which it fills a part.
        libreoffice_memory: ByteSize = "2 GiB",
        /// Wall-clock time and processor time for one document in LibreOffice.
        libreoffice_deadline: Period = "2 minutes",
        /// ClamAV, which looks at every file before it is read: `unix:/run/clamav/clamd.ctl`, `tcp:HOST:PORT`, or `clamscan`,
        /// with another place for its signatures behind a comma; empty for none.
        scanner: String = "",
        /// Wall-clock time and processor time for one run of a tool, such as the recognition of one page.
        tool_deadline: Period = "60 seconds",
        /// Jobs run at a time, more than files are read at a time, so that some are stored and indexed meanwhile; one more
        /// recognises text. 0 leaves them to other processes, such as `homeroom worker`.
        workers: usize = "8",
    }
}

section! {
    /// Object storage.
    Storage "storage" {
        /// `s3://BUCKET/PREFIX?endpoint=URL&region=REGION` for an S3 service; empty stands for the embedded store in the data directory, for one process.
        /// See docs/operating.md for all parameters.
        url: String = "",
        /// The S3 service's access key; empty stands for the usual places: environment, web identity, container, instance.
        access_key: String = "",
        /// The secret key that belongs to it.
        secret_key: Secrets = "",
        /// The embedded store's bucket: the first segment of its paths.
        bucket: String = "homeroom",
        /// What signatures for the embedded store name.
        region: String = "us-east-1",
    }
}

/// All settings.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Where the program lives.
    pub server: Server,
    /// How much is accepted.
    pub limits: Limits,
    /// Accounts and sessions.
    pub auth: Auth,
    /// Bytes on their way.
    pub uploads: Uploads,
    /// Reading files.
    pub extraction: Extraction,
    /// Object storage.
    pub storage: Storage,
}

/// Everything that is wrong with the settings.
#[derive(Debug)]
pub struct SettingsError(Vec<String>);

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the settings cannot be used:\n  {}", self.0.join("\n  "))
    }
}

impl std::error::Error for SettingsError {}

impl Settings {
    /// Reads file, environment and flags.
    ///
    /// # Errors
    /// Naming every setting that is wrong, and where it was given.
    pub fn load(flags: &Common) -> Result<Self, SettingsError> {
        let file = flags
            .config
            .clone()
            .or_else(|| std::env::var_os("HOMEROOM_CONFIG").map(PathBuf::from));
        let mut given = match file {
            Some(path) => table::read_file(&path).map_err(|error| SettingsError(vec![error]))?,
            None => Vec::new(),
        };
        given.extend(table::read_environment(std::env::vars_os()));
        given.extend(flag(
            "data",
            flags.data.as_ref().map(|path| path.display().to_string()),
        ));
        given.extend(flag("listen", flags.listen.clone()));
        given.extend(flag("public_url", flags.public_url.clone()));
        Self::from_given(given)
    }

    fn from_given(given: Vec<table::Given>) -> Result<Self, SettingsError> {
        let mut settings = Self::default();
        let mut wrong = Vec::new();
        for setting in given {
            if let Err(why) = settings.apply(&setting) {
                wrong.push(format!("{} ({}): {why}", setting.name, setting.from));
            }
        }
        if settings.auth.access_token_lifetime.0 > jiff::SignedDuration::from_hours(24) {
            wrong.push("auth.access_token_lifetime: must be at most 24 hours".into());
        }
        if let Err(why) = settings.public_url() {
            wrong.push(format!("server.public_url: {why}"));
        }
        if !settings.is_alone() && settings.server.secret.0.is_empty() {
            wrong.push("server.secret: is needed with records that several processes may share".into());
        }
        if wrong.is_empty() {
            Ok(settings)
        } else {
            Err(SettingsError(wrong))
        }
    }

    fn apply(&mut self, given: &table::Given) -> Result<(), String> {
        let (section, key) = given.name.split_once('.').unwrap_or(("server", &given.name));
        match section {
            Server::NAME => self.server.set(key, &given.value),
            Limits::NAME => self.limits.set(key, &given.value),
            Auth::NAME => self.auth.set(key, &given.value),
            Uploads::NAME => self.uploads.set(key, &given.value),
            Extraction::NAME => self.extraction.set(key, &given.value),
            Storage::NAME => self.storage.set(key, &given.value),
            _ => Err("there is no such section".into()),
        }
    }

    /// Whether the records can be this process's alone: then nobody else changes anything.
    pub fn is_alone(&self) -> bool {
        let records = &self.server.records.0;
        records.is_empty() || records.starts_with("sqlite:")
    }

    /// Where people reach the program.
    ///
    /// # Errors
    /// When it is not an http or https URL of a host alone.
    pub fn public_url(&self) -> Result<Url, String> {
        let text = match self.server.public_url.as_str() {
            "" => format!("http://localhost:{}", self.server.listen.port()),
            given => given.to_owned(),
        };
        let url = Url::parse(&text).map_err(|error| error.to_string())?;
        let fits = matches!(url.scheme(), "http" | "https") && url.host().is_some() && url.path() == "/";
        if fits && url.query().is_none() {
            Ok(url)
        } else {
            Err("must be http:// or https:// and a host".into())
        }
    }
}

fn flag(key: &str, value: Option<String>) -> Option<table::Given> {
    value.map(|value| table::Given {
        name: format!("server.{key}"),
        value,
        from: "flag".into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(name: &str, value: &str) -> table::Given {
        table::Given {
            name: name.into(),
            value: value.into(),
            from: "test".into(),
        }
    }

    #[test]
    fn later_sources_win() {
        let settings = Settings::from_given(vec![
            given("limits.quota", "1 MiB"),
            given("limits.quota", "2 GiB"),
        ])
        .unwrap();
        assert_eq!(settings.limits.quota.0, 2 << 30);
    }

    #[test]
    fn everything_wrong_is_said_at_once() {
        let wrong = Settings::from_given(vec![
            given("limits.quota", "much"),
            given("auth.open_sign_up", "perhaps"),
            given("server.colour", "red"),
            given("nothing.here", "1"),
            given("server.public_url", "ftp://x"),
        ])
        .unwrap_err();
        assert_eq!(wrong.0.len(), 5, "{wrong}");
    }

    #[test]
    fn the_environment_names_sections() {
        let variables = [
            ("HOMEROOM_LISTEN", "127.0.0.1:1"),
            ("HOMEROOM_LIMITS_QUOTA", "5 KiB"),
            ("PATH", "/bin"),
        ];
        let given = table::read_environment(
            variables
                .map(|(name, value)| (name.into(), value.into()))
                .into_iter(),
        );
        let settings = Settings::from_given(given).unwrap();
        assert_eq!(
            (settings.server.listen.port(), settings.limits.quota.0),
            (1, 5 << 10)
        );
    }

    #[test]
    fn the_public_url_follows_the_port() {
        let settings = Settings::from_given(vec![given("server.listen", "127.0.0.1:9123")]).unwrap();
        assert_eq!(settings.public_url().unwrap().as_str(), "http://localhost:9123/");
    }
}
