//! The calls of Windows.

#![allow(
    unsafe_code,
    reason = "the standard library does not offer these calls, and neither does a maintained crate"
)]

use std::fs::{self, File};
use std::io;
use std::os::windows::fs::OpenOptionsExt as _;
use std::os::windows::io::{AsRawHandle as _, FromRawHandle as _, OwnedHandle};
use std::path::Path;
use std::ptr;

use windows_sys::Win32::Foundation::{ERROR_INSUFFICIENT_BUFFER, HANDLE};
use windows_sys::Win32::Security::{
    DACL_SECURITY_INFORMATION, GetKernelObjectSecurity, GetTokenInformation, OWNER_SECURITY_INFORMATION,
    PROTECTED_DACL_SECURITY_INFORMATION, SetKernelObjectSecurity, TOKEN_QUERY, TOKEN_USER, TokenUser,
};
use windows_sys::Win32::System::Threading::{GetCurrentProcess, OpenProcessToken};

use crate::descriptor::{SecurityDescriptor, private_descriptor};
use crate::sid::Sid;

/// The right to read the descriptor of a file.
const READ_CONTROL: u32 = 0x0002_0000;
/// The right to change its access control list.
const WRITE_DAC: u32 = 0x0004_0000;

/// The flags to open a folder as well, and a link instead of what it leads to.
const BACKUP_SEMANTICS: u32 = 0x0200_0000;
const OPEN_REPARSE_POINT: u32 = 0x0020_0000;

/// The user of this process.
pub fn current_user() -> io::Result<Sid> {
    let mut token: HANDLE = ptr::null_mut();
    // SAFETY: the handle of the process is always valid, and `token` is writable.
    if unsafe { OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &raw mut token) } == 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the call succeeded, so this is a handle that nothing else closes.
    let token = unsafe { OwnedHandle::from_raw_handle(token) };
    let buffer = read_to_buffer(|buffer, length, needed| {
        // SAFETY: `buffer` has `length` writable bytes.
        unsafe { GetTokenInformation(token.as_raw_handle(), TokenUser, buffer.cast(), length, needed) }
    })?;
    // The buffer starts with a pointer to the identifier, which lies further on in the same buffer.
    let invalid = || io::Error::new(io::ErrorKind::InvalidData, "the identifier of the user is invalid");
    let bytes = as_bytes(&buffer);
    // SAFETY: the buffer is aligned for, and starts with, this structure.
    let user = unsafe { buffer.as_ptr().cast::<TOKEN_USER>().read() };
    let offset = (user.User.Sid as usize).checked_sub(bytes.as_ptr() as usize).ok_or_else(invalid)?;
    bytes.get(offset..).and_then(Sid::parse).ok_or_else(invalid)
}

/// The owner of an open file or folder, and who may access it.
pub fn read_descriptor(file: &File) -> io::Result<SecurityDescriptor> {
    let buffer = read_security(file, OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION)?;
    SecurityDescriptor::parse(as_bytes(&buffer))
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "the security descriptor is invalid"))
}

/// Lets only the user, administrators and the system access a file, or a folder and what is created in it.
pub fn restrict_to_user(path: &Path) -> io::Result<()> {
    let descriptor = private_descriptor(&current_user()?, fs::symlink_metadata(path)?.is_dir());
    let mut buffer = vec![0_u64; descriptor.len().div_ceil(8)];
    for (word, bytes) in buffer.iter_mut().zip(descriptor.chunks(8)) {
        let mut padded = [0; 8];
        padded[..bytes.len()].copy_from_slice(bytes);
        *word = u64::from_ne_bytes(padded);
    }
    set_security(
        &open(path, WRITE_DAC)?,
        DACL_SECURITY_INFORMATION | PROTECTED_DACL_SECURITY_INFORMATION,
        &buffer,
    )
}

/// Lets those access the file `to` who may access the file `from`.
pub fn copy_access(from: &Path, to: &Path) -> io::Result<()> {
    let buffer = read_security(&open_for_descriptor(from)?, DACL_SECURITY_INFORMATION)?;
    set_security(&open(to, WRITE_DAC)?, DACL_SECURITY_INFORMATION, &buffer)
}

/// Opens a file or folder only to read its descriptor.
pub fn open_for_descriptor(path: &Path) -> io::Result<File> {
    open(path, READ_CONTROL)
}

fn open(path: &Path, rights: u32) -> io::Result<File> {
    File::options().access_mode(rights).custom_flags(BACKUP_SEMANTICS | OPEN_REPARSE_POINT).open(path)
}

fn read_security(file: &File, parts: u32) -> io::Result<Vec<u64>> {
    read_to_buffer(|buffer, length, needed| {
        // SAFETY: the file is open, and `buffer` has `length` writable bytes.
        unsafe { GetKernelObjectSecurity(file.as_raw_handle(), parts, buffer.cast(), length, needed) }
    })
}

/// `descriptor` is a complete descriptor with offsets in place of pointers.
fn set_security(file: &File, parts: u32, descriptor: &[u64]) -> io::Result<()> {
    // SAFETY: the file is open, the descriptor was made by this crate or by Windows, and Windows does not write to it.
    let result = unsafe {
        SetKernelObjectSecurity(file.as_raw_handle(), parts, descriptor.as_ptr().cast_mut().cast())
    };
    if result == 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// Calls a function that writes to a buffer and says how long the buffer must be, until the buffer is long enough.
///
/// The elements are as large as pointers, so the buffer is aligned for every structure of Windows.
fn read_to_buffer(mut call: impl FnMut(*mut u64, u32, &mut u32) -> i32) -> io::Result<Vec<u64>> {
    let mut buffer = vec![0_u64; 64];
    loop {
        let length = u32::try_from(buffer.len() * 8).unwrap_or(u32::MAX);
        let mut needed = 0;
        if call(buffer.as_mut_ptr(), length, &mut needed) != 0 {
            return Ok(buffer);
        }
        let error = io::Error::last_os_error();
        if error.raw_os_error() != Some(ERROR_INSUFFICIENT_BUFFER.cast_signed()) || needed <= length {
            return Err(error);
        }
        buffer.resize((needed as usize).div_ceil(8), 0);
    }
}

fn as_bytes(buffer: &[u64]) -> &[u8] {
    // SAFETY: every byte of the slice is initialized and readable, and bytes need no alignment.
    unsafe { std::slice::from_raw_parts(buffer.as_ptr().cast(), size_of_val(buffer)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn others(path: &Path) -> Vec<Sid> {
        let descriptor = read_descriptor(&open_for_descriptor(path).expect("opened")).expect("a descriptor");
        let user = current_user().expect("a user");
        assert!(descriptor.is_owned_by(&user), "{descriptor:?}");
        descriptor.others_with_access(&user)
    }

    #[test]
    fn a_restricted_file_or_folder_is_for_the_user_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let (file, subfolder) = (folder.path().join("f"), folder.path().join("sub"));
        fs::write(&file, "x").expect("written");
        fs::create_dir(&subfolder).expect("created");
        for path in [&file, &subfolder] {
            restrict_to_user(path).expect("restricted");
            assert_eq!(others(path), []);
        }
        assert_eq!(fs::read(&file).expect("read"), b"x");
        fs::write(subfolder.join("g"), "y").expect("the user can still write");
    }

    #[test]
    fn access_is_copied() {
        let folder = tempfile::tempdir().expect("a folder");
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        fs::write(&from, "x").expect("written");
        fs::write(&to, "y").expect("written");
        let before = others(&from);
        restrict_to_user(&to).expect("restricted");
        copy_access(&from, &to).expect("copied");
        assert_eq!(others(&to), before);
    }
}
