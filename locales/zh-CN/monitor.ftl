# The confidence monitor.
monitor-title = 提词屏
monitor-times = 时间
monitor-left = 本环节剩余
monitor-overdue = 已超时
monitor-end = 预计结束
monitor-next = 下一环节
monitor-next-none = 没有了
monitor-number = 第 { $n } 项
monitor-held = 暂停于 { $time }，已 { $length }
monitor-state-none = 还没有流程单
monitor-state-planned = 尚未开始
monitor-state-running = 请稍候
monitor-state-held = 暂停片刻
monitor-state-over = 流程已结束
monitor-begins = 计划 { $time } 开始
monitor-taken-back-next = 请向主持人索取当前的提词屏链接。
