# 胸卡：二维码、打印。

error-badge_foreign = 这不是胸卡的二维码。
error-badge_foreign-next = 请扫描胸卡上的二维码，或者按姓名查找。
error-badge_newer = 这张胸卡由更新版本的系统制作，这里还不认识。
error-badge_newer-next = 请更新本设备上的应用，或者按姓名查找。
error-badge_cut = 二维码不完整或已损坏。
error-badge_cut-next = 请对准整个二维码再扫一次；仍然不行时，按姓名或胸卡编号查找，并补打胸卡。
error-badge_key_unknown = 这张胸卡由另一套系统签发。
error-badge_key_unknown-next = 请按姓名查找；如果本系统刚更换过密钥，请先联网更新名单。
error-badge_forged = 这张胸卡的签名不对，可能是伪造的。
error-badge_forged-next = 请不要放行，查验证件并按姓名查找，同时告知负责人。
error-badge_other_conference = 这张胸卡属于另一场大会。
error-badge_other_conference-next = 请按姓名查找本次大会的报名。
error-badge_run_not_found = 没有这次打印。
error-badge_run_not_found-next = 请返回胸卡页面并刷新。

# 命令行。
cli-pki-door = 胸卡密钥 { $name }：Ed25519 公钥 { $raw }
