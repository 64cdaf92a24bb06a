# 实时通道的拒绝信息（web/stream.py）。
error-stream_full = 当前观看人数已达到服务器上限。
error-stream_full-next = 页面会在几秒后自动重试。
