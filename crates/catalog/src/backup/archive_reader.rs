//! Reads the files of a zip archive, many of them with one decoder.
//!
//! The decoder of the zip crate is a new one for each file. Tens of thousands of them, each freed among the small values
//! that a reader keeps, leave gaps in the heap that add up to a gigabyte.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom, Take};
use std::sync::Arc;

use flate2::CrcReader;
use flate2::read::DeflateDecoder;
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

/// An open zip archive.
pub(super) struct ArchiveReader {
    file: Arc<File>,
    entries: HashMap<Box<str>, ArchiveEntry>,
    decoder: RefCell<DeflateDecoder<Take<Arc<File>>>>,
}

/// Where a file is in the archive.
struct ArchiveEntry {
    start: u64,
    compressed_bytes: u64,
    method: CompressionMethod,
    crc32: u32,
}

/// Why an archive cannot be read.
#[derive(Debug)]
pub(super) enum OpenError {
    /// It is damaged, or not an archive.
    Damaged(ZipError),
    /// It contains something that no backup contains.
    Refused(String),
}

impl From<ZipError> for OpenError {
    fn from(error: ZipError) -> Self {
        Self::Damaged(error)
    }
}

impl ArchiveReader {
    /// Opens an archive; `select` decides about each file by its name, and may refuse the archive.
    pub(super) fn open(file: File, select: impl Fn(&str) -> Result<bool, String>) -> Result<Self, OpenError> {
        let mut archive = ZipArchive::new(file)?;
        let mut entries = HashMap::new();
        for index in 0..archive.len() {
            let entry = archive.by_index_raw(index)?;
            let name = entry.name()?.into_owned();
            if entry.is_dir() || !select(&name).map_err(OpenError::Refused)? {
                continue;
            }
            let refused = |reason: &str| Err(OpenError::Refused(format!("'{name}' {reason}")));
            if entry.is_symlink() {
                return refused("is a link");
            }
            if entry.encrypted() {
                return refused("is encrypted");
            }
            let method = entry.compression();
            if !matches!(method, CompressionMethod::Stored | CompressionMethod::Deflated) {
                return refused(&format!("is compressed by {method}, and azr reads Deflated and Stored"));
            }
            let Some(start) = entry.data_start() else { return refused("has no content") };
            let (compressed_bytes, crc32) = (entry.compressed_size(), entry.crc32());
            drop(entry);
            let place = ArchiveEntry { start, compressed_bytes, method, crc32 };
            if entries.insert(name.clone().into_boxed_str(), place).is_some() {
                return Err(OpenError::Refused(format!("it contains '{name}' twice")));
            }
        }
        let file = Arc::new(archive.into_inner());
        let decoder = RefCell::new(DeflateDecoder::new(Arc::clone(&file).take(0)));
        Ok(Self { file, entries, decoder })
    }

    /// The names of the files.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(|name| &**name)
    }

    /// Reads a file; fails if all of it is read and its checksum is not the one in the archive.
    pub(super) fn with_file<T>(
        &self,
        name: &str,
        read: impl FnOnce(&mut dyn Read) -> io::Result<T>,
    ) -> io::Result<T> {
        let entry = self.entries.get(name);
        let entry = entry.ok_or_else(|| io::Error::other("the archive does not contain it"))?;
        let mut data = Arc::clone(&self.file);
        data.seek(SeekFrom::Start(entry.start))?;
        let mut data = data.take(entry.compressed_bytes);
        if entry.method == CompressionMethod::Stored {
            return read_checked(&mut data, entry.crc32, read);
        }
        let mut decoder = self.decoder.borrow_mut();
        decoder.reset(data);
        read_checked(&mut *decoder, entry.crc32, read)
    }
}

fn read_checked<T>(
    data: impl Read,
    crc32: u32,
    read: impl FnOnce(&mut dyn Read) -> io::Result<T>,
) -> io::Result<T> {
    let mut data = CrcReader::new(data);
    let value = read(&mut data)?;
    let is_at_end = data.read(&mut [0])? == 0;
    if is_at_end && data.crc().sum() != crc32 {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "its checksum differs from the one in the archive",
        ));
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use zip::write::SimpleFileOptions;

    use super::*;

    /// An archive of two files of the same content, one stored and one deflated.
    fn archive(change: impl Fn(&mut Vec<u8>)) -> Result<ArchiveReader, OpenError> {
        let mut writer = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
        for (name, method) in
            [("stored", CompressionMethod::Stored), ("deflated", CompressionMethod::Deflated)]
        {
            writer
                .start_file(name, SimpleFileOptions::default().compression_method(method))
                .expect("an entry");
            writer.write_all(b"0123456789").expect("written");
        }
        let mut bytes = writer.finish().expect("an archive").into_inner();
        change(&mut bytes);
        let mut file = tempfile::tempfile().expect("a file");
        file.write_all(&bytes).expect("written");
        ArchiveReader::open(file, |_| Ok(true))
    }

    fn read(archive: &ArchiveReader, name: &str) -> io::Result<Vec<u8>> {
        archive.with_file(name, |file| {
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).map(|_| bytes)
        })
    }

    #[test]
    fn files_are_read_in_any_order_and_in_part() {
        let archive = archive(|_| ()).expect("opened");
        let part = archive.with_file("deflated", |file| file.read(&mut [0; 3]));
        assert_eq!(part.expect("read"), 3);
        for name in ["deflated", "stored", "deflated"] {
            assert_eq!(read(&archive, name).expect("read"), b"0123456789", "{name}");
        }
        assert!(read(&archive, "other").is_err());
    }

    #[test]
    fn a_file_with_another_checksum_is_an_error() {
        let archive = archive(|bytes| {
            let start = bytes.windows(10).position(|window| window == b"0123456789").expect("the content");
            bytes[start] = b'x';
        });
        let archive = archive.expect("opened");
        assert!(read(&archive, "stored").expect_err("damaged").to_string().contains("its checksum differs"));
        assert_eq!(read(&archive, "deflated").expect("read"), b"0123456789");
    }
}
