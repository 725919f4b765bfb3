//! The page of the format check.

use super::{Folder, named, typesetter};
use crate::harness::pdf;
use crate::on_both;

on_both! {
    async fn the_page_shows_what_was_found_and_keeps_nothing(app) {
        let mut expert = app.sign_in("delegate1").await;
        let form = expert.get("/format-check").await;
        assert!(form.visible_text().contains("Kiểm tra thể thức"), "{}", form.visible_text());

        let file = pdf::pdf(&["Báo cáo tình hình chung\nkinh tế và xã hội"]);
        let answer = expert.upload("/format-check", "bao-cao.pdf", &file, &[("profile", "nd30_state")]).await;
        assert_eq!(answer.status, 200);
        let text = answer.visible_text();
        for said in ["Có lỗi phải sửa trước khi trình ký", "Thiếu quốc hiệu", "Trang 1", "Mục II.1"] {
            assert!(text.contains(said), "{said}: {text}");
        }
        assert!(answer.text().contains("data:image/png;base64,"));
        assert!(answer.text().contains("<rect "));
    }

    async fn what_cannot_be_checked_is_refused_with_a_sentence(app) {
        let mut expert = app.sign_in("delegate1").await;
        for (name, bytes, said) in [
            ("a.pdf", &b"no PDF at all"[..], "Không đọc được tệp này"),
            ("empty.pdf", &b""[..], "Hãy chọn một tệp PDF"),
        ] {
            let answer = expert.upload("/format-check", name, bytes, &[]).await;
            assert_eq!(answer.status, 422);
            assert!(answer.visible_text().contains(said), "{}", answer.visible_text());
        }
        let answer = expert.upload("/format-check", "a.pdf", b"%PDF", &[("profile", "nonsense")]).await;
        assert_eq!(answer.status, 422);
    }

    async fn a_faultless_document_is_said_to_be_so(app) {
        let Some(setter) = typesetter() else { return };
        let placed = named(&setter, "Báo cáo", "BC-UBND", Some(105));
        let mut expert = app.sign_in("delegate1").await;
        let answer = expert.upload("/format-check", "bao-cao.pdf", &placed.pdf, &[]).await;
        assert!(answer.visible_text().contains("Không thấy chỗ nào sai thể thức"), "{}", answer.visible_text());
    }

    async fn an_office_checks_by_its_own_rules(app) {
        let Some(setter) = typesetter() else { return };
        let placed = named(&setter, "Báo cáo", "BC-UBND", Some(105));
        let folder = Folder::new();
        let own = "base = \"nd30_state\"\nname = \"own\"\nparts = { recipients = { size = [13, 13] } }";
        let own = folder.put("own.toml", own.as_bytes());
        let mut app = app;
        let mut config = (*app.app.config).clone();
        config.layout_profile = own.to_str().unwrap().to_owned();
        app.app.config = std::sync::Arc::new(config);

        let mut expert = app.sign_in("delegate1").await;
        assert!(expert.get("/format-check").await.visible_text().contains("Quy định riêng của cơ quan"));
        let answer = expert.upload("/format-check", "a.pdf", &placed.pdf, &[("profile", "own")]).await;
        assert!(answer.visible_text().contains("cỡ 13; ở đây cỡ 12"), "{}", answer.visible_text());
    }
}
