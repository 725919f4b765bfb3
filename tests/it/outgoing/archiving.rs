//! What is issued is fit to be kept for decades, as another program judges it:
//! signatures, seal, number and date take nothing from PDF/A.

use std::path::Path;
use std::process::Command;

use super::{decision, issued, sealed_office};
use crate::harness::{TestApp, left_out, pdf};
use crate::on_both;

/// The faults another program finds in files; `None`: it is not installed here.
pub fn faults(files: &[(&str, &[u8])]) -> Option<String> {
    let Ok(python) = std::env::var("ECABINET_TEST_PYTHON") else {
        left_out("PDF/A of issued documents", "ECABINET_TEST_PYTHON names no Python");
        return None;
    };
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(python);
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/judge-pdfa.py"));
    for (name, bytes) in files {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        command.arg(path);
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap())
}

async fn stored(app: &TestApp, page: &str) -> Vec<u8> {
    app.sign_in("clerk").await.get(&format!("{page}/file")).await.body.to_vec()
}

on_both! {
    async fn an_issued_document_stays_pdf_a(app) {
        let app = sealed_office(app).await;
        let page = issued(&app).await;
        app.run_jobs().await;
        let (drafted, sealed) = (decision(&app, "Nguyễn Văn chair"), stored(&app, &page).await);
        let foreign = pdf::pdf(&["Công văn"]);
        let files: [(&str, &[u8]); 3] = [("drafted", &drafted), ("sealed", &sealed), ("foreign", &foreign)];
        let Some(found) = faults(&files) else { return };
        assert!(found.contains("foreign "), "the judge finds the faults of a file that is none");
        let ours: Vec<&str> = found.lines().filter(|line| !line.starts_with("foreign ")).collect();
        assert!(ours.is_empty(), "{ours:#?}");
    }
}
