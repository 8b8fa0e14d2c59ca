//! Invitations: a code that is good once, for ten minutes. They live in memory; a restart ends them.

use std::sync::{Mutex, MutexGuard, PoisonError};

use qrcode::{EcLevel, QrCode, render::svg};
use stall_core::{
    AppError, AppResult, ErrorCode, Id, Ms, Role,
    api::{LanInvite, LanInviteInput, LanLink},
};
use stall_store::tables::devices;

use crate::ctx::Ctx;

/// How long an invitation is good.
const GOOD_FOR: i64 = 10 * 60 * 1000;
/// Open invitations at once; the oldest gives way.
const MOST: usize = 20;
/// Digits and letters that nobody mistakes for another: 5 bits each.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// 60 bits: with ten guesses a minute and ten minutes, one in 10^16.
const LENGTH: usize = 12;

/// The open invitations.
#[derive(Debug, Default)]
pub struct Invites(Mutex<Vec<Invite>>);

/// One invitation. The code itself is not kept.
#[derive(Debug, Clone)]
pub struct Invite {
    pub id: Id,
    pub name: String,
    pub role: Role,
    /// Made while the sample stall was open.
    pub sample: bool,
    code: blake3::Hash,
    expires: Ms,
}

impl Invites {
    fn add(&self, invite: Invite) {
        let mut all = self.lock();
        if all.len() >= MOST {
            all.remove(0);
        }
        all.push(invite);
    }

    /// Uses an invitation up. Every open one is looked at, by hashes whose comparison takes the same time whatever they are.
    pub fn take(&self, code: &str, now: Ms) -> Option<Invite> {
        let asked = blake3::hash(clean(code).as_bytes());
        let mut all = self.lock();
        all.retain(|i| now < i.expires);
        let mut found = None;
        for (at, invite) in all.iter().enumerate() {
            if invite.code == asked {
                found = Some(at);
            }
        }
        found.map(|at| all.remove(at))
    }

    /// Puts one back that could not be used for a reason of our own.
    pub fn put_back(&self, invite: Invite) {
        self.lock().push(invite);
    }

    /// Takes an invitation back; true when it was open.
    pub fn remove(&self, id: Id) -> bool {
        let mut all = self.lock();
        let before = all.len();
        all.retain(|i| i.id != id);
        all.len() < before
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Invite>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Invites one phone.
///
/// # Errors
/// `LanOff` while the door is closed; `NameMissing`, `FieldTooLong`, `BadInput` with `role`.
pub fn invite(ctx: &Ctx, input: &LanInviteInput) -> AppResult<LanInvite> {
    let name = devices::checked(&input.name, input.role)?;
    let status = ctx.lan().status();
    if !status.open {
        return Err(ErrorCode::LanOff.into());
    }
    let (id, code) = (ctx.env().new_id()?, new_code()?);
    let expires = Ms(ctx.env().now().0 + GOOD_FOR);
    let invite = Invite {
        id,
        name: name.clone(),
        role: input.role,
        sample: ctx.stall().sample,
        code: blake3::hash(code.as_bytes()),
        expires,
    };
    ctx.lan().0.invites.add(invite);
    let code = grouped(&code);
    let links = status.addresses.iter().map(|a| {
        let (http, https) = (format!("{}#pair={code}", a.http), format!("{}#pair={code}", a.https));
        Ok(LanLink { ip: a.ip.clone(), http_qr: qr(&http)?, https_qr: qr(&https)?, http, https })
    });
    let links = links.collect::<AppResult<_>>()?;
    Ok(LanInvite { id, name, role: input.role, code, expires_at: expires, links, fingerprint: status.fingerprint })
}

fn new_code() -> AppResult<String> {
    let mut random = [0; LENGTH];
    getrandom::fill(&mut random).map_err(|e| AppError::new(ErrorCode::Internal).detail(e))?;
    Ok(random.iter().map(|b| char::from(LETTERS[usize::from(b % 32)])).collect())
}

fn grouped(code: &str) -> String {
    let letters: Vec<char> = code.chars().collect();
    letters.chunks(4).map(String::from_iter).collect::<Vec<_>>().join("-")
}

/// A code as it was made, however it was typed.
fn clean(typed: &str) -> String {
    let letters = typed.chars().filter(char::is_ascii_alphanumeric).take(64);
    letters
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            c => c,
        })
        .collect()
}

/// A text as a QR of SVG.
///
/// # Errors
/// `Internal` for one that is too long.
pub fn qr(text: &str) -> AppResult<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M);
    let code = code.map_err(|e| AppError::new(ErrorCode::Internal).detail(e))?;
    Ok(code.render::<svg::Color<'_>>().min_dimensions(280, 280).quiet_zone(true).build())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(code: &str, expires: i64) -> Invites {
        let invites = Invites::default();
        invites.add(Invite {
            id: Id::of_order("t", "", code),
            name: "小李".into(),
            role: Role::Photographer,
            sample: false,
            code: blake3::hash(code.as_bytes()),
            expires: Ms(expires),
        });
        invites
    }

    #[test]
    fn a_code_is_good_once_and_until_it_expires() {
        let invites = open("7KQ2M9XPTD41", 100);
        assert!(invites.take("0000-0000-0000", Ms(50)).is_none());
        assert!(invites.take("7KQ2-M9XP-TD41", Ms(50)).is_some());
        assert!(invites.take("7KQ2-M9XP-TD41", Ms(50)).is_none());
        assert!(open("7KQ2M9XPTD41", 100).take("7KQ2M9XPTD41", Ms(100)).is_none());
    }

    #[test]
    fn a_code_typed_small_with_spaces_or_look_alike_letters_is_the_same_code() {
        assert!(open("0123ABCD1111", 100).take(" o123 abcd iLl1", Ms(1)).is_some());
    }

    #[test]
    fn codes_are_twelve_letters_and_no_two_are_alike() -> AppResult<()> {
        let (a, b) = (new_code()?, new_code()?);
        assert!(a.len() == LENGTH && a != b && clean(&a) == a);
        Ok(())
    }
}
