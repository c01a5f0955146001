//! The files of a backup that becomes a zip archive.
//!
//! Until the backup is complete they are one after the other in a single file: with a file for each, a backup of ten
//! thousand APIs would create and delete fifty thousand. The progress log says where each of them starts.

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use zip::ZipWriter;

use super::manifest::MANIFEST;
use super::progress_log::StoredFile;
use crate::digest::sha256_hex;
use crate::ruleset;
use azr_core::error::{Error, Result};
use azr_core::files::{self, AtomicFile};

/// The name of the file in the folder beside the archive.
const STAGED_FILES: &str = "files";

/// The files of an archive that is not complete.
pub(super) struct StagedFiles {
    archive: PathBuf,
    path: PathBuf,
    file: File,
    /// Where the next file starts.
    end: u64,
}

impl StagedFiles {
    /// Opens the files; `completed` are those of an interrupted backup, after which everything else is overwritten.
    pub(super) fn open<'f>(
        folder: &Path,
        archive: &Path,
        completed: impl Iterator<Item = &'f StoredFile>,
    ) -> Result<Self> {
        let path = folder.join(STAGED_FILES);
        let failed = |e: io::Error| Error::write(&path, e);
        let mut options = File::options();
        options.read(true).write(true).create(true).truncate(false);
        let file = files::retry_while_in_use(|| options.open(&path)).map_err(failed)?;
        let ends = completed.filter_map(|file| file.start?.checked_add(file.bytes));
        let end = ends.max().unwrap_or_default().min(file.metadata().map_err(failed)?.len());
        file.set_len(end).map_err(failed)?;
        Ok(Self { archive: archive.to_owned(), path, file, end })
    }

    /// Whether a file of an interrupted backup is there as it was written.
    pub(super) fn has(&mut self, file: &StoredFile) -> bool {
        let Some(start) = file.start else { return false };
        let Ok(length) = usize::try_from(file.bytes) else { return false };
        if start.checked_add(file.bytes).is_none_or(|end| end > self.end) {
            return false;
        }
        let mut content = vec![0; length];
        let read = self.file.seek(SeekFrom::Start(start)).and_then(|_| self.file.read_exact(&mut content));
        read.is_ok() && sha256_hex(&content) == file.sha256
    }

    /// Adds a file; returns where it starts.
    pub(super) fn add(&mut self, content: &[u8]) -> Result<u64> {
        let start = self.end;
        let written = self.file.seek(SeekFrom::Start(start)).and_then(|_| self.file.write_all(content));
        written.map_err(|e| Error::write(&self.path, e))?;
        self.end += content.len() as u64;
        Ok(start)
    }

    /// Writes the archive; the same backup yields the same bytes.
    pub(super) fn pack<'f>(
        &mut self,
        manifest: &[u8],
        files: impl Iterator<Item = (&'f String, &'f StoredFile)>,
    ) -> Result<()> {
        let archive = &self.archive;
        let failed = |e: zip::result::ZipError| Error::write(archive, e.into());
        let options = ruleset::entry_options();
        let mut writer = ZipWriter::new(AtomicFile::create(archive)?);
        writer.start_file(MANIFEST, options).map_err(failed)?;
        writer.write_all(manifest).map_err(|e| Error::write(archive, e))?;
        for (name, stored) in files {
            writer.start_file(name.as_str(), options).map_err(failed)?;
            let start = stored.start.unwrap_or_default();
            self.file.seek(SeekFrom::Start(start)).map_err(|e| Error::read(&self.path, e))?;
            let mut content = (&self.file).take(stored.bytes);
            let copied = io::copy(&mut content, &mut writer).map_err(|e| Error::write(archive, e))?;
            if copied != stored.bytes {
                return Err(Error::read(&self.path, io::ErrorKind::UnexpectedEof.into()));
            }
        }
        let mut file = writer.finish().map_err(failed)?;
        file.flush().map_err(|e| Error::write(archive, e))?;
        file.commit()
    }

    /// Removes the files once the archive is written.
    pub(super) fn remove(self) -> Result<()> {
        let Self { path, file, .. } = self;
        drop(file);
        files::retry_while_in_use(|| fs::remove_file(&path)).map_err(|e| Error::write(&path, e))
    }
}
