//! At the door: what is taken, what is refused, what is noticed.

use ecabinet::incoming::rules::State;
use ecabinet::lights::Light;

use super::{SUBJECT, TYPED, act, brought, read};
use crate::harness::TestApp;
use crate::harness::pdf::{PdfBuilder, pdf};
use crate::on_both;
use crate::signing::{practising, signed_by_both, status};
use crate::verify::altered;

async fn signed_file(app: &TestApp) -> Vec<u8> {
    let (document, _) = signed_by_both(app).await;
    app.app.storage.read(status(app, document).await.sha256).await.unwrap().to_vec()
}

on_both! {
    async fn whom_the_first_of_two_signatures_names_is_offered_as_the_signer(app) {
        let app = crate::outgoing::sealed_office(app).await;
        let page = crate::outgoing::issued(&app).await;
        let mut clerk = app.sign_in("clerk").await;
        let issued = clerk.get(&format!("{page}/file")).await.body;
        let id = brought(&mut clerk, "quyet-dinh.pdf", &issued).await;
        assert_eq!(read(&app, id).await.signer_name, "Nguyễn Văn chair");
        let form = clerk.get(&format!("/incoming/{id}")).await.text();
        assert!(form.contains("name=\"signer_name\" maxlength=\"50\" value=\"Nguyễn Văn chair\""), "{form}");
        let unsigned = brought(&mut clerk, "khac.pdf", &pdf(&["Không ký"])).await;
        assert_eq!(read(&app, unsigned).await.signer_name, "");
    }

    async fn only_a_clerk_brings_documents(app) {
        let mut chair = app.sign_in("chair").await;
        let answer = chair.upload("/incoming/arrivals", "a.pdf", &pdf(&["Công văn"]), &[]).await;
        assert!(answer.status == 403 && answer.text().contains("Chỉ văn thư làm được việc này"));
        assert!(!chair.get("/incoming").await.text().contains("/incoming/arrivals"));
    }

    async fn hostile_files_are_refused_in_words_and_leave_nothing(app) {
        let mut clerk = app.sign_in("clerk").await;
        let whole = pdf(&["Công văn"]);
        let locked = PdfBuilder::new().page("x").build_with_trailer("/Encrypt << /Filter /Standard /V 1 /R 2 /O (a) /U (b) /P 0 >>");
        for (name, file, said) in [
            ("a.pdf", Vec::new(), "Tệp này trống"),
            ("a.pdf", b"MZ\x90\x00 not a pdf".to_vec(), "PDF"),
            ("a.pdf", whole[..whole.len() - 20].to_vec(), "PDF"),
            ("a.pdf", locked, "mật khẩu"),
            ("ke hoach (TUYET MAT).pdf", whole.clone(), "bí mật nhà nước"),
            ("a.pdf", pdf(&["UBND\nTỐI MẬT\nKế hoạch"]), "bí mật nhà nước"),
        ] {
            let answer = clerk.upload("/incoming/arrivals", name, &file, &[]).await;
            assert!(answer.status == 422 && answer.text().contains(said), "{said}: {} {}", answer.status, answer.visible_text());
        }
        assert!(clerk.get("/incoming").await.visible_text().contains("Không có văn bản nào chờ vào sổ"));
    }

    async fn a_classified_subject_is_not_registered(app) {
        let mut clerk = app.sign_in("clerk").await;
        let id = brought(&mut clerk, "a.pdf", &pdf(&["Công văn"])).await;
        let mut fields = TYPED.to_vec();
        fields[3].1 = "Kế hoạch diễn tập (Mật)";
        let answer = act(&app, &mut clerk, id, "registration", &fields).await;
        assert!(answer.status == 422 && answer.visible_text().contains("Luật Bảo vệ bí mật nhà nước"), "{}", answer.visible_text());
        assert!(answer.text().contains("452/UBND-VX"), "what was typed comes back");
        assert_eq!(read(&app, id).await.arrival_number, None);
    }

    async fn wrong_particulars_come_back_with_their_reason_and_take_no_number(app) {
        let mut clerk = app.sign_in("clerk").await;
        let id = brought(&mut clerk, "a.pdf", &pdf(&["Công văn"])).await;
        for (at, typed, said) in [
            (0, " ", "Hãy nhập số, ký hiệu"), (1, "2026-11-24", "ở tương lai"), (2, "", "Hãy nhập cơ quan ban hành"), (3, " ", "Hãy nhập trích yếu"),
        ] {
            let mut fields = TYPED.to_vec();
            fields[at].1 = typed;
            let answer = act(&app, &mut clerk, id, "registration", &fields).await;
            assert!(answer.status == 422 && answer.visible_text().contains(said), "{said}");
        }
        assert_eq!(act(&app, &mut clerk, id, "registration", &TYPED).await.status, 303);
        assert_eq!(read(&app, id).await.arrival_number, Some(1), "no number was lost");
    }

    async fn the_same_file_and_the_same_symbol_are_noticed(app) {
        let mut clerk = app.sign_in("clerk").await;
        let file = pdf(&["Công văn"]);
        let first = brought(&mut clerk, "a.pdf", &file).await;
        assert_eq!(act(&app, &mut clerk, first, "registration", &TYPED).await.status, 303);
        let same_file = brought(&mut clerk, "b.pdf", &file).await;
        let page = clerk.get(&format!("/incoming/{same_file}")).await.visible_text();
        assert!(page.contains("Cùng một tệp · Số đến 1 năm 2026"), "warned before anything is typed: {page}");
        let same_symbol = brought(&mut clerk, "c.pdf", &pdf(&["Bản khác"])).await;
        let typed = [("symbol", "452/ubnd-vx"), TYPED[1], ("sender", "UBND Thành phố Đà Nẵng"), TYPED[3]];
        let answer = act(&app, &mut clerk, same_symbol, "registration", &typed).await;
        assert!(answer.status == 409 && answer.visible_text().contains("Cùng số, ký hiệu, nơi gửi"), "{}", answer.visible_text());
        assert_eq!(read(&app, same_symbol).await.arrival_number, None);
        let mut sure = typed.to_vec();
        sure.push(("no_twin", "yes"));
        assert_eq!(act(&app, &mut clerk, same_symbol, "registration", &sure).await.status, 303);
        assert_eq!(read(&app, same_symbol).await.arrival_number, Some(2));
    }

    async fn two_clerks_who_register_two_copies_at_once_get_one_number(app) {
        let mut clerk = app.sign_in("clerk").await;
        let file = pdf(&["Công văn"]);
        let mut copies = Vec::new();
        for _ in 0..2 {
            copies.push(brought(&mut clerk, "a.pdf", &file).await);
        }
        // Refused each, because the other stands at the door, until one of them is sent away.
        let registering = copies.iter().map(|id| {
            let (app, mut clerk, id) = (&app, clerk.clone(), *id);
            async move { act(app, &mut clerk, id, "registration", &TYPED).await.status }
        });
        assert_eq!(futures_util::future::join_all(registering).await, [409, 409]);
        assert_eq!(act(&app, &mut clerk, copies[1], "return", &[("reason", "Trùng")]).await.status, 303);
        assert_eq!(read(&app, copies[1]).await.state, State::Refused);
        assert_eq!(act(&app, &mut clerk, copies[0], "registration", &TYPED).await.status, 303);
    }

    async fn one_document_registered_by_eight_clerks_at_once_has_one_number(app) {
        let mut clerk = app.sign_in("clerk").await;
        let id = brought(&mut clerk, "a.pdf", &pdf(&["Công văn"])).await;
        let version = read(&app, id).await.version.to_string();
        let path = format!("/incoming/{id}/registration");
        let registering = (0..8).map(|_| {
            let (mut clerk, version, path) = (clerk.clone(), version.clone(), path.clone());
            async move {
                let mut fields = TYPED.to_vec();
                fields.push(("version", &version));
                clerk.post(&path, &fields).await.status
            }
        });
        let mut statuses = futures_util::future::join_all(registering).await;
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 409, 409, 409, 409, 409, 409, 409]);
        assert_eq!(read(&app, id).await.arrival_number, Some(1));
        let next = brought(&mut clerk, "b.pdf", &pdf(&["Khác"])).await;
        let mut fields = TYPED.to_vec();
        fields[0].1 = "1/TB";
        assert_eq!(act(&app, &mut clerk, next, "registration", &fields).await.status, 303);
        assert_eq!(read(&app, next).await.arrival_number, Some(2), "the losers took none");
    }

    async fn signatures_are_judged_at_the_door_and_a_broken_one_keeps_it_out(app) {
        let app = practising(app).await;
        let file = signed_file(&app).await;
        let mut clerk = app.sign_in("clerk").await;
        let good = brought(&mut clerk, "tot.pdf", &file).await;
        assert_eq!(read(&app, good).await.verdict, Some(Light::Valid));
        let page = clerk.get(&format!("/incoming/{good}")).await.visible_text();
        assert!(page.contains("Chữ ký số khi nhận") && page.contains("Kiểm tra lúc 12:00, 23/11/2026"), "{page}");
        let bad = brought(&mut clerk, "sua.pdf", &altered(&file)).await;
        assert_eq!(read(&app, bad).await.verdict, Some(Light::Invalid));
        let page = clerk.get(&format!("/incoming/{bad}")).await;
        assert!(page.visible_text().contains("Điều 21 Nghị định 30/2020/NĐ-CP"));
        assert!(!page.text().contains("/registration"), "there is no form");
        let answer = act(&app, &mut clerk, bad, "registration", &TYPED).await;
        assert!(answer.status == 409 && answer.visible_text().contains("không còn nguyên vẹn"));
        assert_eq!(act(&app, &mut clerk, bad, "return", &[("reason", "Tệp bị sửa")]).await.status, 303);
        let document = read(&app, bad).await;
        assert_eq!((document.state, document.arrival_number), (State::Refused, None));
    }

    async fn signatures_nobody_vouches_for_are_looked_at_first(app) {
        let app = practising(app).await;
        let file = signed_file(&app).await;
        let mut strict = (*app.app.config).clone();
        strict.test_authority = false;
        let mut app = app;
        app.app.config = std::sync::Arc::new(strict);
        app.app.roots = std::sync::Arc::default();
        let mut clerk = app.sign_in("clerk").await;
        let id = brought(&mut clerk, "la.pdf", &file).await;
        assert_eq!(read(&app, id).await.verdict, Some(Light::Indeterminate));
        let answer = act(&app, &mut clerk, id, "registration", &TYPED).await;
        assert!(answer.status == 422 && answer.visible_text().contains("đánh dấu đã xem"), "{}", answer.visible_text());
        let mut looked = TYPED.to_vec();
        looked.push(("looked", "yes"));
        assert_eq!(act(&app, &mut clerk, id, "registration", &looked).await.status, 303);
    }

    async fn a_document_cannot_be_brought_past_the_door(app) {
        let mut clerk = app.sign_in("clerk").await;
        let id = brought(&mut clerk, "a.pdf", &pdf(&["Công văn"])).await;
        let chair = app.person("chair").await.to_string();
        let early = act(&app, &mut clerk, id, "presentation", &[("leader", &chair)]).await;
        assert!(early.status == 409 && early.visible_text().contains("chưa vào sổ"));
        let file = crate::files::opened(&mut clerk, "01/VP").await;
        assert_eq!(crate::files::put(&mut clerk, &format!("/incoming/{id}"), &file).await.status, 409);
        let stranger = app.person("stranger").await.to_string();
        let mut fields = TYPED.to_vec();
        fields.push(("leader", &stranger));
        assert_eq!(act(&app, &mut clerk, id, "registration", &fields).await.status, 404, "no leader from elsewhere");
        assert_eq!(read(&app, id).await.state, State::Verified, "nothing half-done");
        assert_eq!(act(&app, &mut clerk, id, "registration", &TYPED).await.status, 303);
        assert!(clerk.get("/incoming").await.visible_text().contains(&format!("Chờ trình lãnh đạo 1 Số đến 1 {SUBJECT}")));
    }
}
