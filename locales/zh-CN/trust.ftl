# 本系统的密钥和证书。
error-certificate_in_use = 这张证书正在使用。
error-certificate_in_use-next = 请先更换（yunqian pki rotate），再吊销旧证书。
error-certificate_not_ours = 这张证书不是本系统签发的。
error-certificate_not_ours-next = 请用 yunqian pki show 查看现有证书。
error-not_our_root = 这不是本系统的根密钥，或密码不对。
error-not_our_root-next = 请提供 yunqian pki export-root 写出的文件及其密码。
error-root_key_elsewhere = 根密钥保存在别处，而此操作需要它。
error-root_key_elsewhere-next = 请取来存有根密钥的介质，并用 --root-key 指定文件。
error-root_key_in_token = 根密钥在令牌内，无法导出。
error-root_key_in_token-next = 请把令牌本身离线保管，无需导出。
error-certificate_revoked = 这张证书已经吊销过了。
error-certificate_revoked-next = 无需再做什么，吊销列表中已有它。

cli-pki-none = { $folder } 里还没有密钥。
    首次启动时会生成：yunqian serve
cli-pki-line = { $name ->
    [root] 根证书
    [issuing] 签发证书
    [platform] 平台证书
   *[timestamping] 时间戳证书
  } · { $state ->
    [in-use] 使用中
    [replaced] 已更换
   *[revoked] 已吊销
  } · 有效至 { $not_after } · 密钥：{ $key ->
    [file] 文件（已加密）
    [token] 令牌内
    [elsewhere] 在别处
    [kept] 为其吊销列表保留
   *[gone] 已删除
  } · { $subject } · 序列号 { $serial }
cli-pki-anchor = 根证书的 SHA-256：{ $fingerprint }
cli-pki-root-list = 根密钥在别处；它的吊销列表有效至 { $until }
cli-pki-rotated = 新的：{ $name } · 有效至 { $not_after } · { $subject } · 序列号 { $serial }
cli-pki-revoked = 已吊销：{ $serial }（{ $reason }）
cli-pki-no-serial = 序列号是十六进制，见 yunqian pki show
cli-pki-anchors = { $n } 个信任锚已写入 { $file }。SHA-256：
cli-pki-exists = { $file } 已存在，不会覆盖
cli-pki-password = 根密钥文件的密码
cli-pki-root-exported = 加密后的根密钥在 { $file }。本机上也还有：用 --remove 移除。
cli-pki-root-removed = 加密后的根密钥只在 { $file }。请把文件和密码分开保管，并在需要之前先验证两者可用。
