//! Measures the index over the documents below `$HOMEROOM_CORPUS`: `measure corpus` how good answers
//! are, `measure pages [COUNT [DIR]]` how fast they come with so many pages varied from the corpus, with an
//! index that is kept in DIR and asked again where it is there; `measure dump [COUNT]` prints these pages and
//! queries for other engines. Run it in release.
mod corpus;
mod hostile;
mod numbers;
mod pages;
mod quality;
mod typing;

use std::path::Path;

/// As in the product.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let root = std::env::var("HOMEROOM_CORPUS")?;
    let root = Path::new(&root);
    let count = || arguments.get(1).map_or(Ok(100_000), |count| count.parse());
    match arguments.first().map(String::as_str) {
        Some("corpus") => quality::measure(root, corpus::read(root)?).await,
        Some("pages") => pages::measure(count()?, arguments.get(2).map(Path::new)).await,
        Some("dump") => pages::dump(&corpus::read(root)?, count()?),
        Some("more") => pages::dump_more(&corpus::read(root)?, count()?),
        _ => Err("measure corpus | measure pages [COUNT [DIR]] | measure dump [COUNT]".into()),
    }
}
