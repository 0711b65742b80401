//! HEIC, HEIF and AVIF, the pictures of telephones, by libheif's `heif-convert`: a picture in, a JPEG
//! out, upright. Our own child then draws that as any other.
use super::{ToolBox, ToolError, ToolRun, installed};
use std::path::{Path, PathBuf};
use tokio::io::AsyncReadExt;

/// The longest JPEG that is taken, in bytes.
const JPEG_BYTES: u64 = 96 << 20;
/// How good it is, in percent: pages are drawn from it again.
const QUALITY: &str = "92";

/// An installed `heif-convert`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeifConvert {
    program: PathBuf,
}

impl HeifConvert {
    /// The one that is installed under `program`, an absolute path or a name.
    pub fn find(program: &str) -> Option<Self> {
        installed(program).map(|program| Self { program })
    }

    /// The primary picture of a file as JPEG; `None` for what it cannot read.
    ///
    /// # Errors
    /// When it cannot be run or takes too long.
    pub(crate) async fn convert(&self, tools: &ToolBox, file: &Path) -> Result<Option<Vec<u8>>, ToolError> {
        let arguments = ["-q", QUALITY, "picture.heic", "picture.jpg"];
        let output = tools
            .run(ToolRun {
                readable: vec![file.to_owned()],
                links: vec![("picture.heic".to_owned(), file.to_owned())],
                output_bytes: 1 << 20,
                file_bytes: JPEG_BYTES,
                ..ToolRun::new(self.program.clone(), arguments.map(str::to_owned).to_vec())
            })
            .await?;
        // Of several pictures in one file each gets a number, the first one 1.
        let picture = ["picture.jpg", "picture-1.jpg"]
            .into_iter()
            .find_map(|name| output.file(name, JPEG_BYTES));
        Ok(picture.filter(|picture| picture.starts_with(b"\xFF\xD8\xFF")))
    }
}

/// Whether a file says in its first bytes that it is such a picture.
pub(crate) async fn is_heif(file: &Path) -> bool {
    let mut head = [0; 12];
    let read = async { tokio::fs::File::open(file).await?.read_exact(&mut head).await };
    read.await.is_ok() && crate::detect::is_heif(&head)
}
