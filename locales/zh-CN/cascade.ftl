# 计划中协议的先后关系图，可用手编辑。
cascade-how = 从 ↳ 拖到后续的协议即可连线；也可以先点 ↳，再点后续协议的 ↳。拖动 ⠿ 可换到另一层，也可在其上按上、下键。点击连线可删除它。每一步都可以撤销。
cascade-grip = 把《{ $title }》移到另一层
cascade-grip-short = 换到另一层
cascade-link = 选择在《{ $title }》之后开启的协议
cascade-link-short = 之后开启……
cascade-unlink = 《{ $title }》不再等《{ $before }》
cascade-choose = 请选择在《{ $title }》之后开启的协议：点它的 ↳。按 Esc 不作改动。
cascade-target = 让《{ $title }》在《{ $before }》之后开启
cascade-cancel = 不改了
cascade-linked = 《{ $title }》现在于《{ $before }》完成后开启。
cascade-unlinked = 《{ $title }》不再等《{ $before }》。
cascade-moved-first = 《{ $title }》现在最先开启。
cascade-moved = 《{ $title }》现在于{ $before }完成后开启。
cascade-undone = 《{ $title }》已恢复原样。
cascade-lost = 没有作任何改动。
cascade-same = 《{ $title }》已经在那里。
cascade-line = 《{ $title }》在《{ $before }》之后开启。点击可删除这条线。
