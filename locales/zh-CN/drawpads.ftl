# 在手机上为电脑上的签署页面手写签名。
drawpad-title = 手写签名
drawpad-join-lead = 您扫描了电脑上的二维码。请在这里手写；阅读和签署仍在电脑上完成。
drawpad-join = 在这部手机上手写
drawpad-join-care = 只有当您刚刚扫描了自己电脑上的二维码时，才请继续。
drawpad-draw = 用手指写好签名，再发送到电脑。
drawpad-send = 发送到电脑
drawpad-sending = 正在发送到电脑……
drawpad-sent = 签名已到电脑上，请在电脑上继续；也可以在这里重写。
drawpad-missing = 请先手写签名。
drawpad-waiting = 签名保存在本机，网络恢复后自动发送
drawpad-over = 这里已完成，请在电脑上继续。

seat-phone-offer = 用手机手写
seat-phone-title = 用手机手写
seat-phone-scan = 请用手机扫描二维码。十分钟内有效，只能由一部手机使用一次。
seat-phone-alt = 供手机扫描的二维码
seat-phone-link = 二维码中的网址
seat-phone-offered = 等待手机扫码……
seat-phone-joined = 手机已连接。请在手机上手写，再点“发送到电脑”。
seat-phone-drawn = 这是手机发来的签名。在本页点“确认签署”即用它签署。
seat-phone-over = 二维码已失效。
seat-phone-again = 换一个二维码
seat-phone-close = 改在这里手写
seat-phone-picture = 手机发来的签名

trail-action-device-joined = 手机加入手写
trouble-job-drawpads-forget = 删除无人取走的手写签名
trail-work-drawpads-forget = 删除无人取走的手写签名

problem-not_a_drawing = 这不是手写签名的图片。
error-drawpad_taken = 另一部手机已经扫过这个二维码。
error-drawpad_taken-next = 请在那部手机上手写，或者在电脑上换一个二维码。如果那不是您的手机，请在电脑上选“改在这里手写”。
error-drawpad_over = 这个手写板已关闭。
error-drawpad_over-next = 请在电脑上继续，也可以在那里换一个二维码。
error-drawpad_needed = 这部手机没有加入这个手写板。
error-drawpad_needed-next = 请扫描电脑页面上的二维码。
