#![expect(clippy::unwrap_used, reason = "tests")]
use super::*;
use crate::phrase::Phrase;

struct Stall {
    root: ReplicaKey,
    id: StallId,
    members: Members,
}

fn key(n: u8) -> ReplicaKey {
    ReplicaKey::from_bytes(&[n; 32])
}

fn stall() -> Stall {
    let root = Phrase::from_bytes([1; 32]).root();
    let id = stall_id(&root.public());
    let members = Members::new(id, &root.public()).unwrap();
    Stall { root, id, members }
}

fn says(stall: StallId, n: u8, role: Role) -> Says {
    Says {
        stall,
        kind: CertKind::Join,
        replica: Hex([n; 16]),
        name: "阿强".into(),
        role,
        ed25519: key(n).public(),
        x25519: [n; 32],
        at: Ms(i64::from(n)),
    }
}

fn by(n: u8) -> Signer {
    Signer::Replica(Hex([n; 16]))
}

fn with_owner_and_packer() -> Stall {
    let mut s = stall();
    s.members.take(&certify(says(s.id, 1, Role::Owner), Signer::Root, &s.root)).unwrap();
    s.members.take(&certify(says(s.id, 2, Role::Packer), by(1), &key(1))).unwrap();
    s
}

#[test]
fn root_lets_an_owner_in_and_the_owner_others() {
    let s = with_owner_and_packer();
    assert_eq!(s.members.active().count(), 2);
    assert!(s.members.owner_key(by(1)).is_ok());
    assert!(s.members.owner_key(by(2)).is_err());
}

#[test]
fn nobody_else_lets_anybody_in() {
    let mut s = with_owner_and_packer();
    let before = s.members.clone();
    // A packer; a stranger; the hub with a key of its own under the owner's name; another stall's certificate.
    let tries = [
        certify(says(s.id, 3, Role::Owner), by(2), &key(2)),
        certify(says(s.id, 3, Role::Packer), by(9), &key(9)),
        certify(says(s.id, 3, Role::Owner), by(1), &key(9)),
        certify(says(s.id, 3, Role::Owner), Signer::Root, &key(9)),
        certify(says(Hex([0; 16]), 3, Role::Packer), by(1), &key(1)),
        // Another key under a known id.
        certify(Says { ed25519: key(9).public(), ..says(s.id, 2, Role::Packer) }, by(1), &key(1)),
    ];
    for c in tries {
        assert_eq!(s.members.take(&c), Err(SealError::NotGenuine), "{c:?}");
    }
    assert_eq!(s.members, before);
}

#[test]
fn a_changed_certificate_is_refused() {
    let mut s = with_owner_and_packer();
    let c = certify(says(s.id, 3, Role::Host), by(1), &key(1));
    for changed in [
        Certificate { role: Role::Owner, ..c.clone() },
        Certificate { name: "别人".into(), ..c.clone() },
        Certificate { x25519: Hex([8; 32]), ..c.clone() },
        Certificate { kind: CertKind::Revoke, replica: Hex([2; 16]), ..c.clone() },
    ] {
        assert_eq!(s.members.take(&changed), Err(SealError::NotGenuine));
    }
    assert_eq!(s.members.take(&c), Ok(()));
    assert_eq!(s.members.take(&c), Ok(()), "the same list again");
}

#[test]
fn a_restored_laptop_goes_on_under_a_new_id_and_is_revoked_with_the_old_one() {
    let mut s = with_owner_and_packer();
    let heir = certify(says(s.id, 4, Role::Packer), by(2), &key(2));
    s.members.take(&heir).unwrap();
    let more = certify(says(s.id, 5, Role::Control), by(2), &key(2));
    assert_eq!(s.members.take(&more), Err(SealError::NotGenuine), "not with more rights");
    let revoke = Says { kind: CertKind::Revoke, at: Ms(50), ..says(s.id, 2, Role::Packer) };
    s.members.take(&certify(revoke, by(1), &key(1))).unwrap();
    assert_eq!(s.members.active().count(), 1);
    assert_eq!(s.members.get(&Hex([4; 16])).unwrap().revoked, Some(Ms(50)));
    let late = certify(says(s.id, 6, Role::Packer), by(2), &key(2));
    assert_eq!(s.members.take(&late), Err(SealError::NotGenuine));
}

#[test]
fn a_stall_s_id_proves_its_root() {
    let s = stall();
    assert_eq!(Members::new(s.id, &key(9).public()), Err(SealError::NotGenuine));
}
