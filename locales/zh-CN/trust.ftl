# 本系统的密钥和证书。
error-certificate_in_use = 这张证书正在使用。
error-certificate_in_use-next = 请先更换（yunqian pki rotate），再吊销旧证书。
error-certificate_not_ours = 这张证书不是本系统签发的。
error-certificate_not_ours-next = 请用 yunqian pki show 查看现有证书。
error-not_our_root = 这不是本系统的根密钥，或密码不对。
error-not_our_root-next = 请提供 yunqian pki export-root 写出的文件及其密码。
error-seat_of_another_ceremony = 该席位属于另一场仪式。
error-seat_of_another_ceremony-next = 请给出本场仪式的席位编号。
error-sm2_key_exists = 已有 SM2 密钥。
error-sm2_key_exists-next = 请继续使用，或用 --replace 生成新的：已生成的证据包自带其签名所用的公钥。
error-root_stands_alone = 根证书不在任何吊销列表里：没有上级可以声明吊销它。
error-root_stands_alone-next = 请先更换（yunqian pki rotate root），再告知保存旧根证书的各方将其移除。
error-root_key_elsewhere = 根密钥保存在别处，而此操作需要它。
error-root_key_elsewhere-next = 请取来存有根密钥的介质，并用 --root-key 指定文件。
error-root_key_in_token = 根密钥在令牌内，无法导出。
error-root_key_in_token-next = 请把令牌本身离线保管，无需导出。
error-certificate_revoked = 这张证书已经吊销过了。
error-certificate_revoked-next = 无需再做什么，吊销列表中已有它。

cli-trail-forgotten = 已删除 { $n } 项个人信息；后台任务会重新打包不含这些信息的证据包。
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
cli-pki-anchor-older = 较早的文件以此为锚：{ $fingerprint } · 有效至 { $until }
cli-pki-root-list = { $name }：密钥在别处；其吊销列表有效至 { $until }
cli-pki-sm2 = 审计轨迹的 SM2 密钥：{ $file } · 公钥 SHA-256 { $fingerprint }
cli-pki-rotated = 新的：{ $name } · 有效至 { $not_after } · { $subject } · 序列号 { $serial }
cli-pki-root-rotated = 新根证书已启用。此前的签名不受影响：旧根证书仍在 anchors.pem 里，并附两者的交叉证书。
    接下来：1. 把新指纹告知所有核验文件的人：{ $fingerprint }
            2. 把新根密钥移出本机：yunqian pki export-root 文件 --remove
            3. 旧根密钥今后只用来签发其吊销列表：{ $old ->
    [elsewhere] 每年取来一次：yunqian pki rotate root-list --root-key 文件
   *[here] 也请移出：yunqian pki export-root 文件 --remove --serial { $serial }
  }
            4. 重新备份 keys/。
cli-pki-revoked = 已吊销：{ $serial }（{ $reason }）
cli-pki-no-serial = 序列号是十六进制，见 yunqian pki show
cli-pki-anchors = { $n } 个信任锚已写入 { $file }。SHA-256：
cli-pki-exists = { $file } 已存在，不会覆盖
cli-pki-password = 根密钥文件的密码
cli-pki-root-exported = 加密后的根密钥在 { $file }。本机上也还有：用 --remove 移除。
cli-pki-root-removed = 加密后的根密钥只在 { $file }。请把文件和密码分开保管，并在需要之前先验证两者可用。

doctor-sum = 正常 { $ok } 项，需留意 { $warn } 项，需处理 { $fail } 项
doctor-settings = 人们访问本系统的地址是 { $url }
doctor-settings-demo = 这是演示系统：人人都是主持人，并能看到所有邮件
doctor-settings-demo-next = 正式工作请不要设置 YUNQIAN_DEMO，并使用空的数据文件夹。
doctor-settings-no-tls = 地址 { $url } 不是 https：在其他电脑上浏览器无法生成密钥，传输内容可被他人读取
doctor-settings-no-tls-next = 在前面放一个带 TLS 的代理，并设置 YUNQIAN_BASE_URL（见 docs/operations.md）。
doctor-disk = { $folder } 还有 { $gigabytes } GB 可用
doctor-disk-little = { $folder } 只剩 { $gigabytes } GB
doctor-disk-little-next = 请腾出空间：一场仪式约需 20 MB，磁盘写满会使它中断。
doctor-disk-open = 其他用户可以查看 { $folder }
doctor-disk-open-next = 请运行：chmod 700 { $folder }
doctor-disk-readonly = 无法写入 { $folder }：{ $why }
doctor-disk-readonly-next = 请把文件夹交给运行本系统的用户，并检查磁盘是否已满或只读。
doctor-clock = 时钟与外部同步；现在是 { $now }
doctor-clock-unsynced = 内核不知道时钟是否与外部同步；现在是 { $now }
doctor-clock-unsynced-next = 请在本机（容器则在宿主机）运行 chrony 或 systemd-timesyncd。
doctor-clock-back = 轨迹的最新条目 { $newest } 在将来
doctor-clock-back-next = 签署之前请先校正时钟，证书和时间戳都依赖它。
doctor-database = { $kind } 可用，数据表是最新的
doctor-database-new = 还没有数据库（{ $kind }）
doctor-database-new-next = 首次启动时会建立：yunqian serve
doctor-database-away = { $kind } 无法使用：{ $why }
doctor-database-away-next = 请检查它是否在运行，YUNQIAN_DATABASE_URL 是否正确。
doctor-database-old = { $kind } 里的数据表是旧版本的
doctor-database-old-next = 先备份，再运行：yunqian migrate
doctor-database-forgetful = { $kind } 在写入之前就确认（synchronous_commit = off）
doctor-database-forgetful-next = 请为此数据库设置 synchronous_commit = on。
doctor-work-given-up = 有 { $n } 项后台工作已放弃
doctor-work-given-up-next = 主持人可在各自的仪式里看到并重试；另见 docs/operations.md。
doctor-stamps-waiting = 有 { $n } 个签名在等待时间戳
doctor-stamps-waiting-next = 一有机构应答就会补加；下面可以看到是否有机构应答。
doctor-fonts = 文件所用的字体齐全
doctor-fonts-missing = 文件所用的字体还没有生成
doctor-fonts-missing-next = 请运行：make setup-run
doctor-fonts-poor = 没有字体能显示 { $letters }
doctor-fonts-poor-next = 请安装 fonts-noto-cjk 和 fonts-noto-core，再运行：make setup-run
doctor-mail = 邮件服务器 { $host } 应答正常
doctor-mail-demo = 演示安装的邮件显示在收件箱页面 /demo/mailbox
doctor-mail-none = 没有设置邮件服务器：没有人能收到链接或验证码
doctor-mail-none-next = 请设置 YUNQIAN_SMTP_URL 和 YUNQIAN_MAIL_FROM。
doctor-mail-away = 邮件服务器无法使用：{ $why }
doctor-mail-away-next = 请检查 YUNQIAN_SMTP_URL 的主机、端口、TLS、用户和密码。
doctor-children = 外来文件由内核限制的子进程打开
doctor-children-open = 内核不允许子进程放弃：{ $what }
doctor-children-open-next = 内存和时间的限制有效。其余的需要带 Landlock 和 seccomp 的内核（Debian 12 有）。
doctor-children-unlimited = 子进程得到了超出限制的内存
doctor-children-unlimited-next = 在操作系统的限制（RLIMIT_AS）生效之前，请不要让外人上传文件。
doctor-children-broken = 无法使用子进程：{ $why }
doctor-children-broken-next = 请检查 /proc 和 memfd 是否可用，能否启动进程。
doctor-second-reader = 上传的文件另有一个程序再读一遍：{ $program }
doctor-second-reader-missing = 没有第二个程序读上传的文件：别的程序打开时显示的内容若不一样，发现不了
doctor-second-reader-missing-next = 请安装 poppler-utils 和 poppler-data，再运行：make setup-run
doctor-second-reader-required = 没有第二个程序读上传的文件，而 YUNQIAN_SECOND_READER=required，所以一律拒收
doctor-second-reader-required-next = 请安装 poppler-utils 和 poppler-data，再运行：make setup-run
doctor-second-reader-poor = 再读一遍上传文件的程序缺少中文字符表，有些文件会被拒收
doctor-second-reader-poor-next = 请安装 poppler-data，再运行：make setup-run
doctor-second-reader-off = 由于 YUNQIAN_SECOND_READER=off，上传的文件没有第二个程序再读
doctor-second-reader-off-next = 如无特别理由，请删去这项设置。
doctor-keys = 签名密钥可以打开
doctor-keys-none = { $folder } 里没有密钥
doctor-keys-none-next = 首次启动时会生成：yunqian serve。如果原来有，请从备份恢复。
doctor-keys-closed = 密钥无法使用：{ $why }
doctor-keys-closed-next = 请按上面的说明处理；如与口令或令牌有关，请设置生成密钥时所用的口令或令牌。
doctor-keys-beside = 密钥的口令与密钥都在 { $folder }
doctor-keys-beside-next = 请把 key_passphrase 移到别处，并用 YUNQIAN_KEY_PASSPHRASE_FILE 指明。
doctor-keys-root-here = 有根密钥在这台机器上（证书 { $serial }）
doctor-keys-root-here-next = 请保存到别处的介质：yunqian pki export-root 文件 --remove --serial { $serial }
doctor-certificate = { $name }：有效至 { $until }
doctor-certificate-ends = { $name }：将于 { $until } 到期
doctor-certificate-ends-next = 请更换：yunqian pki rotate { $name }
doctor-certificate-ended = { $name }：已于 { $until } 到期
doctor-certificate-ended-next = 已无法正确签名。请更换：yunqian pki rotate { $name }
doctor-certificate-elsewhere = { $name }：其吊销列表的地址不是 { $url }
doctor-certificate-elsewhere-next = 如果现在的地址是对的：yunqian pki rotate { $name }
doctor-root-list = { $name }：其吊销列表有效至 { $until }
doctor-root-list-ends = { $name }：其吊销列表将于 { $until } 到期
doctor-root-list-ends-next = 请取来这个根证书的密钥：yunqian pki rotate root-list --root-key 文件
doctor-root-list-ended = { $name }：其吊销列表已于 { $until } 到期
doctor-root-list-ended-next = 请取来这个根证书的密钥：yunqian pki rotate root-list --root-key 文件
doctor-stamps = { $url } 的时间戳可用
doctor-settings-wrong = 设置有误：{ $problem }
doctor-settings-wrong-next = 请在环境变量中改正（全部设置见 docs/operations.md），然后再运行一次；其余各项尚未检查。
doctor-no-timestamp = 没有授时机构给出可用的时间戳
doctor-stamps-bad = { $fault ->
    [away] 无法连接 { $url }，或连接中途断开
    [slow] { $url } 在 { $seconds } 秒内没有应答
    [tls] { $url } 的 TLS 证书不被接受
    [http] { $url } 返回 HTTP 状态 { $status }，没有给出时间戳
    [refused] { $url } 拒绝签发时间戳（状态 { $status }）{ $said }
    [policy] { $url } 所用的策略 { $policy } 不在设置之列
    [authority] { $url } 的授时机构不在本系统信任的范围内
    [clock] { $url } 的时间与本机时钟相差 { $seconds } 秒
   *[answer] { $url } 的应答不是有效的时间戳
}
doctor-stamps-bad-next = { $fault ->
    [away] 请检查 YUNQIAN_TSA_URLS 中的地址、本机能否解析该域名，以及防火墙是否放行。
    [slow] 请确认该服务是否正常；如果只是较慢，请调大 YUNQIAN_TSA_TIMEOUT_SECONDS。
    [tls] 请检查地址；该服务若使用自建证书，请把其根证书加入本机信任的证书。
    [http] 请检查 YUNQIAN_TSA_URLS 中的地址，并向该服务确认本机有权使用。
    [refused] 请向该服务询问原因：可能需要登记本机地址，或者不支持 SHA-256。
    [policy] 请向该服务询问其策略标识，写入 YUNQIAN_TSA_OIDS，或将该项留空。
    [authority] 请取得该服务的根证书，放入 YUNQIAN_TSA_ANCHORS 所指的文件。
    [clock] 请校准本机时钟（NTP）；在此之前不会使用该服务的时间戳。
   *[answer] 请检查 YUNQIAN_TSA_URLS 中的地址，那里应答的可能是别的服务。
}
doctor-stamps-own = 时间来自本机，未经第三方授时（没有设置 YUNQIAN_TSA_URLS）
doctor-stamps-own-next = 文件上会写明。要用第三方时间，请设置 YUNQIAN_TSA_URLS 和 YUNQIAN_TSA_ANCHORS。
doctor-signature = 测试文件已签名并核验：{ $level }，{ $milliseconds } 毫秒
doctor-signature-failed = 测试文件无法签名：{ $why }
doctor-signature-failed-next = 请先处理上面各项，再运行一次。
doctor-signature-bad = 测试文件已签名但核验不通过：{ $why }
doctor-signature-bad-next = 请不要用本系统签名。先处理上面各项；仍不通过请附上这一行报告。

ceremony-certificates = 证书
ceremony-waits-for-time = 等待时间戳
certificates-title = 签名证书
certificates-lead = 每位签署人的密钥都有证书，由本系统签发，或由签署人自带。吊销之后不能再用它签名；时间戳证明在此之前的签名仍然有效。
certificates-none = 还没有证书
certificates-none-next = 签署人同意之后、首次签名之前会得到证书。
certificates-organisation = 单位
certificates-issued = 签发时间
certificates-expires = 到期时间
certificates-custody = 密钥
certificates-serial = 序列号
certificates-revoked = 吊销
certificates-state-good = 有效
certificates-state-ended = 已到期
certificates-state-revoked = 已吊销
certificates-revoke = 吊销
certificates-revoke-why = 吊销后不能恢复。签署人再次验证身份后可以得到新证书；如果个人链接已落入他人之手，请同时收回链接。
certificates-reason = 原因
certificates-reason-superseded = 已由另一张证书取代
certificates-reason-key-compromise = 密钥或设备可能落入他人之手
certificates-reason-affiliation-changed = 签署人不再代表该单位
certificates-reason-cessation-of-operation = 不再需要
certificates-revoke-do = 吊销这张证书
certificates-holder = 证书名下
certificates-holder-person = 签署人本人
certificates-holder-organisation = 单位
certificates-revocation = 吊销状态
certificates-revocation-good = 使用时已查，正常
certificates-revocation-unknown = 未查：没有签发机构的吊销信息
certificates-issuer = 签发机构
certificates-revoke-own-why = 这张证书由别处签发：在这里停用后，本次签约不再用它签署；要让它对所有人失效，只能由签发机构吊销。此操作不能撤销。
certificates-revoke-own = 停用
certificates-revoke-own-do = 停用这张证书
doctor-signers = { $name }：接受其签发的签署人自有证书，至 { $until }
doctor-signers-ended = { $name }：接受其签发的签署人自有证书，但该证书已于 { $until } 到期
doctor-signers-ended-next = 其下的证书不能再用于签署。请把后继证书也放进 YUNQIAN_EXTERNAL_ANCHORS；仍要在这里核验旧文件时，请保留旧的。
doctor-signers-unreadable = { $why }
doctor-signers-unreadable-next = 请放入 PEM 格式的证书，或去掉这项设置。
doctor-signers-no-lists = 无从得知签署人自有证书是否被吊销
doctor-signers-no-lists-next = 这些签名只能达到 B-T。请设置 YUNQIAN_EXTERNAL_LISTS，或 YUNQIAN_EXTERNAL_REVOCATION=ask。
doctor-signers-list-ended = { $name } 的吊销列表已于 { $until } 过期
doctor-signers-list-ended-next = 请取一份新的放进 YUNQIAN_EXTERNAL_LISTS。
doctor-wallet-apple = 入场票可存入 Apple 钱包（{ $pass_type }），至 { $until }
doctor-wallet-apple-ends = 入场票可存入 Apple 钱包（{ $pass_type }），但只到 { $until }
doctor-wallet-apple-ends-next = 请在 Apple 开发者账户续期，并把新证书放进 YUNQIAN_WALLET_APPLE_CERTIFICATE。
doctor-wallet-apple-broken = 无法生成 Apple 钱包入场票：{ $why }
doctor-wallet-apple-broken-next = 请修正上述文件，或去掉 YUNQIAN_WALLET_APPLE 开头的设置。
doctor-wallet-google = 入场票可存入 Google 钱包（{ $account }）
doctor-wallet-google-broken = 无法生成 Google 钱包入场票：{ $why }
doctor-wallet-google-broken-next = 请修正上述文件，或去掉 YUNQIAN_WALLET_GOOGLE 开头的设置。
