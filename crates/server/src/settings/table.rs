//! How sections are declared, read and described.
use std::ffi::OsString;
use std::fmt::Write;
use std::path::Path;

/// A value as it was given, and where.
#[derive(Debug)]
pub struct Given {
    /// `section.key`.
    pub name: String,
    /// One line.
    pub value: String,
    /// For messages.
    pub from: String,
}

/// What the reference says of a setting.
pub struct Described {
    pub key: &'static str,
    pub default: &'static str,
    pub text: &'static str,
}

/// Declares a section: a struct whose fields have a type, a default as text, and a description.
macro_rules! section {
    ($(#[doc = $about:literal])* $name:ident $section:literal {
        $($(#[doc = $text:literal])* $key:ident: $type:ty = $default:literal,)*
    }) => {
        $(#[doc = $about])*
        #[derive(Clone, Debug)]
        pub struct $name { $($(#[doc = $text])* pub $key: $type,)* }

        impl $name {
            /// The section's name.
            pub const NAME: &'static str = $section;
            /// What the section is about.
            pub const ABOUT: &'static str = concat!($($about),*);
            /// Its settings.
            pub const SETTINGS: &'static [$crate::settings::table::Described] = &[$(
                $crate::settings::table::Described {
                    key: stringify!($key), default: $default, text: concat!($($text),*),
                },
            )*];

            fn set(&mut self, key: &str, text: &str) -> Result<(), String> {
                match key {
                    $(stringify!($key) => self.$key = $crate::settings::value::Value::read(text)?,)*
                    _ => return Err("there is no such setting".into()),
                }
                Ok(())
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($key: $crate::settings::value::Value::read($default)
                    .expect("the default of a setting is one of its values"),)* }
            }
        }
    };
}
pub(super) use section;

/// Reads a settings file: TOML, one table for each section.
pub fn read_file(path: &Path) -> Result<Vec<Given>, String> {
    let from = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| format!("{from}: {error}"))?;
    let table: toml::Table = text.parse().map_err(|error| format!("{from}: {error}"))?;
    let mut given = Vec::new();
    for (section, value) in table {
        let toml::Value::Table(settings) = value else {
            return Err(format!(
                "{from}: {section} must stand in a section such as [server]"
            ));
        };
        for (key, value) in settings {
            given.push(Given {
                name: format!("{section}.{key}"),
                value: line(value),
                from: from.clone(),
            });
        }
    }
    Ok(given)
}

fn line(value: toml::Value) -> String {
    match value {
        toml::Value::String(text) => text,
        toml::Value::Array(values) => values.into_iter().map(line).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

/// Reads `HOMEROOM_KEY` (of the section `server`) and `HOMEROOM_SECTION_KEY`. Others are left to
/// whoever they belong to.
pub fn read_environment(variables: impl Iterator<Item = (OsString, OsString)>) -> Vec<Given> {
    let mut given = Vec::new();
    for (name, value) in variables {
        let (Some(name), Some(value)) = (name.to_str(), value.to_str()) else {
            continue;
        };
        let Some(rest) = name.strip_prefix("HOMEROOM_") else {
            continue;
        };
        let rest = rest.to_lowercase();
        for (section, settings) in sections() {
            let key = if section == "server" {
                Some(rest.as_str())
            } else {
                rest.strip_prefix(&format!("{section}_"))
            };
            if let Some(setting) = settings.iter().find(|setting| Some(setting.key) == key) {
                let name = format!("{section}.{}", setting.key);
                given.push(Given {
                    name,
                    value: value.to_owned(),
                    from: "environment".into(),
                });
            }
        }
    }
    given
}

fn sections() -> [(&'static str, &'static [Described]); 6] {
    use super::{Auth, Extraction, Limits, Server, Storage, Uploads};
    [
        (Server::NAME, Server::SETTINGS),
        (Limits::NAME, Limits::SETTINGS),
        (Auth::NAME, Auth::SETTINGS),
        (Uploads::NAME, Uploads::SETTINGS),
        (Extraction::NAME, Extraction::SETTINGS),
        (Storage::NAME, Storage::SETTINGS),
    ]
}

/// The settings reference in Markdown, as it is kept in `docs/settings.md`.
pub fn reference() -> String {
    use super::{Auth, Extraction, Limits, Server, Storage, Uploads};
    let abouts = [
        Server::ABOUT,
        Limits::ABOUT,
        Auth::ABOUT,
        Uploads::ABOUT,
        Extraction::ABOUT,
        Storage::ABOUT,
    ];
    let mut text = String::from(
        "# Settings\n\nMade by `homeroom admin settings`; do not edit.\n\n\
         A setting is given in a file (`--config FILE.toml`, one table for each section), in the environment, or, for\n\
         `data`, `listen` and `public_url`, by a flag. Flags win over the environment, which wins over the file.\n\
         Sizes are `512 KiB`, `256 MiB`, `100 GiB`; times are `30 seconds`, `10 minutes`, `24 hours`.\n",
    );
    for ((section, settings), about) in sections().into_iter().zip(abouts) {
        let _ = write!(
            text,
            "\n## [{section}]\n\n{}\n\n| setting | environment | default | |\n| --- | --- | --- | --- |\n",
            about.trim()
        );
        for setting in settings {
            let prefix = if section == "server" {
                String::new()
            } else {
                format!("{}_", section.to_uppercase())
            };
            let default = if setting.default.is_empty() {
                String::new()
            } else {
                format!("`{}`", setting.default)
            };
            let _ = writeln!(
                text,
                "| `{}` | `HOMEROOM_{prefix}{}` | {default} | {} |",
                setting.key,
                setting.key.to_uppercase(),
                setting.text.trim()
            );
        }
    }
    text
}
