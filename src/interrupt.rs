//! Ctrl-C, SIGTERM and SIGHUP: what happens when the user or the system asks azr to end.
//!
//! A thread of its own receives the signals. Commands that wait for a response end by themselves: their futures are
//! dropped. A command that is blocked, by a question, a pipe or a file, cannot do that, so the thread ends the process.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, Once, OnceLock, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use azr_core::error::{Error, ErrorKind, Result};
use azr_core::interrupt::{self, BlockedSection, RunningOperation};
use azr_output::message::{self, OpenPrompt};
use tokio::sync::watch;

/// How long a command that only has to stop may take to notice a signal.
const TIME_TO_STOP: Duration = Duration::from_millis(500);

/// How long a command that has to conclude (write a report, save a state) may take to notice a signal.
const TIME_TO_CONCLUDE: Duration = Duration::from_secs(5);

/// A second signal within this time is the first one, sent to a process and to its group.
const SAME_SIGNAL: Duration = Duration::from_secs(1);

/// How much later than the program before a pipe azr may receive the signal that ends both.
const TIME_TO_ARRIVE: Duration = Duration::from_millis(20);

/// How long a command may be blocked after a signal; it may have been about to go on when the signal came.
const TIME_TO_UNBLOCK: Duration = Duration::from_millis(200);

/// How long the message about the interrupt may take: stderr may be a full pipe, or the machine busy.
const TIME_TO_PRINT: Duration = Duration::from_secs(2);

/// The phases of an interrupt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Running,
    Signalled,
    Noticed,
}

static PHASE: LazyLock<watch::Sender<Phase>> = LazyLock::new(|| watch::Sender::new(Phase::Running));

/// How many futures wait for a signal.
static WAITING: AtomicUsize = AtomicUsize::new(0);

/// How many of them conclude a command.
static CONCLUDING: AtomicUsize = AtomicUsize::new(0);

/// The attributes of the terminal before a prompt changed them.
#[cfg(unix)]
static TERMINAL: std::sync::Mutex<Option<rustix::termios::Termios>> = std::sync::Mutex::new(None);

/// Starts to handle signals; further calls have no effect.
pub fn install() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let builder = thread::Builder::new().name("signals".to_owned());
        // Without the thread a signal ends the process, as by default.
        if builder.spawn(receive_signals).is_err() {
            READY.get_or_init(|| ());
        }
    });
}

/// Starts to handle signals, and returns once azr receives them; to be called before a wait that a signal should end.
pub(crate) fn wait_until_installed() {
    install();
    READY.wait();
}

/// Set once the signals are received by azr.
static READY: OnceLock<()> = OnceLock::new();

fn receive_signals() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build();
    if let Ok(runtime) = runtime {
        runtime.block_on(async {
            let mut signals = signals::Signals::install();
            READY.get_or_init(|| ());
            signals.next().await;
            let first = Instant::now();
            let deadline = Deadline::set(first);
            let deadline = thread::spawn(move || deadline.end_unless_noticed());
            loop {
                signals.next().await;
                if first.elapsed() > SAME_SIGNAL {
                    end_process();
                }
                if deadline.is_finished() {
                    // It panicked.
                    end_process();
                }
            }
        });
    }
    READY.get_or_init(|| ());
}

/// Until when the command may notice the first signal.
struct Deadline {
    first: Instant,
    limit: Duration,
    is_concluding: bool,
}

impl Deadline {
    /// Tells the command about the signal.
    fn set(first: Instant) -> Self {
        let is_concluding = CONCLUDING.load(Ordering::SeqCst) > 0;
        let limit = match WAITING.load(Ordering::SeqCst) {
            0 => Duration::ZERO,
            _ if is_concluding => TIME_TO_CONCLUDE,
            _ => TIME_TO_STOP,
        };
        PHASE.send_replace(Phase::Signalled);
        Self { first, limit, is_concluding }
    }

    /// Ends the process unless the command notices the signal in time.
    fn end_unless_noticed(&self) {
        while self.first.elapsed() < self.limit {
            if *PHASE.borrow() == Phase::Noticed {
                // What concludes may take its time; a second signal ends it.
                while self.is_concluding || self.first.elapsed() < TIME_TO_CONCLUDE {
                    thread::park_timeout(TIME_TO_CONCLUDE);
                }
                break;
            }
            if BlockedSection::is_active() && self.first.elapsed() > TIME_TO_UNBLOCK {
                break;
            }
            thread::sleep(Duration::from_millis(5));
        }
        end_process();
    }
}

/// Ends the input from a pipe; does not return if a signal has ended it.
///
/// Ctrl-C also ends the program before the pipe, so that its text may be incomplete: this gives azr's own signal time to
/// arrive before the text is used.
pub(crate) fn end_of_input() {
    thread::sleep(TIME_TO_ARRIVE);
    while *PHASE.borrow() == Phase::Signalled {
        thread::park_timeout(TIME_TO_STOP);
    }
}

/// The error of an interruption, which says what goes on nevertheless.
fn interruption() -> Error {
    let error = Error::interrupted();
    if RunningOperation::exists() {
        return error.with_hint(
            "The service continues the operation: check the resource before you run the command again.",
        );
    }
    error
}

/// Ends the process, with the exit code of an interrupt.
fn end_process() -> ! {
    interrupt::remove_temporary_files();
    #[cfg(unix)]
    RestoredTerminal::restore();
    let error = interruption();
    let code = error.exit_code();
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        message::end_of_prompt();
        message::error(&error);
        // The receiver waits no longer than it wants to.
        let _ = sender.send(());
    });
    let _ = receiver.recv_timeout(TIME_TO_PRINT);
    std::process::exit(i32::from(code))
}

/// A registered wait for a signal.
struct Waiter {
    concludes: bool,
    phase: watch::Receiver<Phase>,
}

impl Waiter {
    fn new(concludes: bool) -> Self {
        wait_until_installed();
        CONCLUDING.fetch_add(usize::from(concludes), Ordering::SeqCst);
        WAITING.fetch_add(1, Ordering::SeqCst);
        Self { concludes, phase: PHASE.subscribe() }
    }

    async fn wait(mut self) {
        // The sender is a static, so it is never dropped.
        let _ = self.phase.wait_for(|phase| *phase != Phase::Running).await;
        PHASE.send_replace(Phase::Noticed);
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        WAITING.fetch_sub(1, Ordering::SeqCst);
        CONCLUDING.fetch_sub(usize::from(self.concludes), Ordering::SeqCst);
    }
}

/// Runs a future until it finishes or the process is interrupted.
pub(crate) async fn run_interruptible<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let waiter = Waiter::new(false);
    tokio::select! {
        // First, so that nothing is started after a signal.
        biased;
        () = waiter.wait() => Err(interruption()),
        outcome = work => outcome,
    }
}

/// Waits for a signal that the command handles itself; the signals are received from the call, not from the first poll.
pub(crate) fn wait_for_interrupt() -> impl Future<Output = ()> + Send + 'static {
    let waiter = Waiter::new(true);
    async move { waiter.wait().await }
}

/// Runs work after whose interruption the command still concludes; returns whether it was interrupted.
pub(crate) async fn run_until_interrupt(work: impl Future<Output = Result<()>>) -> Result<bool> {
    let outcome = tokio::select! {
        biased;
        () = wait_for_interrupt() => return Ok(true),
        outcome = work => outcome,
    };
    match outcome {
        Ok(()) => Ok(false),
        Err(error) if error.kind() == ErrorKind::Interrupted => Ok(true),
        Err(error) => Err(error),
    }
}

/// A prompt that changes the terminal: if a signal ends it, the terminal is restored.
pub(crate) struct RestoredTerminal {
    _prompt: OpenPrompt,
}

impl RestoredTerminal {
    /// Starts the prompt.
    pub(crate) fn start() -> Self {
        #[cfg(unix)]
        if let Ok(terminal) = std::fs::File::open("/dev/tty") {
            *saved_terminal() = rustix::termios::tcgetattr(terminal).ok();
        }
        Self { _prompt: OpenPrompt::start() }
    }

    #[cfg(unix)]
    fn restore() {
        if let (Some(attributes), Ok(terminal)) = (&*saved_terminal(), std::fs::File::open("/dev/tty")) {
            // If the terminal is gone, nothing has to be restored.
            let _ = rustix::termios::tcsetattr(terminal, rustix::termios::OptionalActions::Now, attributes);
        }
    }
}

impl Drop for RestoredTerminal {
    fn drop(&mut self) {
        #[cfg(unix)]
        saved_terminal().take();
    }
}

#[cfg(unix)]
fn saved_terminal() -> std::sync::MutexGuard<'static, Option<rustix::termios::Termios>> {
    TERMINAL.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

#[cfg(unix)]
mod signals {
    use tokio::signal::unix::{Signal, SignalKind, signal};

    /// The signals that ask a process to end.
    pub(super) struct Signals {
        interrupt: Option<Signal>,
        terminate: Option<Signal>,
        hangup: Option<Signal>,
        /// Never waited for: a write that exceeds the limit of `ulimit -f` then fails instead of ending the process.
        _file_size: Option<Signal>,
    }

    impl Signals {
        pub(super) fn install() -> Self {
            Self {
                interrupt: signal(SignalKind::interrupt()).ok(),
                terminate: signal(SignalKind::terminate()).ok(),
                hangup: if is_hangup_ignored() { None } else { signal(SignalKind::hangup()).ok() },
                _file_size: file_size_signal().and_then(|kind| signal(kind).ok()),
            }
        }

        pub(super) async fn next(&mut self) {
            tokio::select! {
                () = receive(&mut self.interrupt) => {}
                () = receive(&mut self.terminate) => {}
                () = receive(&mut self.hangup) => {}
            }
        }
    }

    async fn receive(signal: &mut Option<Signal>) {
        if let Some(signal) = signal
            && signal.recv().await.is_some()
        {
            return;
        }
        std::future::pending::<()>().await;
    }

    /// Whether `nohup` started azr. Only Linux shows it; elsewhere a hangup has its default effect.
    fn is_hangup_ignored() -> bool {
        let Ok(status) = std::fs::read_to_string("/proc/self/status") else { return true };
        let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        // The lowest bit is signal 1, which is SIGHUP.
        ignored.is_some_and(|mask| mask.trim_end().ends_with(['1', '3', '5', '7', '9', 'b', 'd', 'f']))
    }

    /// SIGXFSZ, which has this number on these systems.
    fn file_size_signal() -> Option<SignalKind> {
        let is_known = cfg!(any(target_os = "macos", target_arch = "x86_64", target_arch = "aarch64"));
        is_known.then(|| SignalKind::from_raw(25))
    }
}

#[cfg(windows)]
mod signals {
    use tokio::signal::windows::{CtrlBreak, CtrlC, CtrlClose, ctrl_break, ctrl_c, ctrl_close};

    /// The events that ask a process to end.
    pub(super) struct Signals {
        interrupt: Option<CtrlC>,
        stop: Option<CtrlBreak>,
        close: Option<CtrlClose>,
    }

    impl Signals {
        pub(super) fn install() -> Self {
            Self { interrupt: ctrl_c().ok(), stop: ctrl_break().ok(), close: ctrl_close().ok() }
        }

        pub(super) async fn next(&mut self) {
            let Self { interrupt, stop, close } = self;
            tokio::select! {
                Some(()) = async { interrupt.as_mut()?.recv().await } => {}
                Some(()) = async { stop.as_mut()?.recv().await } => {}
                Some(()) = async { close.as_mut()?.recv().await } => {}
                else => std::future::pending().await,
            }
        }
    }
}
