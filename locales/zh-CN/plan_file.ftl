# 计划文件：哪里有问题、问题在何处、各个字段的含义
problem-empty_file = 文件是空的。请选择写有计划的文件，或从示例开始。
problem-not_utf8 = 文件没有按 UTF-8 保存（第 { $line } 行）{ $looks ->
    [gbk] ，看起来是 GBK 编码，部分中文软件默认这样保存
   *[other] {""}
 }。请用记事本等文本编辑器打开，选择“另存为”，编码选 UTF-8，保存后重新选择。
problem-not_json = 第 { $line } 行第 { $column } 个字符：{ $what ->
    [ends_early] 文件没有写完就结束了，缺少右括号或右引号。
    [wide_mark] 这是中文标点。JSON 只认英文半角标点：" : , {"{"} {"}"} [ ]。
    [single_quotes] 文字和字段名要用英文双引号（"），不能用单引号。
    [comment] JSON 不支持注释，请删去。
    [comma_too_many] 这个括号前面多了一个逗号。
    [comma_missing] 这里前面缺少一个逗号。
    [colon_missing] 字段名和值之间缺少冒号。
    [key_expected] 这里应当是用英文双引号括起的字段名。
    [value_expected] 这里应当是一个值：用英文双引号括起的文字、数字、true、false、列表或对象。
    [text_open] 文字没有在本行结束：缺少右引号，或其中有换行或制表符。
    [bad_escape] 反斜杠后面的写法 JSON 不认识；要写一个反斜杠，请写两个。
    [more_behind] 计划在此之前已经结束，后面的内容请删去。
   *[other] 从这里开始无法读取。
 }这一行写的是（▶ 处即出错位置）：{ $shown }
problem-not_a_plan = 文件应当是一份完整的计划，以 {"{"} 开头，以 {"}"} 结尾。这个文件里{ $found ->
    [list] 是一个列表
    [text] 只有一段文字
    [number] 只有一个数字
    [yes-no] 只有一个 true 或 false
   *[other] 没有内容
 }。
problem-too_deep = 列表和对象嵌套超过 { $most } 层；一份计划只有六层。
problem-number_too_long = 有一个数字长达几千位。
problem-half_character = 文字中有半个字符（\ud800 至 \udfff 缺少另一半），请重新输入。
problem-not_money = “{ $value }”不是能够印出的金额。请只写数字，不带分隔符、正负号和单位，小数点前最多 15 位，后最多两位，例如 500000000.00；写在文件里时加英文引号："500000000.00"。

plan-where-file = 整个文件
plan-where-party = 第 { $n } 个签约方
plan-where-agreement = 第 { $n } 份协议
plan-where-entry = 第 { $n } 项
plan-where-zh-CN = 中文
plan-where-en = 英文
plan-where-join = { $above } · { $here }
plan-where-technical = 文件中的位置与代码（供编写文件的人查看）

plan-label-title = 名称
plan-label-date = 日期
plan-label-host_timezone = 主办方时区
plan-label-parties = 签约方
plan-label-agreements = 协议
plan-label-source = 资料来源
plan-label-part_of_day = 时段
plan-label-starts_at = 开始时刻
plan-label-limit_minutes = 计划时长
plan-label-conference_tool = 会议软件
plan-label-live_ink = 实时笔迹
plan-label-time_policy = 取不到时间戳时
plan-label-needs_camera = 需要摄像头和麦克风
plan-label-planned_investment = 计划投资额
plan-label-note = 备注
plan-label-demo = 演示
plan-label-key = 代号
plan-label-organisation = 单位名称
plan-label-representative_title = 签署人职务
plan-label-representative_name = 签署人姓名
plan-label-place = 城市
plan-label-timezone = 时区
plan-label-email = 签署人邮箱
plan-label-locale = 语言
plan-label-role = 角色
plan-label-assumed = 假定
plan-label-between = 签署各方
plan-label-after = 前置协议
plan-label-kind = 类型
plan-label-amount = 金额
plan-label-currency = 币种

plan-object-ceremony = 仪式（最外层对象）
plan-object-party = 签约方（“parties”中的一项）
plan-object-agreement = 协议（“agreements”中的一项）
plan-required = 必填
plan-optional = 选填
plan-default = ；不写则为 { $value }

plan-says-ceremony-title = 仪式名称，出现在各个页面和文件上。
plan-says-ceremony-date = 举行日期，按主办方时区。
plan-says-ceremony-host_timezone = 主办方的时间按哪个时区。
plan-says-ceremony-parties = 谁受约束，由谁代表签署。主办方也在其中。
plan-says-ceremony-agreements = 签署哪些协议，按显示顺序排列。
plan-says-ceremony-source = 计划内容的资料来源。
plan-says-ceremony-part_of_day = 大致的开始时间：10:00、15:00 或 19:00。精确时间写在“开始时刻”。
plan-says-ceremony-starts_at = 精确的开始时刻，优先于时段。
plan-says-ceremony-limit_minutes = 仪式计划进行多少分钟。
plan-says-ceremony-conference_tool = 各方用哪个软件视频见面。
plan-says-ceremony-live_ink = 大屏和会场是否同步显示签名的书写过程。
plan-says-ceremony-time_policy = 时间戳机构没有应答时如何处理签名：先保存、随后补加（wait），拒绝直至有应答（refuse），或按这里的常规设置（installation）。
plan-says-ceremony-needs_camera = 是否人人都要出镜、发言：为true时，设备检查会要求试用摄像头和麦克风；否则为false。
plan-says-ceremony-planned_investment = 项目总额；没有写金额的投资协议采用此数。
plan-says-ceremony-note = 主办方需要知道的事项，不会印出。
plan-says-ceremony-demo = true 表示所有页面、文件和证书都标明为演示。
plan-says-party-key = 协议引用签约方时用的代号，不会显示。
plan-says-party-organisation = 单位全称，将印在文件上并写入证书。
plan-says-party-representative_title = 签署人职务，将印在文件上。
plan-says-party-place = 签署人在哪里参加。
plan-says-party-timezone = 该地的时区。
plan-says-party-representative_name = 由谁签署。可以稍后填写，发出邀请前必须填好。
plan-says-party-email = 个人链接发往的邮箱。可以稍后填写，发出邀请前必须填好。
plan-says-party-locale = 签署人邮件和页面的语言。
plan-says-party-role = 哪一方是主办方，最多一个。都没有写时，第一个签约方为主办方。
plan-says-party-assumed = 该签约方的哪些字段是假定的而非已知的；主办方会看到标记。
plan-says-agreement-key = 其他协议引用它时用的代号，不会显示。
plan-says-agreement-title = 协议名称。
plan-says-agreement-between = 签署各方的代号，第一个为甲方。
plan-says-agreement-after = 哪些协议全部签完后它才开放；没有则写空列表。
plan-says-agreement-kind = 印哪一种文本。不写时：一开始就能签的为投资协议，有前置协议的为合作协议。
plan-says-agreement-amount = 协议金额；投资协议必须有金额，自己的或仪式的。
plan-says-agreement-assumed = 该协议的哪些字段是假定的而非已知的。

plan-takes-text = 文字，最多 { $limit } 个字符
plan-takes-lines = 文字，最多 { $limit } 个字符，可以分行
plan-takes-texts = 文字，最多 { $limit } 个字符；或每种语言各写一个：{"{"}"zh-CN": "…", "en": "…"{"}"}
plan-takes-person = 姓名，最多 { $limit } 个字符，不限文字
plan-takes-email = 邮箱地址
plan-takes-day = 日期，写作 2026-07-01
plan-takes-time = 时刻，24 小时制，写作 09:30
plan-takes-zone = 时区，写作大洲和城市：Asia/Shanghai
plan-takes-choice = 可选：{ $options }
plan-takes-minutes = { $least } 至 { $most } 的整数
plan-takes-yes-no = true 或 false
plan-takes-money = {"{"}"amount": "500000000.00", "currency": "CNY"{"}"}；币种：{ $currencies }
plan-takes-name = 小写字母、数字和下划线，以字母开头，最多 40 个；不得重复
plan-takes-party-names = 列表，{ $least } 至 { $most } 个签约方代号
plan-takes-agreement-names = 列表，最多 { $most } 个协议代号
plan-takes-words = 列表，最多 { $most } 个字段名
plan-takes-parties = 列表，{ $least } 至 { $most } 个签约方
plan-takes-agreements = 列表，{ $least } 至 { $most } 份协议

ceremonies-keys = 各个字段的含义
ceremonies-keys-lead = 文件是一个含有以下字段的对象。没有标“必填”的可以不写。
ceremonies-example-ways = 没有计划文件也可以：新建一场仪式，在页面上逐项填写；或导入示例，把名称、地点和协议改成自己的。也可以下载示例，换成自己的内容后从上面选择。

problem-same_ceremony = 同一天还有同名的仪式：{ $others }。本场是 { $own }。如果是同一个文件导入了两次，请删除多余的草稿；如果确实是两场，可以继续。
ceremonies-twin = { $number }（{ $state }，建立于 { $created }）
ceremonies-number = { $number } · 建立于 { $created }
ceremonies-agreements = 协议
ceremonies-order-new = 最近建立的在前
ceremonies-order-date = 举行日期晚的在前
ceremonies-order = 排序
ceremonies-pages = 第 { $number } 页，共 { $pages } 页，{ $total } 场仪式
plan-where-cue = 第 { $n } 个环节
plan-object-cue = 环节（“cues”中的一项）
plan-label-cues = 流程单
plan-label-format = 格式
plan-label-minutes = 分钟
plan-label-speaker = 发言人
plan-label-script = 主持词
plan-label-stage_text = 大屏文字
plan-says-ceremony-cues = 主持仪式的各个环节，按先后次序。不写则暂无流程单。
plan-says-ceremony-format = 文件按哪一版格式书写。
plan-says-cue-kind = 环节做什么；只有签署环节会开放协议。
plan-says-cue-title = 环节名称，大屏会显示。
plan-says-cue-minutes = 计划用时。
plan-says-cue-agreements = 本环节签署的协议代号；同一份协议只能排进一个环节。
plan-says-cue-place = 在哪一方所在地进行，写该签约方的代号；不写表示各地。
plan-says-cue-speaker = 由谁发言。
plan-says-cue-script = 主持人念的词，只有主持人、提词屏和传译员看得到。
plan-says-cue-stage_text = 环节进行时大屏上给所有人看的文字。
plan-takes-cue-minutes = 0.17 至 240 的数字，如 2 或 0.5
plan-takes-party-name = 一个签约方的代号
plan-takes-cues = 最多 { $most } 个环节的列表
problem-only_signing_calls = 只有“签署”环节可以安排协议。
problem-agreement_called_twice = 另一个环节已安排签署“{ $key }”。
plan-export = 导出计划
plan-export-json = 计划文件（.json）
plan-takes-long-texts = 文字，最多 { $limit } 个字符，可以分行；或每种语言各写一个：{"{"}"zh-CN": "…", "en": "…"{"}"}
