#![expect(clippy::unwrap_used, reason = "tests")]
//! Transactions can be run from spawned tasks.
use stall_core::Role;
use stall_store::{Actor, Env, Op, Store};

#[tokio::test]
async fn a_transaction_runs_in_a_spawned_task_with_borrowed_input() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), Env::system()).await.unwrap();
    let actor = Actor::new("周敏", Role::Owner);
    let name = String::from("x");
    let (s, a) = (store.clone(), actor.clone());
    let out = tokio::spawn(async move {
        let actor = &a;
        let name = &name;
        s.transact(Op::AddUnit, actor, async |tx| {
            let id = tx.new_id()?;
            let now = tx.now;
            sqlx::query("INSERT INTO units(id,stock_no,taken_in) VALUES(?1,?2,?3)")
                .bind(id)
                .bind(name)
                .bind(now)
                .execute(tx.conn())
                .await?;
            tx.say("what", name);
            Ok(id)
        })
        .await
    })
    .await
    .unwrap()
    .unwrap();
    assert!(out.changes.unwrap().flags.units);
    assert_eq!(store.undo_state().await.unwrap().undo.unwrap().op, "add_unit");
    store.undo(&actor).await.unwrap();
    let n: i64 =
        sqlx::query_scalar("SELECT count(*) FROM units").fetch_one(&mut *store.read().await.unwrap()).await.unwrap();
    assert_eq!(n, 0);
    store.redo(&actor).await.unwrap();
    let n: i64 =
        sqlx::query_scalar("SELECT count(*) FROM units").fetch_one(&mut *store.read().await.unwrap()).await.unwrap();
    assert_eq!(n, 1);
    assert!(store.redo(&actor).await.is_err());
}
