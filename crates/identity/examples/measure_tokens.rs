//! Prints how many access tokens one core signs and verifies in a second:
//! `cargo run --release -p homeroom-identity --example measure_tokens`.
use homeroom_core::domain::ids::{SessionId, UserId};
use homeroom_core::ports::identity::{AccessClaims, TokenSigner};
use homeroom_core::ports::{Clock, Ids};
use homeroom_identity::{Ed25519Signer, SystemClock, SystemIds};
use jiff::SignedDuration;
use std::sync::Arc;
use std::time::{Duration, Instant};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let clock = Arc::new(SystemClock);
    let ids = SystemIds::new(clock.clone());
    let directory = tempfile::tempdir()?;
    let signer = Ed25519Signer::open(directory.path(), "https://school.example", clock.clone())?;
    let claims = AccessClaims {
        user: UserId::new(ids.uuid()),
        session: SessionId::new(ids.uuid()),
        issued_at: clock.now(),
        expires_at: clock.now() + SignedDuration::from_mins(15),
    };
    let token = signer.sign(&claims);
    println!("signed   {:>8} /s", per_second(|| drop(signer.sign(&claims))));
    println!(
        "verified {:>8} /s",
        per_second(|| drop(signer.verify(&token, clock.now())))
    );
    Ok(())
}

fn per_second(work: impl Fn()) -> u64 {
    let (start, mut done) = (Instant::now(), 0);
    while start.elapsed() < Duration::from_secs(2) {
        work();
        done += 1;
    }
    done / 2
}
