//! The shape of the house: which crate may depend on which, on what technology, under what licence.
//!
//! Reads `cargo metadata` for the platform that runs the test, so that a dependency that arrives
//! through another one counts as well.
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// Crates that touch the world; each knows `core` and none of the others.
const ADAPTERS: [&str; 6] = [
    "homeroom-records",
    "homeroom-objects",
    "homeroom-search",
    "homeroom-extract",
    "homeroom-identity",
    "homeroom-http",
];

/// What a library below the binary may use of ours.
const ALLOWED: [(&str, &[&str]); 9] = [
    ("homeroom-core", &[]),
    ("homeroom-sqlite", &[]),
    ("homeroom-records", &["homeroom-core", "homeroom-sqlite"]),
    ("homeroom-objects", &["homeroom-core", "homeroom-sqlite"]),
    ("homeroom-search", &["homeroom-core"]),
    ("homeroom-extract", &["homeroom-core"]),
    ("homeroom-identity", &["homeroom-core"]),
    ("homeroom-http", &["homeroom-core"]),
    ("homeroom-testkit", &["homeroom-core"]),
];

/// Technology that must not reach `core`, not even through another dependency.
const NOT_IN_CORE: [&str; 12] = [
    "sqlx",
    "rusqlite",
    "axum",
    "hyper",
    "http",
    "tantivy",
    "reqwest",
    "tempfile",
    "rustix",
    "hayro",
    "maud",
    "quick-xml",
];

/// The permissive licences of `deny.toml`.
const LICENCES: [&str; 14] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

#[test]
fn arrows_point_at_core() {
    let house = House::read();
    for (name, allowed) in ALLOWED {
        let used: BTreeSet<&str> = house.direct[name]
            .iter()
            .map(String::as_str)
            .filter(|used| used.starts_with("homeroom-"))
            .collect();
        let allowed: BTreeSet<&str> = allowed.iter().copied().collect();
        assert!(
            used.is_subset(&allowed),
            "{name} may use {allowed:?} and uses {used:?}"
        );
    }
}

#[test]
fn only_the_binary_names_adapters() {
    let house = House::read();
    for (name, used) in &house.direct {
        if name != "homeroom-server" {
            let adapter = used.iter().find(|used| ADAPTERS.contains(&used.as_str()));
            assert_eq!(adapter, None, "{name}");
        }
    }
    for adapter in ADAPTERS {
        assert!(house.direct["homeroom-server"].contains(adapter), "{adapter}");
    }
}

#[test]
fn core_knows_no_technology() {
    let built = built_with("homeroom-core");
    assert!(built.contains("serde"), "{built:?}");
    for technology in NOT_IN_CORE {
        assert!(!built.contains(technology), "{technology} reaches core");
    }
}

#[test]
fn there_is_one_provider_of_cryptography() {
    let built = built_with("homeroom-server");
    assert!(built.contains("aws-lc-rs"), "{built:?}");
    assert!(!built.contains("ring"));
    assert!(!built.contains("openssl-sys"));
}

#[test]
fn every_licence_is_permissive() {
    let house = House::read();
    for (package, licence) in &house.licences {
        assert!(permits(licence), "{package} is under {licence:?}");
    }
}

#[test]
fn licences_are_read_as_written() {
    for (licence, permitted) in [
        ("MIT", true),
        ("MIT/GPL-3.0", true),
        ("MIT OR GPL-3.0 AND Zlib", true),
        ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
        ("Apache-2.0 WITH LLVM-exception OR MIT", true),
        ("MIT AND GPL-3.0", false),
        ("(MIT OR Zlib) AND AGPL-3.0", false),
        ("(MIT OR Zlib) AND (GPL-2.0 OR AGPL-3.0)", false),
        ("", false),
    ] {
        assert_eq!(permits(licence), permitted, "{licence}");
    }
}

/// What `cargo metadata` says.
struct House {
    /// Of each of our crates: its dependencies outside of tests.
    direct: BTreeMap<String, BTreeSet<String>>,
    licences: BTreeMap<String, String>,
}

impl House {
    fn read() -> Self {
        let metadata = metadata();
        let mut licences = BTreeMap::new();
        for package in metadata["packages"].as_array().unwrap() {
            let licence = package["license"].as_str().unwrap_or("");
            licences.insert(text(&package["id"]), licence.to_owned());
        }
        let mut direct = BTreeMap::new();
        for package in metadata["packages"].as_array().unwrap() {
            if metadata["workspace_members"]
                .as_array()
                .unwrap()
                .contains(&package["id"])
            {
                let dependencies = package["dependencies"].as_array().unwrap();
                let used = dependencies
                    .iter()
                    .filter(|one| one["kind"] != "dev")
                    .map(|one| text(&one["name"]));
                direct.insert(text(&package["name"]), used.collect());
            }
        }
        Self { direct, licences }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn metadata() -> Value {
    let platform = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let answer = cargo(&[
        "metadata",
        "--format-version",
        "1",
        "--filter-platform",
        &platform,
    ]);
    serde_json::from_str(&answer).unwrap()
}

/// The names of all packages that one of ours is built with. `cargo tree` and not `cargo metadata`,
/// which also counts what only a feature that is off would bring.
fn built_with(package: &str) -> BTreeSet<String> {
    let edges = ["--edges", "normal,build", "--prefix", "none", "--format", "{p}"];
    let tree = cargo(&[&["tree", "--package", package], &edges[..]].concat());
    let names = tree.lines().filter_map(|line| line.split(' ').next());
    names.map(str::to_owned).collect()
}

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .arg("--offline")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// Whether an SPDX expression can be met with the permissive licences alone. Parentheses first, then
/// `AND` before `OR`; `/` is an old way to write `OR`.
fn permits(expression: &str) -> bool {
    let mut expression = expression.replace('/', " OR ");
    while let Some(open) = expression.rfind('(') {
        let close = open + expression[open..].find(')').unwrap();
        let verdict = if permits(&expression[open + 1..close]) {
            "MIT"
        } else {
            "refused"
        };
        expression.replace_range(open..=close, verdict);
    }
    expression.split(" OR ").any(|all| {
        all.split(" AND ")
            .all(|licence| LICENCES.contains(&licence.trim()))
    })
}
