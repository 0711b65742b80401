//! The directory of an index: a state file that names the current generation and says whether it is
//! whole, and one directory per generation. A generation that cannot be trusted is never repaired,
//! only replaced by an empty one, because the records can feed it again.
use crate::analysis::terms::TermsTokenizer;
use crate::materials::{Tables, View};
use crate::schema::{Fields, TERMS, schema};
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use tantivy::{Index, IndexReader, ReloadPolicy};

/// Raised whenever schema or analysis change.
const FORMAT: u32 = 7;
/// Up to this size an index is verified before it is used; above, while it is used.
const VERIFY_FIRST_BYTES: u64 = 16 * 1024 * 1024;
const STATE_FILE: &str = "state.json";

/// What the state file says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct State {
    format: u32,
    generation: u64,
    complete: bool,
    /// In milliseconds since 1970.
    #[serde(default)]
    followed_ms: Option<i64>,
}

/// A generation that is open.
#[derive(Clone)]
pub(crate) struct Generation {
    /// The index.
    pub(crate) index: Index,
    /// Its view for queries.
    pub(crate) reader: IndexReader,
    /// Its fields.
    pub(crate) fields: Fields,
    tables: Tables,
}

impl Generation {
    /// What a query reads: the index as it is now.
    pub(crate) fn view(&self) -> tantivy::Result<View> {
        self.tables.view(self.reader.searcher(), &self.fields)
    }
}

/// The directory.
#[derive(Debug)]
pub(crate) struct Storage {
    dir: PathBuf,
    state: State,
}

/// What opening gave.
pub(crate) struct Opened {
    /// The directory.
    pub(crate) storage: Storage,
    /// The current generation.
    pub(crate) generation: Generation,
    /// Too large to have been verified yet.
    pub(crate) verify_later: bool,
}

impl Storage {
    /// Opens what is there, or an empty index in its place.
    pub(crate) fn open(dir: &Path) -> tantivy::Result<Opened> {
        fs::create_dir_all(dir)?;
        let state = read_state(dir);
        if let Some(state) = state.clone().filter(|state| state.format == FORMAT) {
            let storage = Self {
                dir: dir.to_owned(),
                state,
            };
            match storage.open_current() {
                Ok((generation, verify_later)) => {
                    storage.remove_others();
                    return Ok(Opened {
                        storage,
                        generation,
                        verify_later,
                    });
                }
                Err(reason) => tracing::warn!("search index is damaged and will be rebuilt: {reason}"),
            }
        }
        let mut storage = Self {
            dir: dir.to_owned(),
            state: unused_state(dir, state.as_ref()),
        };
        let generation = storage.replace()?;
        Ok(Opened {
            storage,
            generation,
            verify_later: false,
        })
    }

    /// Whether all materials have been fed.
    pub(crate) fn is_complete(&self) -> bool {
        self.state.complete
    }

    /// Notes, durably, whether all materials have been fed.
    pub(crate) fn set_complete(&mut self, complete: bool) -> io::Result<()> {
        if self.state.complete == complete {
            return Ok(());
        }
        let state = State {
            complete,
            ..self.state.clone()
        };
        write_state(&self.dir, &state)?;
        self.state = state;
        Ok(())
    }

    /// Up to when all changes have been taken up, in milliseconds since 1970.
    pub(crate) fn followed_ms(&self) -> Option<i64> {
        self.state.followed_ms
    }

    /// Notes, durably, up to when all changes have been taken up.
    pub(crate) fn set_followed_ms(&mut self, at: i64) -> io::Result<()> {
        let state = State {
            followed_ms: Some(at),
            ..self.state.clone()
        };
        write_state(&self.dir, &state)?;
        self.state = state;
        Ok(())
    }

    /// Puts an empty generation in the place of the current one, and notes that it must be fed.
    pub(crate) fn replace(&mut self) -> tantivy::Result<Generation> {
        let state = State {
            format: FORMAT,
            generation: self.state.generation + 1,
            complete: false,
            followed_ms: None,
        };
        let path = self.dir.join(directory_name(state.generation));
        if path.exists() {
            fs::remove_dir_all(&path)?;
        }
        fs::create_dir_all(&path)?;
        let index = Index::create_in_dir(&path, schema().0)?;
        write_state(&self.dir, &state)?;
        self.state = state;
        self.remove_others();
        open_reader(index)
    }

    fn open_current(&self) -> Result<(Generation, bool), String> {
        let path = self.dir.join(directory_name(self.state.generation));
        // Damaged files can make the library panic; here that means the same as an error.
        std::panic::catch_unwind(|| {
            let index = Index::open_in_dir(&path).map_err(|error| error.to_string())?;
            if index.schema() != schema().0 {
                return Err("its fields are not those of this program".to_owned());
            }
            let generation = open_reader(index).map_err(|error| error.to_string())?;
            let verify_later = size_bytes(&path) > VERIFY_FIRST_BYTES;
            if !verify_later && let Some(finding) = verify(&generation.index).into_iter().next() {
                return Err(finding);
            }
            Ok((generation, verify_later))
        })
        .unwrap_or_else(|_| Err("its files are not readable".to_owned()))
    }

    /// Removes what earlier generations left; failing to is no harm but to space.
    fn remove_others(&self) {
        let current = directory_name(self.state.generation);
        let Ok(entries) = fs::read_dir(&self.dir) else {
            return;
        };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if name.starts_with("generation-")
                && name != current
                && let Err(error) = fs::remove_dir_all(entry.path())
            {
                tracing::warn!("an old search index could not be removed: {error}");
            }
        }
    }
}

/// Compares every segment file with its checksum; one finding for each that differs.
pub(crate) fn verify(index: &Index) -> Vec<String> {
    let verified = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| index.validate_checksum()));
    match verified {
        Ok(Ok(damaged)) => damaged
            .into_iter()
            .map(|path| format!("search index file {} does not match its checksum", path.display()))
            .collect(),
        Ok(Err(error)) => vec![format!("search index is not readable: {error}")],
        Err(_) => vec!["search index is not readable".to_owned()],
    }
}

fn open_reader(index: Index) -> tantivy::Result<Generation> {
    index.tokenizers().register(TERMS, TermsTokenizer::default());
    let reader = index
        .reader_builder()
        .reload_policy(ReloadPolicy::Manual)
        .doc_store_cache_num_blocks(16)
        .try_into()?;
    Ok(Generation {
        index,
        reader,
        fields: schema().1,
        tables: Tables::default(),
    })
}

fn directory_name(generation: u64) -> String {
    format!("generation-{generation}")
}

fn size_bytes(path: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(path) else { return 0 };
    entries
        .flatten()
        .filter_map(|entry| entry.metadata().ok())
        .map(|metadata| metadata.len())
        .sum()
}

fn read_state(dir: &Path) -> Option<State> {
    serde_json::from_slice(&fs::read(dir.join(STATE_FILE)).ok()?).ok()
}

/// A state whose successor is a generation that has not been used in this directory.
fn unused_state(dir: &Path, state: Option<&State>) -> State {
    let on_disk = fs::read_dir(dir)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            entry
                .file_name()
                .to_string_lossy()
                .strip_prefix("generation-")?
                .parse::<u64>()
                .ok()
        });
    let generation = on_disk
        .chain(state.map(|state| state.generation))
        .filter(|n| *n < u64::MAX)
        .max()
        .unwrap_or(0);
    State {
        format: FORMAT,
        generation,
        complete: false,
        followed_ms: None,
    }
}

/// Written beside, fsynced, renamed, and the directory fsynced.
fn write_state(dir: &Path, state: &State) -> io::Result<()> {
    let beside = dir.join("state.json.new");
    let mut file = File::create(&beside)?;
    file.write_all(&serde_json::to_vec(state)?)?;
    file.sync_all()?;
    fs::rename(&beside, dir.join(STATE_FILE))?;
    File::open(dir)?.sync_all()
}
