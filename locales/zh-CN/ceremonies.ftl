ceremony-state-draft = 准备中
ceremony-state-printing = 协议定稿中
ceremony-state-invited = 签约进行中
ceremony-state-completed = 已完成
ceremony-state-cancelled = 已取消
