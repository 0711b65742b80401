//! Pictures, captions and chapters of films and recordings by FFmpeg. It is given a file and pipes,
//! and may open nothing that the file refers to.
use super::{ToolBox, ToolError, ToolRun, installed};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What may be opened: the file itself and our pipe; an address in a playlist or a film is neither.
const PROTOCOLS: &str = "file,pipe";
/// What is read: films and recordings, no playlists, scripts or picture sequences.
const FORMATS: &str = "mov,matroska,mp3,wav,ogg,flac,avi,mpegts,mpeg,flv,aac";
/// The largest poster, in pixels.
const POSTER_WIDTH: u32 = 1_600;
/// A lecture of three hours has its waveform drawn in half a minute.
const WAVEFORM_PATIENCE: u32 = 3;
/// At most so many chapters are taken.
const MAX_CHAPTERS: usize = 2_000;

/// An installed FFmpeg with its FFprobe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ffmpeg {
    ffmpeg: PathBuf,
    ffprobe: PathBuf,
}

/// What FFprobe says of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) duration_ms: Option<u64>,
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Whether it has a track of captions that are text.
    pub(crate) has_captions: bool,
    /// Where each begins, in milliseconds, and what it is called; in order.
    pub(crate) chapters: Vec<(u64, String)>,
    /// What the file says that it is called.
    pub(crate) title: String,
    /// Who made it, and what it is a part of, as far as the file says.
    pub(crate) origin: Vec<String>,
}

impl Ffmpeg {
    /// The one that is installed under `program`, an absolute path or a name, if FFprobe is beside it.
    pub fn find(program: &str) -> Option<Self> {
        let ffmpeg = installed(program)?;
        let ffprobe = ffmpeg.with_file_name("ffprobe");
        ffprobe.is_file().then_some(Self { ffmpeg, ffprobe })
    }

    /// A frame from near the beginning that shows more than most, as PNG.
    pub(crate) async fn poster(&self, tools: &ToolBox, file: &Path) -> Result<Option<Vec<u8>>, ToolError> {
        let filter = format!("scale='min({POSTER_WIDTH},iw)':-2,thumbnail=30");
        for start in ["3", "0"] {
            let before = ["-ss", start];
            let after = ["-map", "0:v:0", "-vf", &filter];
            if let Some(picture) = self.picture(tools, file, &before, &after, 1).await? {
                return Ok(Some(picture));
            }
        }
        Ok(None)
    }

    /// The picture that a recording carries, or else its waveform, as PNG.
    pub(crate) async fn waveform(&self, tools: &ToolBox, file: &Path) -> Result<Option<Vec<u8>>, ToolError> {
        let carried = ["-map", "0:v:0"];
        if let Some(picture) = self.picture(tools, file, &[], &carried, 1).await? {
            return Ok(Some(picture));
        }
        let filter = "[0:a:0]aformat=channel_layouts=mono,showwavespic=s=960x320:colors=0x3b5f8f[wave]";
        let drawn = ["-filter_complex", filter, "-map", "[wave]"];
        self.picture(tools, file, &[], &drawn, WAVEFORM_PATIENCE).await
    }

    async fn picture(
        &self,
        tools: &ToolBox,
        file: &Path,
        before: &[&str],
        after: &[&str],
        patience: u32,
    ) -> Result<Option<Vec<u8>>, ToolError> {
        let last = ["-frames:v", "1", "-c:v", "png", "-f", "image2pipe", "pipe:1"];
        let run = self.run(file, before, &[after, last.as_slice()].concat());
        let output = tools.run(ToolRun { patience, ..run }).await?;
        let is_picture = output.stdout.starts_with(b"\x89PNG");
        Ok(is_picture.then_some(output.stdout))
    }

    /// The first track of captions, as WebVTT.
    pub(crate) async fn captions(&self, tools: &ToolBox, file: &Path) -> Result<Option<Vec<u8>>, ToolError> {
        let run = self.run(file, &[], &["-map", "0:s:0", "-f", "webvtt", "pipe:1"]);
        let output = tools
            .run(ToolRun {
                output_bytes: 16 << 20,
                ..run
            })
            .await?;
        let is_text = output.code == Some(0) && output.stdout.starts_with(b"WEBVTT");
        Ok(is_text.then_some(output.stdout))
    }

    fn run(&self, file: &Path, before: &[&str], after: &[&str]) -> ToolRun {
        let arguments = [&["-nostdin", "-v", "error", "-threads", "1"], before].concat();
        ToolRun {
            readable: vec![file.to_owned()],
            arguments: with_input(&arguments, file, after),
            ..ToolRun::new(self.ffmpeg.clone(), Vec::new())
        }
    }

    /// Duration, dimensions, captions, chapters and names.
    pub(crate) async fn facts(&self, tools: &ToolBox, file: &Path) -> Result<Facts, ToolError> {
        let shown = "format=duration:format_tags=title,artist,album:stream=codec_type,codec_name,width,height:stream_disposition=attached_pic:chapter=start_time:chapter_tags=title";
        let before = [
            "-v",
            "error",
            "-show_entries",
            shown,
            "-show_chapters",
            "-of",
            "json",
        ];
        let output = tools
            .run(ToolRun {
                readable: vec![file.to_owned()],
                arguments: with_input(&before, file, &[]),
                output_bytes: 4 << 20,
                ..ToolRun::new(self.ffprobe.clone(), Vec::new())
            })
            .await?;
        Ok(serde_json::from_slice::<Probed>(&output.stdout).map_or_else(|_| Facts::default(), Facts::from))
    }
}

/// `before -i FILE after`, with what may be opened said before the input.
fn with_input(before: &[&str], file: &Path, after: &[&str]) -> Vec<String> {
    let input = format!("file:{}", file.display());
    let held = [
        "-protocol_whitelist",
        PROTOCOLS,
        "-format_whitelist",
        FORMATS,
        "-i",
        &input,
    ];
    [before, &held, after]
        .concat()
        .into_iter()
        .map(str::to_owned)
        .collect()
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Probed {
    format: ProbedFormat,
    streams: Vec<ProbedStream>,
    chapters: Vec<ProbedChapter>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ProbedFormat {
    duration: String,
    tags: ProbedTags,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ProbedStream {
    codec_type: String,
    codec_name: String,
    width: u32,
    height: u32,
    disposition: ProbedDisposition,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ProbedDisposition {
    attached_pic: u8,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ProbedChapter {
    start_time: String,
    tags: ProbedTags,
}

/// Names and what they stand for; Matroska spells them in capitals.
#[derive(Default, Deserialize)]
struct ProbedTags(BTreeMap<String, String>);

impl ProbedTags {
    /// Empty where there is none.
    fn of(&self, name: &str) -> String {
        let mut tags = self.0.iter();
        let found = tags.find(|(known, _)| known.eq_ignore_ascii_case(name));
        found
            .map(|(_, value)| value.trim().to_owned())
            .unwrap_or_default()
    }
}

impl From<Probed> for Facts {
    fn from(probed: Probed) -> Self {
        let is_film =
            |stream: &&ProbedStream| stream.codec_type == "video" && stream.disposition.attached_pic == 0;
        let (width, height) = probed
            .streams
            .iter()
            .find(is_film)
            .map_or((0, 0), |film| (film.width, film.height));
        let chapters = probed.chapters.iter().take(MAX_CHAPTERS);
        Self {
            duration_ms: milliseconds(&probed.format.duration).filter(|time| *time > 0),
            width,
            height,
            has_captions: probed.streams.iter().any(ProbedStream::is_text),
            chapters: chapters
                .filter_map(|chapter| Some((milliseconds(&chapter.start_time)?, chapter.tags.of("title"))))
                .collect(),
            title: probed.format.tags.of("title"),
            origin: ["artist", "album"]
                .map(|name| probed.format.tags.of(name))
                .into_iter()
                .filter(|name| !name.is_empty())
                .collect(),
        }
    }
}

impl ProbedStream {
    /// Captions that are pictures cannot be read.
    fn is_text(&self) -> bool {
        const TEXT: [&str; 6] = ["mov_text", "webvtt", "subrip", "ass", "ssa", "text"];
        self.codec_type == "subtitle" && TEXT.contains(&self.codec_name.as_str())
    }
}

/// Seconds with a fraction, as FFprobe writes them.
fn milliseconds(seconds: &str) -> Option<u64> {
    let seconds: f64 = seconds.parse().ok()?;
    if !(0.0..1e7).contains(&seconds) {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "in range, and rounded before"
    )]
    let milliseconds = (seconds * 1_000.0).round() as u64;
    Some(milliseconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ffprobe_says_is_taken_and_nothing_else() {
        let said = r#"{"programs": [], "format": {"duration": "61.5", "tags": {"TITLE": " Cells ", "artist": "Ms Lee", "genre": "x", "album": " "}},
            "streams": [{"codec_type": "audio"}, {"codec_type": "video", "width": 1280, "height": 720},
                        {"codec_type": "subtitle", "codec_name": "mov_text"}],
            "chapters": [{"start_time": "0.000000", "tags": {"title": "One"}}, {"start_time": "x"}, {"start_time": "30.2"}]}"#;
        let facts = Facts::from(serde_json::from_str::<Probed>(said).unwrap());
        assert_eq!(
            (facts.duration_ms, facts.width, facts.height),
            (Some(61_500), 1280, 720)
        );
        assert!(facts.has_captions);
        assert_eq!(facts.chapters, [(0, "One".to_owned()), (30_200, String::new())]);
        assert_eq!(facts.title, "Cells");
        assert_eq!(facts.origin, ["Ms Lee"]);
        assert_eq!(Facts::from(Probed::default()), Facts::default());
    }
}
