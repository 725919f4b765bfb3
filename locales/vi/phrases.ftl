# Sentences an office writes again and again.
phrases = Mẫu câu
phrases-what = Những câu hay dùng trong biên bản. Thư ký chèn vào chỗ con trỏ khi soạn.
phrases-none = Chưa có mẫu câu
phrases-keep = Sửa danh sách mẫu câu
phrase-new = Thêm mẫu câu
phrase-title = Tên gợi nhớ
phrase-text = Nội dung
phrase-gaps = Chỗ trống tự điền: { $gaps }
phrase-add = Thêm
phrase-remove = Bỏ mẫu câu này
phrase-unusable = Mẫu câu cần có tên và nội dung không quá 2.000 ký tự.
phrase-taken = Đã có mẫu câu tên này, hoặc danh sách đã đủ 200 câu.
act-phrase-added = Thêm mẫu câu
act-phrase-removed = Bỏ mẫu câu
subject-phrase = Mẫu câu
