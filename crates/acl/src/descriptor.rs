//! Security descriptors in the self-relative form that Windows stores (MS-DTYP, section 2.4).

use crate::sid::Sid;

/// The offset of the list of a descriptor that [`private_descriptor`] makes: the length of its header.
const HEADER_BYTES: u32 = 20;

/// The list exists, is not inherited from the folder, and follows the header.
const CONTROL: u16 = 0x0004 | 0x1000 | 0x8000;

/// The control flag of a list that exists.
const HAS_LIST: u16 = 0x0004;

/// All rights on a file or folder.
const ALL_RIGHTS: u32 = 0x001f_01ff;

/// The rights to read, write or delete, or to obtain these rights.
///
/// The rest (attributes, synchronizing, traversing) reveals no content and changes none.
const RELEVANT_RIGHTS: u32 = 0x1 // read data, list
    | 0x2 // write data, add a file
    | 0x4 // append, add a folder
    | 0x40 // delete a member
    | 0x0001_0000 // delete
    | 0x0004_0000 // change the list
    | 0x0008_0000 // change the owner
    | 0x1000_0000 // everything
    | 0x4000_0000 // write
    | 0x8000_0000; // read

/// The flag of entries that concern only what a folder contains.
const INHERIT_ONLY: u8 = 0x08;

/// The flags of entries that files and folders inherit.
const INHERITED: u8 = 0x01 | 0x02;

/// The owner of a file or folder, and who may access it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecurityDescriptor {
    owner: Option<Sid>,
    /// Who is allowed to do something; `None` if nothing is forbidden to anybody.
    allowed: Option<Vec<Sid>>,
}

impl SecurityDescriptor {
    /// Reads the binary form; `None` if it is invalid.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        if *bytes.first()? != 1 {
            return None;
        }
        let owner = match read_offset(bytes, 4)? {
            0 => None,
            offset => Some(Sid::parse(bytes.get(offset..)?)?),
        };
        let list = read_offset(bytes, 16)?;
        let has_list = read_u16(bytes, 2)? & HAS_LIST != 0 && list != 0;
        let allowed = if has_list { Some(parse_list(bytes.get(list..)?)?) } else { None };
        Some(Self { owner, allowed })
    }

    /// The owner.
    #[must_use]
    pub fn owner(&self) -> Option<&Sid> {
        self.owner.as_ref()
    }

    /// Whether the user owns the file, or somebody who could change every file of the user anyway.
    #[must_use]
    pub fn is_owned_by(&self, user: &Sid) -> bool {
        self.owner.as_ref().is_some_and(|owner| is_trusted(owner, user))
    }

    /// Who else may read or change the file, besides administrators and the system.
    #[must_use]
    pub fn others_with_access(&self, user: &Sid) -> Vec<Sid> {
        match &self.allowed {
            None => vec![Sid::everyone()],
            Some(allowed) => allowed.iter().filter(|sid| !is_trusted(sid, user)).cloned().collect(),
        }
    }
}

fn is_trusted(sid: &Sid, user: &Sid) -> bool {
    let trusted = [Sid::system(), Sid::administrators(), Sid::owner_rights(), Sid::creator_owner()];
    sid == user || trusted.contains(sid)
}

/// Who an access control list allows to do something relevant.
fn parse_list(bytes: &[u8]) -> Option<Vec<Sid>> {
    let count = read_u16(bytes, 4)?;
    let mut allowed = Vec::new();
    let mut rest = bytes.get(8..)?;
    for _ in 0..count {
        let (kind, flags) = (*rest.first()?, *rest.get(1)?);
        let entry = rest.get(..usize::from(read_u16(rest, 2)?))?;
        // An entry is at least as long as its header, so that the loop advances.
        rest = rest.get(entry.len().max(4)..)?;
        let is_relevant = flags & INHERIT_ONLY == 0 && read_u32(entry, 4)? & RELEVANT_RIGHTS != 0;
        match kind {
            // Allowed, or allowed under a condition.
            0 | 9 if is_relevant => allowed.push(Sid::parse(entry.get(8..)?)?),
            // Not relevant, or denied.
            0 | 9 | 1 | 10 => {}
            // Files have no entries of other kinds. Whom they concern is not known.
            _ => allowed.push(Sid::everyone()),
        }
    }
    Some(allowed)
}

fn read_u16(bytes: &[u8], offset: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(offset..)?.first_chunk()?))
}

fn read_u32(bytes: &[u8], offset: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(offset..)?.first_chunk()?))
}

fn read_offset(bytes: &[u8], offset: usize) -> Option<usize> {
    read_u32(bytes, offset)?.try_into().ok()
}

/// The binary form of a descriptor that allows only the user, administrators and the system to access a file or folder.
///
/// What is created in such a folder inherits this.
#[must_use]
pub fn private_descriptor(user: &Sid, is_folder: bool) -> Vec<u8> {
    let flags = if is_folder { INHERITED } else { 0 };
    let sids = [user, &Sid::system(), &Sid::administrators()].map(Sid::to_bytes);
    let list_bytes = 8 + sids.iter().map(|sid| 8 + sid.len()).sum::<usize>();
    let mut bytes = Vec::new();
    bytes.extend_from_slice(&[1, 0]);
    bytes.extend_from_slice(&CONTROL.to_le_bytes());
    // The offsets of owner, group, auditing list and access control list.
    for offset in [0, 0, 0, HEADER_BYTES] {
        bytes.extend_from_slice(&offset.to_le_bytes());
    }
    bytes.extend_from_slice(&[2, 0]);
    push_u16(&mut bytes, list_bytes);
    push_u16(&mut bytes, sids.len());
    push_u16(&mut bytes, 0);
    for sid in sids {
        bytes.extend_from_slice(&[0, flags]);
        push_u16(&mut bytes, 8 + sid.len());
        bytes.extend_from_slice(&ALL_RIGHTS.to_le_bytes());
        bytes.extend_from_slice(&sid);
    }
    bytes
}

/// Appends a length. An identifier has at most 68 bytes, so every length fits.
fn push_u16(bytes: &mut Vec<u8>, value: usize) {
    bytes.extend_from_slice(&u16::try_from(value).unwrap_or(u16::MAX).to_le_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user() -> Sid {
        Sid::new(5, &[21, 1, 2, 3, 1001])
    }

    fn users() -> Sid {
        Sid::new(5, &[32, 545])
    }

    /// An entry of a list.
    fn entry(kind: u8, flags: u8, rights: u32, sid: &Sid) -> Vec<u8> {
        let sid = sid.to_bytes();
        let mut bytes = vec![kind, flags];
        push_u16(&mut bytes, 8 + sid.len());
        bytes.extend_from_slice(&rights.to_le_bytes());
        bytes.extend_from_slice(&sid);
        bytes
    }

    /// A descriptor with this owner and these entries.
    fn descriptor(owner: &Sid, entries: &[Vec<u8>]) -> Vec<u8> {
        let owner = owner.to_bytes();
        let list = 20 + u32::try_from(owner.len()).expect("short");
        let mut bytes = vec![1, 0, 4, 0x80, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        bytes.extend_from_slice(&list.to_le_bytes());
        bytes.extend_from_slice(&owner);
        bytes.extend_from_slice(&[2, 0]);
        push_u16(&mut bytes, 8 + entries.iter().map(Vec::len).sum::<usize>());
        push_u16(&mut bytes, entries.len());
        push_u16(&mut bytes, 0);
        bytes.extend(entries.iter().flatten());
        bytes
    }

    fn others(entries: &[Vec<u8>]) -> Vec<Sid> {
        let bytes = descriptor(&user(), entries);
        SecurityDescriptor::parse(&bytes).expect("valid").others_with_access(&user())
    }

    #[test]
    fn a_private_descriptor_lets_nobody_else_in() {
        for is_folder in [false, true] {
            let bytes = private_descriptor(&user(), is_folder);
            let parsed = SecurityDescriptor::parse(&bytes).expect("valid");
            assert_eq!(parsed.others_with_access(&user()), []);
            assert_eq!(parsed.others_with_access(&users()), [user()], "of somebody else");
            assert_eq!(parsed.allowed.map(|allowed| allowed.len()), Some(3));
        }
    }

    #[test]
    fn everybody_who_can_read_or_change_the_file_is_found() {
        let private = entry(0, 0x10, ALL_RIGHTS, &user());
        let read = 0x0012_0089;
        assert_eq!(others(std::slice::from_ref(&private)), []);
        assert_eq!(others(&[private.clone(), entry(0, 0x10, read, &users())]), [users()]);
        assert_eq!(others(&[entry(9, 0, 0x4000_0000, &users())]), [users()], "under a condition");
        assert_eq!(others(&[entry(1, 0, ALL_RIGHTS, &users())]), [], "denied");
        assert_eq!(others(&[entry(0, INHERIT_ONLY, read, &users())]), [], "only what the folder contains");
        assert_eq!(others(&[entry(0, 0, 0x0010_0080, &users())]), [], "only attributes");
        assert_eq!(others(&[entry(5, 0, read, &users())]), [Sid::everyone()], "an entry of another kind");
    }

    #[test]
    fn without_a_list_nothing_is_forbidden() {
        let mut bytes = descriptor(&user(), &[]);
        let no_entries = SecurityDescriptor::parse(&bytes).expect("valid");
        assert_eq!(no_entries.others_with_access(&user()), []);
        bytes[2] = 0;
        let no_list = SecurityDescriptor::parse(&bytes).expect("valid");
        assert_eq!(no_list.others_with_access(&user()), [Sid::everyone()]);
    }

    #[test]
    fn the_owner_is_the_user_or_somebody_who_can_change_everything() {
        let is_owned = |owner: &Sid| {
            SecurityDescriptor::parse(&descriptor(owner, &[])).expect("valid").is_owned_by(&user())
        };
        assert!(is_owned(&user()) && is_owned(&Sid::administrators()) && is_owned(&Sid::system()));
        assert!(!is_owned(&users()) && !is_owned(&Sid::new(5, &[21, 1, 2, 3, 1002])));
    }

    #[test]
    fn an_invalid_descriptor_is_not_read() {
        let bytes = descriptor(&user(), &[entry(0, 0, ALL_RIGHTS, &users())]);
        assert!(SecurityDescriptor::parse(&bytes).is_some());
        for length in 0..bytes.len() {
            assert_eq!(SecurityDescriptor::parse(&bytes[..length]), None, "{length}");
        }
        for index in 0..bytes.len() {
            // None of these may panic or loop.
            for value in [0, 1, 0x7f, 0xff] {
                let mut bytes = bytes.clone();
                bytes[index] = value;
                drop(SecurityDescriptor::parse(&bytes));
            }
        }
    }
}
