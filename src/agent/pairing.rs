//! Which pages may ask for signatures: those that once knew the code shown here.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use openssl::rand::rand_bytes;
use subtle::ConstantTimeEq as _;

use super::{AgentError, random_name};
use crate::storage::Hash;

/// Wrong codes after which no page is paired until the agent is started anew.
const MOST_WRONG_CODES: u8 = 5;

/// The code, and the secrets of pages that were paired.
pub(super) struct Pairing {
    state: Mutex<State>,
    /// Where the hashes of the secrets are kept.
    file: Option<PathBuf>,
}

struct State {
    /// Used once; the next page needs a new one.
    code: String,
    wrong: u8,
    /// SHA-256 of origin and secret: the file opens nothing for who reads it.
    known: Vec<Hash>,
}

impl Pairing {
    pub async fn open(file: Option<PathBuf>) -> Result<Self, AgentError> {
        let text = match &file {
            Some(file) => tokio::fs::read_to_string(file).await.unwrap_or_default(),
            None => String::new(),
        };
        let known = text.lines().filter_map(|line| Hash::try_from(line.to_owned()).ok()).collect();
        Ok(Self { state: Mutex::new(State { code: new_code()?, wrong: 0, known }), file })
    }

    pub fn code(&self) -> String {
        self.lock().code.clone()
    }

    /// Pairs a page that says the code, and gives it its secret.
    pub async fn pair(&self, origin: &str, said: &str) -> Result<Option<String>, AgentError> {
        let (secret, next) = (random_name(32)?, new_code()?);
        let known = {
            let mut state = self.lock();
            let is_right = bool::from(said.trim().as_bytes().ct_eq(state.code.as_bytes()));
            if state.wrong >= MOST_WRONG_CODES || !is_right {
                state.wrong = state.wrong.saturating_add(1);
                return Ok(None);
            }
            state.wrong = 0;
            state.code = next;
            state.known.push(named(origin, &secret));
            state.known.iter().map(Hash::to_string).collect::<Vec<_>>().join("\n")
        };
        if let Some(file) = &self.file {
            tokio::fs::write(file, known).await?;
        }
        Ok(Some(secret))
    }

    pub fn knows(&self, origin: &str, secret: &str) -> bool {
        self.lock().known.contains(&named(origin, secret))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Bound to its origin, so that a secret is of no use to another office's page.
fn named(origin: &str, secret: &str) -> Hash {
    Hash::of(format!("{origin} {secret}").as_bytes())
}

/// Six digits, read from the screen and typed once.
fn new_code() -> Result<String, openssl::error::ErrorStack> {
    let mut random = [0; 8];
    rand_bytes(&mut random)?;
    Ok(format!("{:06}", u64::from_be_bytes(random) % 1_000_000))
}

#[cfg(test)]
mod tests {
    use super::Pairing;

    const OFFICE: &str = "https://office.example.vn";

    #[tokio::test]
    async fn a_code_pairs_one_page_of_one_office() {
        let pairing = Pairing::open(None).await.unwrap();
        let code = pairing.code();
        let secret = pairing.pair(OFFICE, &code).await.unwrap().unwrap();
        assert!(pairing.knows(OFFICE, &secret));
        assert!(!pairing.knows("https://other.example.vn", &secret));
        assert_eq!(pairing.pair(OFFICE, &code).await.unwrap(), None);
    }

    #[tokio::test]
    async fn after_five_wrong_codes_the_right_one_is_refused_too() {
        let pairing = Pairing::open(None).await.unwrap();
        for _ in 0..5 {
            assert_eq!(pairing.pair(OFFICE, "none").await.unwrap(), None);
        }
        assert_eq!(pairing.pair(OFFICE, &pairing.code()).await.unwrap(), None);
    }

    #[tokio::test]
    async fn pairings_survive_a_restart_and_their_file_holds_no_secret() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pairings");
        let pairing = Pairing::open(Some(file.clone())).await.unwrap();
        let secret = pairing.pair(OFFICE, &pairing.code()).await.unwrap().unwrap();
        assert!(!tokio::fs::read_to_string(&file).await.unwrap().contains(&secret));
        assert!(Pairing::open(Some(file)).await.unwrap().knows(OFFICE, &secret));
    }
}
