// What pages know of captions, and which lines stand at a moment.

export interface CaptionLine {
  n: number;
  text: string;
  at: string;
  /** From this instant on it is shown no more, also where nothing newer comes. */
  until: string;
}

export interface CaptionLanguage {
  code: string;
  /** As those call it who read it. */
  name: string;
}

export interface Captions {
  /** The language that the host chose for the stage; empty: none. */
  stage: string;
  languages: CaptionLanguage[];
  lines?: Record<string, CaptionLine[]>;
}

export const OFF = "off";
export const NO_CAPTIONS: Captions = { stage: "", languages: [], lines: {} };

/** The last two lines of a language that may still be taken for what is being said. */
export function shownLines(captions: Captions | null | undefined, language: string, at: number): CaptionLine[] {
  return (captions?.lines?.[language] ?? []).filter((line) => Date.parse(line.until) > at).slice(-2);
}

/** The language that is read here: the reader's own choice while somebody interprets into it, else what is usual here. */
export function chosen(captions: Captions | null | undefined, choice: string | null, usual: string): string {
  const codes = (captions?.languages ?? []).map((each) => each.code);
  if (choice === OFF) return "";
  if (choice !== null && codes.includes(choice)) return choice;
  return codes.includes(usual) ? usual : "";
}

/** News that say nothing of lines leave them as they are. */
export function merged(kept: Captions | null | undefined, news: Captions | null | undefined): Captions | null | undefined {
  if (!news) return kept;
  const codes = new Set(news.languages.map((each) => each.code));
  const lines = news.lines ?? Object.fromEntries(Object.entries(kept?.lines ?? {}).filter(([code]) => codes.has(code)));
  return { ...news, lines };
}

const PLACE = "yunqian:captions";

/** What was chosen on this device; null where nothing was. `place`: for a screen that is read apart from its machine's other pages. */
export function readChoice(place = PLACE): string | null {
  try {
    return localStorage.getItem(place);
  } catch {
    return null;
  }
}

export function keepChoice(choice: string, place = PLACE): void {
  try {
    localStorage.setItem(place, choice);
  } catch {
    // A private window forgets it with the page.
  }
}

/** Units of room as the server counts them: what is written wide is two. */
export function units(text: string): number {
  return [...text.normalize("NFC")].reduce((sum, char) => sum + (isWide(char.codePointAt(0) ?? 0) ? 2 : 1), 0);
}

function isWide(code: number): boolean {
  return (
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0x303e) ||
    (code >= 0x3041 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd)
  );
}
