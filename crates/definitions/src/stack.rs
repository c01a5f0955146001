//! Room on the stack for what works its way down a document.

/// How much room: the YAML parser takes some 20 KiB a level without optimisation, and the main thread of Windows has
/// 1 MiB in all.
const STACK: usize = 32 * 1024 * 1024;

/// What `work` comes to, done on a thread with room for documents as deep as [`super::MAX_DEPTH`].
///
/// The error is a reason to put behind the name of the document.
pub(super) fn roomy<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, String> {
    std::thread::scope(|scope| {
        let worker = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work);
        let worker = worker.map_err(|e| format!("no thread for the parser: {e}"))?;
        worker.join().map_err(|_| "the parser failed".to_owned())
    })
}
