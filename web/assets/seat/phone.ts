// "Draw on your phone": a code to scan, what the phone does, and its drawing. The key and the act stay on this page.

import { need, setText } from "../lib/dom.js";
import { Refused } from "../lib/http.js";
import { openLive, SOON_MS, type Live } from "../lib/live.js";
import { say } from "../lib/messages.js";
import { http, inWords } from "../lib/page.js";

interface PadState {
  id: string;
  state: "offered" | "joined" | "drawn";
  drawings: number;
  png: string | null;
}

interface Offer extends PadState {
  url: string;
  qr: string;
  live: { url: string; seq: number };
}

export interface PhonePad {
  /** The PNG data URL that the phone sent; null while there is none, or the pad on this page is used. */
  picture(): string | null;
  /** Whether the phone is drawn on in place of this page. */
  readonly isOpen: boolean;
  /** Back to the pad on this page; the phone is told. */
  close(): void;
}

/** `onChange` is called when this page's own pad goes or comes back, and with every drawing; `shownOn` is the agreement on
 * which strokes are shown while they are drawn, null where they are not. */
export function phonePad(view: HTMLElement, api: string, onChange: () => void, shownOn: () => string | null): PhonePad {
  const panel = need("[data-phone]", view);
  const offer = need<HTMLButtonElement>("[data-phone-offer]", view);
  const again = need("[data-phone-again]", panel);
  const picture = need<HTMLImageElement>("[data-phone-picture]", panel);
  let pad: PadState | null = null;
  let live: Live | null = null;
  let shown: string | null = null;

  function show(state: PadState | null): void {
    pad = state;
    shown = state?.png ? `data:image/png;base64,${state.png}` : null;
    need("[data-phone-scan]", panel).hidden = state?.state !== "offered";
    picture.hidden = shown === null;
    if (shown !== null) picture.src = shown;
    setText(need("[data-phone-words]", panel), say(`seat-phone-${state?.state ?? "over"}`));
    again.hidden = state !== null;
    onChange();
  }

  function stop(): void {
    live?.stop();
    live = null;
  }

  async function fetchPad(id: string): Promise<void> {
    try {
      const found = await http.get<PadState>(`${api}/drawpad/${id}`, { patiently: say("seat-waiting-state") });
      if (pad?.id === id) show(found);
    } catch (reason) {
      if (!(reason instanceof Refused) || pad?.id !== id) return;
      stop();
      show(null);
    }
  }

  async function begin(): Promise<void> {
    offer.disabled = true;
    stop();
    try {
      const made = await http.post<Offer>(`${api}/drawpad`, { agreement: shownOn() });
      need<HTMLImageElement>("[data-phone-code]", panel).src = made.qr;
      setText(need("[data-phone-url]", panel), made.url);
      panel.hidden = false;
      show(made);
      need("#phone-title", panel).focus({ preventScroll: true });
      panel.scrollIntoView({ block: "nearest" });
      const reread = (): void => void fetchPad(made.id);
      live = openLive({ url: made.live.url, seq: made.live.seq, longestWaitMs: SOON_MS }, { onUpdate: reread, onRefetch: reread });
    } catch (reason) {
      panel.hidden = false;
      show(null);
      setText(need("[data-phone-words]", panel), inWords(reason));
    } finally {
      offer.disabled = false;
    }
  }

  function close(): void {
    if (panel.hidden) return;
    stop();
    if (pad) void http.post(`${api}/drawpad/${pad.id}/close`, {}).catch((reason: unknown) => console.info("the phone's pad was not closed", reason));
    pad = null;
    shown = null;
    panel.hidden = true;
    onChange();
  }

  offer.addEventListener("click", () => void begin());
  again.addEventListener("click", () => void begin());
  need("[data-phone-close]", panel).addEventListener("click", () => {
    close();
    offer.focus();
  });
  return {
    picture: () => shown,
    get isOpen() {
      return !panel.hidden;
    },
    close,
  };
}
