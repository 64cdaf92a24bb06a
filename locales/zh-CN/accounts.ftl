# 登录、本人账户、人员管理。
accounts-nav-staff = 人员
accounts-nav-own = 我的账户

accounts-sign-in = 登录
accounts-sign-in-lead = 供主持人、组织方和管理人员使用。
accounts-sign-in-help = 签署人和来宾没有账户：请打开邮件中的个人链接。忘记密码时，请让本单位的管理员重新发送设置密码的链接。
accounts-email = 邮箱
accounts-password = 密码
accounts-password-new = 新密码
accounts-password-repeat = 再输入一次
accounts-password-current = 当前密码
accounts-password-hint = 至少 { $least } 个字符；几个互不相干的词连在一起既好记又安全。
accounts-name = 姓名
accounts-name-en = 英文页面上的姓名
accounts-organisation = 单位
accounts-roles = 权限
accounts-list-comma = 、
accounts-locale = 语言
accounts-timezone = 时区
accounts-save = 保存

accounts-set-password = 设置密码
accounts-set-password-lead = 账户：{ $email }
accounts-set-password-do = 设置密码并登录

accounts-first = 创建第一个管理员
accounts-first-lead = 此链接只能使用一次；创建之后，其他人员由管理员添加。
accounts-first-do = 创建并登录

accounts-own = 我的账户
accounts-facts = 基本信息
accounts-preferences = 语言和时区
accounts-change-password = 修改密码
accounts-change-password-note = 修改之后，其他设备上的登录全部失效。
accounts-everywhere = 在所有设备上退出
accounts-everywhere-why = 如果您在别人的电脑上登录过，或者手机丢失，请使用此项。
accounts-done-password = 密码已修改，其他设备上的登录已失效。
accounts-done-preferences = 已保存。

accounts-staff = 人员
accounts-inactive = 已停用
accounts-invited = 尚未设置密码
accounts-change-roles = 保存权限
accounts-you = 您本人
accounts-act-of = { $act }：{ $who }
accounts-inactive-lead = 此人不能登录。重新启用后，原来的密码和权限照旧。
accounts-roles-change = 更改权限
accounts-sole = 本单位唯一的管理员，因此不能停用，也不能去掉管理员权限。请先让另一位人员成为管理员。
accounts-sole-right = 本单位唯一的管理员，不能去掉
accounts-done-roles = 权限已保存，立即生效。
accounts-done-deactivated = 已停用：此人已在所有设备上退出，不能再登录。
accounts-done-activated = 已重新启用，此人可以登录了。
accounts-send-link = 发送设置密码的链接
accounts-deactivate = 停用
accounts-activate = 重新启用
accounts-add = 添加人员
accounts-add-lead = 对方会收到一次性链接，用它设置自己的密码。
accounts-add-do = 添加
accounts-link = 一次性链接
accounts-link-mailed = 链接已发往 { $email }，3 天内有效，只能使用一次。
accounts-link-shown-title = 此链接只显示这一次
accounts-link-shown = 本系统没有设置邮件服务，请您亲自把链接交给 { $email } 的使用者。3 天内有效，只能使用一次。
accounts-link-back = 返回人员列表

accounts-role-administrator = 管理员
accounts-role-administrator-hint = 添加、停用人员，分配权限
accounts-role-host = 主持人
accounts-role-host-hint = 准备和主持签约仪式
accounts-role-organiser = 会务组织
accounts-role-organiser-hint = 筹备大会、清单和对接会
accounts-role-clerk = 工作人员
accounts-role-clerk-hint = 签到和现场事务
accounts-role-auditor = 审计员
accounts-role-auditor-hint = 查看审计轨迹，不能更改

accounts-mail-subject = 设置您的云签密码
accounts-mail-greeting = { $name }，您好：
accounts-mail-why = 请打开下面的链接设置密码，然后即可登录云签。
accounts-mail-button = 设置密码
accounts-mail-until = 链接在 { $until }（{ $zone }）之前有效，只能使用一次。
accounts-mail-not-you = 如果您没有要求设置密码，请不要打开链接，并告知本单位的管理员。
