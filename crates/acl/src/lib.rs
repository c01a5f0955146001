//! Who may access a file on Windows: reading and restricting its access control list.
//!
//! The binary form of a list is read and written by safe code that is tested on every system. Only the four calls of
//! Windows are unsafe.
//!
//! ```
//! use azr_acl::{SecurityDescriptor, Sid};
//!
//! let user = Sid::new(5, &[21, 1, 2, 3, 1001]);
//! let descriptor = SecurityDescriptor::parse(&azr_acl::private_descriptor(&user, false)).unwrap();
//! assert_eq!(descriptor.others_with_access(&user), []);
//! assert_eq!(user.to_string(), "S-1-5-21-1-2-3-1001");
//! ```

mod descriptor;
mod sid;
#[cfg(windows)]
mod system;

pub use descriptor::{SecurityDescriptor, private_descriptor};
pub use sid::Sid;
#[cfg(windows)]
pub use system::{copy_access, current_user, open_for_descriptor, read_descriptor, restrict_to_user};
