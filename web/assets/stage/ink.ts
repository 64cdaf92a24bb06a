// Live ink: signatures while they are drawn, large, marked as being signed until they are. It follows a stream of its own,
// and what is lost of it is lost: the picture of what is true is the stage's.

import { everySecond, serverNow } from "../lib/clocks.js";
import { el, need, setAttributes, setText } from "../lib/dom.js";
import { openLive } from "../lib/live.js";
import { pageLocale, say } from "../lib/messages.js";
import { setPhrases } from "../lib/phrases.js";
import { columnsFor, FORGOTTEN_MS, isForgotten, takeInk, type Drawing, type InkUpdate } from "./drawings.js";
import { follow, tail, type Piece, type Trace } from "./line.js";
import { pickText, textLang, type SignerState, type StageState } from "./model.js";

/** A page that shows ink embeds the messages of the room "ink", and loads ink.css. */
export interface InkSettings {
  url: string;
  seq: number;
}

export interface InkView {
  /** What is true now: names, and who has signed. */
  show(state: StageState): void;
  stop(): void;
}

const HELD_MS = 900;
const SETTLE_MS = 800;
const FRAMES_BEHIND = 5;
const FINEST = 2;

const isStill = (): boolean => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

/** One drawing on its paper. Points are drawn a few a frame, so that batches are not seen as jerks. */
class Sheet {
  readonly root: HTMLElement;
  private readonly paper = el("div", { class: "ink-paper" });
  private readonly canvas = el("canvas", { "aria-hidden": "true" });
  private readonly drawn = new Map<number, { done: number; trace: Trace | null }>();
  private frame = 0;

  constructor(public drawing: Drawing) {
    this.paper.append(this.canvas);
    this.root = el("figure", { class: "ink-sheet", "data-ink-seat": drawing.seat, "data-state": "drawing" });
    const mark = el("p", { class: "ink-mark" }, el("span", {}, say("stage-ink-signing")));
    const caption = el("figcaption", { class: "ink-who" }, el("strong", {}), el("span", { class: "ink-office" }), el("span", { class: "ink-what" }));
    this.root.append(mark, this.paper, caption);
    new ResizeObserver(() => this.redraw()).observe(this.paper);
  }

  name(party: string, office: string, title: string): void {
    const locale = pageLocale();
    for (const [selector, text] of [["strong", party], [".ink-office", office], [".ink-what", title]] as const) {
      const place = need(selector, this.root);
      setAttributes(place, { lang: textLang(text, locale) });
      setPhrases(place, text);
    }
    setAttributes(this.root, { "aria-label": say("stage-ink-label", { party, title }) });
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

/** Shows ink in `box` while there is some; `placeOf` is where a signature stands in the picture once it is true. */
export function openInk(box: HTMLElement, settings: InkSettings, placeOf: (agreement: string, seat: string) => Element | null): InkView {
  const drawings = new Map<string, Drawing>();
  const sheets = new Map<string, Sheet>();
  let state: StageState | null = null;

  function about(drawing: Drawing): { signed: SignerState; party: string; office: string; title: string } | null {
    const locale = pageLocale();
    const agreement = state?.agreements.find((one) => one.id === drawing.agreement);
    const signer = agreement?.signers.find((one) => one.seat === drawing.seat);
    if (!agreement || !signer) return null;
    const party = state?.parties.find((one) => one.key === signer.party);
    return { signed: signer.state, party: pickText(party?.organisation, locale), office: pickText(party?.representative_title, locale), title: pickText(agreement.title, locale) };
  }

  function arrange(): void {
    box.hidden = sheets.size === 0;
    box.style.setProperty("--columns", String(columnsFor(sheets.size)));
    setAttributes(box, { "data-count": sheets.size });
  }

  function drop(seat: string): void {
    drawings.delete(seat);
    sheets.get(seat)?.root.remove();
    sheets.delete(seat);
    arrange();
  }

  function look(drawing: Drawing): void {
    const found = about(drawing);
    let sheet = sheets.get(drawing.seat);
    if (sheet?.isSigned && sheet.drawing !== drawing) {
      // The next agreement is drawn while the last one is still on its way into the picture.
      drop(drawing.seat);
      drawings.set(drawing.seat, drawing);
      sheet = undefined;
    }
    if (sheet?.isSigned) return;
    // What is signed or over already is told by the picture.
    if (!found || (found.signed !== "open" && !sheet) || found.signed === "closed") return drop(drawing.seat);
    if (!sheet) {
      sheet = new Sheet(drawing);
      sheets.set(drawing.seat, sheet);
      box.append(sheet.root);
      arrange();
    }
    sheet.name(found.party, found.office, found.title);
    if (found.signed === "signed") void finish(sheet);
  }

  async function finish(sheet: Sheet): Promise<void> {
    sheet.sign();
    await sheet.settle(placeOf(sheet.drawing.agreement, sheet.drawing.seat));
    if (sheets.get(sheet.drawing.seat) === sheet) drop(sheet.drawing.seat);
  }

  function take(update: InkUpdate): void {
    if (update.at && serverNow() - Date.parse(update.at) > FORGOTTEN_MS) return;
    const { drawing, isCut } = takeInk(drawings, update, Date.now());
    const sheet = sheets.get(update.seat);
    if (!drawing) return sheet?.isSigned ? undefined : drop(update.seat);
    if (sheet && !sheet.isSigned && sheet.drawing !== drawing) sheet.drawing = drawing;
    look(drawing);
    const now = sheets.get(update.seat);
    if (!now || now.isSigned) return;
    if (isCut) now.redraw();
    else now.wake();
  }

  const live = openLive(settings, {
    onUpdate: (update) => update.kind === "ink.drawn" && take(update as InkUpdate),
    onRefetch: () => [...drawings.keys()].forEach(drop),
  });
  const stopLooking = everySecond(() => {
    for (const drawing of drawings.values()) if (isForgotten(drawing, Date.now()) && !sheets.get(drawing.seat)?.isSigned) drop(drawing.seat);
  });

  return {
    show(next) {
      state = next;
      for (const drawing of drawings.values()) look(drawing);
    },
    stop() {
      live.stop();
      stopLooking();
      [...drawings.keys()].forEach(drop);
    },
  };
}
