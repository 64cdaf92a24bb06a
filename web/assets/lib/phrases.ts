// Where a line of a name or a title may end: Chinese between words, and never inside "E-commerce" or before "Ltd."

import { el } from "./dom.js";

const HAN = /\p{Script=Han}/u;
const TOGETHER = /(\S*\w-\w\S*|Co\., Ltd\.?)/;
const JOINER = "\u2060"; // templates put it before a middle dot, which must not begin a line
const PART_END = /[·：，、；。]$/u;
const LONGEST_TOGETHER = 24;

/** The text's words, none of them a number without its unit or a single character alone on a line; joined they are the text. */
export function words(text: string): string[] {
  if (!("Segmenter" in Intl)) return [...text];
  const made: { text: string; isWord: boolean }[] = [];
  for (const { segment, isWordLike } of new Intl.Segmenter("zh", { granularity: "word" }).segment(text)) {
    const isWord = isWordLike === true;
    const last = made.at(-1);
    const isLong = segment.replaceAll(JOINER, "").length > 1;
    const mayBreak = last?.isWord && isWord && isLong && !/^\d/.test(segment) && !/\d$/.test(last.text);
    const endsPart = isWord && PART_END.test(last?.text ?? "");
    if (last && !mayBreak && !endsPart) {
      last.text += segment;
      last.isWord = isWord;
    } else made.push({ text: segment, isWord });
  }
  return made.map((each) => each.text);
}

/** Nodes whose textContent is the text. Chinese ones break where a <wbr> stands, if the style says word-break: keep-all. */
export function phrases(text: string): (string | HTMLElement)[] {
  if (HAN.test(text)) return words(text).flatMap((word, index) => (index > 0 ? [el("wbr"), word] : [word]));
  return text.split(TOGETHER).map((part, index) => (index % 2 === 1 && part.length <= LONGEST_TOGETHER ? el("span", { class: "nowrap" }, part) : part));
}

/** As setText, for a name or a title. */
export function setPhrases(element: Element, text: string): void {
  if (element.textContent === text && element.hasAttribute("data-phrases")) return;
  element.setAttribute("data-phrases", "");
  element.replaceChildren(...phrases(text));
}

const WHOLE = "h1, .lead, .agreement h3, .card:has(> .doors) h2, .doors a > :first-child";

/** Titles and names that the server wrote; what has elements of its own inside is left as it is. */
export function keepPhrasesWhole(page: ParentNode): void {
  for (const title of page.querySelectorAll(WHOLE)) if (title.childElementCount === 0) setPhrases(title, title.textContent ?? "");
}
