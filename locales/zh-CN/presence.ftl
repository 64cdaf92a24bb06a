# 谁在场：席位上的设备、候场厅、给签署人的消息。
trail-action-seat-arrived = 签署人的设备已到场
trail-note-seat-returned = 中断 { $away_seconds } 秒
trail-action-seat-returned = 签署人的设备中断后恢复
