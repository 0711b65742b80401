//! The child alone, for this crate's tests and for fuzzing; the product runs it inside its own
//! binary.
fn main() -> std::process::ExitCode {
    homeroom_extract::child_main()
}
