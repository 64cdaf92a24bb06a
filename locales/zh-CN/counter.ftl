# 大屏计数：各会场应到、在场、今天到场人数；不显示姓名。
counter-inside = 在场
counter-came = 今天到场
counter-expected = 应到
counter-all = 合计：在场 { $inside }，今天到场 { $came }，应到 { $expected }
counter-live = 实时 · { $time } 更新
counter-connecting = 正在连接
counter-lost = { $time } 起没有连接，以上是当时的人数，正在重新连接
counter-no-halls = 这场大会没有线下会场。
counter-taken-back = 本屏幕的链接已收回
counter-taken-back-next = 请向大会负责人索取新的链接。
counter-full-screen = 全屏显示
counter-noscript = 本页需要浏览器允许运行脚本。
counter-screen = 大屏计数
counter-screen-lead = 在大厅或舞台的屏幕上显示各会场的应到、在场和今天到场人数，随签到实时变化。只有人数，没有姓名；有链接即可打开，无需登录。
counter-open = 打开大屏
counter-link-none = 还没有大屏链接
counter-link-make = 生成链接
counter-take-back = 收回链接

error-counter_link_needed = 请用大屏计数的链接打开。
error-counter_link_needed-next = 请向大会负责人索取链接：签到页，“大屏计数”。
error-counter_link_taken_back = 本屏幕的大屏计数链接已收回。
error-counter_link_taken_back-next = 请向大会负责人索取新的链接，并在此打开。
