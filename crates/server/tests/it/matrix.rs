//! Who may do what, in one place.
//!
//! One line for each route of the OpenAPI document, and where it is about a material one for each
//! visibility; the columns are the statuses for an anonymous caller, the owner, another student, a
//! teacher, a moderator and an administrator. `owner` is a student too.
//!
//! What belongs to a class has a table of its own, since nobody's role stands above a class: its columns are
//! [`CLASS_CALLERS`].
use crate::person::Answer;

/// The callers of [`TABLE`].
pub const CALLERS: &[&str] = &["anonymous", "owner", "student", "teacher", "moderator", "admin"];
/// The callers of [`CLASSES`]: the class's owner and co-teacher, the member who has sent what is asked for, another
/// member, and people who have nothing to do with the class.
pub const CLASS_CALLERS: &[&str] = &[
    "anonymous",
    "class owner",
    "co-teacher",
    "member",
    "classmate",
    "student",
    "teacher",
    "moderator",
    "admin",
];

/// HARDENING 35.
pub const TABLE: &str = "
GET    /api/v1/materials/{id}                       private  404 200 404 404 404 404
GET    /api/v1/materials/{id}                       school   404 200 200 200 200 200
GET    /api/v1/materials/{id}                       public   200 200 200 200 200 200
GET    /api/v1/materials/{id}/download              private  404 302 404 404 404 404
GET    /api/v1/materials/{id}/download              school   404 302 302 302 302 302
GET    /api/v1/materials/{id}/download              public   302 302 302 302 302 302
GET    /api/v1/materials/{id}/contents              private  404 200 404 404 404 404
GET    /api/v1/materials/{id}/contents              school   404 200 200 200 200 200
GET    /api/v1/materials/{id}/contents              public   200 200 200 200 200 200
GET    /api/v1/materials/{id}/pages/{number}        private  404 200 404 404 404 404
GET    /api/v1/materials/{id}/pages/{number}        school   404 200 200 200 200 200
GET    /api/v1/materials/{id}/pages/{number}        public   200 200 200 200 200 200
GET    /api/v1/materials/{id}/pictures/{number}     private  404 404 404 404 404 404
GET    /api/v1/materials/{id}/pictures/{number}     school   404 404 404 404 404 404
GET    /api/v1/materials/{id}/pictures/{number}     public   404 404 404 404 404 404
GET    /api/v1/materials/{id}/pages/{number}/image  private  404 200 404 404 404 404
GET    /api/v1/materials/{id}/pages/{number}/image  school   404 200 200 200 200 200
GET    /api/v1/materials/{id}/pages/{number}/image  public   200 200 200 200 200 200
GET    /api/v1/materials/{id}/cover                 private  404 200 404 404 404 404
GET    /api/v1/materials/{id}/cover                 school   404 200 200 200 200 200
GET    /api/v1/materials/{id}/cover                 public   200 200 200 200 200 200
GET    /api/v1/materials/{id}/versions              private  404 200 404 404 404 404
GET    /api/v1/materials/{id}/versions              school   404 200 200 200 200 200
GET    /api/v1/materials/{id}/versions              public   200 200 200 200 200 200
GET    /api/v1/materials/{id}/captions              private  404 404 404 404 404 404
GET    /api/v1/materials/{id}/captions              school   404 404 404 404 404 404
GET    /api/v1/materials/{id}/captions              public   404 404 404 404 404 404
PUT    /api/v1/materials/{id}/captions              private  401 409 404 404 404 404
PUT    /api/v1/materials/{id}/captions              school   401 409 403 403 409 409
PUT    /api/v1/materials/{id}/captions              public   401 409 403 403 409 409
DELETE /api/v1/materials/{id}/captions              private  401 204 404 404 404 404
DELETE /api/v1/materials/{id}/captions              school   401 204 403 403 204 204
DELETE /api/v1/materials/{id}/captions              public   401 204 403 403 204 204
GET    /api/v1/materials/{id}/similar               private  404 200 404 404 404 404
GET    /api/v1/materials/{id}/similar               school   404 200 200 200 200 200
GET    /api/v1/materials/{id}/similar               public   200 200 200 200 200 200
POST   /api/v1/materials/{id}/versions              private  401 409 404 404 404 404
POST   /api/v1/materials/{id}/versions              school   401 409 403 403 404 404
POST   /api/v1/materials/{id}/versions              public   401 409 403 403 404 404
PATCH  /api/v1/materials/{id}                       private  401 200 404 404 404 404
PATCH  /api/v1/materials/{id}                       school   401 200 403 403 200 200
PATCH  /api/v1/materials/{id}                       public   401 200 403 403 200 200
DELETE /api/v1/materials/{id}                       private  401 204 404 404 404 404
DELETE /api/v1/materials/{id}                       school   401 204 403 403 204 204
DELETE /api/v1/materials/{id}                       public   401 204 403 403 204 204
PUT    /api/v1/materials/{id}/rating                private  401 403 404 404 404 404
PUT    /api/v1/materials/{id}/rating                school   401 403 200 200 200 200
PUT    /api/v1/materials/{id}/rating                public   401 403 200 200 200 200
DELETE /api/v1/materials/{id}/rating                private  401 403 404 404 404 404
DELETE /api/v1/materials/{id}/rating                school   401 403 204 204 204 204
DELETE /api/v1/materials/{id}/rating                public   401 403 204 204 204 204
GET    /api/v1/materials                            any      200 200 200 200 200 200
GET    /api/v1/search                               any      200 200 200 200 200 200
GET    /api/v1/search/suggestions                   any      200 200 200 200 200 200
GET    /api/v1/uploads                              any      401 200 200 200 200 200
POST   /api/v1/uploads                              any      401 201 201 201 201 201
GET    /api/v1/uploads/{id}                         any      401 200 404 404 404 404
POST   /api/v1/uploads/{id}/complete                any      401 409 404 404 404 404
DELETE /api/v1/uploads/{id}                         any      401 204 404 404 404 404
POST   /api/services/upload                         any      401 200 200 200 200 200
GET    /api/v1/subjects                             any      200 200 200 200 200 200
POST   /api/v1/subjects                             any      401 403 403 201 201 201
GET    /api/v1/subjects/{slug}                      any      200 200 200 200 200 200
PATCH  /api/v1/subjects/{slug}                      any      401 403 403 403 200 200
DELETE /api/v1/subjects/{slug}                      any      401 403 403 403 204 204
GET    /api/v1/admin/jobs                           any      401 403 403 403 403 200
GET    /api/v1/admin/searches                       any      401 403 403 403 403 200
GET    /api/v1/admin/users                          any      401 403 403 403 403 200
PATCH  /api/v1/admin/users                          any      401 403 403 403 403 200
GET    /api/v1/classes                              any      401 200 200 200 200 200
POST   /api/v1/classes                              any      401 403 403 201 201 201
POST   /api/v1/receipts/verify                      any      401 200 200 200 200 200
GET    /api/v1/calendar                             any      401 200 200 200 200 200
POST   /api/v1/me/calendar-feed                     any      401 201 201 201 201 201
DELETE /api/v1/me/calendar-feed                     any      401 204 204 204 204 204
GET    /api/v1/me                                   any      401 200 200 200 200 200
PATCH  /api/v1/me                                   any      401 200 200 200 200 200
GET    /api/v1/me/export                            any      401 200 200 200 200 200
POST   /api/v1/auth/signup                          any      201 201 201 201 201 201
POST   /api/v1/auth/login                           any      200 200 200 200 200 200
POST   /api/v1/auth/refresh                         any      200 200 200 200 200 200
POST   /api/v1/auth/logout                          any      401 204 204 204 204 204
DELETE /api/v1/me                                   any      401 204 204 204 204 204
";

/// HARDENING 35 and 37. Nothing that was drawn is there of a video without pictures, so that a still is 404 for all.
pub const CLASSES: &str = "
GET    /api/v1/classes/{id}                         class    401 200 200 200 200 404 404 404 404
PATCH  /api/v1/classes/{id}                         class    401 200 200 403 403 404 404 404 404
DELETE /api/v1/classes/{id}                         class    401 204 403 403 403 404 404 404 404
GET    /api/v1/classes/{id}/roster                  class    401 200 200 403 403 404 404 404 404
PUT    /api/v1/classes/{id}/roster                  class    401 200 200 403 403 404 404 404 404
POST   /api/v1/classes/{id}/roster/preview          class    401 200 200 403 403 404 404 404 404
POST   /api/v1/classes/{id}/members                 class    401 201 201 403 403 404 404 404 404
PATCH  /api/v1/classes/{id}/members/{member}        class    401 200 200 403 403 404 404 404 404
DELETE /api/v1/classes/{id}/members/{member}        class    401 204 204 403 403 404 404 404 404
POST   /api/v1/classes/join                         class    401 409 409 200 200 200 200 200 200
POST   /api/v1/classes/{id}/leave                   class    401 403 403 204 204 404 404 404 404
POST   /api/v1/classes/{id}/join-code               class    401 201 201 403 403 404 404 404 404
DELETE /api/v1/classes/{id}/join-code               class    401 204 204 403 403 404 404 404 404
PUT    /api/v1/classes/{id}/teachers/{username}     class    401 204 204 403 403 404 404 404 404
DELETE /api/v1/classes/{id}/teachers/{username}     class    401 204 204 403 403 404 404 404 404
POST   /api/v1/classes/{id}/function-url            class    401 201 201 403 403 404 404 404 404
DELETE /api/v1/classes/{id}/function-url            class    401 204 204 403 403 404 404 404 404
GET    /api/v1/classes/{id}/term                    class    401 200 200 403 403 404 404 404 404
GET    /api/v1/classes/{id}/term.csv                class    401 200 200 403 403 404 404 404 404
GET    /api/v1/classes/{id}/receipts                class    401 200 200 403 403 404 404 404 404
GET    /api/v1/classes/{id}/lessons                 class    401 200 200 200 200 404 404 404 404
POST   /api/v1/classes/{id}/lessons                 class    401 201 201 403 403 404 404 404 404
GET    /api/v1/lessons/{id}                         class    401 200 200 200 200 404 404 404 404
PATCH  /api/v1/lessons/{id}                         class    401 200 200 403 403 404 404 404 404
DELETE /api/v1/lessons/{id}                         class    401 204 204 403 403 404 404 404 404
GET    /api/v1/lessons/{id}/board                   class    401 200 200 403 403 404 404 404 404
GET    /api/v1/lessons/{id}/board/events            class    401 200 200 403 403 404 404 404 404
GET    /api/v1/lessons/{id}/export.csv              class    401 200 200 403 403 404 404 404 404
PUT    /api/v1/lessons/{id}/attendance              class    401 204 204 403 403 404 404 404 404
POST   /api/v1/lessons/{id}/submissions             class    401 403 403 409 409 404 404 404 404
GET    /api/v1/submissions/{id}                     class    401 200 200 200 404 404 404 404 404
PATCH  /api/v1/submissions/{id}                     class    401 403 403 200 404 404 404 404 404
GET    /api/v1/submissions/{id}/video               class    401 302 302 302 404 404 404 404 404
GET    /api/v1/submissions/{id}/poster              class    401 404 404 404 404 404 404 404 404
GET    /api/v1/submissions/{id}/receipt             class    401 200 200 200 404 404 404 404 404
PUT    /api/v1/submissions/{id}/review              class    401 200 200 403 404 404 404 404 404
DELETE /api/v1/submissions/{id}                     class    401 204 204 204 404 404 404 404 404
";

/// One line of a table: what everybody gets from one route.
pub struct Row {
    pub method: &'static str,
    pub path: &'static str,
    /// `private`, `school`, `public`, `class` where it belongs to a class, or `any` where it makes no difference.
    pub visibility: &'static str,
    /// One status for each of [`CALLERS`].
    pub expected: Vec<u16>,
}

impl Row {
    /// What is wrong with an answer to the caller of a column, if anything is.
    pub fn judge(&self, column: usize, who: &str, answer: &Answer) -> Option<String> {
        let (expected, got) = (self.expected[column], answer.status.as_u16());
        let (method, path, visibility) = (self.method, self.path, self.visibility);
        (got != expected).then(|| {
            format!(
                "{method} {path} {visibility} {who}: {got}, not {expected}: {}",
                answer.text()
            )
        })
    }
}

/// The table of everything but classes, line by line.
pub fn rows() -> Vec<Row> {
    lines(TABLE, CALLERS.len())
}

/// The table of classes, line by line.
pub fn class_rows() -> Vec<Row> {
    lines(CLASSES, CLASS_CALLERS.len())
}

fn lines(table: &'static str, callers: usize) -> Vec<Row> {
    let row = |line: &'static str| {
        let cells: Vec<&str> = line.split_whitespace().collect();
        let expected: Vec<u16> = cells[3..].iter().map(|status| status.parse().unwrap()).collect();
        assert_eq!(expected.len(), callers, "{line}");
        Row {
            method: cells[0],
            path: cells[1],
            visibility: cells[2],
            expected,
        }
    };
    table.trim().lines().map(row).collect()
}
