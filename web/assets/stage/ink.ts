// Live ink: signatures while they are drawn, large, marked as being signed until they are. It follows a stream of its own,
// and what is lost of it is lost: the picture of what is true is the stage's.

import { everySecond, serverNow } from "../lib/clocks.js";
import { setAttributes } from "../lib/dom.js";
import { openLive } from "../lib/live.js";
import { pageLocale } from "../lib/messages.js";
import { inkLater } from "./later.js";
import { columnsFor, FORGOTTEN_MS, isForgotten, takeInk, type Drawing, type InkUpdate } from "./drawings.js";
import { pickText, type SignerState, type StageState } from "./model.js";
import { Sheet, type Pen } from "./sheet.js";

/** A page that shows ink embeds the messages of the room "ink", and loads ink.css. */
export interface InkSettings {
  url: string;
  seq: number;
}

export interface InkView {
  /** What is true now: names, and who has signed. */
  show(state: StageState): void;
  /** Updates that came by another way than the stream, to be shown at their times by the server's clock. */
  feed(updates: InkUpdate[]): void;
  /** The newest update that was taken. */
  readonly seq: number;
  stop(): void;
}

/** Shows ink in `box` while there is some; `placeOf` is where a signature stands in the picture once it is true. */
export function openInk(box: HTMLElement, settings: InkSettings, placeOf: (agreement: string, seat: string) => Element | null): InkView {
  const drawings = new Map<string, Drawing>();
  const sheets = new Map<string, Sheet>();
  let state: StageState | null = null;

  function about(drawing: Drawing): { signed: SignerState; pen: Pen; title: string } | null {
    const locale = pageLocale();
    const agreement = state?.agreements.find((one) => one.id === drawing.agreement);
    const signer = agreement?.signers.find((one) => one.seat === drawing.seat);
    if (!agreement || !signer) return null;
    const party = state?.parties.find((one) => one.key === signer.party);
    const pen = { party: pickText(party?.organisation, locale), office: pickText(party?.representative_title, locale), name: state?.pens?.[drawing.seat] ?? "" };
    return { signed: signer.state, pen, title: pickText(agreement.title, locale) };
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
    sheet.name(found.pen, found.title);
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

  const dropAll = (): void => [...drawings.keys()].forEach(drop);
  const late = inkLater(take, dropAll);
  const live = settings.url ? openLive(settings, { onUpdate: late.now, onRefetch: dropAll }) : null;
  const stopLooking = everySecond(() => {
    for (const drawing of drawings.values()) if (isForgotten(drawing, Date.now()) && !sheets.get(drawing.seat)?.isSigned) drop(drawing.seat);
  });

  return {
    show(next) {
      state = next;
      for (const drawing of drawings.values()) look(drawing);
    },
    feed: late.feed,
    get seq() {
      return live?.seq ?? late.seq;
    },
    stop() {
      live?.stop();
      late.stop();
      stopLooking();
      dropAll();
    },
  };
}
