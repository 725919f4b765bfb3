//! A paper too long to be held in memory is signed like any other.

use super::*;

on_both! {
    async fn a_paper_of_24_mib_is_signed_and_stamped_like_a_short_one(app) {
        let (address, mood) = timestamp_server().await;
        mood.store(Mood::Fails as u8, Ordering::SeqCst);
        let app = practising(set_up(app, |config| config.timestamp_url = address)).await;
        let length = 24 << 20;
        let scan = format!("<< /Length {length} >>\nstream\n{}\nendstream", "scan".repeat(length / 4));
        let original = pdf_with(&scan);
        let (document, _) = open_pdf(&app, original.clone()).await;
        let mut secretary = app.sign_in("secretary").await;
        assert_eq!(secretary.post(&urls::signatures(document, 1), &[("pin", PIN)]).await.status, 303);
        mood.store(Mood::Answers as u8, Ordering::SeqCst);
        app.run_jobs().await;
        let mut chair = app.sign_in("chair").await;
        assert_eq!(chair.post(&urls::signatures(document, 2), &[("pin", PIN)]).await.status, 303);
        let status = status(&app, document).await;
        assert!(status.steps.iter().all(|step| step.level == Some(Level::Bt)));
        let file = app.app.storage.read(status.sha256).await.unwrap();
        assert!(file.starts_with(&original));
        let report = pades::verify::verify(&file, &Context::new(&app.app.anchors, noon().to_jiff())).unwrap();
        assert_eq!((report.verdict, report.signatures.len()), (Verdict::Valid, 3), "{report:?}");
    }
}
