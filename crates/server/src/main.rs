//! The binary `homeroom`: reads settings, names the concrete adapters, and runs one command.
mod admin;
mod cli;
mod data_dir;
mod demo;
mod receipt;
mod scratch;
mod serve;
mod settings;
mod upload;
mod wiring;
mod work;

use clap::Parser;
use cli::{Cli, Command, ReceiptCommand};
use std::process::ExitCode;

/// Gives memory back that hashing a password or receiving a video took for a moment; the system's own
/// keeps it for each thread that ever did.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The hidden subcommand under which the program reads one untrusted file in confinement.
const EXTRACT_CHILD: &str = "extract-child";

fn main() -> ExitCode {
    // Before anything else is set up: the child must own nothing that a parser could misuse.
    if std::env::args_os()
        .nth(1)
        .is_some_and(|argument| argument == EXTRACT_CHILD)
    {
        return homeroom_extract::child_main();
    }
    let cli = Cli::parse();
    match run(cli) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("homeroom: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Anything that ends the program with a message.
type Failure = Box<dyn std::error::Error + Send + Sync>;

fn run(cli: Cli) -> Result<ExitCode, Failure> {
    let command = cli.command.unwrap_or(Command::Serve);
    if let Command::Openapi = command {
        println!("{}", homeroom_http::api::document().to_pretty_json()?);
        return Ok(ExitCode::SUCCESS);
    }
    if let Command::Upload(arguments) = command {
        return runtime()?.block_on(upload::run(*arguments));
    }
    let settings = settings::Settings::load(&cli.common)?;
    log(
        &settings,
        matches!(command, Command::Admin(_) | Command::Receipt(_)),
    );
    runtime()?.block_on(async {
        match command {
            Command::Serve => serve::run(settings).await.map(|()| ExitCode::SUCCESS),
            Command::Worker => work::run(settings).await.map(|()| ExitCode::SUCCESS),
            Command::Demo => demo::run(settings).await.map(|()| ExitCode::SUCCESS),
            Command::Admin(command) => admin::run(settings, command).await,
            Command::Receipt(ReceiptCommand::Verify(arguments)) => Ok(receipt::verify(&settings, &arguments)),
            Command::Openapi | Command::Upload(_) => Ok(ExitCode::SUCCESS),
        }
    })
}

fn runtime() -> Result<tokio::runtime::Runtime, std::io::Error> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}

fn log(settings: &settings::Settings, quiet: bool) {
    use tracing_subscriber::EnvFilter;
    let default = if quiet {
        "warn"
    } else {
        settings.server.log.as_str()
    };
    let filter = EnvFilter::try_new(default).unwrap_or_else(|_| EnvFilter::new("info"));
    let terminal = std::io::IsTerminal::is_terminal(&std::io::stderr());
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(terminal)
        .with_writer(std::io::stderr);
    match settings.server.log_format {
        settings::LogFormat::Json => builder.json().init(),
        settings::LogFormat::Text => builder.with_target(false).init(),
    }
}
