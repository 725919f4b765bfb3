# Reading without a network, and what a device keeps.
offline-title = Không có mạng
offline-what-works = Vẫn đọc được tài liệu đã giữ trên máy này và ghi chú lên đó; ghi chú tự gửi khi có mạng. Điểm danh, biểu quyết, ký số cần có mạng.
offline-kept = Đã giữ trên máy này
offline-kept-none = Trên máy này chưa giữ tài liệu nào.
offline-again = Thử kết nối lại
offline-banner = Không có mạng. Đọc tài liệu đã giữ và ghi chú vẫn dùng được; điểm danh, biểu quyết, ký số cần có mạng.
offline-back = Đã có mạng trở lại
offline-keep = Giữ trên máy này
offline-keeping = Đang giữ {"{"}n{"}"}/{"{"}all{"}"} trang
offline-kept-all = Đã giữ trên máy này
offline-keep-failed = Chưa giữ được hết, máy sẽ giữ tiếp khi bạn mở lại
offline-drop = Bỏ khỏi máy này
offline-unsent = Còn ghi chú, nội dung hoặc phiếu kín chưa gửi được về máy chủ. Hãy đợi có mạng và gửi xong; nếu vẫn muốn đăng xuất và bỏ chúng, bấm Đăng xuất lần nữa.
offline-wiped = Bản lưu trên máy này đã được xoá theo yêu cầu của cơ quan hoặc của bạn.
person-wipe = Xoá bản lưu trên thiết bị
