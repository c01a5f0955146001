//! The RSA key that tokens are signed with.
//!
//! It is a test key that is part of azr's source, because generating an RSA key would delay the first token. It protects
//! nothing: the emulator issues a token to everyone who asks. It was generated with
//! `openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -outform DER`.

use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::rsa::PublicKeyComponents;
use ring::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// The test key as PKCS #8.
const TEST_KEY: &[u8] = include_bytes!("test_signing_key.pkcs8.der");

/// The key, and its id.
pub(super) struct SigningKey {
    pair: RsaKeyPair,
    id: String,
}

/// The key that every token is signed with; it is parsed when it is first used.
pub(super) fn signing_key() -> &'static SigningKey {
    static KEY: OnceLock<SigningKey> = OnceLock::new();
    KEY.get_or_init(|| {
        // Cannot fail: the key is a constant, and the tests parse it.
        let pair = RsaKeyPair::from_pkcs8(TEST_KEY).expect("the test key is valid");
        let id = URL_SAFE_NO_PAD.encode(&Sha256::digest(pair.public_key().as_ref())[..20]);
        SigningKey { pair, id }
    })
}

impl SigningKey {
    /// The id of the key: `kid` in tokens.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// The signature of a message, of the algorithm RS256.
    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let mut signature = vec![0; self.pair.public().modulus_len()];
        // Cannot fail: the buffer has the length of the modulus, and this padding needs no random bytes.
        self.pair
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
            .expect("the buffer has the right length");
        signature
    }

    /// Whether a signature of a message was made with this key.
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let key = ring::signature::UnparsedPublicKey::new(
            &RSA_PKCS1_2048_8192_SHA256,
            self.pair.public_key().as_ref(),
        );
        key.verify(message, signature).is_ok()
    }

    /// The public key as a JSON Web Key.
    pub(super) fn public_jwk(&self) -> Value {
        let PublicKeyComponents { n, e } = PublicKeyComponents::<Vec<u8>>::from(self.pair.public_key());
        let encode = |number: Vec<u8>| URL_SAFE_NO_PAD.encode(number);
        json!({"kty": "RSA", "use": "sig", "kid": self.id, "n": encode(n), "e": encode(e)})
    }
}
