//! The command line.
use crate::upload::UploadArguments;
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// A school's study material: share it, and find the page again.
#[derive(Parser)]
#[command(name = "homeroom", version, about, max_term_width = 100)]
pub struct Cli {
    #[command(flatten)]
    pub common: Common,
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Flags of every command; they win over the environment, which wins over the file.
#[derive(Args, Clone, Debug, Default)]
pub struct Common {
    /// The directory that holds everything [default: homeroom-data]
    #[arg(long, value_name = "DIR", global = true)]
    pub data: Option<PathBuf>,
    /// Where to listen [default: 0.0.0.0:8000]
    #[arg(long, value_name = "ADDR", global = true)]
    pub listen: Option<String>,
    /// Where people reach the program [default: http://localhost and the port]
    #[arg(long, value_name = "URL", global = true)]
    pub public_url: Option<String>,
    /// A settings file; see docs/settings.md
    #[arg(long, value_name = "FILE.toml", global = true)]
    pub config: Option<PathBuf>,
}

#[derive(Subcommand)]
pub enum Command {
    /// Serve pages, API and storage, and run jobs (the default)
    Serve,
    /// Run jobs only
    Worker,
    /// Serve on a temporary directory filled with sample material
    Demo,
    /// Send files to a Homeroom; sending again resumes what was cut off
    Upload(Box<UploadArguments>),
    /// Receipts of what was handed in
    #[command(subcommand)]
    Receipt(ReceiptCommand),
    /// Print the OpenAPI document
    Openapi,
    /// Look after a school, at its machine
    #[command(subcommand)]
    Admin(AdminCommand),
}

#[derive(Subcommand)]
pub enum ReceiptCommand {
    /// Verify receipts without a server; exits with 1 when one was changed, with 2 when it cannot be said (no file, no
    /// keys), with 3 when the chain is broken or a list does not begin with the class's first receipt
    Verify(VerifyArguments),
}

#[derive(Args)]
pub struct VerifyArguments {
    /// One receipt, or a list of all of a class in order: as they were given, or their tokens, one on each line
    pub file: PathBuf,
    /// The school's public keys, from /.well-known/receipt-keys.json [default: those in the data directory]
    #[arg(long, value_name = "FILE")]
    pub keys: Option<PathBuf>,
    /// The video that was received
    #[arg(long, value_name = "FILE")]
    pub video: Option<PathBuf>,
}

#[derive(Subcommand)]
pub enum AdminCommand {
    /// Accounts
    #[command(subcommand)]
    User(UserCommand),
    /// List jobs that wait, run, or have failed for good
    Jobs,
    /// Build the search index anew
    Reindex,
    /// Read again in the background what an earlier version of the program has read
    Reread,
    /// Examine records, storage and index; exits with 1 when something is damaged
    Fsck,
    /// Where files are
    #[command(subcommand)]
    Storage(StorageCommand),
    /// Where state is
    #[command(subcommand)]
    Records(RecordsCommand),
    /// Copy all records into another engine; running it again goes on. Stop the school first
    CopyRecords {
        /// `sqlite:PATH`, `postgres://…` or `dynamodb://…`
        from: String,
        /// The same, and empty
        to: String,
    },
    /// Print the settings reference
    Settings,
    /// Make a new key for access tokens; tokens under the old one hold until they expire
    RotateKeys,
}

#[derive(Subcommand)]
pub enum UserCommand {
    /// Make an account
    Add {
        #[arg(long)]
        username: String,
        #[arg(long)]
        email: String,
        /// student, teacher, moderator or admin
        #[arg(long, default_value = "student")]
        role: String,
        #[arg(long)]
        full_name: Option<String>,
        /// Read the password from standard input
        #[arg(long, required = true)]
        password_stdin: bool,
    },
    /// List accounts
    List,
    /// Change a user's role
    SetRole {
        /// A name or an e-mail address
        login: String,
        /// student, teacher, moderator or admin
        role: String,
    },
    /// Suspend an account; holds on its next request
    Suspend {
        /// A name or an e-mail address
        login: String,
    },
    /// Let a suspended account sign in again
    Restore {
        /// A name or an e-mail address
        login: String,
    },
}

#[derive(Subcommand)]
pub enum StorageCommand {
    /// Print the embedded store's endpoint, bucket and keys as shell exports for S3 clients
    Credentials,
    /// Make the bucket that the settings name, with rules for browsers and for abandoned parts
    Init,
    /// Examine the bucket that the settings name, by uploads as a browser makes them
    Check,
    /// Say that the files of this school are now where the settings name
    Adopt,
}

#[derive(Subcommand)]
pub enum RecordsCommand {
    /// Make the tables that the settings name
    Init,
    /// Examine the tables that the settings name
    Check,
}
