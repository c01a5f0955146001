//! The memory of the process, which holds tokens: it stays out of files that a crash leaves behind.

/// Lets no crash write the memory of this process to a file, as far as the system lets a process say so.
///
/// On Linux the process is marked as not to be dumped, which also keeps other processes of the user from reading its
/// memory; elsewhere on Unix a core may have no bytes. Windows is told by its administrators only.
pub fn keep_out_of_dumps() {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        // It fails for values that it does not know, and this is one that it knows.
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let Rlimit { maximum, .. } = getrlimit(Resource::Core);
        // Lowering one's own limit is always allowed.
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum });
    }
}
