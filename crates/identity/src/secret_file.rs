//! Small files that hold secrets: written whole or not at all, durable before they are used,
//! readable by their owner only. Also the one way in which this crate writes a file.
use crate::clock::random;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// A file that holds one 32-byte key as 64 hexadecimal digits.
pub struct SecretFile;

/// Why a secret cannot be had. Every kind stops the program's start.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The file cannot be read or written.
    #[error("secret file {path}: {source}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// Empty, short, or otherwise not a key.
    #[error(
        "secret file {path} does not hold a 32-byte key as 64 hexadecimal digits; restore it, or remove it to make a new one"
    )]
    Malformed {
        /// Which file.
        path: PathBuf,
    },
    /// A key that anybody would try first, such as all zeros.
    #[error("secret file {path} holds a key without randomness; remove it to make a new one")]
    Weak {
        /// Which file.
        path: PathBuf,
    },
}

impl SecretFile {
    /// The key in the file. Where there is no file one is made from randomness with mode 0600,
    /// durable when this returns.
    ///
    /// # Errors
    /// When the file cannot be read or made, or holds anything but a good key: a damaged key is
    /// never replaced silently (HARDENING 8).
    pub fn open_or_create(path: &Path) -> Result<[u8; 32], SecretError> {
        let io_error = |source| SecretError::Io {
            path: path.to_owned(),
            source,
        };
        match fs::read_to_string(path) {
            Ok(text) => parse(&text, path),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => Err(SecretError::Malformed {
                path: path.to_owned(),
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let key = random();
                let text = format!("{}\n", hex::encode(key));
                write_durably(path, text.as_bytes()).map_err(io_error)?;
                Ok(key)
            }
            Err(error) => Err(io_error(error)),
        }
    }
}

fn parse(text: &str, path: &Path) -> Result<[u8; 32], SecretError> {
    let mut key = [0; 32];
    hex::decode_to_slice(text.trim_end(), &mut key).map_err(|_| SecretError::Malformed {
        path: path.to_owned(),
    })?;
    if key.iter().all(|byte| *byte == key[0]) {
        return Err(SecretError::Weak {
            path: path.to_owned(),
        });
    }
    Ok(key)
}

/// Replaces a file: a sibling with mode 0600 is written, fsynced and renamed, then the directory
/// is fsynced. A crash leaves the old content or the new, never a mixture.
pub(crate) fn write_durably(path: &Path, content: &[u8]) -> io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", hex::encode(random::<8>())));
    let temporary = directory.join(name);
    let result = write_new(&temporary, content).and_then(|()| fs::rename(&temporary, path));
    if result.is_err() {
        // What is left behind is harmless, and the first error is the one to report.
        let _ = fs::remove_file(&temporary);
    }
    result?;
    File::open(directory)?.sync_all()
}

fn write_new(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_key_is_made_once_and_readable_by_its_owner_only() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("csrf.key");

        let made = SecretFile::open_or_create(&path).unwrap();
        let read = SecretFile::open_or_create(&path).unwrap();

        assert_eq!(made, read);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(
            fs::read_dir(directory.path()).unwrap().count(),
            1,
            "nothing else is left behind"
        );
    }

    #[test]
    fn hardening_8_empty_short_and_default_keys_are_refused_and_kept() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("key");
        let long = "ab".repeat(33);
        let zeros = "00".repeat(32);
        let letters = "61".repeat(32);
        for content in ["", "\n", "abcd", "not hexadecimal", &long, &zeros, &letters] {
            fs::write(&path, content).unwrap();
            assert!(SecretFile::open_or_create(&path).is_err(), "{content:?}");
            assert_eq!(fs::read_to_string(&path).unwrap(), content);
        }
        fs::write(&path, [0xff; 32]).unwrap();
        assert!(matches!(
            SecretFile::open_or_create(&path),
            Err(SecretError::Malformed { .. })
        ));
    }
}
