//! Line icons, drawn for a 20 × 20 grid with one stroke width; they take the text's colour.
use maud::{Markup, PreEscaped, html};

/// Which icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each name is its picture")]
pub enum Icon {
    Search,
    Plus,
    Person,
    Back,
    Forward,
    Download,
    Pencil,
    Bin,
    Pause,
    Play,
    Close,
    Folder,
    File,
    Camera,
    Record,
    Stop,
    Check,
    Warning,
    Clock,
    Sliders,
    Keyboard,
    Pages,
    Film,
    Sound,
    Picture,
    Retry,
    Info,
    Up,
    Down,
    More,
    Panel,
    People,
    Calendar,
    Link,
    Print,
}

impl Icon {
    const fn path(self) -> &'static str {
        match self {
            Self::Search => "M9 3.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11ZM13.2 13.2l3.8 3.8",
            Self::Plus => "M10 4v12M4 10h12",
            Self::Person => {
                "M10 3.5a3.25 3.25 0 1 0 0 6.5 3.25 3.25 0 0 0 0-6.5ZM3.75 17c.6-3 3-4.5 6.25-4.5s5.650 1.5 6.25 4.500"
            }
            Self::Back => "M12 4.5 6.500 10l5.500 5.500",
            Self::Forward => "M8 4.500 13.500 10 8 15.500",
            Self::Download => "M10 3.500v9M6 9l4 4 4-4M4 16.500h12",
            Self::Pencil => "M4 16l.8-3.600L13.200 4l2.800 2.800-8.400 8.400L4 16ZM11.500 5.700l2.800 2.800",
            Self::Bin => "M4 6h12M8 6V4h4v2M5.500 6l.7 10.500h7.600L14.500 6M8.500 9v4.500M11.500 9v4.500",
            Self::Pause => "M7 4.500v11M13 4.500v11",
            Self::Play => "M6.500 4.500v11l9-5.500-9-5.500Z",
            Self::Close => "M5 5l10 10M15 5 5 15",
            Self::Folder => "M3 15.500v-11h5l1.800 2H17v9H3Z",
            Self::File => "M5 3h6.500L15 6.500V17H5V3ZM11.500 3v3.500H15",
            Self::Camera => {
                "M3 6.500h3.200L7.500 4.500h5l1.300 2H17v9.500H3V6.500ZM10 8.500a2.600 2.600 0 1 0 0 5.200 2.600 2.600 0 0 0 0-5.200Z"
            }
            Self::Check => "M4 10.500l4 4 8-9",
            Self::Warning => "M10 3.500 17.500 16.500h-15L10 3.500ZM10 8.500v3.500M10 14.200v.1",
            Self::Clock => "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14ZM10 6v4.200l2.800 1.800",
            Self::Sliders => "M3 6h8M15 6h2M13 4v4M3 14h2M9 14h8M7 12v4",
            Self::Keyboard => {
                "M2.500 5.500h15v9h-15v-9ZM5.500 8.500h.1M8.500 8.500h.1M11.500 8.500h.1M14.500 8.500h.1M6.500 11.700h7"
            }
            Self::Pages => "M6.500 3H16v11H6.500V3ZM13.500 14v3H4V6h2.500",
            Self::Film => "M3 4.500h14v11H3v-11ZM8.500 7.500v5l4-2.500-4-2.500Z",
            Self::Sound => {
                "M8 15V4.500l8-1.500v10.500M5.750 12.750a2.250 2.250 0 1 0 0 4.500 2.250 2.250 0 0 0 0-4.500ZM13.750 11.250a2.250 2.250 0 1 0 0 4.500 2.250 2.250 0 0 0 0-4.500Z"
            }
            Self::Picture => "M3 4h14v12H3V4ZM3 13.500l4-4 3.500 3.500 2.500-2.500 4 4M13 7.200v.1",
            Self::Retry => "M15.500 8A6 6 0 1 0 16 11.500M16 4v4h-4",
            Self::Up => "M4.500 12.500 10 7l5.500 5.500",
            Self::Down => "M4.500 7.500 10 13l5.500-5.500",
            Self::More => "M4.500 10h.1M10 10h.1M15.500 10h.1",
            Self::Panel => "M3 4h14v12H3V4ZM7.500 4v12",
            Self::People => {
                "M7.500 4a2.750 2.750 0 1 0 0 5.500 2.750 2.750 0 0 0 0-5.500ZM2.500 16c.5-2.600 2.300-4 5-4s4.500 1.400 5 4M12.500 4.300a2.750 2.750 0 0 1 0 5M14.500 12.300c1.700.5 2.700 1.800 3 3.700"
            }
            Self::Calendar => "M3.500 5h13v11.500h-13V5ZM3.500 8.500h13M7 3v3.500M13 3v3.500",
            Self::Link => {
                "M8.500 11.500l3-3M9 6l1.500-1.500a3.180 3.180 0 0 1 4.500 4.500L13.500 10.500M11 14l-1.500 1.500a3.180 3.180 0 0 1-4.500-4.500L6.500 9.500"
            }
            Self::Record => {
                "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14ZM10 7.500a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5Z"
            }
            Self::Stop => "M5.500 5.500h9v9h-9v-9Z",
            Self::Print => "M6 7V3.500h8V7M6 14H3.500V7h13v7H14M6 11.500h8v5H6v-5Z",
            Self::Info => "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14ZM10 9v4.500M10 6.500v.1",
        }
    }

    /// Whether the picture points along the line of reading and so is mirrored with it.
    const fn class(self) -> &'static str {
        match self {
            Self::Back | Self::Forward | Self::Panel => "icon icon-mirrored",
            _ => "icon",
        }
    }
}

/// The icon, hidden from assistive technology: the words beside it, or the control's label, speak.
pub fn icon(icon: Icon) -> Markup {
    html! {
        svg class=(icon.class()) viewBox="0 0 20 20" width="20" height="20" fill="none" stroke="currentColor"
            stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false" {
            (PreEscaped(format!("<path d=\"{}\"/>", icon.path())))
        }
    }
}
