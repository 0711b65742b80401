//! What the made-up material is made of.
use homeroom_core::domain::kind::Kind;

/// The lines on the sample page, each with its place from the top in points.
pub const SHEET: [(&str, f32); 14] = [
    ("Cellular respiration", 74.0),
    (
        "Glycolysis splits one glucose into two pyruvate and yields a net",
        128.0,
    ),
    (
        "gain of two ATP. It takes place in the cytosol and needs no oxygen.",
        148.0,
    ),
    ("The Krebs cycle", 196.0),
    (
        "Each pyruvate is carried into the mitochondrion and becomes acetyl-CoA.",
        228.0,
    ),
    (
        "The Krebs cycle takes place in the matrix of the mitochondrion. For every",
        248.0,
    ),
    (
        "turn it gives three NADH, one FADH2 and one ATP, and sets free two",
        268.0,
    ),
    ("molecules of carbon dioxide.", 288.0),
    ("The electron transport chain", 336.0),
    (
        "NADH and FADH2 hand their electrons to a row of proteins in the inner",
        368.0,
    ),
    (
        "membrane. Protons are pumped out; as they flow back through ATP",
        388.0,
    ),
    (
        "synthase, about 28 ATP are made. Oxygen takes up the electrons at the end.",
        408.0,
    ),
    (
        "Remember: without oxygen the Krebs cycle stops within seconds, because",
        456.0,
    ),
    ("NAD+ is not renewed.", 476.0),
];

/// Whether a line of [`SHEET`] is a heading.
pub fn is_heading(line: &str) -> bool {
    !line.contains('.') && line.len() < 40
}

/// Title in English and Hebrew, subject, grade, kind, pages, whether it has a picture, uploader.
pub(super) type Row = (
    &'static str,
    &'static str,
    usize,
    u8,
    Kind,
    Option<u32>,
    bool,
    &'static str,
);

pub(super) const MATERIALS: [Row; 9] = [
    (
        "Cell respiration, summary",
        "נשימה תאית, סיכום",
        1,
        11,
        Kind::Pdf,
        Some(40),
        true,
        "Noa Levi",
    ),
    (
        "Trigonometry worksheet",
        "דף עבודה בטריגונומטריה",
        0,
        10,
        Kind::Pdf,
        Some(4),
        true,
        "Mr. Cohen",
    ),
    (
        "The causes of 1789",
        "הגורמים ל־1789",
        2,
        10,
        Kind::Pptx,
        Some(32),
        false,
        "Dana",
    ),
    (
        "Enzymes: how temperature changes everything in the lab and why we measured it three times",
        "אנזימים וטמפרטורה: מעבדה",
        1,
        11,
        Kind::Docx,
        Some(9),
        false,
        "איתמר בן דוד",
    ),
    (
        "Photo of the board, 12 March",
        "צילום הלוח, 12 במרץ",
        5,
        12,
        Kind::Image,
        Some(1),
        true,
        "Yael",
    ),
    (
        "Macbeth, act 2 – notes",
        "מקבת, מערכה 2 – הערות",
        3,
        9,
        Kind::Markdown,
        Some(2),
        false,
        "Omar",
    ),
    (
        "The periodic table, explained",
        "הטבלה המחזורית, הסבר",
        6,
        9,
        Kind::Pdf,
        Some(12),
        true,
        "Ms. Adler",
    ),
    (
        "Map exercise: rivers",
        "תרגיל מפה: נהרות",
        8,
        7,
        Kind::Pdf,
        Some(3),
        true,
        "Lior",
    ),
    (
        "Debate recording",
        "הקלטת הדיון",
        10,
        8,
        Kind::Audio,
        None,
        false,
        "Tal",
    ),
];
