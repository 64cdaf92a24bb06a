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
