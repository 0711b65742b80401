//! How the child locks itself in before it reads a byte: resource limits, Landlock, seccomp.
//!
//! Limits come first, then Landlock on the main thread (every thread made later inherits it), and
//! last the system call filter on all threads, after which no thread and no process can be made.
use crate::wire::{ChildLimits, Enforcement};
use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, Ruleset, RulesetAttr, RulesetError,
    RulesetStatus, Scope,
};
use rustix::process::{Resource, Rlimit, getpid, nice, setrlimit};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
    apply_filter_all_threads,
};

/// The stack of the thread that parses: deep recursion ends in the guard page behind it.
pub(super) const PARSER_STACK_BYTES: usize = 64 << 20;

/// Address space beyond the program's own: reservations that are never touched count here too.
const ADDRESS_SPACE_SLACK: u64 = 1 << 30;

/// Puts the limits in force that need no privileges; they cannot be raised again.
pub(super) fn limit_resources(limits: &ChildLimits) -> rustix::io::Result<()> {
    // SIGXCPU at the soft limit, SIGKILL one second later for who ignores it.
    set(Resource::Cpu, limits.cpu_seconds, limits.cpu_seconds + 1)?;
    set(Resource::Data, limits.memory_bytes, limits.memory_bytes)?;
    let address_space = limits.memory_bytes + ADDRESS_SPACE_SLACK;
    set(Resource::As, address_space, address_space)?;
    set(Resource::Fsize, 0, 0)?;
    set(Resource::Core, 0, 0)?;
    set(Resource::Nofile, 8, 8)?;
    // Being polite is not a condition.
    let _ = nice(10);
    Ok(())
}

fn set(resource: Resource, soft: u64, hard: u64) -> rustix::io::Result<()> {
    setrlimit(
        resource,
        Rlimit {
            current: Some(soft),
            maximum: Some(hard),
        },
    )
}

/// Denies the file system, TCP, and signals and abstract sockets beyond this process, as far as
/// the kernel can.
pub(super) fn close_the_world() -> Result<Enforcement, RulesetError> {
    let abi = ABI::V6;
    let status = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(abi))?
        .handle_access(AccessNet::from_all(abi))?
        .scope(Scope::from_all(abi))?
        .create()?
        .restrict_self()?;
    Ok(match status.ruleset {
        RulesetStatus::FullyEnforced => Enforcement::Full,
        RulesetStatus::PartiallyEnforced => Enforcement::Partial,
        RulesetStatus::NotEnforced => Enforcement::None,
    })
}

/// Leaves all threads of this process only the system calls that computing needs; any other
/// answers "operation not permitted".
pub(super) fn filter_system_calls() -> Result<(), seccompiler::Error> {
    let own_process = u64::from(getpid().as_raw_nonzero().get().cast_unsigned());
    let no_exec = || -> Result<Vec<SeccompRule>, seccompiler::BackendError> {
        let executable = u64::from(libc::PROT_EXEC.cast_unsigned());
        let condition =
            SeccompCondition::new(2, SeccompCmpArgLen::Dword, SeccompCmpOp::MaskedEq(executable), 0)?;
        Ok(vec![SeccompRule::new(vec![condition])?])
    };
    let to_itself = SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, own_process)?;
    let mut rules: Vec<(i64, Vec<SeccompRule>)> = ALWAYS.iter().map(|call| (*call, vec![])).collect();
    rules.push((libc::SYS_mmap, no_exec()?));
    rules.push((libc::SYS_mprotect, no_exec()?));
    rules.push((libc::SYS_tgkill, vec![SeccompRule::new(vec![to_itself])?]));
    let filter = SeccompFilter::new(
        rules.into_iter().collect(),
        SeccompAction::Errno(libc::EPERM.cast_unsigned()),
        SeccompAction::Allow,
        std::env::consts::ARCH.try_into()?,
    )?;
    let program: BpfProgram = filter.try_into()?;
    apply_filter_all_threads(&program)
}

/// Reading and writing what is open, memory, waiting for the other thread, time, ending.
const ALWAYS: [i64; 29] = [
    libc::SYS_read,
    libc::SYS_readv,
    libc::SYS_pread64,
    libc::SYS_write,
    libc::SYS_writev,
    libc::SYS_lseek,
    libc::SYS_fstat,
    libc::SYS_close,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_madvise,
    libc::SYS_brk,
    libc::SYS_futex,
    libc::SYS_set_robust_list,
    libc::SYS_rseq,
    libc::SYS_sched_yield,
    libc::SYS_sched_getaffinity,
    libc::SYS_clock_gettime,
    libc::SYS_clock_getres,
    libc::SYS_gettimeofday,
    libc::SYS_getrandom,
    libc::SYS_gettid,
    libc::SYS_getpid,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    libc::SYS_exit,
    libc::SYS_exit_group,
];
