# The course of a session: its states, presence, who runs it.
meeting-paused = Tạm nghỉ
meeting-adjourned = Tạm hoãn
attendance-online = Dự trực tuyến
session-not-announced = Cuộc họp chưa gửi giấy mời nên chưa bắt đầu được.
session-not-begun = Cuộc họp chưa bắt đầu.
session-under-way = Cuộc họp đang diễn ra. Có thể người khác vừa bấm trước bạn; hãy xem lại màn hình.
session-paused-already = Cuộc họp đang tạm nghỉ. Có thể người khác vừa bấm trước bạn; hãy xem lại màn hình.
session-adjourned-already = Cuộc họp đang tạm hoãn. Có thể người khác vừa bấm trước bạn; hãy xem lại màn hình.
session-over = Cuộc họp đã kết thúc.
session-cancelled = Cuộc họp đã hủy.
session-open-votes = Đang mở một biểu quyết. Hãy đóng biểu quyết đó trước.
session-adjourn-time = Giờ họp lại phải sau bây giờ.
next-resume = Cuộc họp đang tạm dừng
meeting-resume = Họp tiếp
