# The report of a verdict.
report-signature = Chữ ký { $number }: { $name }
report-stamp = Dấu thời gian { $number }: { $name }
report-finding = Kết quả
report-size = Kích thước (byte)
report-revisions = Số lần ghi tệp
report-software = Phần mềm
report-at = Kiểm tra cho thời điểm
report-policy = Chính sách kiểm tra
report-policy-text = ETSI EN 319 102-1; không hỏi về việc thu hồi chứng thư
report-trust = Danh sách tin cậy (SHA-256)
report-test = CHỨNG THƯ THỬ NGHIỆM – KHÔNG CÓ GIÁ TRỊ PHÁP LÝ
report-signer = Hệ thống E-cabinet (khóa thử nghiệm)
report-reason = Báo cáo kiểm tra chữ ký số
report-sealed = Báo cáo này được ký bằng khóa của hệ thống đã lập báo cáo; đính kèm kết quả dạng JSON và XML.
report-unsealed = Báo cáo này không được ký số: hệ thống chưa được khai báo khóa. Đính kèm kết quả dạng JSON và XML.
report-again = Ai có tệp gốc đều kiểm tra lại được: dùng trang Kiểm tra chữ ký hoặc lệnh “ecabinet verify” rồi so với báo cáo này.
