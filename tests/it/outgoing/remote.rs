//! A document whose leader signs with a key at a remote service.

use super::{issue_signed, judge, out_for_signature, sealed_office, to_sign};
use crate::on_both;
use crate::signing::provider::{ACCOUNT, Provider, SERVICE_PIN};
use crate::signing::service::batches;
use crate::signing::set_up;
use crate::signing::ways::{bind, issued};

on_both! {
    async fn a_document_signed_by_a_remote_service_is_sealed_and_issued_like_any_other(app) {
        let key = issued("Nguyễn Văn chair", 84);
        let provider = Provider::start(&key, 10).await;
        let settings = provider.settings();
        let app = sealed_office(set_up(app, |config| config.remote_signing = vec![settings])).await;
        assert_eq!(bind(&app, "chair", &key.certificate).await.status, 303);
        let page = to_sign(&app).await;
        let step = format!("{}.1", out_for_signature(&app, &page).await);
        let code = provider.code();
        let fields = [("step", step.as_str()), ("account", ACCOUNT), ("pin", SERVICE_PIN), ("code", &code)];
        let said = app.sign_in("chair").await.post(&batches("thu"), &fields).await.visible_text();
        assert!(said.contains("Đã ký 1 trong 1"), "{said}");
        issue_signed(&app, &page).await;
        let bytes = app.sign_in("secretary").await.get(&format!("{page}/file")).await.body;
        judge(&app, &bytes);
    }
}
