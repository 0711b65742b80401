//! The child: one confined process for one file.
//!
//! It is handed the file as its standard input and writes frames to its standard output; it knows
//! no path, opens nothing, and ends when the file is read or a limit strikes.
mod confine;
mod probe;
mod sink;

pub(crate) use sink::{MAX_OUTLINE, MAX_PAGE_TEXT, MAX_TOTAL_WORDS, Sink, Stop};

use crate::detect::detect;
use crate::formats;
use crate::wire::{Frame, Order, Request, Task, write_frame};
use homeroom_core::domain::kind::Kind;
use homeroom_core::ports::extractor::Rejection;
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::process::ExitCode;

/// What the binary runs for its hidden subcommand, before it does anything else: no runtime, no
/// logging, no other thread may exist yet. The last argument of the process is the request; its
/// standard input is the file.
///
/// Exits with 0 when it has said how the work ended, whatever the end was.
pub fn child_main() -> ExitCode {
    // The message of a panic could hold a piece of the document.
    std::panic::set_hook(Box::new(|_| {}));
    let order = std::env::args()
        .next_back()
        .and_then(|argument| serde_json::from_str::<Order>(&argument).ok());
    match order {
        Some(Order::Read(request)) => match confine_and_run(request) {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        },
        Some(Order::Launch(launch)) => crate::tools::become_tool(&launch),
        None => ExitCode::from(2),
    }
}

fn confine_and_run(request: Request) -> io::Result<()> {
    // Both without the buffers of lines that the library puts around them.
    let file = File::from(io::stdin().as_fd().try_clone_to_owned()?);
    let mut out = File::from(io::stdout().as_fd().try_clone_to_owned()?);
    let again = file.try_clone()?;
    let refuse = |why: String| say_last(&Frame::Unconfined { why });
    if let Err(error) = confine::limit_resources(&request.limits) {
        return refuse(format!("resource limits: {error}"));
    }
    let landlock = match confine::close_the_world() {
        Ok(landlock) => landlock,
        Err(error) => return refuse(format!("landlock: {error}")),
    };
    let mut attempts = Vec::new();
    if request.task == Task::ProbeConfinement {
        probe::attempt_everything("landlock", &mut attempts);
    }
    let parser = std::thread::Builder::new()
        .name("parser".into())
        .stack_size(confine::PARSER_STACK_BYTES)
        .spawn(move || {
            if let Err(error) = confine::filter_system_calls() {
                return write_frame(
                    &mut out,
                    &Frame::Unconfined {
                        why: format!("seccomp: {error}"),
                    },
                    &[],
                );
            }
            write_frame(&mut out, &Frame::Confined { landlock }, &[])?;
            if request.task == Task::ProbeConfinement {
                probe::attempt_everything("all", &mut attempts);
                return write_frame(&mut out, &Frame::Probed(attempts), &[]);
            }
            run(file, again, request, out)
        })?;
    // A panic that nothing caught.
    parser
        .join()
        .unwrap_or_else(|_| say_last(&Frame::Rejected(Rejection::Crashed)))
}

fn say_last(frame: &Frame) -> io::Result<()> {
    let mut out = io::stdout();
    write_frame(&mut out, frame, &[])?;
    out.flush()
}

/// `again` is the same file, for what reads it a second time: no descriptor can be made any more.
fn run(mut file: File, again: File, request: Request, out: File) -> io::Result<()> {
    let mut sink = Sink::new(out, request.limits.pages);
    let outcome = match request.task {
        Task::Extract { hint, cover_width } => detect(&mut file, hint).and_then(|detected| {
            sink.tell_kind(detected.kind())?;
            let cover = cover_width.filter(|_| matches!(detected.kind(), Kind::Pdf | Kind::Image));
            formats::extract(detected, file, &request.limits, &mut sink)?;
            sink.done(detected.kind(), cover.is_some())?;
            if let Some(width) = cover {
                // The pages stand, whatever becomes of this.
                formats::render(detected, again, &request.limits, 1..=1, width, &mut sink)?;
                sink.end(&Frame::Drawn)?;
            }
            Ok(())
        }),
        Task::Render {
            first,
            last,
            width,
            purpose,
        } => {
            sink.draw_for(purpose);
            detect(&mut file, crate::wire::TextHint::Plain).and_then(|detected| {
                formats::render(detected, file, &request.limits, first..=last, width, &mut sink)?;
                sink.done(detected.kind(), false)
            })
        }
        Task::ExamineVideo => {
            formats::examine_video(file).and_then(|video| Ok(sink.end(&Frame::Video(video))?))
        }
        Task::ProbeConfinement => Ok(()),
    };
    match outcome {
        // Whoever reads pages has taken the end of them for the file's.
        Ok(()) | Err(Stop::Full) => Ok(()),
        Err(Stop::Rejected(rejection)) => sink.end(&Frame::Rejected(rejection)),
        Err(Stop::Io(error)) => sink.end(&Frame::Failed {
            why: error.to_string(),
        }),
    }
}
