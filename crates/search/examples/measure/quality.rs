//! How good answers are: the queries of the corpus as they are, with typos, and pieces of pages out
//! of order.
use super::corpus::{Document, columns, material, request};
use super::numbers::Numbers;
use super::typing::{paraphrase, script, with_typo};
use super::{Outcome, Path};
use homeroom_core::domain::ids::MaterialId;
use homeroom_core::ports::search_index::{Audience, Change, SearchIndex, Viewer};
use homeroom_search::TantivyIndex;
use std::collections::{BTreeMap, HashMap};

/// Typos for each query.
const TYPOS: u64 = 5;
/// Paraphrases of each document.
const PARAPHRASES: usize = 20;

/// What became of some queries.
#[derive(Default)]
struct Tally {
    asked: usize,
    first: usize,
    third: usize,
    paged: usize,
    right_page: usize,
}

impl Tally {
    #[expect(clippy::cast_precision_loss, reason = "figures for people")]
    fn print(&self, what: &str) {
        let share = |count: usize, of: usize| 100.0 * count as f64 / of.max(1) as f64;
        println!(
            "{what}: {} asked, first {:.1} %, in the first three {:.1} %, right page {:.1} % of {}",
            self.asked,
            share(self.first, self.asked),
            share(self.third, self.asked),
            share(self.right_page, self.paged),
            self.paged
        );
    }
}

struct Asking {
    index: TantivyIndex,
    tally: Tally,
    scripts: BTreeMap<&'static str, Tally>,
    show: bool,
}

impl Asking {
    async fn ask(&mut self, query: &str, expected: MaterialId, page: Option<u32>) -> Outcome<()> {
        let found = self.index.find(&request(query, Viewer::Anonymous)).await?;
        let place = found.hits.iter().position(|hit| hit.material == expected);
        let hit = place.map(|place| &found.hits[place]);
        let right = page.is_some_and(|page| hit.is_some_and(|hit| hit.page == page));
        for tally in [&mut self.tally, self.scripts.entry(script(query)).or_default()] {
            tally.asked += 1;
            tally.first += usize::from(place == Some(0));
            tally.third += usize::from(place.is_some_and(|place| place < 3));
            tally.paged += usize::from(page.is_some());
            tally.right_page += usize::from(right);
        }
        if self.show && (place != Some(0) || page.is_some() && !right) {
            let found_page = hit.map(|hit| hit.page);
            println!(
                "  {query}: place {place:?}, page {found_page:?} for {page:?}, as {:?}",
                found.corrected
            );
        }
        Ok(())
    }

    fn finish(&mut self, what: &str) {
        std::mem::take(&mut self.tally).print(what);
        for (script, tally) in std::mem::take(&mut self.scripts) {
            tally.print(&format!("  {script}"));
        }
    }
}

/// Prints how many answers are right. With `HOMEROOM_SHOW` set it names those that are not.
pub async fn measure(root: &Path, documents: Vec<Document>) -> Outcome<()> {
    let dir = tempfile::tempdir()?;
    let index = TantivyIndex::open(dir.path())?;
    let mut files = HashMap::new();
    for (n, document) in documents.iter().enumerate() {
        let material = material(n, Audience::Public, document.pages.clone());
        files.insert(document.path.clone(), material.id);
        index.apply(vec![Change::Replace(Box::new(material))]).await?;
    }
    let mut asking = Asking {
        index,
        tally: Tally::default(),
        scripts: BTreeMap::new(),
        show: std::env::var_os("HOMEROOM_SHOW").is_some(),
    };
    let lines = std::fs::read_to_string(root.join("queries.csv"))?;
    let queries: Vec<(String, MaterialId, Option<u32>)> = lines
        .lines()
        .skip(1)
        .filter_map(|line| {
            let columns = columns(line);
            let file = *files.get(&columns[1])?;
            Some((columns[0].clone(), file, columns[4].parse().ok()))
        })
        .collect();
    for (query, file, page) in &queries {
        asking.ask(query, *file, *page).await?;
    }
    asking.finish("as they are");
    for seed in 1..=TYPOS {
        let mut numbers = Numbers(seed * 7_919);
        for (query, file, page) in &queries {
            if let Some(typed) = with_typo(query, &mut numbers) {
                asking.ask(&typed, *file, *page).await?;
            }
        }
    }
    asking.finish("with a typo");
    let mut numbers = Numbers(99);
    for document in &documents {
        for _ in 0..PARAPHRASES {
            let page = numbers.below(document.pages.len());
            if let Some(query) = paraphrase(&document.pages[page], &mut numbers) {
                let page = u32::try_from(page + 1).ok();
                asking.ask(&query, files[&document.path], page).await?;
            }
        }
    }
    asking.finish("out of order and in other forms");
    Ok(())
}
