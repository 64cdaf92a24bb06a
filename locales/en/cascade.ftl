# The picture of a plan's agreements, edited by hand.
cascade-how = Drag from ↳ to the agreement that comes after, or click ↳ and then that agreement's ↳. Drag ⠿ to another row, or use the arrow keys on it. A click on a line removes it. Every change can be undone.
cascade-grip = Move { $title } to another row
cascade-grip-short = Another row
cascade-link = Choose what comes after { $title }
cascade-link-short = What comes after
cascade-unlink = { $title } no longer comes after { $before }
cascade-choose = Choose what comes after { $title }: click its ↳. Esc leaves it as it is.
cascade-target = Let { $title } come after { $before }
cascade-cancel = Leave it
cascade-linked = { $title } now comes after { $before }.
cascade-unlinked = { $title } no longer comes after { $before }.
cascade-moved-first = { $title } now opens first.
cascade-moved = { $title } now comes after { $before }.
cascade-undone = { $title } is as it was.
cascade-lost = Nothing was changed.
cascade-same = { $title } stands there already.
cascade-line = { $title } comes after { $before }. Click to remove this line.
