//! Starts the real servers that tests need, prints how to reach them as shell exports and then
//! `READY`, and ends them when its standard input ends. For scripts that run many test processes.
use homeroom_testkit::servers::{moto, postgres, radosgw};
use std::io::Read;

fn main() {
    if let Some(postgres) = postgres::shared() {
        println!("export HOMEROOM_TEST_POSTGRES='{}'", postgres.database());
    }
    if let Some(endpoints) = moto::endpoints() {
        println!("export HOMEROOM_TEST_DYNAMODB='{}'", endpoints.join(","));
    }
    if let Some(service) = radosgw::radosgw() {
        println!("export HOMEROOM_TEST_S3='{}'", service.url("any"));
        println!("export AWS_ACCESS_KEY_ID='{}'", service.access_key);
        println!("export AWS_SECRET_ACCESS_KEY='{}'", service.secret_key);
    }
    println!("READY");
    let mut rest = Vec::new();
    // Whoever started this holds the other end open for as long as servers are wanted.
    if let Err(error) = std::io::stdin().read_to_end(&mut rest) {
        eprintln!("standard input: {error}");
    }
}
