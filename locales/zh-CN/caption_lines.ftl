# 各屏幕上的字幕。
captions-label = 字幕
captions-off = 关闭
captions-waiting = 传译员发出字幕后显示在这里。
captions-lost = 连接中断，恢复后继续显示字幕。
