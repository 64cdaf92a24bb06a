// The pens of the room, small: who is signing at this moment, on pages that have something else to do. Nothing here can be
// pressed, nothing moves when it comes, and a signature is called one when the server says so in the same stream.

import { everySecond, serverNow } from "../lib/clocks.js";
import { el, setAttributes, setText } from "../lib/dom.js";
import { openLive, type LiveUpdate } from "../lib/live.js";
import { pageJson, say } from "../lib/messages.js";
import { FORGOTTEN_MS, isForgotten, takeInk, type Drawing, type InkUpdate } from "../stage/drawings.js";
import { Sheet, type Pen } from "../stage/sheet.js";

/** As signing/ink/queries.py panel() tells it. */
export interface PanelSettings extends PanelNames {
  url: string;
  seq: number;
}

export interface PanelNames {
  pens: Record<string, Pen>;
  agreements: Record<string, string>;
}

export interface InkPanel {
  /** Names and titles as they are now. */
  know(names: PanelNames): void;
  stop(): void;
}

const MOST = 3;
const HELD_MS = 1_600;

/** Shows the pens in `box` while there are some. A page that has it embeds the messages of the room "ink". */
export function openPanel(box: HTMLElement, first: PanelSettings): InkPanel {
  const drawings = new Map<string, Drawing>();
  const sheets = new Map<string, Sheet>();
  const list = el("div", { class: "ink-pens" });
  const more = el("p", { class: "ink-more", hidden: true });
  let known: PanelNames = first;
  box.replaceChildren(list, more);

  function arrange(): void {
    const waiting = Math.max(0, drawings.size - sheets.size);
    box.hidden = sheets.size === 0;
    setAttributes(box, { "data-count": sheets.size });
    more.hidden = waiting === 0;
    setText(more, say("ink-panel-more", { n: waiting }));
  }

  function drop(seat: string): void {
    drawings.delete(seat);
    sheets.get(seat)?.root.remove();
    sheets.delete(seat);
    for (const drawing of drawings.values()) if (!sheets.has(drawing.seat)) open(drawing);
    arrange();
  }

  function open(drawing: Drawing): Sheet | null {
    const pen = known.pens[drawing.seat];
    if (!pen || sheets.size >= MOST) return null;
    const sheet = new Sheet(drawing);
    sheet.name(pen, known.agreements[drawing.agreement] ?? "");
    sheets.set(drawing.seat, sheet);
    list.append(sheet.root);
    arrange();
    return sheet;
  }

  function draw(update: InkUpdate): void {
    if (!known.pens[update.seat] || (update.at && serverNow() - Date.parse(update.at) > FORGOTTEN_MS)) return;
    const { drawing, isCut } = takeInk(drawings, update, Date.now());
    let sheet = sheets.get(update.seat) ?? null;
    if (!drawing) return sheet?.isSigned ? undefined : drop(update.seat);
    if (sheet?.isSigned && sheet.drawing !== drawing) {
      // The next paper is signed while the last one is still shown as signed.
      drop(update.seat);
      drawings.set(update.seat, drawing);
      sheet = null;
    }
    if (sheet && sheet.drawing !== drawing) {
      sheet.drawing = drawing;
      sheet.redraw();
    }
    sheet ??= open(drawing);
    if (isCut) sheet?.redraw();
    else sheet?.wake();
    arrange();
  }

  function sign(seat: string, agreement: string): void {
    const sheet = sheets.get(seat);
    if (!sheet || sheet.drawing.agreement !== agreement) return drawings.get(seat)?.agreement === agreement ? drop(seat) : undefined;
    sheet.sign();
    window.setTimeout(() => sheets.get(seat) === sheet && drop(seat), HELD_MS);
  }

  const dropAll = (): void => [...drawings.keys()].forEach(drop);

  function take(update: LiveUpdate): void {
    if (update.kind === "ink.drawn") draw(update as InkUpdate);
    else if (update.kind === "ink.signed") sign(String(update["seat"]), String(update["agreement"]));
    else if (update.kind === "ink.ended") [...drawings.values()].filter((one) => one.agreement === update["agreement"]).forEach((one) => drop(one.seat));
    else if (update.kind === "ink.off") dropAll();
  }

  const live = openLive(first, { onUpdate: take, onRefetch: dropAll });
  const stopLooking = everySecond(() => {
    for (const drawing of drawings.values()) if (isForgotten(drawing, Date.now())) drop(drawing.seat);
  });
  return {
    know(names) {
      known = names;
      for (const [seat, sheet] of sheets) {
        const pen = known.pens[seat];
        if (pen) sheet.name(pen, known.agreements[sheet.drawing.agreement] ?? "");
      }
    },
    stop() {
      live.stop();
      stopLooking();
      dropAll();
    },
  };
}

/** The panel of a page that the server made with its settings in it; null where there is none. */
export function openPagePanel(): InkPanel | null {
  const box = document.querySelector<HTMLElement>("[data-ink-panel]");
  const settings = pageJson<PanelSettings | null>("ink-panel", null);
  return box && settings ? openPanel(box, settings) : null;
}
