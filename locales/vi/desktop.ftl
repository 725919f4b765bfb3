# Signing with the desktop program of the Government's authority.
desktop = Ký bằng VGCA Sign Service trên máy này
desktop-how = Chương trình ký số của Ban Cơ yếu Chính phủ tự tải văn bản về, hỏi bạn vị trí và mã PIN, rồi gửi bản đã ký về hệ thống. Hãy đặt chữ ký vào chỗ ký của bạn.
desktop-start = Ký bằng VGCA Sign Service
desktop-no-script = Ký bằng VGCA Sign Service cần bật JavaScript trong trình duyệt.
desktop-say-connecting = Đang tìm VGCA Sign Service trên máy này…
desktop-say-absent = Không thấy VGCA Sign Service. Hãy mở chương trình đó trên máy này rồi thử lại, hoặc tải tệp về ký theo cách bên dưới.
desktop-say-waiting = Hãy ký trong cửa sổ VGCA Sign Service. Trang này tự biết khi hệ thống nhận được bản đã ký.
desktop-say-told = VGCA Sign Service báo chưa ký được: {"{"}why{"}"} Văn bản vẫn chờ bạn ký.
desktop-say-refused = Hệ thống không nhận: {"{"}why{"}"} Văn bản vẫn chờ bạn ký.
desktop-say-over = Lần ký này đã hết thời gian. Hãy bắt đầu lại.
desktop-say-accepted = Hệ thống đã nhận bản đã ký.
desktop-unknown-address = Địa chỉ nộp tệp không đúng. Hãy mở lại trang ký của văn bản và ký lại.
signature-fault-forged-address = Có tệp gửi đến bằng địa chỉ giả, không phải địa chỉ đã giao cho lần ký này.
signature-fault-expired-address = Tệp gửi đến sau khi địa chỉ của lần ký đã hết hạn hoặc đã được thay. Hãy mở lại trang ký và ký lại.
signature-fault-replayed-address = Lần ký này đã xong; địa chỉ của nó được dùng lại để gửi một tệp khác. Tệp đó không được nhận.
