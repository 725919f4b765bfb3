# Which ways of signing are open to whom.
policy = Cách ký của từng vai trò
policy-hint = Bỏ dấu chọn là đóng một cách ký. Cách ký đã đóng thì trang ký không hiện và hệ thống không nhận.
policy-save = Lưu
policy-no-way-left = Mỗi vai trò phải còn ít nhất một cách ký. Chưa lưu gì cả.
signer-role-leader = Lãnh đạo
signer-role-leader-hint = Chủ tọa và người ký ban hành văn bản, giấy mời, thông báo.
signer-role-secretary = Thư ký
signer-role-secretary-hint = Ký biên bản, giấy mời với tư cách thư ký.
signer-role-member = Thành viên
signer-role-member-hint = Ký phiếu lấy ý kiến và phiếu biểu quyết của chính mình.
signer-role-clerk = Văn thư
signer-role-clerk-hint = Ký số của cơ quan (đóng dấu).
way-kept-key = Khóa thử nghiệm do hệ thống giữ
way-brought-back = Tải về, ký bằng phần mềm khác rồi nộp lại
way-token = USB Token qua E-cabinet agent
way-desktop = VGCA Sign Service trên máy người ký
way-module = Thiết bị giữ khóa (HSM) của máy chủ
way-seal-file = Tệp khóa con dấu, mở bằng mã PIN
sign-way-closed = Cơ quan không cho ký bằng cách này ở vai trò của bạn. Hãy chọn cách ký khác trên trang ký.
outgoing-way-closed = Cơ quan không cho đóng dấu bằng cách này. Hãy liên hệ quản trị hệ thống.
act-ways-set = Thay đổi cách ký của từng vai trò

# The trusted time of the seal.
outgoing-seal-time-awaited = Chữ ký của cơ quan chưa có dấu thời gian. Máy chủ dấu thời gian chưa trả lời; hệ thống tự hỏi lại và tự bổ sung.
outgoing-seal-time-none = Chữ ký của cơ quan chưa có dấu thời gian: cơ quan chưa khai báo máy chủ dấu thời gian.
act-attachment-stamped = Bổ sung dấu thời gian cho tệp kèm theo
