// The fine interlaced rosette of share certificates and bank notes, as the stage's background.

import { svg } from "../lib/dom.js";

const SIZE = 1000;

/** One closed curve: a hypotrochoid whose radius breathes `petals` times. */
function curve(petals: number, depth: number, turn: number, radius: number): string {
  const points: string[] = [];
  for (let step = 0; step <= 720; step += 1) {
    const angle = (step / 720) * 2 * Math.PI;
    const r = radius * (1 + depth * Math.sin(petals * angle + turn));
    points.push(`${(SIZE / 2 + r * Math.cos(angle)).toFixed(1)} ${(SIZE / 2 + r * Math.sin(angle)).toFixed(1)}`);
  }
  return `M${points.join("L")}Z`;
}

export function guilloche(): SVGElement {
  const rings: Element[] = [];
  for (let ring = 0; ring < 14; ring += 1) {
    const turn = (ring / 14) * Math.PI * 2;
    rings.push(svg("path", { d: curve(9, 0.16, turn, 400) }));
    rings.push(svg("path", { d: curve(14, 0.2, -turn, 250) }));
  }
  return svg("svg", { viewBox: `0 0 ${SIZE} ${SIZE}`, "aria-hidden": "true" }, ...rings);
}
