//! Who is behind a token. Tokens are looked up by their hash, so the time it takes tells nothing about them.

use std::{collections::HashMap, sync::RwLock};

use stall_core::{AppError, AppResult, ErrorCode, Role, api::Member};

/// What a token stands for.
#[derive(Debug, Clone)]
pub struct Session {
    /// What the token itself may do; bounds who may be chosen with `members.use`.
    pub authority: Role,
    /// The person who said they work at this screen.
    pub using: Option<Member>,
}

/// The tokens of this run.
#[derive(Debug, Default)]
pub struct Sessions(RwLock<HashMap<[u8; 32], Session>>);

impl Sessions {
    /// Makes a token for a role: 256 random bits as hex.
    ///
    /// # Errors
    /// `Internal` when the system gives no randomness.
    pub fn mint(&self, authority: Role) -> AppResult<String> {
        let mut random = [0; 32];
        getrandom::fill(&mut random).map_err(|e| AppError::new(ErrorCode::Internal).detail(e))?;
        let token = blake3::Hash::from_bytes(random).to_hex().to_string();
        self.write().insert(key(&token), Session { authority, using: None });
        Ok(token)
    }

    /// The session of a token.
    ///
    /// # Errors
    /// `NoSession`.
    pub fn get(&self, token: &str) -> AppResult<Session> {
        let all = self.0.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        all.get(&key(token)).cloned().ok_or_else(|| ErrorCode::NoSession.into())
    }

    /// Says who works at this screen from now on.
    pub fn set_using(&self, token: &str, member: Member) {
        if let Some(s) = self.write().get_mut(&key(token)) {
            s.using = Some(member);
        }
    }

    /// Forgets who was chosen: everywhere, or where it is this person.
    pub fn forget(&self, member: Option<stall_core::Id>) {
        for s in self.write().values_mut() {
            if member.is_none() || s.using.as_ref().map(|m| m.id) == member {
                s.using = None;
            }
        }
    }

    fn write(&self) -> std::sync::RwLockWriteGuard<'_, HashMap<[u8; 32], Session>> {
        self.0.write().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

fn key(token: &str) -> [u8; 32] {
    *blake3::hash(token.as_bytes()).as_bytes()
}
