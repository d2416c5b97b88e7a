//! The server's side of SCRAM-SHA-256 (RFC 5802, RFC 7677), for the stand-in.

use std::collections::BTreeMap;
use std::sync::Mutex;

use sha2::{Digest, Sha256};

const SALT: &[u8] = b"sixteen of salt!";
const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// One exchange.
pub(crate) struct Server {
    password: String,
    client_first_bare: String,
    first: String,
    nonce: String,
    rounds: u32,
}

impl Server {
    /// From the client's first message.
    pub(crate) fn new(password: &str, client_first: &str, rounds: u32) -> Option<Server> {
        let bare = client_first.splitn(3, ',').nth(2)?.to_string();
        let nonce = format!("{}server", bare.split_once("r=")?.1);
        let first = format!("r={nonce},s={},i={rounds}", encode(SALT));
        Some(Server {
            password: password.to_string(),
            client_first_bare: bare,
            first,
            nonce,
            rounds,
        })
    }

    /// The server's first message.
    pub(crate) fn first(&self) -> &str {
        &self.first
    }

    /// The server's last message, if the client knows the password.
    pub(crate) fn finish(&mut self, client_final: &str) -> Option<String> {
        let (without_proof, proof) = client_final.split_once(",p=")?;
        without_proof.contains(&format!("r={}", self.nonce)).then_some(())?;
        if self.rounds > 100_000 {
            return None;
        }
        let message = format!("{},{},{without_proof}", self.client_first_bare, self.first);
        let salted = salted(self.password.as_bytes(), self.rounds);
        let client_key = hmac(&salted, b"Client Key");
        let signature = hmac(&Sha256::digest(client_key), message.as_bytes());
        let wanted: Vec<u8> = client_key.iter().zip(signature).map(|(k, s)| k ^ s).collect();
        (encode(&wanted) == proof).then(|| {
            format!("v={}", encode(&hmac(&hmac(&salted, b"Server Key"), message.as_bytes())))
        })
    }
}

/// Slow on purpose, and so done once for each password and count of rounds.
fn salted(password: &[u8], rounds: u32) -> [u8; 32] {
    type Salted = BTreeMap<(Vec<u8>, u32), [u8; 32]>;
    static DONE: Mutex<Salted> = Mutex::new(BTreeMap::new());
    let mut done = DONE.lock().expect("nobody panicked");
    *done.entry((password.to_vec(), rounds)).or_insert_with(|| hashed(password, rounds))
}

fn hashed(password: &[u8], rounds: u32) -> [u8; 32] {
    let mut last = hmac(password, &[SALT, &[0, 0, 0, 1]].concat());
    let mut all = last;
    for _ in 1..rounds {
        last = hmac(password, &last);
        all.iter_mut().zip(last).for_each(|(a, l)| *a ^= l);
    }
    all
}

fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut block = [0; 64];
    block[..key.len()].copy_from_slice(key);
    let pad = |with: u8| block.map(|b| b ^ with);
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(message).finalize();
    Sha256::new().chain_update(pad(0x5c)).chain_update(inner).finalize().into()
}

pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let group =
            chunk.iter().fold(0_u32, |g, b| g << 8 | u32::from(*b)) << (8 * (3 - chunk.len()));
        for i in 0..4 {
            let letter = LETTERS[(group >> (18 - 6 * i) & 63) as usize] as char;
            out.push(if i > chunk.len() { '=' } else { letter });
        }
    }
    out
}

#[test]
fn base64_is_the_usual_one() {
    for (bytes, text) in
        [(&b"a"[..], "YQ=="), (b"ab", "YWI="), (b"abc", "YWJj"), (b"\xff\xfe\xfd\xfc", "//79/A==")]
    {
        assert_eq!(encode(bytes), text);
    }
}
