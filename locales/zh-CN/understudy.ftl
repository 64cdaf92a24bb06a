# 由他人代为签署。
understudy-title = 更换签署人
understudy-link = 更换签署人
understudy-link-who = 更换签署人：{ $who }
understudy-what = 将会发生什么
understudy-printed = 以新的姓名重新定稿：{ $titles }。条款不变，同文核对码会变。
understudy-rereaders = 以下各方签署前须重新阅读这些文本：{ $who }。
understudy-stays = 仍为{ $name }所签，保持不变：{ $titles }。
understudy-ends = { $name }的个人链接、身份核验和证书就此失效；系统随即邮件邀请新的签署人。
understudy-words-follow = 流程单中拟写的台词自动改成新的姓名：{ $titles }。
understudy-words-kept = 以下环节由您改过文字，仍写着“{ $name }”，请更换后自行修改：
understudy-before = 请在有人签署这些文本之前更换：其他方一旦签了其中一份，这个席位就不能再换人。
understudy-who = 改由谁签署
understudy-letter = 授权书
understudy-letter-hint = PDF 或图片，不超过 10 MB。作为证据保存，并放入相关协议各方的证据包。
understudy-do = 更换并邀请

trail-action-seat-replaced = 更换签署人
trail-action-agreement-revised = 文本重新定稿

problem-letter_unknown_kind = 这不是 PDF，也不是 PNG 或 JPEG 图片。
problem-letter_too_large = 授权书不能超过 { $most } MB。
error-understudy_text_signed = 写有这位签署人姓名的文本，其他方已经签署。
error-understudy_text_signed-next = 已有签名的文本不能再改。可以由原签署人稍后签署；也可以取消仪式，把未签的协议转为新的草稿，再改签署人。
error-understudy_nothing_left = 这个席位没有待签的协议。
error-understudy_nothing_left-next = 不需要更换签署人。
error-understudy_moved = 这个席位刚刚已换人。
error-understudy_moved-next = 请先看现在是谁，再决定。
