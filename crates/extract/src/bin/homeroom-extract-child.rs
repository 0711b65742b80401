//! The child alone, for this crate's tests and for fuzzing; the product runs it inside its own
//! binary.

/// As in the product.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    homeroom_extract::child_main()
}
