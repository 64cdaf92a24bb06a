// One drawing on its paper, as the stage shows it large and the pages of the room show it small.

import { el, need, setAttributes, setText } from "../lib/dom.js";
import { pageLocale, say } from "../lib/messages.js";
import { setPhrases } from "../lib/phrases.js";
import type { Drawing } from "./drawings.js";
import { follow, tail, type Piece, type Trace } from "./line.js";
import { textLang } from "./model.js";

/** Whose pen it is, in the reader's words. */
export interface Pen {
  party: string;
  office: string;
  /** Empty where the plan names nobody. */
  name: string;
}

const HELD_MS = 900;
const SETTLE_MS = 800;
const FRAMES_BEHIND = 5;
const FINEST = 2;

export const isStill = (): boolean => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

/** One drawing on its paper. Points are drawn a few a frame, so that batches are not seen as jerks. */
export class Sheet {
  readonly root: HTMLElement;
  private readonly paper = el("div", { class: "ink-paper" });
  private readonly canvas = el("canvas", { "aria-hidden": "true" });
  private readonly typed = el("p", { class: "ink-typed", hidden: true });
  private readonly drawn = new Map<number, { done: number; trace: Trace | null }>();
  private frame = 0;

  constructor(public drawing: Drawing) {
    this.paper.append(this.canvas, this.typed);
    this.root = el("figure", { class: "ink-sheet", "data-ink-seat": drawing.seat, "data-state": "drawing" });
    const mark = el("p", { class: "ink-mark" }, el("span", {}, say("stage-ink-signing")));
    const caption = el("figcaption", { class: "ink-who" }, el("strong", {}), el("span", { class: "ink-office" }), el("span", { class: "ink-what" }));
    this.root.append(mark, this.paper, caption);
    new ResizeObserver(() => this.redraw()).observe(this.paper);
  }

  name(pen: Pen, title: string): void {
    const locale = pageLocale();
    const person = pen.name ? say("stage-ink-person", { name: pen.name, office: pen.office }) : pen.office;
    for (const [selector, text] of [["strong", pen.party], [".ink-office", person], [".ink-what", title]] as const) {
      const place = need(selector, this.root);
      setAttributes(place, { lang: textLang(text, locale) });
      setPhrases(place, text);
    }
    // A typed name is the plan's: nobody can have another one shown.
    setText(this.typed, pen.name);
    setAttributes(this.typed, { lang: textLang(pen.name, locale) });
    setAttributes(this.root, { "aria-label": say("stage-ink-label", { party: pen.party, title }) });
  }

  get isSigned(): boolean {
    return this.root.dataset["state"] === "signed";
  }

  sign(): void {
    this.root.dataset["state"] = "signed";
    setText(need(".ink-mark span", this.root), say("stage-ink-signed"));
    this.redraw();
  }

  /** Something came: draw it within the next frames. */
  wake(): void {
    if (isStill()) return this.step(Infinity);
    if (this.frame === 0) this.frame = requestAnimationFrame(() => this.next());
  }

  private next(): void {
    this.frame = 0;
    const left = [...this.drawing.strokes].reduce((sum, [stroke, points]) => sum + points.length - (this.drawn.get(stroke)?.done ?? 0), 0);
    if (left === 0) return;
    this.step(Math.ceil(left / FRAMES_BEHIND));
    this.frame = requestAnimationFrame(() => this.next());
  }

  /** All anew: the size is another, or strokes were taken back. */
  redraw(): void {
    this.typed.hidden = !this.drawing.isTyped;
    this.canvas.hidden = this.drawing.isTyped;
    const finer = Math.min(FINEST, window.devicePixelRatio || 1);
    const { clientWidth, clientHeight } = this.paper;
    const width = Math.min(clientWidth, clientHeight / this.drawing.shape);
    this.canvas.width = Math.max(1, Math.round(width * finer));
    this.canvas.height = Math.max(1, Math.round(width * this.drawing.shape * finer));
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${width * this.drawing.shape}px`;
    this.drawn.clear();
    this.step(Infinity);
  }

  private step(most: number): void {
    const context = this.canvas.getContext("2d");
    if (!context) return;
    const scale = this.canvas.width;
    const boost = boosted(this.canvas.clientWidth, this.root.parentElement?.clientWidth ?? 0);
    context.strokeStyle = getComputedStyle(this.canvas).color;
    context.lineCap = "round";
    let left = most;
    for (const [stroke, points] of this.drawing.strokes) {
      const mine = this.drawn.get(stroke) ?? { done: 0, trace: null };
      if (mine.done >= points.length) continue;
      for (; mine.done < points.length && left > 0; mine.done += 1, left -= 1) {
        const point = points[mine.done];
        if (!point) break;
        const { trace, pieces } = follow(mine.trace, point, this.drawing.shape);
        mine.trace = trace;
        for (const piece of pieces) paint(context, piece, scale, boost);
      }
      if (mine.trace) paint(context, tail(mine.trace), scale, boost);
      this.drawn.set(stroke, mine);
      if (left <= 0) return;
    }
  }

  /** Becomes the mark in the line that is signed, where there is one to be seen. */
  async settle(place: Element | null): Promise<void> {
    await new Promise((resolve) => window.setTimeout(resolve, HELD_MS));
    const [from, to] = [this.root.getBoundingClientRect(), place?.getBoundingClientRect()];
    if (isStill() || from.width === 0) return;
    const lands = to && to.width > 0;
    const [dx, dy] = lands ? [to.x + to.width / 2 - from.x - from.width / 2, to.y + to.height / 2 - from.y - from.height / 2] : [0, 0];
    const end = { opacity: 0, translate: `${dx}px ${dy}px`, scale: String(lands ? Math.max(0.08, to.width / from.width) : 1) };
    await this.root.animate([{}, { opacity: 0.9, offset: 0.6 }, end], { duration: SETTLE_MS, easing: "cubic-bezier(.5,0,.2,1)", fill: "forwards" }).finished.catch(() => undefined);
  }
}

/** A small sheet has bolder lines: they are read from the same seats. */
function boosted(sheet: number, all: number): number {
  return sheet > 0 ? Math.max(1, Math.min(2, Math.sqrt((0.5 * all) / sheet))) : 1;
}

function paint(context: CanvasRenderingContext2D, piece: Piece, scale: number, boost: number): void {
  context.lineWidth = piece.width * scale * boost;
  context.beginPath();
  context.moveTo(piece.x1 * scale, piece.y1 * scale);
  context.lineTo(piece.x2 * scale, piece.y2 * scale);
  context.stroke();
}
