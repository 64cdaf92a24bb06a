# 实时笔迹：签名书写时的笔画。
error-ink_out_of_order = 这一笔来晚了，或者已经收到过。
error-ink_out_of_order-next = 大屏照常显示后面的笔画，签名不受影响，您不用做什么。
error-ink_full = 这一幅笔迹太长，后面的笔画不再显示在大屏上。
error-ink_full-next = 签名不受影响。要重新显示，请清除后重写。
error-ink_too_fast = 笔画来得太密，有一部分没有显示。
error-ink_too_fast-next = 签名不受影响，稍后会自动继续。
error-ink_too_large = 一次送来的笔画太多，没有接收。
error-ink_too_large-next = 签名不受影响，请照常签署。
error-ink_not_shown = 这场仪式不在大屏上显示书写过程。
error-ink_not_shown-next = 请照常签署，签好后大屏会显示。
problem-bad_stroke = 这不是一笔能画出来的笔画。
seat-ink-shown = 您落笔时，大屏同步显示笔迹，并标明“正在签署”。
seat-ink-hide = 书写时不在大屏显示
stage-ink-signing = 正在签署
stage-ink-signed = 已签署
stage-ink-label = { $party }：正在签署 { $title }
