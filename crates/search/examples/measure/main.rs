//! Measures the index over the documents below `$HOMEROOM_CORPUS`: `measure corpus` how good answers
//! are, `measure pages [COUNT]` how fast they come with so many pages varied from the corpus;
//! `measure dump [COUNT]` prints these pages and queries for other engines. Run it in release.
mod corpus;
mod numbers;
mod pages;
mod quality;
mod typing;

use std::path::Path;

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let root = std::env::var("HOMEROOM_CORPUS")?;
    let documents = corpus::read(Path::new(&root))?;
    match arguments.first().map(String::as_str) {
        Some("corpus") => quality::measure(Path::new(&root), documents).await,
        Some("pages") => {
            let count = arguments.get(1).map_or(Ok(100_000), |count| count.parse())?;
            pages::measure(documents, count).await
        }
        Some("dump") => {
            let count = arguments.get(1).map_or(Ok(100_000), |count| count.parse())?;
            pages::dump(&documents, count)
        }
        _ => Err("measure corpus | measure pages [COUNT] | measure dump [COUNT]".into()),
    }
}
