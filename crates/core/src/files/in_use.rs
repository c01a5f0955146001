//! Files that another program has open.
//!
//! Windows refuses to replace such a file, or to open it, unless that program allows it. Virus scanners and indexers
//! open every new file for a moment, so azr tries again before it reports an error.

use std::io;
use std::thread;
use std::time::Duration;

use crate::error::is_sharing_violation;
use crate::interrupt::BlockedSection;

/// How often azr tries, at most: for about a second in total.
const ATTEMPTS: u32 = 20;

/// The time between two attempts.
const PAUSE: Duration = Duration::from_millis(50);

/// The error of Windows for a file that may not be replaced because it is open, and for one without permission.
const ACCESS_DENIED: i32 = 5;

/// Whether an error of the system may mean that another program has a file open.
pub(super) fn is_in_use(error: &io::Error) -> bool {
    is_sharing_violation(error) || cfg!(windows) && error.raw_os_error() == Some(ACCESS_DENIED)
}

/// The error of Windows for a file that may not be replaced.
pub(super) fn access_denied() -> io::Error {
    io::Error::from_raw_os_error(ACCESS_DENIED)
}

/// Tries again while another program has the file open.
pub(super) fn retry<T>(attempt: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    let _section = BlockedSection::start();
    retry_with(attempt, is_in_use, || thread::sleep(PAUSE))
}

fn retry_with<T>(
    mut attempt: impl FnMut() -> io::Result<T>,
    is_in_use: impl Fn(&io::Error) -> bool,
    mut pause: impl FnMut(),
) -> io::Result<T> {
    for _ in 1..ATTEMPTS {
        match attempt() {
            Err(e) if is_in_use(&e) => pause(),
            result => return result,
        }
    }
    attempt()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The result of an operation that fails a number of times with an error, and how often it paused.
    fn after_failures(failures: u32, code: i32) -> (io::Result<u32>, u32) {
        let (mut attempts, mut pauses) = (0, 0);
        let result = retry_with(
            || {
                attempts += 1;
                if attempts <= failures { Err(io::Error::from_raw_os_error(code)) } else { Ok(attempts) }
            },
            |e| e.raw_os_error() == Some(32),
            || pauses += 1,
        );
        (result, pauses)
    }

    #[test]
    fn a_file_in_use_is_tried_again_and_other_errors_are_final() {
        assert!(matches!(after_failures(0, 32), (Ok(1), 0)));
        assert!(matches!(after_failures(3, 32), (Ok(4), 3)));
        assert!(matches!(after_failures(ATTEMPTS, 32), (Err(_), pauses) if pauses == ATTEMPTS - 1));
        assert!(matches!(after_failures(1, 2), (Err(_), 0)));
    }

    #[cfg(windows)]
    #[test]
    fn a_read_only_file_is_not_replaced_and_the_hint_says_so() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.json");
        crate::files::write_file(&path, b"one").expect("written");
        let writable = std::fs::metadata(&path).expect("exists").permissions();
        let mut read_only = writable.clone();
        read_only.set_readonly(true);
        std::fs::set_permissions(&path, read_only).expect("set");
        let error = crate::files::write_file(&path, b"two").expect_err("it is read-only");
        assert!(error.hint().is_some_and(|hint| hint.contains("read-only")), "{error:?}");
        assert_eq!(std::fs::read(&path).expect("read"), b"one");
        assert_eq!(std::fs::read_dir(folder.path()).expect("listed").count(), 1);
        std::fs::set_permissions(&path, writable).expect("set");
    }

    #[cfg(windows)]
    #[test]
    fn a_file_that_another_program_has_open_is_replaced_once_it_is_closed() {
        use std::os::windows::fs::OpenOptionsExt as _;
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.json");
        crate::files::write_file(&path, b"one").expect("written");
        let open = std::fs::File::options().read(true).share_mode(1).open(&path).expect("opened");
        let error = crate::files::write_file(&path, b"two").expect_err("the file is open");
        assert!(error.hint().is_some_and(|hint| hint.contains("Close the program")), "{error:?}");
        assert_eq!(std::fs::read(&path).expect("read"), b"one");
        drop(open);
        crate::files::write_file(&path, b"three").expect("written");
        assert_eq!(std::fs::read(&path).expect("read"), b"three");
        assert_eq!(std::fs::read_dir(folder.path()).expect("listed").count(), 1);
    }
}
