//! The log of acts: one row per act, and a chain that shows any tampering.

use ecabinet::audit::{self, Finding};
use ecabinet::sql;

use crate::on_both;

on_both! {
    async fn an_untouched_log_is_intact(app) {
        app.sign_in("chair").await;
        app.sign_in("secretary").await;
        let mut tx = app.app.db.read().await.unwrap();
        assert_eq!(audit::verify(&mut tx).await.unwrap(), Finding::Intact { entries: 2 });
    }

    async fn a_changed_entry_breaks_the_chain(app) {
        app.sign_in("chair").await;
        app.sign_in("secretary").await;
        let mut tx = app.app.db.write().await.unwrap();
        sql!(tx => execute "UPDATE audit_entry SET act = 'nothing' WHERE sequence = 1").unwrap();
        assert_eq!(audit::verify(&mut tx).await.unwrap(), Finding::Broken { sequence: 1 });
    }

    async fn a_removed_entry_breaks_the_chain(app) {
        for login in ["chair", "secretary", "clerk"] {
            app.sign_in(login).await;
        }
        let mut tx = app.app.db.write().await.unwrap();
        sql!(tx => execute "DELETE FROM audit_entry WHERE sequence = 2").unwrap();
        assert_eq!(audit::verify(&mut tx).await.unwrap(), Finding::Broken { sequence: 2 });
    }

    async fn a_cut_off_end_breaks_the_chain(app) {
        app.sign_in("chair").await;
        app.sign_in("secretary").await;
        let mut tx = app.app.db.write().await.unwrap();
        sql!(tx => execute "DELETE FROM audit_entry WHERE sequence = 2").unwrap();
        assert_eq!(audit::verify(&mut tx).await.unwrap(), Finding::Broken { sequence: 2 });
    }

    async fn what_is_rolled_back_leaves_no_entry(app) {
        let mut tx = app.app.db.write().await.unwrap();
        let act = audit::Act {
            chain: app.organisation.into(),
            actor: None,
            act: "tried",
            subject: "test:1".into(),
            details: serde_json::json!({}),
        };
        audit::record(&mut tx, act, crate::harness::noon()).await.unwrap();
        drop(tx);
        let mut tx = app.app.db.read().await.unwrap();
        assert_eq!(audit::verify(&mut tx).await.unwrap(), Finding::Intact { entries: 0 });
    }

    async fn many_acts_at_once_follow_each_other_like_single_ones(app) {
        let mut tx = app.app.db.write().await.unwrap();
        let chain = app.organisation.into();
        let act = |number: usize| audit::Act {
            chain,
            actor: None,
            act: "tried",
            subject: format!("test:{number}"),
            details: serde_json::json!({}),
        };
        let now = crate::harness::noon();
        audit::record(&mut tx, act(0), now).await.unwrap();
        audit::record_all(&mut tx, chain, (1..1_500).map(|number| (act(number), now))).await.unwrap();
        audit::record(&mut tx, act(1_500), now).await.unwrap();
        assert_eq!(audit::verify(&mut tx).await.unwrap(), Finding::Intact { entries: 1_501 });
    }
}
