//! Packs the folder of a backup into a zip archive.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::manifest::{MANIFEST, Manifest};
use azr_core::error::{Error, Result};
use azr_core::files::AtomicFile;

/// Packs the files of a complete backup; the same backup yields the same bytes.
pub fn pack(folder: &Path, manifest: &Manifest, archive: &Path) -> Result<()> {
    let failed = |e: zip::result::ZipError| Error::write(archive, e.into());
    // Without a time, which would make each archive different.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    let mut writer = ZipWriter::new(AtomicFile::create(archive)?);
    for name in std::iter::once(MANIFEST).chain(manifest.files.keys().map(String::as_str)) {
        let path = folder.join(name);
        let mut file = File::open(&path).map_err(|e| Error::read(&path, e))?;
        writer.start_file(name, options).map_err(failed)?;
        io::copy(&mut file, &mut writer).map_err(|e| Error::write(archive, e))?;
    }
    let mut file = writer.finish().map_err(failed)?;
    file.flush().map_err(|e| Error::write(archive, e))?;
    file.commit()
}
