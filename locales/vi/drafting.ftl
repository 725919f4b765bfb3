# Soạn văn bản theo mẫu.
outgoing-write = Không có tệp: viết nội dung, hệ thống trình bày theo Nghị định 30
outgoing-write-too-long = Mỗi ô dài nhất 100.000 ký tự.
outgoing-not-laid-out = Hệ thống chưa trình bày được nội dung này; lỗi đã được ghi lại. Nội dung vẫn còn trong ô bên dưới.
outgoing-choose-again = Tệp cần được chọn lại.
outgoing-write-addressees = Kính gửi (nếu có)
outgoing-write-issuer = Thẩm quyền ban hành (quyết định, nghị quyết)
outgoing-write-issuer-hint = Ví dụ: Chủ tịch Ủy ban nhân dân phường An Hải. Dòng này đứng trên phần căn cứ.
outgoing-write-bases = Căn cứ (nếu có)
outgoing-write-bases-hint = Mỗi dòng một căn cứ, hệ thống tự thêm dấu chấm phẩy.
outgoing-write-body = Nội dung
outgoing-write-body-hint = Mỗi dòng một đoạn. Dòng “Điều 1. …”, “I. …”, “QUYẾT ĐỊNH:” không có dấu chấm cuối được in đậm như đề mục.
outgoing-write-authority = Quyền hạn, chức vụ in trên văn bản
outgoing-write-authority-hint = Ví dụ dòng đầu TM. ỦY BAN NHÂN DÂN, dòng sau CHỦ TỊCH.
