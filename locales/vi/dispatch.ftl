# Văn bản giữa các cơ quan: trả lời, tình trạng ở nơi nhận.
outgoing-answers = Trả lời văn bản
outgoing-answered-with = Đã trả lời bằng
dispatch-assigned = Đã phân công
dispatch-processing = Đang xử lý
dispatch-completed = Đã xử lý xong
incoming-answer-do = Soạn văn bản trả lời
incoming-answer-what = Khi văn bản trả lời được phát hành, văn bản đến này tự chuyển sang đã xử lý xong.
incoming-answers = Văn bản trả lời
incoming-is-answer-to = Trả lời văn bản của ta
act-incoming-answered = Trả lời văn bản đến
outgoing-replace = Soạn văn bản thay thế
outgoing-correct = Soạn văn bản đính chính
