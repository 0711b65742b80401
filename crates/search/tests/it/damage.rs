//! Torn, flipped, missing (HARDENING 55 and 56): found out, rebuilt, and then the same answers.
use crate::sample::*;
use homeroom_core::ports::search_index::{IndexedMaterial, ListRequest, Listed, SearchIndex, Sort};
use homeroom_search::TantivyIndex;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

type Damage = fn(&Path);

fn materials() -> Vec<IndexedMaterial> {
    (0..12)
        .map(|n| {
            material(
                n,
                "Waves",
                &[&format!("waves on page one of {n}"), "light and sound"],
            )
        })
        .collect()
}

async fn answers(index: &TantivyIndex) -> (Vec<homeroom_core::ports::search_index::Hit>, Listed) {
    let found = index.find(&request("waves sound")).await.unwrap();
    let listed = index
        .list(&ListRequest {
            limit: 100,
            ..listing(Sort::Title)
        })
        .await
        .unwrap();
    (found.hits, listed)
}

async fn stored() -> TempDir {
    let Sample { index, dir } = index_of(materials()).await;
    drop(index);
    dir
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap().map(Result::unwrap) {
        if entry.path().is_dir() {
            found.extend(files(&entry.path()));
        } else {
            found.push(entry.path().strip_prefix(dir).map(|name| dir.join(name)).unwrap());
        }
    }
    found.sort();
    found
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[tokio::test]
async fn a_new_index_asks_to_be_fed_until_it_was() {
    let dir = TempDir::new().unwrap();
    let index = TantivyIndex::open(dir.path()).unwrap();
    assert!(index.needs_rebuild());
    feed(&index, materials()).await;
    drop(index);
    let index = TantivyIndex::open(dir.path()).unwrap();
    assert!(index.needs_rebuild(), "a rebuild that was cut off is not done");
    index.rebuilt().await.unwrap();
    assert!(!index.needs_rebuild());
    drop(index);
    assert!(!TantivyIndex::open(dir.path()).unwrap().needs_rebuild());
}

#[tokio::test]
async fn clear_empties_and_asks_to_be_fed() {
    let sample = index_of(materials()).await;
    sample.index.clear().await.unwrap();
    assert!(sample.index.needs_rebuild());
    assert_eq!(sample.find("waves").await.total, 0);
    feed(&sample.index, materials()).await;
    assert_eq!(sample.find("waves").await.total, 12);
}

#[tokio::test]
async fn opening_again_finds_everything() {
    let dir = stored().await;
    let index = TantivyIndex::open(dir.path()).unwrap();
    assert!(!index.needs_rebuild());
    assert_eq!(index.find(&request("waves")).await.unwrap().total, 12);
    assert_eq!(index.examine().await, Vec::<String>::new());
    feed(&index, vec![material(50, "More waves", &[])]).await;
    assert_eq!(index.find(&request("waves")).await.unwrap().total, 13);
}

/// Damages each file in each way; afterwards the index is either as before or asks to be fed, and
/// answers the same once it was.
#[tokio::test]
async fn any_damaged_file_leads_to_the_same_answers_in_the_end() {
    let whole = stored().await;
    let expected = answers(&TantivyIndex::open(whole.path()).unwrap()).await;
    let damages: [(&str, Damage); 4] = [
        ("removed", |path| fs::remove_file(path).unwrap()),
        ("emptied", |path| fs::write(path, b"").unwrap()),
        ("torn", |path| {
            let bytes = fs::read(path).unwrap();
            fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
        }),
        ("flipped", |path| {
            let mut bytes = fs::read(path).unwrap();
            let middle = bytes.len() / 2;
            if let Some(byte) = bytes.get_mut(middle) {
                *byte ^= 0x20;
            }
            fs::write(path, bytes).unwrap();
        }),
    ];
    let mut rebuilt = 0;
    for file in files(whole.path()) {
        let name = file.strip_prefix(whole.path()).unwrap();
        for (kind, damage) in damages {
            let dir = TempDir::new().unwrap();
            copy(whole.path(), dir.path());
            damage(&dir.path().join(name));
            let index = TantivyIndex::open(dir.path()).unwrap();
            if index.needs_rebuild() {
                rebuilt += 1;
                index.clear().await.unwrap();
                feed(&index, materials()).await;
                index.rebuilt().await.unwrap();
            }
            assert_eq!(answers(&index).await, expected, "{} {kind}", name.display());
            assert!(!index.needs_rebuild());
        }
    }
    assert!(rebuilt > 20, "damage was found out {rebuilt} times");
}

#[tokio::test]
async fn damage_while_open_is_found_by_examining() {
    let dir = stored().await;
    let index = TantivyIndex::open(dir.path()).unwrap();
    let store = files(dir.path())
        .into_iter()
        .find(|path| path.extension().is_some_and(|e| e == "store"))
        .unwrap();
    let mut bytes = fs::read(&store).unwrap();
    bytes[10] ^= 1;
    fs::write(&store, bytes).unwrap();
    assert_eq!(index.examine().await.len(), 1);
    assert!(index.needs_rebuild());
    drop(index);
    assert!(TantivyIndex::open(dir.path()).unwrap().needs_rebuild());
}
