//! Runs a program and prints what it took: wall time in nanoseconds, CPU time in microseconds, peak memory as
//! the system counts it (KiB on Linux, bytes on macOS), exit status.
//!
//! A child counts as large as its parent was when it started, so an empty program started by Python seems to take
//! as much memory as Python. This one is as small as a program gets. `run` compiles it with plain rustc; it is not
//! part of the package.

use std::process::{Command, Stdio};
use std::time::Instant;

/// `struct rusage` of 64-bit Unix: user and system time, peak memory, and 13 more.
type Usage = [i64; 18];

unsafe extern "C" {
    fn wait4(pid: i32, status: *mut i32, options: i32, usage: *mut Usage) -> i32;
}

fn main() {
    let argv: Vec<_> = std::env::args_os().skip(1).collect();
    let mut command = Command::new(&argv[0]);
    command.args(&argv[1..]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let (mut status, mut usage) = (0, [0; 18]);
    let started = Instant::now();
    let child = command.spawn().expect("the program can be started");
    let pid = i32::try_from(child.id()).expect("a pid is small");
    // SAFETY: both pointers are to live variables of the layout that wait4 fills in.
    let waited = unsafe { wait4(pid, &mut status, 0, &mut usage) };
    let wall = started.elapsed().as_nanos();
    assert_eq!(waited, pid);
    // The upper half of tv_usec is padding on macOS.
    let micros = |seconds: i64, part: i64| seconds * 1_000_000 + (part & 0xffff_ffff);
    let cpu = micros(usage[0], usage[1]) + micros(usage[2], usage[3]);
    println!("{wall} {cpu} {} {status}", usage[4]);
}
