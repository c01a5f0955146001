//! Core dumps: disabled, because the memory of the process contains access tokens.

/// Prevents a crash from writing the memory of this process to a file.
///
/// On Linux the process is marked as not dumpable, which also prevents other processes of the user from reading its
/// memory; on other Unix systems the size limit of core files is 0. On Windows only an administrator can disable dumps.
pub fn disable_core_dumps() {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        // It fails only for unknown values.
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let Rlimit { maximum, .. } = getrlimit(Resource::Core);
        // A process may always lower its own limit.
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum });
    }
}
