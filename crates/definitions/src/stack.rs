//! Running recursive code with a large stack.

/// The size of the stack. The YAML parser needs about 20 KiB per level without optimization, and the main thread has only
/// 1 MiB on Windows.
const STACK_SIZE: usize = 32 * 1024 * 1024;

/// Runs a function on a thread with a stack for documents as deep as [`super::MAX_DEPTH`].
///
/// The error is a reason, to be appended to the name of the document.
pub(super) fn with_large_stack<T: Send>(function: impl FnOnce() -> T + Send) -> Result<T, String> {
    std::thread::scope(|scope| {
        let worker = std::thread::Builder::new().stack_size(STACK_SIZE).spawn_scoped(scope, function);
        let worker = worker.map_err(|e| format!("cannot start a thread for the parser: {e}"))?;
        worker.join().map_err(|_| "the parser panicked".to_owned())
    })
}
