// The page's words: the server embeds them as JSON, so no text stands in a script.

export type Words = (id: string, values?: Record<string, string | number>) => string;

/** Words from a dictionary in which {name} marks a place for a value; an unknown id comes back as itself. */
export function wordsFrom(dictionary: Record<string, string>): Words {
  return (id, values = {}) =>
    (dictionary[id] ?? id).replace(/\{\s*\$?(\w+)\s*\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** What a <script type="application/json" id=…> of the page holds, or the fallback. */
export function pageJson<T>(id: string, fallback: T): T {
  const text = document.getElementById(id)?.textContent;
  return text ? (JSON.parse(text) as T) : fallback;
}

let kept: Words | undefined;

export const say: Words = (id, values) => {
  kept ??= wordsFrom(pageJson<Record<string, string>>("page-messages", {}));
  return kept(id, values);
};

export function pageLocale(): string {
  return document.documentElement.lang || "zh-CN";
}

/** What is said beside something, put behind it as core.i18n.aside does: "（成都）" or " (Chengdu)". */
export function aside(text: string, locale = pageLocale()): string {
  return locale.startsWith("zh") ? `（${text}）` : ` (${text})`;
}
