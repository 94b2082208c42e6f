# ruff: noqa: E501 - one message a line
"""Messages written by hand, in many hands: what each is, by the labels' guide.

`place` is the 2020 code, "" for none told (the page's is taken), "?" for ambiguous, "out" for another province.
"""

from typing import NamedTuple


class Case(NamedTuple):
    text: str
    category: str
    topic: str
    place: str


CASES = [
    # Tips, with diacritics
    Case(
        "Tối qua nhà em ở thôn 4 xã Ea Kao bị trộm cạy cửa lấy mất 2 con heo và cái máy bơm, mong công an xã xem giúp",
        "tip",
        "theft",
        "24169",
    ),
    Case(
        "Có một nhóm thanh niên tụ tập đánh bạc ăn tiền sau nhà bà Hai ở tổ 5 phường Tân Lợi, ngày nào cũng có",
        "tip",
        "gambling",
        "24136",
    ),
    Case(
        "Hàng xóm mở loa kẹo kéo hát karaoke tới 12h đêm, cả xóm không ai ngủ được. Nhờ các anh nhắc nhở",
        "tip",
        "noise",
        "",
    ),
    Case("Cháu thấy mấy anh hay chích hút trong nghĩa địa gần trường cấp 2, vứt kim tiêm đầy ra", "tip", "drugs", ""),
    Case(
        "Anh ơi có số lạ gọi xưng là công an quận bảo em liên quan đường dây rửa tiền, bắt chuyển tiền vào tài khoản, có phải lừa đảo không?",
        "tip",
        "fraud",
        "",
    ),
    Case("Bên rẫy nhà tôi ở Ea H'leo có người cưa cây rừng ban đêm chở bằng xe độ chế", "tip", "forest", "?"),
    Case("Xe tải chở mía quá tải chạy ầm ầm qua thôn 6 xã Ea Pil, đường nát hết rồi", "tip", "traffic", "24418"),
    Case("Chồng em cứ nhậu về là đánh vợ con, em sợ quá không biết phải làm sao", "tip", "domestic_violence", ""),
    Case(
        "Trang trại heo của ông T. ở xã Cư Suê xả nước thải ra suối, mùi hôi thối không chịu nổi",
        "tip",
        "environment",
        "24298",
    ),
    Case(
        "Có người đưa cháu tôi sang Campuchia làm việc nhẹ lương cao giờ gọi về đòi tiền chuộc",
        "tip",
        "trafficking",
        "",
    ),
    Case("Em mua điện thoại online chuyển cọc 2 triệu xong nó chặn em luôn ạ, em phải làm gì?", "tip", "fraud", ""),
    Case("Facebook của em bị hack, nó nhắn mượn tiền khắp bạn bè", "tip", "fraud", ""),
    Case("Thầy ơi ở lớp con có bạn bị mấy anh lớp trên bắt nạt, đánh rồi quay clip", "tip", "child_abuse", ""),
    Case(
        "Có ông buôn pháo lậu chuẩn bị bán tết ở chợ Ea Knốp, giấu trong kho sau sạp vải",
        "tip",
        "weapons_fireworks",
        "24376",
    ),
    Case(
        "Đám cho vay nặng lãi dán tờ rơi đầy cột điện ở phường Ea Tam, xấu hết phố phường", "tip", "loan_shark", "24151"
    ),
    Case("Nhà bên cạnh rào lối đi chung của 3 hộ, cãi nhau hoài mà không ai giải quyết", "tip", "land_dispute", ""),
    Case("Trên facebook đang lan truyền tin phong tỏa toàn thành phố, cái này có thật không ad", "tip", "rumour", ""),
    Case("Có mấy người lạ đến buôn rủ bà con theo đạo lạ, bảo bán hết bò đi", "tip", "religion_security", ""),
    Case("Em nhặt được cái ví có cccd tên Nguyễn Văn B gần cây xăng, em nộp lại cho ai ạ", "tip", "public_order", ""),
    Case(
        "Quán cà phê đèn mờ đường Y Jút có gái bán dâm, học sinh đi ngang qua nhìn thấy hết", "tip", "prostitution", ""
    ),
    Case("Sáng nay ở cầu Ea Nuôl có vụ tông xe rồi bỏ chạy, xe bán tải màu trắng", "tip", "traffic", "24253"),
    Case("Có người từ vùng dịch Đà Nẵng về mà trốn khai báo y tế ở thôn 2 xã Hòa Đông", "tip", "public_order", "24517"),
    Case("nhóm người trung quốc nhập cảnh trái phép đang thuê nhà trọ gần ngã ba", "tip", "immigration", ""),
    Case("Trưởng thôn ăn chặn tiền hỗ trợ hộ nghèo của bà con mấy năm nay", "tip", "corruption", ""),
    Case("Vườn sầu riêng nhà tôi sắp thu hoạch bị ai đó chặt phá mười mấy cây, tức quá", "tip", "property_damage", ""),
    Case(
        "mình mua phải phân bón giả của đại lý gần chợ Phước An, bón xong cà phê vàng lá hết",
        "tip",
        "counterfeit",
        "24490",
    ),
    # Tips, without
    Case("ae oi co may thang choi da ga sau nha van hoa buon ea tul, tien bac du lam", "tip", "gambling", ""),
    Case("bao cao cac anh co nhom thanh nien dua xe not po tren duong le duan moi toi", "tip", "traffic", ""),
    Case("nha e bi mat trom con xe wave hoi hom o xa cu sue, bien so 47", "tip", "theft", "24298"),
    Case("co thang ban ma tuy o xom em, nghien hut ra vao suot ngay", "tip", "drugs", ""),
    Case("toi bi lua chuyen khoan 30tr mua dat, gio no khoa may", "tip", "fraud", ""),
    Case("ong hang xom chui boi doa giet ca nha toi, so lam roi", "tip", "extortion_threat", ""),
    Case("nho cac anh xuong xu ly dum quan karaoke gan nha tho chau son mo nhac qua 12h dem", "tip", "noise", ""),
    Case("co nguoi ghi de o cho ea phe ai cung biet ma ko ai lam gi", "tip", "gambling", "24502"),
    Case("bon no dot rung lam ray o ea so, khoi mu mit", "tip", "forest", "24379"),
    Case("may dua nho bi thang cha ghe danh bam tim, xom ai cung nghe", "tip", "child_abuse", ""),
    Case("trom cho lai ve buon em, 2 thang di xe exciter khong bien so", "tip", "theft", ""),
    Case("cho vay bat ho lai cat co o tt lien son, no doi no chui boi um sum", "tip", "loan_shark", "24580"),
    Case("ng ta do rac xuong suoi gan cau, hoi thoi ca xom", "tip", "environment", ""),
    Case("xin bao co sung tu che giau trong ray nha ong y b", "tip", "weapons_fireworks", ""),
    # Emergencies
    Case("Cháy nhà ở 45 Nguyễn Tất Thành phường Tân An rồi, cứu với!!!", "emergency", "fire", "24124"),
    Case("chay nha roi cuu voi o thon 3 xa ea tu", "emergency", "fire", "24163"),
    Case("Đang có đánh nhau bằng mã tấu trước quán nhậu, đông lắm, các anh tới ngay đi", "emergency", "violence", ""),
    Case("2 đứa nhỏ bị đuối nước ở hồ Ea Kar mọi người ơi giúp với", "emergency", "drowning", ""),
    Case(
        "anh ơi bé trai 4 tuổi đi lạc ở chợ từ nãy tới giờ chưa thấy, áo đỏ quần xanh",
        "emergency",
        "missing_person",
        "",
    ),
    Case("co thang ngao da cam dao ruot nguoi ngoai cho cu mgar, toi ngay gap", "emergency", "violence", "?"),
    Case(
        "nước lũ dâng nhanh quá, nhà em kẹt trên mái nhà 5 người, ở buôn Krông, xã Yang Mao",
        "emergency",
        "disaster_rescue",
        "24487",
    ),
    Case("Vợ tôi uống thuốc cỏ, đang co giật, làm ơn gọi cấp cứu giúp", "emergency", "health_emergency", ""),
    Case("chong em dang danh em, em tron trong phong, cuu em voi", "emergency", "domestic_violence", ""),
    Case("tai nạn nghiêm trọng ngay dốc đèo, xe khách lật, nhiều người bị thương đang kẹt", "emergency", "traffic", ""),
    # What looks like one and is none
    Case("Năm ngoái xóm em cháy nhà to lắm, may không ai sao", "other", "other", ""),
    Case(
        "Ngày mai xã có diễn tập chữa cháy ở trường phải không ạ, có ai đi không",
        "admin_question",
        "other_procedure",
        "",
    ),
    Case("Nếu có cháy nhà thì gọi số nào vậy ad?", "admin_question", "fire", ""),
    Case("Hôm qua có đánh nhau ở quán nhậu đầu xóm, giờ giải tán rồi nhưng em vẫn báo", "tip", "violence", ""),
    Case("Đánh bạc bao nhiêu tiền thì bị xử phạt vậy mấy anh", "admin_question", "gambling", ""),
    Case("đốt pháo hoa dịp tết có bị phạt không ạ", "admin_question", "weapons_fireworks", ""),
    # Questions
    Case("Cho em hỏi làm căn cước cho con 10 tuổi cần giấy tờ gì ạ?", "admin_question", "id_card", ""),
    Case("em muốn nhập hộ khẩu cho vợ về Ea Kly thì làm ở đâu, mấy ngày có", "admin_question", "residence", "24496"),
    Case("lam lai cmnd bi mat het bao nhieu tien vay a", "admin_question", "id_card", ""),
    Case("Bị mất căn cước công dân giờ làm lại như thế nào ạ", "admin_question", "id_card", ""),
    Case("cho hoi dang ky tam tru o tro can gi", "admin_question", "residence", ""),
    Case("Xe máy mua lại của người ta giờ sang tên đổi chủ thì ra đâu hả anh", "admin_question", "vehicle", ""),
    Case("Bằng lái xe máy của tôi hết hạn, đổi ở đâu", "admin_question", "driving_licence", ""),
    Case("làm lý lịch tư pháp để đi xuất khẩu lao động mất mấy ngày", "admin_question", "criminal_record", ""),
    Case("thu tuc lam ho chieu online duoc khong a", "admin_question", "passport", ""),
    Case("kich hoat vneid muc 2 o dau ad oi", "admin_question", "vneid", ""),
    Case("Thứ bảy công an xã có làm việc không ạ?", "admin_question", "other_procedure", ""),
    Case("Làm giấy khai sinh cho con trễ hạn có bị phạt không, làm ở đâu", "admin_question", "other_agency", ""),
    Case("Khách Tây ở homestay nhà em mấy hôm thì khai báo tạm trú sao anh", "admin_question", "immigration", ""),
    Case("e muon tach khau ra rieng thi can nhung gi", "admin_question", "residence", ""),
    Case("Hồ sơ cấp căn cước của em nộp 2 tháng rồi sao chưa có vậy", "admin_question", "id_card", ""),
    Case("mở tiệm cầm đồ cần xin giấy gì của công an", "admin_question", "business_security_permit", ""),
    Case("tra cuu phat nguoi o dau a, xe em bi phat nguoi o bmt", "admin_question", "traffic", "?"),
    Case(
        "Em có khẩu súng săn cũ của ông để lại, muốn giao nộp súng thì nộp ở đâu",
        "admin_question",
        "weapons_fireworks",
        "",
    ),
    Case("con toi nam nay 16 tuoi ma chua co can cuoc thi co sao ko", "admin_question", "id_card", ""),
    # Feedback
    Case("Cảm ơn anh công an xã đã trả lại ví cho mẹ em, các anh thật nhiệt tình", "feedback", "service", ""),
    Case("Cán bộ tiếp dân thái độ hách dịch quá, dân hỏi thì quát", "feedback", "service", ""),
    Case("Góp ý trang nên đăng thêm bài về lừa đảo qua mạng cho bà con biết", "feedback", "service", ""),
    Case("đề nghị lắp thêm camera ở ngã tư cho an toàn", "feedback", "service", ""),
    Case("nhan tin may hom ko ai tra loi, trang lam viec cham qua", "feedback", "service", ""),
    # Spam
    Case("VAY NHANH LÃI SUẤT THẤP giải ngân trong ngày không cần thế chấp LH 0912345678", "spam", "advert", ""),
    Case("Tuyển cộng tác viên bán hàng tại nhà thu nhập 500k/ngày inbox ngay http://bit.ly/abc", "spam", "advert", ""),
    Case("Gửi tin này cho 20 người bạn sẽ gặp may mắn, không gửi sẽ gặp xui 3 năm", "spam", "advert", ""),
    Case("khuyen mai soc kem tri nam gia truyen giam gia 50% ship toan quoc", "spam", "advert", ""),
    Case("Nổ hũ uy tín tặng code 88k nạp đầu x2 truy cập link https://abc.vip", "spam", "advert", ""),
    # Other
    Case("Xin chào", "other", "greeting", ""),
    Case("alo ad ơi", "other", "greeting", ""),
    Case("dạ em cảm ơn các anh nhiều ạ", "other", "thanks", ""),
    Case("ok thanks ad", "other", "thanks", ""),
    Case("cam on cac anh nhieu", "other", "thanks", ""),
    Case("Chúc các anh chị năm mới vui vẻ, nhiều sức khỏe", "other", "greeting", ""),
    Case("👍👍👍", "other", "other", ""),
    Case("hôm nay trời đẹp ghê", "other", "other", ""),
    Case("dạ vâng", "other", "other", ""),
]
