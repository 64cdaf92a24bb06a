// The focus stays where it was while parts of a page are put there anew: who leads by keyboard never starts at the top.

const CONTROLS = "a[href], button, input, select, textarea, summary, [tabindex='0']";

function firstControl(part: HTMLElement): HTMLElement | undefined {
  const within = [...part.querySelectorAll<HTMLElement>(CONTROLS)];
  return [...(part.matches(CONTROLS) ? [part] : []), ...within].find((each) => each.checkVisibility() && !each.matches(":disabled, [type=hidden]"));
}

/** Asked before a part is put there anew; what it returns brings the focus back: to the same control, or, where that is
    gone, to the first one of the nearest part around it that has a name (`id`). Nothing is done where it is somewhere by then. */
export function keepFocus(region: HTMLElement): () => void {
  const names: string[] = [];
  if (region.contains(document.activeElement)) {
    for (let each = document.activeElement; each && each !== region; each = each.parentElement) if (each.id) names.push(each.id);
  }
  return () => {
    if (document.activeElement !== document.body) return;
    const parts = names.map((name) => document.getElementById(name)).filter((part) => part !== null);
    const found = parts.map(firstControl).find((control) => control !== undefined);
    found?.focus({ preventScroll: true });
  };
}
