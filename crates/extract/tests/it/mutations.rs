//! Broken files by the thousand: small samples of every format, mutated by a seeded generator, and
//! crafted ones, each given to a confined child of its own as the product does it.
//!
//! Whatever is in a file, the outcome is a result or a stable rejection. `HOMEROOM_MUTATIONS=100000`
//! makes a long run of it; any failure names the sample and the seed that make it again
//! (`HOMEROOM_MUTATIONS_FROM=<seed> HOMEROOM_MUTATIONS=1`). `HOMEROOM_MUTATIONS_OF=pdf` passes over the
//! seeds of samples of other formats, and `HOMEROOM_MUTATIONS_KEEP=<folder>` keeps the files.
use crate::compound_files::old_files;
use crate::media::fragmented;
use crate::samples::{self, PdfBuilder};
use crate::tiffs;
use crate::{extractor, file_of};
use homeroom_core::ports::Extractor;
use homeroom_core::ports::extractor::{ExtractError, Rejection};
use homeroom_extract::ProcessExtractor;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How many mutated files a run takes where nothing else is said.
const SHORT_RUN: u64 = 2_000;
/// Of the crafted files a short run takes each so-manieth.
const CRAFTED_STEP: usize = 10;
/// Children at a time.
const WORKERS: u64 = 2;

/// SplitMix64: small, seeded, the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(limit.max(1)).unwrap()).unwrap()
    }

    fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }
}

/// A sample: its file name and its bytes, or the parts of which an archive is made.
enum Sample {
    Plain(&'static str, Vec<u8>),
    Archive(&'static str, Vec<(String, Vec<u8>)>),
}

impl Sample {
    fn name(&self) -> &'static str {
        match self {
            Self::Plain(name, _) | Self::Archive(name, _) => name,
        }
    }

    /// The file after so many mutations. Archives are mutated inside as often as outside: a wrong
    /// checksum would keep the rest from being read.
    fn mutated(&self, random: &mut Random, others: &[Self]) -> Vec<u8> {
        let rounds = 1 + random.below(6);
        match self {
            Self::Plain(_, bytes) => mutate(bytes.clone(), rounds, random, others),
            Self::Archive(_, parts) => {
                let mut parts = parts.clone();
                if random.below(2) == 0 {
                    return mutate(samples::stored_zip(&parts), rounds, random, others);
                }
                let chosen = random.below(parts.len());
                let part = std::mem::take(&mut parts[chosen].1);
                parts[chosen].1 = mutate(part, rounds, random, others);
                samples::stored_zip(&parts)
            }
        }
    }

    fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Plain(_, bytes) => bytes.clone(),
            Self::Archive(_, parts) => samples::stored_zip(parts),
        }
    }
}

const NUMBERS: [&str; 14] = [
    "0",
    "-1",
    "1",
    "2",
    "255",
    "256",
    "65535",
    "65536",
    "2147483647",
    "-2147483648",
    "4294967295",
    "4294967296",
    "99999999999999999999",
    "1e308",
];

/// What the formats' grammars are made of.
const TOKENS: [&str; 64] = [
    "<<",
    ">>",
    "[",
    "]",
    "(",
    ")",
    "obj",
    "endobj",
    "stream\n",
    "endstream",
    "xref",
    "trailer",
    "startxref",
    "1 0 R",
    "3 0 R",
    "/Length",
    "/Filter",
    "/FlateDecode",
    "/LZWDecode",
    "/ASCII85Decode",
    "/RunLengthDecode",
    "/JBIG2Decode",
    "/JPXDecode",
    "/DCTDecode",
    "/CCITTFaxDecode",
    "/Kids",
    "/Parent",
    "/Type0",
    "/Type3",
    "/ObjStm",
    "/XRef",
    "/Prev",
    "/Encrypt",
    "/W [0 9 1]",
    " Tj",
    " Tm",
    " q ",
    " Q ",
    " Do ",
    "BI ID EI",
    "<w:p>",
    "</w:p>",
    "<w:tbl>",
    "<!DOCTYPE x [<!ENTITY a \"b\">]>",
    "&a;",
    "&#0;",
    "&#x110000;",
    "<![CDATA[",
    "]]>",
    "xmlns:w=\"\"",
    "r:id=\"rId1\"",
    "../",
    "PK\u{3}\u{4}",
    "PK\u{1}\u{2}",
    "<table>",
    "<template>",
    "<svg>",
    "```",
    "[x](y)",
    "{\\rtf1",
    "\\u-1?",
    "\\bin99999 ",
    "-->",
    "\u{0}",
];

fn mutate(mut bytes: Vec<u8>, rounds: usize, random: &mut Random, others: &[Sample]) -> Vec<u8> {
    for _ in 0..rounds {
        let place = random.below(bytes.len() + 1);
        let longest = 1 << random.below(10);
        let length = 1 + random.below(longest);
        let end = (place + length).min(bytes.len());
        match random.below(11) {
            0 | 1 if !bytes.is_empty() => {
                let place = place.min(bytes.len() - 1);
                bytes[place] ^= 1 << random.below(8);
            }
            2 if !bytes.is_empty() => {
                let place = place.min(bytes.len() - 1);
                bytes[place] = *random.pick(&[0, 1, 0x7F, 0x80, 0xFF, b'\n', b' ', b'<', b'(']);
            }
            3 => bytes.truncate(place),
            4 => drop(bytes.drain(place..end)),
            5 => {
                let block = bytes[place..end].to_vec();
                let to = random.below(bytes.len() + 1);
                bytes.splice(to..to, block);
            }
            6 => {
                let to = random.below(bytes.len() + 1);
                let length = (end - place).min(bytes.len() - to);
                for step in 0..length {
                    bytes.swap(place + step, to + step);
                }
            }
            7 | 8 => replace_number(&mut bytes, place, random),
            9 => {
                let token = random.pick(&TOKENS).bytes();
                bytes.splice(place..place, token);
            }
            _ => {
                let other = random.pick(others).bytes();
                let from = random.below(other.len());
                let to = (from + length).min(other.len());
                bytes.splice(place..end, other[from..to].iter().copied());
            }
        }
    }
    bytes
}

/// Puts another number in the place of the next one.
fn replace_number(bytes: &mut Vec<u8>, from: usize, random: &mut Random) {
    let Some(start) = (from..bytes.len()).find(|place| bytes[*place].is_ascii_digit()) else {
        return;
    };
    let length = bytes[start..]
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let number = random.pick(&NUMBERS).bytes();
    bytes.splice(start..start + length, number);
}

/// A page with most of what the reader looks at: fonts of every kind, forms, images, marked content,
/// labels, an outline, links.
fn rich_pdf() -> PdfBuilder {
    let mut pdf = PdfBuilder::default();
    pdf.add("<< /Type /Catalog /Pages 2 0 R /Outlines << /First 14 0 R /Last 14 0 R >> /PageLabels << /Nums [0 << /S /r /P (p) /St 3 >>] >> /Names << /Dests << /Names [(here) [3 0 R /Fit]] >> >> >>");
    pdf.add("<< /Type /Pages /Kids [3 0 R] /Count 1 >>");
    pdf.add("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 400] /CropBox [0 0 190 390] /Rotate 90 /Contents 4 0 R /Annots [13 0 R] /Resources << /Font << /F 5 0 R /G 6 0 R /H 9 0 R >> /XObject << /X 11 0 R /I 12 0 R >> /ExtGState << /E << /CA 0.5 /SMask << /S /Luminosity /G 11 0 R >> >> >> /Properties << /P << /ActualText (actual) >> >> >> >>");
    pdf.stream("", b"q 1 0 0 1 0 0 cm /E gs BT /F 10 Tf 20 380 Td (Hello W\\366rld) Tj 0 -12 Td [(T) 120 (ext)] TJ /G 9 Tf <00010002> Tj 1 0 0.2 1 30 300 Tm /H 8 Tf (ab) Tj 3 Tr (hidden) ' ET /Span /P BDC BT (x) Tj ET EMC /X Do 50 0 0 50 9 9 cm /I Do BI /W 2 /H 2 /CS /G /BPC 8 ID abcd EI Q");
    pdf.add("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /FirstChar 32 /LastChar 34 /Widths [278 278 355] /Encoding << /BaseEncoding /WinAnsiEncoding /Differences [65 /uni0041 /Aacute 97 /a] >> >>");
    pdf.add("<< /Type /Font /Subtype /Type0 /BaseFont /Own /Encoding /Identity-H /DescendantFonts [7 0 R] /ToUnicode 8 0 R >>");
    pdf.add("<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Own /CIDSystemInfo << /Registry (Adobe) /Ordering (Japan1) /Supplement 6 >> /DW 1000 /W [1 [500 600] 3 9 700] >>");
    pdf.stream("", b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange 2 beginbfchar <0001> <05D0> <0002> <D83DDE00> endbfchar 1 beginbfrange <0003> <0009> [<0041> <00420043>] endbfrange endcmap");
    pdf.add("<< /Type /Font /Subtype /Type3 /FontBBox [0 0 10 10] /FontMatrix [0.1 0 0 0.1 0 0] /FirstChar 97 /LastChar 98 /Widths [10 10] /CharProcs << /a 10 0 R /b 10 0 R >> /Encoding << /Differences [97 /a /b] >> /Resources << >> >>");
    pdf.stream("", b"10 0 0 0 10 10 d1 0 0 9 9 re f");
    pdf.stream("/Type /XObject /Subtype /Form /BBox [0 0 90 90] /Matrix [1 0 0 1 5 5] /Group << /S /Transparency >> /Resources << /Font << /F 5 0 R >> >>", b"BT /F 8 Tf 3 3 Td (inner) Tj ET");
    pdf.stream("/Type /XObject /Subtype /Image /Width 4 /Height 4 /ColorSpace [/Indexed /DeviceRGB 1 <000000FFFFFF>] /BitsPerComponent 1 /Decode [1 0] /Filter /ASCIIHexDecode", b"A0B0C0D0>");
    pdf.add(
        "<< /Type /Annot /Subtype /Link /Rect [10 10 50 20] /A << /S /URI /URI (https://a.example/) >> >>",
    );
    pdf.add("<< /Title (Chapter) /Dest (here) /First 15 0 R /Next 15 0 R >>");
    pdf.add("<< /Title <FEFF05D0> /A << /S /GoTo /D [3 0 R /XYZ 0 0 0] >> /Parent 14 0 R >>");
    pdf
}

fn image(format: image::ImageFormat) -> Vec<u8> {
    let picture = image::RgbImage::from_fn(24, 16, |x, y| {
        image::Rgb([x.to_le_bytes()[0] * 9, y.to_le_bytes()[0] * 9, 77])
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A small file of every format that the product takes.
fn all_samples() -> Vec<Sample> {
    let mut all = vec![
        Sample::Plain("a.pdf", rich_pdf().build()),
        Sample::Plain("b.pdf", samples::pdf(&["BT /F 10 Tf 20 380 Td (One) Tj ET"; 3])),
        Sample::Plain("c.pdf", samples::encrypted_pdf("")),
        Sample::Plain("a.html", b"<!DOCTYPE html><html lang=he><head><title>T</title><style>x{}</style></head><body><h1>One</h1><p>a<b>b</p><table><tr><td>1<td>2</table><pre>x\n y</pre><ul><li>z</ul><!-- c --></body></html>".to_vec()),
        Sample::Plain("a.md", b"# One\n\nText *it* [l](https://a.example) `c`\n\n## Two\n\n- a\n  - b\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```rust\nfn x() {}\n```\n\n$x^2$\n".to_vec()),
        Sample::Plain("a.txt", "Plain text, שלום, Привет,\r\nline two\u{C}page two\n".as_bytes().to_vec()),
        Sample::Plain("b.txt", b"\xFF\xFEa\0b\0\n\0\xE9\x05".to_vec()),
        Sample::Plain("a.rtf", b"{\\rtf1\\ansi\\ansicpg1255{\\fonttbl{\\f0 Arial;}}\\f0 Hello \\'e0\\u1488?\\par{\\*\\x y}{\\b bold}\\page two\\bin3 abc}".to_vec()),
        Sample::Plain("a.tex", b"\\documentclass{article}\\title{T}\\begin{document}\\section{One}Text $x$ % no\n\\begin{verbatim}%v\\end{verbatim}\\end{document}".to_vec()),
        Sample::Plain("a.ipynb", br##"{"cells":[{"cell_type":"markdown","source":["# One\n","text"]},{"cell_type":"code","source":"x=1","outputs":[{"text":["1"]}]}],"nbformat":4,"metadata":{"language_info":{"name":"python"}}}"##.to_vec()),
        Sample::Plain("a.vtt", b"WEBVTT\n\n00:01.000 --> 00:04.000\nHello\n\n1\n00:05.000 --> 01:00:00.000 align:start\n<v A>Two\n".to_vec()),
        Sample::Plain("a.srt", b"1\n00:00:01,000 --> 00:00:04,000\nHello\n\n2\n00:00:05,000 --> 00:00:06,000\nTwo\n".to_vec()),
        Sample::Plain("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><text>x</text></svg>".to_vec()),
        Sample::Plain("a.png", image(image::ImageFormat::Png)),
        Sample::Plain("a.jpg", image(image::ImageFormat::Jpeg)),
        Sample::Plain("a.gif", image(image::ImageFormat::Gif)),
        Sample::Plain("a.webp", image(image::ImageFormat::WebP)),
        Sample::Plain("a.bmp", image(image::ImageFormat::Bmp)),
        Sample::Plain("a.doc", [b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".as_slice(), &[0; 16], &[0x3E, 0, 3, 0, 0xFE, 0xFF, 9, 0, 6, 0], &[0; 2_000]].concat()),
        Sample::Plain("a.mp4", [b"\0\0\0\x18ftypisom\0\0\x02\0isomiso2\0\0\0\x6Cmoov\0\0\0\x64mvhd".as_slice(), &[0; 92], b"\0\0\0\x10mdat12345678"].concat()),
        Sample::Plain("b.mp4", fragmented(true)),
        Sample::Plain("a.heic", b"\0\0\0\x14ftypheic\0\0\0\0mif1\0\0\0\x41meta\0\0\0\0\0\0\0\x35iprp\0\0\0\x2Dipco\0\0\0\x14ispe\0\0\0\0\0\0\x02\x80\0\0\x01\xE0\0\0\0\x09irot\x01\0\0\0\x08idat".to_vec()),
        Sample::Plain("a.webm", [b"\x1A\x45\xDF\xA3\x93\x42\x82\x84webm\x42\x86\x81\x01\x42\x85\x81\x02\x18\x53\x80\x67\x90".as_slice(), &[0xEC; 40]].concat()),
        Sample::Plain("a.mp3", [b"ID3\x04\0\0\0\0\0\x17TIT2\0\0\0\x05\0\0\x03Song\0\0\0\0\0\0".as_slice(), &[0xFF, 0xFB, 0x90, 0x64], &[0; 413]].concat()),
    ];
    all.extend(
        tiffs::samples()
            .into_iter()
            .map(|(name, bytes)| Sample::Plain(name, bytes)),
    );
    all.extend(old_files().map(|(name, bytes)| Sample::Plain(name, bytes)));
    all.extend(
        samples::archives()
            .into_iter()
            .map(|(name, parts)| Sample::Archive(name, parts)),
    );
    all
}

/// What came of the files so far.
#[derive(Default)]
struct Tally {
    outcomes: BTreeMap<&'static str, u64>,
    slowest: Duration,
}

impl Tally {
    fn add(&mut self, other: Self) {
        for (outcome, count) in other.outcomes {
            *self.outcomes.entry(outcome).or_default() += count;
        }
        self.slowest = self.slowest.max(other.slowest);
    }

    async fn try_file(
        &mut self,
        extractor: &ProcessExtractor,
        bytes: &[u8],
        name: &str,
        what: &str,
        draw: bool,
    ) {
        let file = file_of(bytes);
        let begun = Instant::now();
        let read = extractor.extract(file.path(), name, &|_| {}).await;
        self.count(read.map(|_| ()), what);
        if draw {
            let drawn = extractor.render(file.path(), 1, 1, 100).await;
            self.count(drawn.map(|_| ()), what);
        }
        self.slowest = self.slowest.max(begun.elapsed());
    }

    fn count(&mut self, outcome: Result<(), ExtractError>, what: &str) {
        let outcome = match outcome {
            Ok(()) => "read",
            Err(ExtractError::Rejected(rejection)) => {
                if matches!(
                    rejection,
                    Rejection::Crashed | Rejection::TimedOut | Rejection::OutOfMemory
                ) {
                    println!("{what}: {}", rejection.code());
                }
                rejection.code()
            }
            Err(ExtractError::Unavailable(why)) => panic!("{what}: {why}"),
        };
        *self.outcomes.entry(outcome).or_default() += 1;
    }
}

fn length_of_run() -> Option<u64> {
    number("HOMEROOM_MUTATIONS")
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|count| count.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mutated_files_end_as_a_result_or_a_rejection() {
    let count = length_of_run().unwrap_or(SHORT_RUN);
    let samples = Arc::new(all_samples());
    let first = number("HOMEROOM_MUTATIONS_FROM").unwrap_or(0);
    let only = std::env::var("HOMEROOM_MUTATIONS_OF").unwrap_or_default();
    let next = Arc::new(AtomicU64::new(first));
    let workers: Vec<_> = (0..WORKERS)
        .map(|_| {
            let (samples, next) = (Arc::clone(&samples), Arc::clone(&next));
            let only = only.clone();
            tokio::spawn(async move {
                let (extractor, mut tally) = (extractor(), Tally::default());
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= first + count {
                        return tally;
                    }
                    let mut random = Random(seed);
                    let sample = random.pick(&samples);
                    if !sample.name().ends_with(&only) {
                        continue;
                    }
                    let bytes = sample.mutated(&mut random, &samples);
                    let what = format!("{} mutated with seed {seed}", sample.name());
                    if let Some(folder) = std::env::var_os("HOMEROOM_MUTATIONS_KEEP") {
                        let name = format!("{seed}-{}", sample.name());
                        std::fs::write(std::path::Path::new(&folder).join(name), &bytes).unwrap();
                    }
                    tally
                        .try_file(&extractor, &bytes, sample.name(), &what, seed % 8 == 0)
                        .await;
                }
            })
        })
        .collect();
    let mut all = Tally::default();
    for worker in workers {
        all.add(worker.await.unwrap());
    }
    println!(
        "{count} mutated files: {:?}, slowest {:?}",
        all.outcomes, all.slowest
    );
    assert!(
        count < SHORT_RUN || !only.is_empty() || all.outcomes["read"] > count / 20,
        "hardly any mutated file is read: {:?}",
        all.outcomes
    );
}

/// Writes the samples as seeds for the targets in `fuzz/`, where HOMEROOM_FUZZ_SEEDS names a directory.
#[test]
fn seeds_are_written_where_asked() {
    let Some(folder) = std::env::var_os("HOMEROOM_FUZZ_SEEDS").map(std::path::PathBuf::from) else {
        return;
    };
    for sample in all_samples() {
        let (_, extension) = sample.name().rsplit_once('.').unwrap();
        let target = match extension {
            "docx" | "pptx" | "xlsx" => "office",
            "odt" | "odp" | "ods" | "epub" => "open_document",
            "zip" => "archive",
            "doc" | "ppt" | "xls" | "rtf" => "legacy",
            "md" => "markdown",
            "txt" | "tex" | "ipynb" | "vtt" | "srt" => "text",
            "png" | "jpg" | "gif" | "webp" | "bmp" | "tiff" | "heic" => "image",
            "mp4" | "webm" | "mp3" => "media",
            "svg" => "detect",
            same => same,
        };
        let folder = folder.join(target);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(sample.name()), sample.bytes()).unwrap();
    }
}

/// Every value of the rich page replaced by every hostile one, and of a document's XML.
fn crafted() -> Vec<(String, &'static str, Vec<u8>)> {
    let file = String::from_utf8_lossy(&rich_pdf().build()).into_owned();
    let deep = "[".repeat(5_000);
    let long = format!("({})", "x".repeat(100_000));
    let values = [
        "-1",
        "4294967296",
        "1e39",
        "null",
        "3 0 R",
        "99 0 R",
        "[3 0 R 3 0 R]",
        "/Name",
        "(text)",
        "<< /A 3 0 R >>",
        "[]",
        "true",
        &deep,
        &long,
    ];
    let keys = [
        "/Kids",
        "/Count",
        "/Parent",
        "/MediaBox",
        "/CropBox",
        "/Rotate",
        "/Contents",
        "/Annots",
        "/Resources",
        "/Font",
        "/XObject",
        "/ExtGState",
        "/SMask",
        "/Length",
        "/Subtype",
        "/BaseFont",
        "/FirstChar",
        "/LastChar",
        "/Widths",
        "/Encoding",
        "/Differences",
        "/DescendantFonts",
        "/ToUnicode",
        "/CIDSystemInfo",
        "/W",
        "/DW",
        "/FontMatrix",
        "/CharProcs",
        "/BBox",
        "/Matrix",
        "/Group",
        "/Width",
        "/Height",
        "/ColorSpace",
        "/Filter",
        "/Rect",
        "/URI",
        "/Title",
        "/Dest",
        "/Nums",
    ];
    let mut all = Vec::new();
    for key in keys {
        for value in values {
            // What stood there goes to a key that nobody reads.
            let file = file.replace(&format!("{key} "), &format!("{key} {value} /Old "));
            let shown = &value[..value.len().min(16)];
            all.push((format!("{key} {shown}"), "crafted.pdf", file.into_bytes()));
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn crafted_files_end_as_a_result_or_a_rejection() {
    let step = if length_of_run().is_some() {
        1
    } else {
        CRAFTED_STEP
    };
    let files = crafted();
    assert!(files.len() >= 500, "{}", files.len());
    let (extractor, mut tally) = (extractor(), Tally::default());
    for (what, name, bytes) in files.iter().step_by(step) {
        tally.try_file(&extractor, bytes, name, what, true).await;
    }
    println!("crafted files: {:?}, slowest {:?}", tally.outcomes, tally.slowest);
    assert!(tally.outcomes["read"] > 10, "{:?}", tally.outcomes);
}
