notice-card = 谁会收到通知
notice-card-lead = 与 {$n} 人有关，每人收到一封邮件：
notice-people = {$n} 人
notice-who-venue = {$venue}的报名者
notice-who-speaker = 嘉宾{$name}
notice-who-partner = 合作方{$name}
notice-preview = 查看邮件
notice-preview-of = 查看邮件：{$who}
notice-preview-lead = 如果现在发布草稿，邮件就是这样。
notice-preview-back = 返回发布
notice-field = {$field}：{$before} → {$after}
notice-fields-separator = ；
notice-nobody = 无需通知：对已报名的人和嘉宾来说，时间、地点和要举行的议程都没有变。
notice-unreached = 还与这些嘉宾有关，但没有他们的邮箱：{$who}。请在嘉宾表单里填写。
notice-send = 发布时发送这 {$n} 封邮件
notice-sample-name = （姓名）
notice-mail-subject = 安排有变：{$title}
notice-mail = “{$title}”有与您相关的变动：
notice-mail-look = 查看最新安排
notice-mail-calendar = 附件中的日历文件会更新您的日历。
notice-off-subject = 已取消：{$title}
notice-off = “{$title}”不再举行。
notices-title = 版本与通知
notices-lead = 每一次发布改了什么，以及有多少人收到了与自己有关的变更邮件。
notices-version = 第 {$n} 版
notices-people = { $n ->
    [0] 没有发送通知。
   *[other] 通知了 { $n } 人。
 }
notices-none = 尚未发布
trouble-job-notices-send = 发送变更通知
trail-work-notices-send = 变更通知邮件
trail-mail-notice = 发布后的变更通知
error-notice_not_found = 没有这封邮件。
error-notice_not_found-next = 请回到发布页面再看：它可能已与这些人无关。
notice-is-added = 这是新增的安排。
notice-is-removed = 不再在您所在的会场举行。
