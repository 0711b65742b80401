//! `homeroom demo`: a school in a temporary directory, filled with samples of our own making.
use crate::serve;
use crate::settings::Settings;
use crate::wiring::{self, School};
use crate::{Failure, wiring::random_password};
use bytes::Bytes;
use homeroom_core::domain::policy::Actor;
use homeroom_core::domain::user::Role;
use homeroom_core::usecases::log_in::{LogIn, log_in};
use homeroom_core::usecases::setup::seed_subjects;
use homeroom_core::usecases::share_content::share_content;
use homeroom_core::usecases::sign_up::SignUp;
use homeroom_core::usecases::update_material::DetailsChange;
use homeroom_core::usecases::users::add_user;

struct Sample {
    filename: &'static str,
    content: &'static [u8],
    title: &'static str,
    subject: &'static str,
    grade: i64,
    visibility: &'static str,
    tags: &'static [&'static str],
}

const SAMPLES: [Sample; 6] = [
    Sample {
        filename: "rivers-map-exercise.txt",
        content: include_bytes!("../samples/rivers-map-exercise.txt"),
        title: "Map exercise: rivers",
        subject: "geography",
        grade: 7,
        visibility: "public",
        tags: &["map"],
    },
    Sample {
        filename: "periodic-table.html",
        content: include_bytes!("../samples/periodic-table.html"),
        title: "The periodic table, explained",
        subject: "chemistry",
        grade: 9,
        visibility: "school",
        tags: &["elements"],
    },
    Sample {
        filename: "macbeth-notes.md",
        content: include_bytes!("../samples/macbeth-notes.md"),
        title: "Macbeth, act 2: notes",
        subject: "literature",
        grade: 12,
        visibility: "public",
        tags: &["shakespeare", "exam"],
    },
    Sample {
        filename: "french-revolution-he.pdf",
        content: include_bytes!("../samples/french-revolution-he.pdf"),
        title: "הגורמים למהפכה הצרפתית",
        subject: "history",
        grade: 10,
        visibility: "public",
        tags: &["1789"],
    },
    Sample {
        filename: "trigonometry-worksheet.pdf",
        content: include_bytes!("../samples/trigonometry-worksheet.pdf"),
        title: "Trigonometry worksheet",
        subject: "math",
        grade: 10,
        visibility: "school",
        tags: &["worksheet"],
    },
    Sample {
        filename: "cell-respiration.pdf",
        content: include_bytes!("../samples/cell-respiration.pdf"),
        title: "Cell respiration, summary",
        subject: "biology",
        grade: 11,
        visibility: "public",
        tags: &["cells", "exam"],
    },
];

/// Serves samples until the program is told to stop; then nothing is left of them.
///
/// # Errors
/// When the temporary directory or the address cannot be used.
pub async fn run(mut settings: Settings) -> Result<(), Failure> {
    let directory = tempfile::tempdir()?;
    settings.server.data = directory.path().join("data");
    let school = wiring::open(&settings, wiring::Role::Serve).await?;
    let stop = serve::stop_signal()?;
    fill(&school).await?;
    let served = serve::serve(school, settings, stop).await;
    directory.close()?;
    served
}

/// Makes three accounts, whose one password is made anew and printed, and shares the samples.
async fn fill(school: &School) -> Result<(), Failure> {
    let product = &*school.product;
    seed_subjects(product).await?;
    let password = random_password(product);
    for (username, name, role) in [
        ("admin", "Ada Admin", Role::Admin),
        ("teacher", "Tom Teacher", Role::Teacher),
        ("student", "Noa Levi", Role::Student),
    ] {
        let account = SignUp {
            username: username.into(),
            email: format!("{username}@school.example"),
            password: password.clone(),
            full_name: Some(name.into()),
            grade: (role == Role::Student).then_some(11),
        };
        add_user(product, &Actor::Operator, account, role).await?;
    }
    let command = LogIn {
        login: "teacher".into(),
        password: password.clone(),
        device: None,
    };
    let teacher = log_in(product, command).await?.user;
    let actor = Actor::User {
        id: teacher.id,
        role: teacher.role,
        session: homeroom_core::domain::ids::SessionId::new(product.ids.uuid()),
    };
    for sample in &SAMPLES {
        let details = DetailsChange {
            title: Some(sample.title.into()),
            subject: Some(Some(sample.subject.into())),
            grade: Some(Some(sample.grade)),
            tags: Some(sample.tags.iter().map(|tag| (*tag).to_owned()).collect()),
            visibility: Some(sample.visibility.into()),
            licence: Some(Some("CC0 1.0".into())),
            ..DetailsChange::default()
        };
        share_content(
            product,
            &actor,
            sample.filename,
            Bytes::from_static(sample.content),
            details,
        )
        .await?;
    }
    eprintln!("\n  Sign in as admin, teacher or student; the password is {password}\n");
    Ok(())
}
