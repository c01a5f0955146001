//! TLS for the emulator's server: a self-signed certificate for this machine, stored beside the state file.
//!
//! Clients have to trust the certificate's PEM file: `REQUESTS_CA_BUNDLE` for az, `SSL_CERT_FILE` for most others.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, DnsName, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use azr_core::error::{Error, Result};
use azr_core::files::private::{self, FileMode};

/// The host names of the default certificate.
const LOCAL_NAMES: &[&str] = &["localhost", "127.0.0.1", "::1"];

/// The PEM files of a certificate and its key.
#[derive(Debug, Clone)]
pub struct CertificateFiles {
    /// The certificate.
    pub certificate: PathBuf,
    /// The private key.
    pub key: PathBuf,
    /// The host name of the certificate; none for those of this machine.
    name: Option<String>,
}

impl CertificateFiles {
    /// The files beside a state file, for this machine or for another host `name`, which clients are to refuse.
    #[must_use]
    pub fn beside(state: &Path, name: Option<String>) -> Self {
        let prefix = name.as_ref().map_or_else(String::new, |name| format!("{name}."));
        let file = |ending: &str| state.with_extension(format!("{prefix}{ending}.pem"));
        Self { certificate: file("cert"), key: file("key"), name }
    }
}

/// Parses a host name for a certificate: letters, digits, hyphens and periods.
pub fn parse_host(name: &str) -> Result<String, String> {
    let has_valid_chars = name.chars().all(|c| c.is_ascii_alphanumeric() || "-.".contains(c));
    match DnsName::try_from(name) {
        Ok(_) if has_valid_chars => Ok(name.to_owned()),
        _ => Err("not a valid host name; give one such as other.example".to_owned()),
    }
}

fn invalid(path: &Path, reason: &dyn std::fmt::Display) -> Error {
    Error::invalid(format!("{} cannot be used for TLS: {reason}", path.display()))
        .with_hint("Delete the emulator's .cert.pem and .key.pem files; azr creates new ones.")
}

/// A TLS acceptor with the certificate in the files, which are created if one is missing.
pub fn acceptor(files: &CertificateFiles) -> Result<TlsAcceptor> {
    if !files.certificate.exists() || !files.key.exists() {
        create(files)?;
    }
    let read = |path: &Path, care| private::read_file(path, care).map_err(|e| Error::read(path, e));
    let certificate = CertificateDer::from_pem_slice(&read(&files.certificate, FileMode::OwnerWritable)?)
        .map_err(|e| invalid(&files.certificate, &e))?;
    let key = PrivateKeyDer::from_pem_slice(&read(&files.key, FileMode::OwnerOnly)?)
        .map_err(|e| invalid(&files.key, &e))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(vec![certificate], key))
        .map_err(|e| invalid(&files.key, &e))?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

fn create(files: &CertificateFiles) -> Result<()> {
    let names = match &files.name {
        Some(name) => vec![name.clone()],
        None => LOCAL_NAMES.iter().map(|n| (*n).to_owned()).collect(),
    };
    let generated = rcgen::generate_simple_self_signed(names).map_err(|e| {
        Error::unexpected(format!("a certificate for the emulator could not be created: {e}"))
    })?;
    write(&files.key, &generated.signing_key.serialize_pem())?;
    write(&files.certificate, &generated.cert.pem())
}

fn write(path: &Path, text: &str) -> Result<()> {
    if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
        private::create_folders(folder).map_err(|e| Error::write(path, e))?;
    }
    // Only the key has to be private.
    private::write_file(path, text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_certificate_is_created_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = CertificateFiles::beside(&folder.path().join("state.json"), None);
        acceptor(&files).expect("made");
        let first = std::fs::read(&files.certificate).expect("there");
        acceptor(&files).expect("read");
        assert_eq!(std::fs::read(&files.certificate).expect("there"), first);
        std::fs::write(&files.key, "nonsense").expect("written");
        assert!(acceptor(&files).is_err_and(|e| e.hint().is_some()));
    }
    #[test]
    fn a_certificate_for_another_name_has_files_of_its_own() {
        let files = CertificateFiles::beside(Path::new("a/state.json"), Some("other.example".to_owned()));
        assert_eq!(files.certificate, Path::new("a/state.other.example.cert.pem"));
        assert!(parse_host("other.example").is_ok());
        for bad in ["", "a/b", "..", "127.0.0.1/", "a b"] {
            assert!(parse_host(bad).is_err(), "{bad}");
        }
    }
}
