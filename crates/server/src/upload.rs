//! `homeroom upload`: sends files to a Homeroom from a terminal. The server keeps the state, so
//! that sending a file again goes on where it was cut off.
mod client;
mod send;

use crate::Failure;
use clap::Args;
use client::Client;
use indicatif::MultiProgress;
use std::io::Read;
use std::path::PathBuf;
use std::process::ExitCode;
use url::Url;

/// What to send, where, and what is said of it.
#[derive(Args)]
pub struct UploadArguments {
    /// Files and folders
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// The Homeroom's URL
    #[arg(long, env = "HOMEROOM_SERVER", default_value = "http://localhost:8000")]
    pub server: Url,
    /// An access token, instead of name and password
    #[arg(long, env = "HOMEROOM_TOKEN", hide_env_values = true)]
    pub token: Option<String>,
    /// A name or an e-mail address
    #[arg(long, env = "HOMEROOM_USERNAME")]
    pub username: Option<String>,
    /// The password; safer by the environment or by --password-stdin
    #[arg(long, env = "HOMEROOM_PASSWORD", hide_env_values = true)]
    pub password: Option<String>,
    /// Read the password from standard input
    #[arg(long)]
    pub password_stdin: bool,
    #[command(flatten)]
    pub details: Details,
    /// Parts sent at a time
    #[arg(long, default_value_t = 4)]
    pub connections: usize,
}

/// What is said of every file that is sent.
#[derive(Args, Clone, Default, serde::Serialize)]
pub struct Details {
    /// A title; suggested from the file unless it is given
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// A description
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// A subject's slug, such as biology
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// A grade from 7 to 12
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grade: Option<i64>,
    /// A tag; may be given several times
    #[arg(long = "tag")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// A language such as he
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// A licence such as "CC BY 4.0"
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
    /// private, class, school or public
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visibility: Option<String>,
}

/// Sends all files, one after the other, and says what became of each.
///
/// # Errors
/// When nobody can be signed in, or a folder cannot be read. A file that fails is named; the
/// others go on, and the exit code is 1.
pub async fn run(arguments: UploadArguments) -> Result<ExitCode, Failure> {
    let client = sign_in(&arguments).await?;
    let files = expand(&arguments.files)?;
    let bars = MultiProgress::new();
    let mut failed = 0;
    for file in &files {
        match send::send(
            &client,
            file,
            &arguments.details,
            arguments.connections.clamp(1, 32),
            &bars,
        )
        .await
        {
            Ok(link) => bars.println(format!("{}  {link}", file.display()))?,
            Err(error) => {
                failed += 1;
                bars.println(format!("{}: {error}", file.display()))?;
            }
        }
    }
    // Where there is no terminal the bars print nothing at all.
    if failed > 0 {
        eprintln!(
            "homeroom: {failed} of {} files were not sent; send them again to go on",
            files.len()
        );
        return Ok(ExitCode::FAILURE);
    }
    println!("{} sent", files.len());
    Ok(ExitCode::SUCCESS)
}

async fn sign_in(arguments: &UploadArguments) -> Result<Client, Failure> {
    let server = arguments.server.clone();
    if let Some(token) = &arguments.token {
        return Client::with_token(server, token.clone());
    }
    let username = arguments
        .username
        .clone()
        .ok_or("give --username and a password, or --token")?;
    let password = match (&arguments.password, arguments.password_stdin) {
        (Some(password), _) => password.clone(),
        (None, true) => {
            let mut text = String::new();
            std::io::stdin().lock().take(4_096).read_to_string(&mut text)?;
            text.trim_end_matches(['\r', '\n']).to_owned()
        }
        (None, false) => return Err("give the password in HOMEROOM_PASSWORD or by --password-stdin".into()),
    };
    Client::log_in(server, username, password).await
}

/// Folders stand for all files in them, hidden ones left out.
fn expand(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        let visible = |entry: &walkdir::DirEntry| {
            entry.depth() == 0 || !entry.file_name().to_string_lossy().starts_with('.')
        };
        for entry in walkdir::WalkDir::new(path)
            .sort_by_file_name()
            .into_iter()
            .filter_entry(visible)
        {
            let entry = entry?;
            if entry.file_type().is_file() {
                files.push(entry.into_path());
            }
        }
    }
    if files.is_empty() {
        Err("there are no files to send".into())
    } else {
        Ok(files)
    }
}
