// The lines of the cascade, drawn between the cards where they stand.

import { svg } from "../lib/dom.js";

export interface Line {
  from: HTMLElement;
  to: HTMLElement;
  title: string;
  remove: () => void;
}

interface Point {
  x: number;
  y: number;
}

const frame = (): HTMLElement | null => document.querySelector<HTMLElement>(".cascade-frame");

function within(card: HTMLElement, side: "top" | "bottom" | "start"): Point {
  const box = card.getBoundingClientRect();
  const at = frame()!.getBoundingClientRect();
  if (side === "start") return { x: box.left - at.left, y: box.top - at.top + Math.min(28, box.height / 2) };
  return { x: box.left - at.left + box.width / 2, y: (side === "top" ? box.top : box.bottom) - at.top };
}

/** Cards below each other, as on a phone, are joined along their side. */
function path(from: HTMLElement, to: HTMLElement): string {
  const a = from.getBoundingClientRect();
  const b = to.getBoundingClientRect();
  const stacked = Math.abs(a.left - b.left) < 8 && a.width > window.innerWidth * 0.7;
  if (stacked) {
    const [p, q] = [within(from, "start"), within(to, "start")];
    const out = Math.min(14, 6 + Math.abs(q.y - p.y) / 200);
    return `M${p.x} ${p.y} C${p.x - out} ${p.y} ${q.x - out} ${q.y} ${q.x} ${q.y}`;
  }
  const [p, q] = [within(from, "bottom"), within(to, "top")];
  const bend = Math.max(18, (q.y - p.y) / 2);
  return `M${p.x} ${p.y} C${p.x} ${p.y + bend} ${q.x} ${q.y - bend} ${q.x} ${q.y}`;
}

function picture(): SVGElement {
  const found = document.querySelector<SVGElement>(".link-lines");
  if (found) return found;
  const made = svg("svg", { class: "link-lines", "aria-hidden": "true" });
  frame()!.append(made);
  return made;
}

export function draw(lines: readonly Line[]): void {
  const all = lines.map(({ from, to, title, remove }) => {
    const d = path(from, to);
    const words = svg("title", {});
    words.textContent = title;
    const group = svg("g", { class: "link-line" }, words, svg("path", { d, class: "link-hit" }), svg("path", { d, class: "link-seen" }));
    group.addEventListener("click", remove);
    return group;
  });
  picture().replaceChildren(...all);
}

/** The line that is being drawn, from a card to the pointer; without a pointer there is none. */
export function drawTo(from: HTMLElement, at: { clientX: number; clientY: number } | null): void {
  picture().querySelector(".link-drawn")?.remove();
  if (!at) return;
  const box = frame()!.getBoundingClientRect();
  const p = within(from, "bottom");
  picture().append(svg("path", { class: "link-drawn", d: `M${p.x} ${p.y} L${at.clientX - box.left} ${at.clientY - box.top}` }));
}
