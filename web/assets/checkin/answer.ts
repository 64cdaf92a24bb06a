// What a door's answer says: word, colour, name, and what to do; pure but for the page's words.

import { timeIn } from "../lib/clocks.js";
import { say } from "../lib/messages.js";
import { tone, type Decision, type Person, type Texts } from "./model.js";

export interface Shown {
  decision: Decision;
  tone: "good" | "care" | "stop";
  sign: string;
  word: string;
  name: string;
  more: string;
}

const SIGNS = { good: "✓", care: "!", stop: "✕" };

/** A text of the list in the page's language, or in the other one. */
export function pick(texts: Texts | undefined, locale: string): string {
  if (!texts) return "";
  return texts[locale] ?? texts["zh-CN"] ?? texts["en"] ?? "";
}

export interface Facts {
  decision: Decision;
  person: Person | undefined;
  firstAt: string | null;
  firstDoor: Texts | undefined;
  venue: Texts | undefined;
  audience: Texts | undefined;
  timezone: string;
  locale: string;
  /** Whether the server said so, or the phone decided by itself. */
  alone: boolean;
  /** Whether they were registered by this phone alone, until there is a network. */
  kept?: boolean;
  /** At a self check-in whoever is turned away is told whom to ask, and no more. */
  kiosk: boolean;
}

export function shown(facts: Facts): Shown {
  const { decision, person, locale } = facts;
  const about = [person?.company, person?.title, pick(facts.audience, locale)].filter(Boolean).join(" · ");
  const next = facts.kiosk && tone(decision) !== "good" ? say("checkin-kiosk-ask") : reason(facts);
  const alone = facts.kept ? say("checkin-walk-in-alone") : facts.alone && !facts.kiosk ? say("checkin-alone") : "";
  return {
    decision,
    tone: tone(decision),
    sign: SIGNS[tone(decision)],
    word: say(`checkin-said-${decision}`),
    name: person?.name ?? "",
    more: [about, next, alone].filter(Boolean).join("\n"),
  };
}

function reason(facts: Facts): string {
  const { decision, locale } = facts;
  if (decision === "already_in" && facts.firstAt) {
    return say("checkin-why-already_in", { time: timeIn(facts.timezone, Date.parse(facts.firstAt), false), door: pick(facts.firstDoor, locale) });
  }
  if (decision === "other_venue") {
    const venue = pick(facts.venue, locale);
    return `${say("checkin-why-other_venue", { venue })}\n${say(facts.alone ? "checkin-move-offline" : "checkin-move-means", { venue })}`;
  }
  if (decision === "admitted" || decision === "left" || decision === "undone") return "";
  return say(`checkin-why-${decision}`);
}
