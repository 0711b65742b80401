//! The launcher's side: a process that gives up what the tool must not have, and becomes the tool.
//!
//! A tool is a large program of others that opens its own libraries, fonts and threads, so it
//! cannot be held as tightly as our own child: it may read the system's directories and its one
//! input, write its scratch directory, and make processes. It can reach no network, no other
//! process, and nothing else of the file system.
use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, Ruleset, RulesetAttr, RulesetCreatedAttr,
    RulesetError, RulesetStatus, Scope, path_beneath_rules,
};
use rustix::process::{Resource, Rlimit, nice, setrlimit};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
    apply_filter,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

/// What the launcher exits with when it could not lock itself in.
pub(super) const UNCONFINED: i32 = 125;
/// What it exits with when the program cannot be started.
pub(super) const NOT_STARTED: i32 = 127;

/// Programs, libraries, fonts and their settings: what a tool may read and start.
const SYSTEM: [&str; 15] = [
    "/usr",
    "/lib",
    "/lib32",
    "/lib64",
    "/bin",
    "/sbin",
    "/opt",
    "/etc/alternatives",
    "/etc/fonts",
    "/etc/ld.so.cache",
    "/etc/libreoffice",
    "/etc/ssl/openssl.cnf",
    "/var/cache/fontconfig",
    "/var/lib/libreoffice",
    "/var/spool/libreoffice",
];
/// What is no file at all.
const DEVICES: [&str; 5] = [
    "/dev/null",
    "/dev/zero",
    "/dev/full",
    "/dev/random",
    "/dev/urandom",
];

/// What the system may be asked to hold a tool to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ToolLimits {
    /// Processor time of one process, in seconds.
    pub(super) cpu_seconds: u64,
    /// Address space of one process in bytes, where the tool bears a limit.
    pub(super) address_space_bytes: Option<u64>,
    /// The longest file that it may write, in bytes.
    pub(super) file_bytes: u64,
}

/// The order to become a tool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Launch {
    pub(super) program: PathBuf,
    pub(super) arguments: Vec<String>,
    pub(super) environment: BTreeMap<String, String>,
    /// The one directory that it may write.
    pub(super) scratch: PathBuf,
    /// Files and directories that it may read beside the system's.
    pub(super) readable: Vec<PathBuf>,
    pub(super) sockets: Sockets,
    pub(super) limits: ToolLimits,
}

/// Where a tool puts the socket that it listens on, if it insists on one. None can be connected to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sockets {
    /// It needs none.
    #[default]
    None,
    /// It asks whether `/tmp` can be written (`access(2)`) before it looks for another place, and is
    /// told that nothing can. What it then does is judged as ever.
    NotInTmp,
}

/// Becomes the tool; returns only when that failed.
pub(crate) fn become_tool(launch: &Launch) -> ExitCode {
    let confined = limit_resources(&launch.limits)
        .map_err(|error| error.to_string())
        .and_then(|()| close_the_world(launch).map_err(|error| error.to_string()))
        .and_then(|()| filter_system_calls(launch.sockets).map_err(|error| error.to_string()));
    if let Err(why) = confined {
        eprintln!("{why}");
        return ExitCode::from(UNCONFINED.unsigned_abs().try_into().unwrap_or(1));
    }
    let error = Command::new(&launch.program)
        .args(&launch.arguments)
        .env_clear()
        .envs(&launch.environment)
        .current_dir(&launch.scratch)
        .exec();
    eprintln!("{error}");
    ExitCode::from(NOT_STARTED.unsigned_abs().try_into().unwrap_or(1))
}

fn limit_resources(limits: &ToolLimits) -> rustix::io::Result<()> {
    set(Resource::Cpu, limits.cpu_seconds, limits.cpu_seconds + 1)?;
    if let Some(bytes) = limits.address_space_bytes {
        set(Resource::As, bytes, bytes)?;
    }
    set(Resource::Fsize, limits.file_bytes, limits.file_bytes)?;
    set(Resource::Core, 0, 0)?;
    set(Resource::Nofile, 512, 512)?;
    // Counted over all processes of the user, the server's threads among them.
    set(Resource::Nproc, 2_048, 2_048)?;
    let _ = nice(10);
    Ok(())
}

fn set(resource: Resource, soft: u64, hard: u64) -> rustix::io::Result<()> {
    let now = rustix::process::getrlimit(resource);
    let allowed = |wanted: u64| now.maximum.map_or(wanted, |most| wanted.min(most));
    setrlimit(
        resource,
        Rlimit {
            current: Some(allowed(soft)),
            maximum: Some(allowed(hard)),
        },
    )
}

/// Why a tool is not started: without Landlock it could read every file of the school.
#[derive(Debug, thiserror::Error)]
enum Unconfined {
    #[error("landlock: {0}")]
    Landlock(#[from] RulesetError),
    #[error("this kernel has no Landlock, without which no tool is started")]
    NotEnforced,
}

fn close_the_world(launch: &Launch) -> Result<(), Unconfined> {
    let abi = ABI::V6;
    let reading = AccessFs::from_read(abi);
    let only_reading = AccessFs::ReadFile | AccessFs::ReadDir;
    let device = AccessFs::ReadFile | AccessFs::WriteFile;
    let status = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(abi))?
        .handle_access(AccessNet::from_all(abi))?
        .scope(Scope::from_all(abi))?
        .create()?
        .add_rules(path_beneath_rules(SYSTEM, reading))?
        .add_rules(path_beneath_rules([&launch.program], reading))?
        .add_rules(path_beneath_rules(&launch.readable, only_reading))?
        .add_rules(path_beneath_rules(DEVICES, device))?
        .add_rules(path_beneath_rules([&launch.scratch], scratch_access(abi)))?
        .restrict_self()?;
    if status.ruleset == RulesetStatus::NotEnforced {
        return Err(Unconfined::NotEnforced);
    }
    Ok(())
}

/// Files and directories, but nothing to run and no devices.
fn scratch_access(abi: ABI) -> landlock::BitFlags<AccessFs> {
    AccessFs::from_all(abi) & !(AccessFs::Execute | AccessFs::MakeChar | AccessFs::MakeBlock)
}

/// Refuses what no reader of documents needs, and lets everything else pass.
fn filter_system_calls(sockets: Sockets) -> Result<(), seccompiler::Error> {
    let mut refused: BTreeMap<i64, Vec<SeccompRule>> =
        REFUSED.iter().map(|call| (*call, Vec::new())).collect();
    if sockets == Sockets::NotInTmp {
        refused.extend(questions_whether_writable()?);
    }
    refused.insert(libc::SYS_socket, vec![not_a_unix_socket()?, unix_datagrams()?]);
    refused.insert(libc::SYS_clone, vec![new_namespace()?]);
    apply(refused, libc::EPERM)?;
    // Its arguments cannot be seen here; the C library then asks by `clone`.
    apply(BTreeMap::from([(libc::SYS_clone3, Vec::new())]), libc::ENOSYS)
}

fn not_a_unix_socket() -> Result<SeccompRule, seccompiler::BackendError> {
    let unix = u64::from(libc::AF_UNIX.unsigned_abs());
    SeccompRule::new(vec![SeccompCondition::new(
        0,
        SeccompCmpArgLen::Dword,
        SeccompCmpOp::Ne,
        unix,
    )?])
}

/// Datagrams are sent without being connected, and Landlock does not look at them.
fn unix_datagrams() -> Result<SeccompRule, seccompiler::BackendError> {
    const TYPE_MASK: u64 = 0xF;
    SeccompRule::new(vec![SeccompCondition::new(
        1,
        SeccompCmpArgLen::Dword,
        SeccompCmpOp::MaskedEq(TYPE_MASK),
        u64::from(libc::SOCK_DGRAM.unsigned_abs()),
    )?])
}

/// `access(2)` and its kin, when they ask for the right to write and no other.
fn questions_whether_writable() -> Result<Vec<(i64, Vec<SeccompRule>)>, seccompiler::BackendError> {
    let asking = |call: i64, mode: u8| {
        let writable = u64::from(libc::W_OK.unsigned_abs());
        let condition = SeccompCondition::new(mode, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, writable)?;
        Ok((call, vec![SeccompRule::new(vec![condition])?]))
    };
    [
        #[cfg(target_arch = "x86_64")]
        asking(libc::SYS_access, 1),
        asking(libc::SYS_faccessat, 2),
        asking(libc::SYS_faccessat2, 2),
    ]
    .into_iter()
    .collect()
}

/// A user namespace would give the tool capabilities; the others come with it.
fn new_namespace() -> Result<SeccompRule, seccompiler::BackendError> {
    let flag = u64::from(libc::CLONE_NEWUSER.unsigned_abs());
    SeccompRule::new(vec![SeccompCondition::new(
        0,
        SeccompCmpArgLen::Qword,
        SeccompCmpOp::MaskedEq(flag),
        flag,
    )?])
}

fn apply(mut refused: BTreeMap<i64, Vec<SeccompRule>>, errno: i32) -> Result<(), seccompiler::Error> {
    if cfg!(target_arch = "x86_64") {
        // The same calls by their numbers in the x32 interface.
        let twins: Vec<_> = refused
            .iter()
            .map(|(call, rules)| (call | 0x4000_0000, rules.clone()))
            .collect();
        refused.extend(twins);
    }
    let filter = SeccompFilter::new(
        refused,
        SeccompAction::Allow,
        SeccompAction::Errno(errno.unsigned_abs()),
        std::env::consts::ARCH.try_into()?,
    )?;
    let program: BpfProgram = filter.try_into()?;
    apply_filter(&program)
}

/// Other processes, mounts, namespaces, keys, the kernel, other ways to do input and output; and
/// leaving the process group by which everything is ended. Without `connect` no service of this
/// machine can be reached over its socket in the file system either.
const REFUSED: [i64; 45] = [
    libc::SYS_connect,
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_pidfd_getfd,
    libc::SYS_setsid,
    libc::SYS_setpgid,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_move_mount,
    libc::SYS_open_tree,
    libc::SYS_fsopen,
    libc::SYS_fsconfig,
    libc::SYS_fsmount,
    libc::SYS_fspick,
    libc::SYS_mount_setattr,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_keyctl,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_kexec_load,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_reboot,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    libc::SYS_acct,
    libc::SYS_syslog,
    libc::SYS_settimeofday,
    libc::SYS_clock_settime,
    libc::SYS_adjtimex,
    libc::SYS_sethostname,
    libc::SYS_setdomainname,
    libc::SYS_quotactl,
    libc::SYS_name_to_handle_at,
];
