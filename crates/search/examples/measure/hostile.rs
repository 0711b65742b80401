//! Queries that nobody means well with.

/// Their names and texts. The use case refuses more than 1,000 characters; the index reads no more.
pub fn queries() -> Vec<(String, String)> {
    let mut queries = vec![
        ("ten thousand letters", "a".repeat(10_000)),
        ("ten thousand different words", words(1_500)),
        ("a thousand alternatives", vec!["the"; 400].join(" OR ")),
        (
            "frequent words",
            "the of and a to in is that for it as was with be on by".to_owned(),
        ),
        (
            "frequent alternatives",
            "the OR of OR and OR a OR to OR in OR is OR that OR for OR it".to_owned(),
        ),
        (
            "frequent words in a phrase",
            "\"the of and a to in is\"".to_owned(),
        ),
        (
            "a phrase of one word, over and over",
            format!("\"{}\"", "the ".repeat(200)),
        ),
        (
            "frequent exclusions",
            "the -of -and -a -to -in -is -that -for".to_owned(),
        ),
        ("only exclusions", "-zzz -yyy".to_owned()),
        ("unbalanced quotes", "\"the \"of \"and".repeat(60)),
        ("brackets", format!("{}the{}", "(".repeat(400), ")".repeat(400))),
        ("groups", "(the of) OR (and to) ".repeat(40)),
        ("control characters", "\u{0}\u{1}\u{7f}\u{85}the\u{0}".repeat(100)),
        (
            "a regular expression",
            "(a+)+$ (.*)* [a-z]{1,9999} ^(([a-z])+.)+".repeat(10),
        ),
        ("wildcards", "* ?? a* *a % _ the*".repeat(40)),
        ("fields", "subject:x by:y type:z ".repeat(40)),
        ("Chinese", "中文的方陣線性代數矩陣".repeat(80)),
        ("mixed scripts", "中a文b的c方d".repeat(80)),
        ("combining marks", format!("e{}", "\u{301}".repeat(990))),
        ("ligatures", "\u{FDFA}".repeat(990)),
        ("joiners", "a\u{200d}".repeat(490)),
        ("invisible", "\u{200b}\u{feff}".repeat(490)),
        ("long unknown words", words(16).to_uppercase()),
        (
            "nearly words",
            "differantiation anlaysis probabillity statisitcs equatoin matirx".to_owned(),
        ),
        ("long nearly word", "electroencephalographicallyyyyyy".to_owned()),
        ("run together", "thematrixoftheequationand".to_owned()),
        ("numbers", "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16".to_owned()),
        ("signs", "c++ c# x^2 3.14 §12 ".repeat(40)),
    ];
    for letter in ["a", "s", "1", "th", "co", "中", "ו", "ا"] {
        queries.push(("a beginning of one or two letters", letter.to_owned()));
    }
    let queries = queries.into_iter();
    queries.map(|(name, text)| (name.to_owned(), text)).collect()
}

fn words(count: usize) -> String {
    let word = |n: usize| format!("q{}x", n.wrapping_mul(2_654_435_761) % 100_000_007);
    (0..count).map(word).collect::<Vec<_>>().join(" ")
}
