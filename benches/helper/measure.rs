//! Runs a program and prints its wall time in nanoseconds, CPU time in microseconds, peak memory in the unit of the
//! system (KiB on Linux, bytes on macOS), and wait status.
//!
//! The peak memory of a child includes that of its parent at the start, so that an empty program started by Python
//! seems to need as much memory as Python. This program is as small as possible. `run` compiles it with plain rustc; it
//! is not part of the package.

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
