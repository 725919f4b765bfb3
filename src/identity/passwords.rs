//! Argon2id, kept from eating the machine.

use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

/// Hashes worked on at once: each takes 19 MiB and a core.
static TURNS: Semaphore = Semaphore::const_new(2);

#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    #[error("the password could not be hashed: {0}")]
    Hash(String),
    #[error("the hashing task broke off")]
    Task(#[from] tokio::task::JoinError),
    #[error("no turn to hash a password")]
    Turn(#[from] tokio::sync::AcquireError),
}

/// OWASP's parameters for Argon2id: 19 MiB, two passes.
fn argon2() -> Result<Argon2<'static>, PasswordError> {
    let params = Params::new(19_456, 2, 1, None).map_err(|error| PasswordError::Hash(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// The hash of a password, as a PHC string.
pub async fn hash(password: String) -> Result<String, PasswordError> {
    let _turn = TURNS.acquire().await?;
    tokio::task::spawn_blocking(move || {
        let hash = argon2()?.hash_password(password.as_bytes());
        hash.map(|hash| hash.to_string()).map_err(|error| PasswordError::Hash(error.to_string()))
    })
    .await?
}

/// Tells whether a password is the one. Takes the same time without a stored
/// hash, so that nobody learns which logins exist.
pub async fn matches(password: String, stored: Option<String>) -> Result<bool, PasswordError> {
    let _turn = TURNS.acquire().await?;
    tokio::task::spawn_blocking(move || {
        let argon2 = argon2()?;
        match stored.as_deref().map(PasswordHash::new) {
            Some(Ok(hash)) => Ok(argon2.verify_password(password.as_bytes(), &hash).is_ok()),
            _ => {
                // The result does not matter, the time does.
                let _ = argon2.hash_password(password.as_bytes());
                Ok(false)
            }
        }
    })
    .await?
}
