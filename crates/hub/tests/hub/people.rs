//! Founding, inviting, joining, coming back.

use reqwest::Method;
use serde_json::json;
use stall_core::{
    Ms, Role,
    sync::{
        Hex,
        wire_trust::{CertKind, MakeStall, Signer, WrapTo},
    },
};

use stall_seal::ReplicaKey;

use crate::{
    attacks::join,
    laptop::Laptop,
    world::{START, World, both, hex},
};

both! {
    a_stall_is_founded_once_with_the_operators_word
    an_invited_laptop_waits_until_an_owner_signs_and_then_belongs
    the_recovery_phrase_opens_the_door_again
    a_lost_token_is_replaced_by_proof_of_the_key
    certificates_count_by_who_signed_them
    keys_go_to_those_they_were_made_for
    a_unit_is_held_by_one_laptop_at_a_time
}

async fn a_stall_is_founded_once_with_the_operators_word(world: World) {
    let code = world.code("one").await;
    let mut owner = Laptop::founder(world.address, 1);
    let made = owner.make_stall();
    assert_eq!(owner.post("/v1/stalls", None, &made).await.code(), "no_token");
    assert_eq!(owner.post("/v1/stalls", Some("0000-0000-0000-0000"), &made).await.code(), "invite_gone");
    // A stall's id is made of its root: nobody founds another's.
    let other = MakeStall { root: Hex([3; 32]), ..made.clone() };
    assert_eq!(owner.post("/v1/stalls", Some(&code), &other).await.code(), "bad_input");
    let typed = code.to_lowercase().replace('-', " ");
    let answer = owner.post("/v1/stalls", Some(&typed), &made).await.ok();
    assert_eq!((&answer["stall"], &answer["recovery"]), (&json!(hex(&owner.stall)), &json!(hex(&[5; 32]))));
    owner.token = answer["token"].as_str().unwrap().into();
    assert_eq!(owner.get("/v1/members").await.ok().as_array().unwrap().len(), 1);
    let stalls = world.storage().stalls().await.unwrap();
    assert_eq!((stalls.len(), stalls[0].name.as_str()), (1, "one"));
    // The code is used up.
    let second = Laptop::founder(world.address, 2);
    assert_eq!(second.post("/v1/stalls", Some(&code), &second.make_stall()).await.code(), "invite_gone");
    // The operator's token makes as many as it likes.
    let admin = stall_hub::secrets::admin_token().unwrap();
    world.storage().set_admin(&stall_hub::secrets::admin_hash(&admin)).await.unwrap();
    second.post("/v1/stalls", Some(&admin), &second.make_stall()).await.ok();
}

async fn an_invited_laptop_waits_until_an_owner_signs_and_then_belongs(world: World) {
    let owner = world.stall(1).await;
    let mut helper = owner.sibling(2);
    let invite = json!({ "invite": hex(&[42; 32]), "role": "packer", "name": "小李", "hold_ms": 600_000 });
    assert_eq!(helper.post("/v1/invites", None, &invite).await.code(), "no_token");
    owner.post("/v1/invites", None, &invite).await.ok();
    assert_eq!(owner.post("/v1/invites", None, &invite).await.code(), "exists");
    // Who is a member already is not joined to by another in its name.
    let mut mask = owner.sibling(owner.replica[0]);
    assert_eq!(mask.post("/v1/join", None, &join(&mask, [42; 32])).await.code(), "exists");
    mask.token = String::new();
    let answer = helper.post("/v1/join", None, &join(&helper, [42; 32])).await.ok();
    helper.token = answer["token"].as_str().unwrap().into();
    assert_eq!(answer["root"], hex(&owner.root.public()));
    // It may look for its certificate, and nothing else.
    assert_eq!(helper.get("/v1/members").await.status, 200);
    let refused = helper.get("/v1/pull?after=0").await;
    assert_eq!((refused.code().as_str(), refused.arg("why").as_str()), ("not_allowed", "no_certificate"));
    assert_eq!(helper.get("/v1/joins").await.code(), "not_allowed");
    let waiting = owner.get("/v1/joins").await.ok();
    assert_eq!((&waiting[0]["join"]["replica"], &waiting[0]["at"]), (&json!(hex(&helper.replica)), &json!(START)));
    let certificate = owner.certificate(&helper, Role::Packer, CertKind::Join);
    owner.post("/v1/members", None, &certificate).await.ok();
    assert_eq!(owner.get("/v1/joins").await.ok(), json!([]));
    helper.write(&[0], &[0, 1]).await.ok();
    assert_eq!(owner.pull("after=0").await.1, 1);
    let never = json!({ "invite": hex(&[44; 32]), "role": "host", "name": "", "hold_ms": 0 });
    let refused = owner.post("/v1/invites", None, &never).await;
    assert_eq!((refused.code().as_str(), refused.arg("field").as_str()), ("bad_input", "hold_ms"));
    // Too late.
    let late = json!({ "invite": hex(&[43; 32]), "role": "host", "name": "", "hold_ms": 600_000 });
    owner.post("/v1/invites", None, &late).await.ok();
    world.pass(600_000);
    let third = owner.sibling(3);
    assert_eq!(third.post("/v1/join", None, &join(&third, [43; 32])).await.code(), "invite_gone");
}

async fn the_recovery_phrase_opens_the_door_again(world: World) {
    let mut burnt = world.stall(1).await;
    burnt.write(&[0], &[0]).await.ok();
    // Every laptop burnt; the phrase gives the root key, a new laptop certifies itself.
    let mut new = burnt.sibling(7);
    let made = MakeStall { certificate: new.certificate(&new, Role::Owner, CertKind::Join), ..new.make_stall() };
    let answer = new.post("/v1/stalls", None, &made).await.ok();
    new.token = answer["token"].as_str().unwrap().into();
    assert_eq!(new.pull("after=0").await.0.len(), 1);
    // Certificates are no secret: one that is known opens nothing.
    assert_eq!(new.post("/v1/stalls", None, &made).await.code(), "exists");
    // Nor one by somebody else's hand.
    let mut forged = new.certificate(&new.sibling(8), Role::Owner, CertKind::Join);
    forged.signature = Hex([1; 64]);
    let made = MakeStall { certificate: forged, ..made };
    assert_eq!(new.post("/v1/stalls", None, &made).await.arg("field"), "certificate");
}

async fn a_lost_token_is_replaced_by_proof_of_the_key(world: World) {
    let mut owner = world.stall(1).await;
    owner.token = String::new();
    owner.prove(world.time()).await;
    assert_eq!(owner.get("/v1/members").await.status, 200);
    // The newest eight are good.
    let first = owner.token.clone();
    for _ in 0..8 {
        assert_eq!(owner.send(Method::GET, "/v1/members", Some(&first), Vec::new()).await.status, 200);
        world.pass(1);
        owner.prove(world.time()).await;
    }
    assert_eq!(owner.send(Method::GET, "/v1/members", Some(&first), Vec::new()).await.code(), "no_token");
    let (stall, replica, at) = (Hex(owner.stall), Hex(owner.replica), Ms(world.time()));
    let message = stall_hub::proof_message(&stall, &replica, at);
    let proof = |at, signature| stall_hub::Proof { stall, replica, at, signature: Hex(signature) };
    let wrong = proof(at, owner.root.sign(&message));
    assert_eq!(owner.post("/v1/token", None, &wrong).await.code(), "no_token");
    // A proof that was listened to is worth nothing later; the refusal says the time, for a laptop whose clock is wrong.
    world.pass(180_000);
    let stale = owner.post("/v1/token", None, &proof(at, owner.key.sign(&message))).await;
    assert_eq!((stale.code().as_str(), stale.arg("now")), ("bad_input", world.time().to_string()));
}

async fn certificates_count_by_who_signed_them(world: World) {
    let owner = world.stall(1).await;
    let helper = owner.add(2, Role::Host, world.time()).await;
    let second = owner.add(3, Role::Owner, world.time()).await;
    let third = owner.sibling(4);
    // By a laptop: an owner's counts, a helper's does not, nor one in an owner's name.
    let by = |signer: &Laptop, named: &Laptop| {
        let named = Signer::Replica(Hex(named.replica));
        owner.certificate_by(&third, Role::Packer, CertKind::Join, named, &signer.key)
    };
    for wrong in [by(&helper, &helper), by(&helper, &second)] {
        assert_eq!(helper.post("/v1/members", None, &wrong).await.arg("field"), "certificate");
    }
    // It does not matter who brings it; twice is once; several in one go keep their order.
    helper.post("/v1/members", None, &by(&second, &second)).await.ok();
    helper.post("/v1/members", None, &vec![by(&second, &second); 2]).await.ok();
    let listed = helper.get("/v1/members").await.ok();
    assert_eq!(listed.as_array().unwrap().len(), 4);
    assert_eq!(listed[3], serde_json::to_value(by(&second, &second)).unwrap());
    // Keys and role of a member do not change under its name.
    let mut other = owner.sibling(2);
    other.key = ReplicaKey::from_bytes(&[66; 32]);
    for c in
        [owner.certificate(&other, Role::Host, CertKind::Join), owner.certificate(&helper, Role::Owner, CertKind::Join)]
    {
        assert_eq!(owner.post("/v1/members", None, &c).await.arg("field"), "certificate");
    }
    // A laptop put back from a backup certifies its successor, which goes when it is removed.
    let mut heir = owner.sibling(6);
    let named = Signer::Replica(Hex(helper.replica));
    let c = owner.certificate_by(&heir, Role::Host, CertKind::Join, named, &helper.key);
    helper.post("/v1/members", None, &c).await.ok();
    heir.prove(world.time()).await;
    owner.post("/v1/members", None, &owner.certificate(&helper, Role::Host, CertKind::Revoke)).await.ok();
    assert_eq!(heir.get("/v1/members").await.code(), "revoked");
    // An owner who was removed signs nothing more.
    owner.post("/v1/members", None, &owner.certificate(&second, Role::Owner, CertKind::Revoke)).await.ok();
    let named = Signer::Replica(Hex(second.replica));
    let late = owner.certificate_by(&owner.sibling(5), Role::Host, CertKind::Join, named, &second.key);
    assert_eq!(owner.post("/v1/members", None, &late).await.arg("field"), "certificate");
}

async fn keys_go_to_those_they_were_made_for(world: World) {
    let owner = world.stall(1).await;
    let helper = owner.add(2, Role::Host, world.time()).await;
    let wrap = |to| owner.wrap(to, Signer::Root, &owner.root);
    let (one, two) = (wrap(WrapTo::Replica(Hex(helper.replica))), wrap(WrapTo::Replica(Hex([9; 16]))));
    owner.post("/v1/keys", None, &[&one, &two]).await.ok();
    owner.post("/v1/keys", None, &[&one]).await.ok();
    assert_eq!(helper.get("/v1/keys").await.ok(), json!([one]));
    assert_eq!(owner.get("/v1/keys").await.ok().as_array().unwrap().len(), 3, "and the one of the founding");
    let mut forged = wrap(WrapTo::Replica(Hex(helper.replica)));
    forged.sealed.0[0] ^= 1;
    let by_helper = owner.wrap(WrapTo::Recovery, Signer::Replica(Hex(helper.replica)), &helper.key);
    for wrong in [forged, by_helper] {
        assert_eq!(owner.post("/v1/keys", None, &wrong).await.arg("field"), "wrap");
    }
}

async fn a_unit_is_held_by_one_laptop_at_a_time(world: World) {
    let owner = world.stall(1).await;
    let helper = owner.add(2, Role::Host, world.time()).await;
    let ask = |of: &Laptop, ms: u32| json!({ "subject": hex(&[1; 32]), "replica": hex(&of.replica), "hold_ms": ms });
    assert_eq!(owner.post("/v1/claim", None, &ask(&owner, 60_000)).await.ok()["held"], true);
    let second = helper.post("/v1/claim", None, &ask(&helper, 60_000)).await.ok();
    assert_eq!((&second["held"], &second["by"]), (&json!(false), &json!(hex(&owner.replica))));
    assert_eq!(second["until"], START + 60_000);
    assert_eq!(owner.post("/v1/claim", None, &ask(&owner, 90_000)).await.ok()["until"], START + 90_000);
    assert_eq!(owner.post("/v1/claim", None, &ask(&owner, 0)).await.ok()["held"], false);
    assert_eq!(helper.post("/v1/claim", None, &ask(&helper, u32::MAX)).await.ok()["until"], START + 15 * 60_000);
    assert_eq!(owner.post("/v1/claim", None, &ask(&owner, 5)).await.ok()["held"], false);
    world.pass(15 * 60_000);
    assert_eq!(owner.post("/v1/claim", None, &ask(&owner, 5)).await.ok()["held"], true);
    assert_eq!(owner.post("/v1/claim", None, &ask(&helper, 5)).await.code(), "not_allowed");
    assert_eq!(owner.send(Method::POST, "/v1/claim", None, b"{".to_vec()).await.code(), "bad_input");
}
