# 报名：名额、候补、团组、团队页面与发给报名人的邮件。

error-registration_closed = 现在不能报名。
error-registration_closed-next = 大会发布后开放报名，最后一天结束后关闭；已取消的大会不再接受报名。
error-already_registered = 这个邮箱已经报名了这场大会。
error-already_registered-next = 请用报名邮件里的链接管理原有报名；如需重新报名，请先撤回原报名。
error-venue_full_no_waiting = 这里已经没有名额，也不设候补。
error-venue_full_no_waiting-next = 请选择其他会场，或改为线上参加。
error-places_not_found = 这个会场没有为这类参会者设名额。
error-places_not_found-next = 请选择其他会场。
error-company_not_found = 这场大会没有这家企业。
error-company_not_found-next = 请从列表中选择，或直接填写名称。
error-group_not_found = 没有这个团组。
error-group_not_found-next = 请核对链接，或询问发送链接的人。
error-group_full = 这个团组的名额已经用完。
error-group_full-next = 请联系团组负责人增加名额，或不使用团组链接报名。
error-group_over = 这个团组的名额已不再保留。
error-group_over-next = 请联系团组负责人，或不使用团组链接报名。
error-registration_not_found = 没有这份报名。
error-registration_not_found-next = 请返回名单并刷新。
