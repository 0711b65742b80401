//! Slides, texts and sheets of office programs laid out as PDF by LibreOffice.
//!
//! It reads a document of strangers with two decades of importers, so it is held as every tool is
//! ([`confine`](super::confine)): it can reach no network and no file but the document. What a
//! document may ask for on top of that (macros, links that are followed, Java) is switched off by
//! its settings, which come with each run in a profile that is gone afterwards. Whatever PDF comes out
//! of this is no more trusted than the document.
use super::{SCRATCH_URL, Sockets, ToolBox, ToolError, ToolRun, installed};
use homeroom_core::domain::kind::Kind;
use std::path::{Path, PathBuf};

/// The longest PDF that is taken, in bytes.
const PDF_BYTES: u64 = 96 << 20;
/// The longest file that it may write, in bytes: it unpacks films and pictures of a document.
const FILE_BYTES: u64 = 256 << 20;
/// How it says that it has set up its profile and is to be started again
/// (`EXITHELPER_NORMAL_RESTART`).
const SET_UP: i32 = 81;
/// What is drawn of a document whose pages are not those of a PDF: its first page.
const FIRST_PAGE: &str = r#"{"PageRange":{"type":"string","value":"1"}}"#;
/// Slides that are hidden count here as they do in the programs that made them.
const ALL_SLIDES: &str = r#"{"ExportHiddenSlides":{"type":"boolean","value":"true"}}"#;

/// An installed LibreOffice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LibreOffice {
    /// The office itself; what is installed under its usual names starts it and wants `/tmp`.
    program: PathBuf,
    /// The installed version as the profile names it; without it a first start takes twice as long.
    build: Option<String>,
    memory_bytes: u64,
}

impl LibreOffice {
    /// The one that is installed under `program`, an absolute path or a name such as `soffice`.
    /// One run may have an address space of `memory_bytes`.
    pub fn find(program: &str, memory_bytes: u64) -> Option<Self> {
        let starter = installed(program)?.canonicalize().ok()?;
        let program = starter.with_file_name("soffice.bin");
        let about = std::fs::read_to_string(starter.with_file_name("versionrc")).unwrap_or_default();
        program.is_file().then(|| Self {
            program,
            build: build_of(&about),
            memory_bytes,
        })
    }

    /// The document as PDF: of slides one page for each, of others the first page. `None` for kinds
    /// that it does not know and for what it cannot read.
    ///
    /// # Errors
    /// When it cannot be run or takes too long.
    pub(crate) async fn lay_out(
        &self,
        tools: &ToolBox,
        file: &Path,
        kind: Kind,
    ) -> Result<Option<Vec<u8>>, ToolError> {
        let Some(format) = Format::of(kind) else {
            return Ok(None);
        };
        let output = tools.run(self.run(file, &format)).await?;
        let pdf = output.file("document.pdf", PDF_BYTES);
        Ok(pdf.filter(|pdf| pdf.starts_with(b"%PDF-")))
    }

    fn run(&self, file: &Path, format: &Format) -> ToolRun {
        let name = format!("document.{}", format.extension);
        let profile = format!("-env:UserInstallation={SCRATCH_URL}/profile");
        let import = format!("--infilter={}", format.import);
        let export = format!("pdf:{}:{}", format.export, format.options);
        let arguments = [
            // Relative to the scratch directory, whose own path may be too long for a socket's.
            "-env:OSL_SOCKET_PATH=.",
            &profile,
            "--headless",
            "--norestore",
            "--nologo",
            "--nodefault",
            "--nolockcheck",
            &import,
            "--convert-to",
            &export,
            "--outdir",
            ".",
            &name,
        ];
        let mut files = vec![("profile/user/registrymodifications.xcu", settings().into_bytes())];
        if let Some(build) = &self.build {
            files.push(("profile/user/extensions/buildid", build.clone().into_bytes()));
        }
        ToolRun {
            readable: vec![file.to_owned()],
            files,
            links: vec![(name.clone(), file.to_owned())],
            environment: vec![("SAL_USE_VCLPLUGIN", "svp")],
            sockets: Sockets::NotInTmp,
            again: Some(SET_UP),
            output_bytes: 1 << 20,
            file_bytes: FILE_BYTES,
            address_space_bytes: Some(self.memory_bytes),
            ..ToolRun::new(self.program.clone(), arguments.map(str::to_owned).to_vec())
        }
    }
}

/// By which of LibreOffice's filters a kind of document goes in and out.
struct Format {
    extension: &'static str,
    import: &'static str,
    export: &'static str,
    options: &'static str,
}

impl Format {
    /// Names are those of LibreOffice's own filters; one is named so that no other is tried.
    fn of(kind: Kind) -> Option<Self> {
        let (extension, import) = match kind {
            Kind::Pptx => ("pptx", "Impress MS PowerPoint 2007 XML"),
            Kind::Odp => ("odp", "impress8"),
            Kind::Ppt => ("ppt", "MS PowerPoint 97"),
            Kind::Docx => ("docx", "MS Word 2007 XML"),
            Kind::Odt => ("odt", "writer8"),
            Kind::Doc => ("doc", "MS Word 97"),
            Kind::Rtf => ("rtf", "Rich Text Format"),
            Kind::Xlsx => ("xlsx", "Calc MS Excel 2007 XML"),
            Kind::Ods => ("ods", "calc8"),
            Kind::Xls => ("xls", "MS Excel 97"),
            _ => return None,
        };
        let (export, options) = match kind {
            Kind::Pptx | Kind::Odp | Kind::Ppt => ("impress_pdf_Export", ALL_SLIDES),
            Kind::Xlsx | Kind::Ods | Kind::Xls => ("calc_pdf_Export", FIRST_PAGE),
            _ => ("writer_pdf_Export", FIRST_PAGE),
        };
        Some(Self {
            extension,
            import,
            export,
            options,
        })
    }
}

/// The build's name in LibreOffice's `versionrc`.
fn build_of(about: &str) -> Option<String> {
    let build = about
        .lines()
        .find_map(|line| line.strip_prefix("buildid="))?
        .trim();
    (!build.is_empty()).then(|| build.to_owned())
}

/// What is asked of LibreOffice: a node of its configuration, a property, and its value.
const SETTINGS: [(&str, &str, &str); 15] = [
    ("Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    (
        "Office.Common/Security/Scripting",
        "DisableMacrosExecution",
        "true",
    ),
    (
        "Office.Common/Security/Scripting",
        "BlockUntrustedRefererLinks",
        "true",
    ),
    ("Office.Common/Misc", "FirstRun", "false"),
    ("Office.Common/Misc", "UseLocking", "false"),
    ("Office.Java/VirtualMachine", "Enable", "false"),
    ("Office.Recovery/AutoSave", "Enabled", "false"),
    ("Office.Recovery/RecoveryInfo", "Enabled", "false"),
    // Links in texts (2) and in sheets (2) are never updated, formulas never calculated anew (1).
    ("Office.Writer/Content/Update", "Link", "2"),
    ("Office.Calc/Content/Update", "Link", "2"),
    ("Office.Calc/Formula/Load", "OOXMLRecalcMode", "1"),
    ("Office.Calc/Formula/Load", "ODFRecalcMode", "1"),
    ("Inet/Settings", "ooInetProxyType", "0"),
    ("Setup/Office", "ooSetupInstCompleted", "true"),
    ("Setup/L10N", "ooLocale", "en-US"),
];

/// A profile's settings, as LibreOffice writes them itself.
fn settings() -> String {
    let items = SETTINGS.map(|(node, property, value)| {
        format!(
            "<item oor:path=\"/org.openoffice.{node}\"><prop oor:name=\"{property}\" oor:op=\"fuse\">\
             <value>{value}</value></prop></item>\n"
        )
    });
    let items = items.concat();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<oor:items xmlns:oor=\"http://openoffice.org/2001/registry\">\n\
         {items}</oor:items>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_build_is_named_as_its_own_file_says() {
        assert_eq!(
            build_of("[Version]\nbuildid=40(Build:2)\nx=y\n").unwrap(),
            "40(Build:2)"
        );
        assert_eq!(build_of("[Version]\nbuildid=\n"), None);
        assert_eq!(build_of(""), None);
    }

    #[test]
    fn only_documents_of_offices_are_laid_out() {
        for kind in [
            Kind::Pdf,
            Kind::Image,
            Kind::Text,
            Kind::Html,
            Kind::Archive,
            Kind::Other,
        ] {
            assert!(Format::of(kind).is_none(), "{kind}");
        }
        assert_eq!(Format::of(Kind::Pptx).unwrap().options, ALL_SLIDES);
        assert_eq!(Format::of(Kind::Docx).unwrap().options, FIRST_PAGE);
    }
}
