//! The stall's people. A person who leaves keeps their name beside what they did.

use stall_core::{
    AppError, AppResult, ErrorCode, Id, Role,
    api::{Member, MemberInput, Members},
};

use super::words;
use crate::{Actor, Op, Output, Store};

const NAME_MAX: usize = 20;

/// The people who work here now, in the order they came.
///
/// # Errors
/// Store errors only.
pub async fn list(store: &Store) -> AppResult<Members> {
    let mut conn = store.read().await?;
    let rows = sqlx::query!(r#"SELECT id AS "id: Id", name, role FROM members WHERE gone = 0 ORDER BY id"#)
        .fetch_all(&mut *conn)
        .await?;
    let members: AppResult<Vec<Member>> =
        rows.into_iter().map(|r| Ok(Member { id: r.id, name: r.name, role: words::parse(&r.role)? })).collect();
    Ok(Members { members: members? })
}

/// One person, working here or gone.
///
/// # Errors
/// `NotFound`.
pub async fn get(store: &Store, id: Id) -> AppResult<Member> {
    let mut conn = store.read().await?;
    let r = sqlx::query!("SELECT name, role FROM members WHERE id = ?1", id).fetch_one(&mut *conn).await?;
    Ok(Member { id, name: r.name, role: words::parse(&r.role)? })
}

/// Adds a person.
///
/// # Errors
/// `NameMissing`, `FieldTooLong`.
pub async fn add(store: &Store, actor: &Actor, new: MemberInput) -> AppResult<Output<Member>> {
    let name = words::limited("name", NAME_MAX, &new.name)?;
    if name.is_empty() {
        return Err(ErrorCode::NameMissing.into());
    }
    store
        .transact(Op::AddMember, actor, async |tx| {
            let member = Member { id: tx.new_id()?, name: name.clone(), role: new.role };
            let role = new.role.as_str();
            sqlx::query!("INSERT INTO members(id,name,role) VALUES(?1,?2,?3)", member.id, member.name, role)
                .execute(tx.conn())
                .await?;
            tx.say("what", &member.name);
            Ok(member)
        })
        .await
}

/// Takes a person off the list. The last owner stays: somebody must be able to add people.
///
/// # Errors
/// `NotFound`; `NotAllowed` for the last owner.
pub async fn remove(store: &Store, actor: &Actor, id: Id) -> AppResult<Output<()>> {
    store
        .transact(Op::RemoveMember, actor, async |tx| {
            let gone = sqlx::query!("SELECT name, role FROM members WHERE id = ?1 AND gone = 0", id)
                .fetch_one(tx.conn())
                .await?;
            let owners = sqlx::query_scalar!("SELECT count(*) FROM members WHERE gone = 0 AND role = 'owner'")
                .fetch_one(tx.conn())
                .await?;
            if gone.role == Role::Owner.as_str() && owners <= 1 {
                return Err(AppError::new(ErrorCode::NotAllowed).arg("what", gone.name));
            }
            sqlx::query!("UPDATE members SET gone = 1 WHERE id = ?1", id).execute(tx.conn()).await?;
            tx.say("what", gone.name);
            Ok(())
        })
        .await
}

/// The stall's first owner: made at the first start, so that somebody is always working.
///
/// # Errors
/// Store errors only.
pub async fn first_owner(store: &Store, name: &str) -> AppResult<Member> {
    if let Some(owner) = list(store).await?.members.into_iter().find(|m| m.role == Role::Owner) {
        return Ok(owner);
    }
    let actor = Actor::new(name, Role::Owner);
    // Part of setting up, not an action a person would take back: `SetUp` steps stay out of the undo history.
    let made = store
        .transact(Op::SetUp, &actor, async |tx| {
            // Two first questions at once must not make two owners: the second sees the first one's here.
            let there = sqlx::query_as::<_, (Id, String)>(
                "SELECT id, name FROM members WHERE role = 'owner' AND gone = 0 ORDER BY id LIMIT 1",
            )
            .fetch_optional(tx.conn())
            .await?;
            if let Some((id, name)) = there {
                return Ok(Member { id, name, role: Role::Owner });
            }
            // The same on every laptop of a stall: each makes it before it knows of the others.
            let member =
                Member { id: Id::of_order("member", "", "first owner"), name: name.to_owned(), role: Role::Owner };
            sqlx::query!("INSERT INTO members(id,name,role) VALUES(?1,?2,'owner')", member.id, member.name)
                .execute(tx.conn())
                .await?;
            Ok(member)
        })
        .await?;
    Ok(made.value)
}
