# 印在签名图样里、写在签名字典里的字。
signature-reason = 同意并签署本协议
signature-caption-prepared = { $time }起签，以时间戳为准
signature-caption-client = 密钥由签署人设备生成，服务器从未持有
signature-caption-server = 密钥由服务器为本次签署生成，用后销毁
signature-caption-external = 签署人自有证书的密钥
