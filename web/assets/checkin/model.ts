// What a door decides from its list alone, without a network: the same answers as events/checkin/rules.py. Pure.

export type Direction = "in" | "out";
export type Kind = "badge" | "code" | "name" | "walk-in" | "undo";
export type Decision =
  | "admitted"
  | "left"
  | "already_in"
  | "not_in"
  | "undone"
  | "withdrawn"
  | "waiting"
  | "other_venue"
  | "other_conference"
  | "older_print"
  | "forged"
  | "unknown";

export type Texts = Record<string, string>;

/** A person as the list has them; of who belongs to another venue there is no name. */
export interface Person {
  id: string;
  code: string;
  state: string;
  venue: string;
  name?: string;
  company?: string;
  title?: string;
  audience?: string;
  find?: string;
}

export interface Presence {
  id: string;
  in: boolean;
  since: string | null;
  door: string;
}

export interface ListText {
  made_at: string;
  since: string | null;
  conference: { id: string; title: Texts };
  door: { id: string; name: Texts; venue: string; kiosk: boolean };
  day_began: string;
  timezone: string;
  venues: Record<string, Texts>;
  doors: Record<string, Texts>;
  audiences: Record<string, Texts>;
  notice: { controller: Texts; purpose: Texts; days: number };
  keys: Record<string, string>;
  people: Person[];
  prints: Record<string, number>;
  inside: Presence[];
}

/** What a badge, a typed code or a choice in the list says. */
export type Read =
  | { state: "good"; id: string; print: number | null }
  | { state: "forged" | "other_conference" | "unknown" };

/** Who never registered: told what is kept of them, and they agreed. */
export interface WalkIn {
  name: string;
  audience: string;
  company: string;
  email: string;
  phone: string;
  agreed: boolean;
}

/** `person` is registered with this scan; `walked` names the scan that registered somebody of whom only this phone knows. */
export interface Scan {
  nonce: string;
  kind: Kind;
  direction: Direction;
  at: string;
  code?: string;
  registration?: string;
  undoes?: string;
  shown?: Decision;
  person?: WalkIn;
  walked?: string;
  /** Why the server cannot register this walk-in; it waits until somebody has put it right. */
  trouble?: string;
}

export interface Answer {
  nonce: string;
  decision: Decision;
  registration: string;
  first_at: string | null;
  first_door: string;
}

export interface Trouble {
  nonce: string;
  code: string;
  message: string;
  next: string;
}

const WALKED = "walk_";

/** The nonce of the scan that let somebody in of whom only this phone knows. */
export function walkedNonce(id: string): string | undefined {
  return id.startsWith(WALKED) ? id.slice(WALKED.length) : undefined;
}

const PASSED: ReadonlySet<Decision> = new Set(["admitted", "left"]);

export function passes(decision: Decision): boolean {
  return PASSED.has(decision);
}

/** "good": go in; "care": look again; "stop": not this way. */
export function tone(decision: Decision): "good" | "care" | "stop" {
  if (decision === "admitted" || decision === "left" || decision === "undone") return "good";
  return decision === "already_in" || decision === "not_in" || decision === "waiting" || decision === "other_venue" ? "care" : "stop";
}

/** The list as a phone keeps it, found by id and by code. */
export class Roster {
  readonly people = new Map<string, Person>();
  readonly presences = new Map<string, Presence>();
  private readonly codes = new Map<string, string>();
  private readonly prints = new Map<string, number>();

  constructor(public text: ListText) {
    this.take(text);
  }

  /** Add what changed since; the text's other parts replace what was there. */
  merge(delta: ListText): void {
    this.text = { ...delta, people: [], inside: [] };
    this.take(delta);
  }

  private take(text: ListText): void {
    for (const person of text.people) {
      this.people.set(person.id, person);
      this.codes.set(person.code, person.id);
    }
    for (const presence of text.inside) this.see(presence);
    for (const [id, number] of Object.entries(text.prints)) this.prints.set(id, number);
  }

  /** A presence from the server or from this door; an older one changes nothing. */
  see(presence: Presence): void {
    const known = this.presences.get(presence.id);
    if (known?.since && presence.since && Date.parse(known.since) > Date.parse(presence.since)) return;
    this.presences.set(presence.id, presence);
  }

  /** Somebody who was let in without a network: this phone knows them by their scan until the server has answered. */
  addWalkIn(scan: Scan): Person | undefined {
    if (!scan.person) return undefined;
    const { name, company, audience } = scan.person;
    const person: Person = { id: WALKED + scan.nonce, code: "", state: "confirmed", venue: this.text.door.venue, name, company, audience };
    if (!this.people.has(person.id)) this.see({ id: person.id, in: true, since: scan.at, door: this.text.door.id });
    this.people.set(person.id, person);
    return person;
  }

  /** The server has registered them: what this phone saw of them is that person's. */
  settle(nonce: string, id: string): void {
    const walked = WALKED + nonce;
    const person = this.people.get(walked);
    const presence = this.presences.get(walked);
    this.people.delete(walked);
    this.presences.delete(walked);
    if (person && !this.people.has(id)) this.people.set(id, { ...person, id });
    if (presence) this.see({ ...presence, id });
  }

  /** People of this phone alone are those of these scans, and nobody else. */
  keepWalkIns(scans: Scan[]): void {
    const waiting = new Set(scans.filter((each) => each.person).map((each) => WALKED + each.nonce));
    for (const id of [...this.people.keys()].filter((each) => each.startsWith(WALKED) && !waiting.has(each))) {
      this.people.delete(id);
      this.presences.delete(id);
    }
    for (const scan of scans) if (scan.shown !== undefined || scan.trouble !== undefined) this.addWalkIn(scan);
  }

  /** What an older list knows of people whom only this phone knows. */
  carry(older: Roster): void {
    for (const [id, person] of older.people) if (id.startsWith(WALKED)) this.people.set(id, person);
    for (const [id, presence] of older.presences) if (id.startsWith(WALKED)) this.see(presence);
  }

  forget(id: string): void {
    this.presences.delete(id);
  }

  byCode(typed: string): Person | undefined {
    const id = this.codes.get(cleanCode(typed));
    return id === undefined ? undefined : this.people.get(id);
  }

  newestPrint(id: string): number {
    return this.prints.get(id) ?? 0;
  }

  /** Everything as one list again, to be kept. */
  whole(): ListText {
    return { ...this.text, people: [...this.people.values()], inside: [...this.presences.values()], prints: Object.fromEntries(this.prints) };
  }
}

/** A code as it was typed, in its one written form. */
export function cleanCode(typed: string): string {
  return typed.normalize("NFKC").toUpperCase().replace(/[^\p{L}\p{N}]/gu, "");
}

const DAY_MS = 86_400_000;

/** When the running day began: the list's day, or one of the days after it where the list is that old. */
export function dayBegan(text: ListText, at: number): number {
  const began = Date.parse(text.day_began);
  return at < began ? began : began + Math.floor((at - began) / DAY_MS) * DAY_MS;
}

export interface Decided {
  decision: Decision;
  person: Person | undefined;
  first: Presence | undefined;
}

/** What this door answers by itself; the order of the reasons is that of the server. */
export function decide(roster: Roster, read: Read, direction: Direction, at: number): Decided {
  if (read.state !== "good") return { decision: read.state, person: undefined, first: undefined };
  const person = roster.people.get(read.id);
  if (!person) return { decision: "unknown", person: undefined, first: undefined };
  const presence = roster.presences.get(person.id);
  const isIn = presence?.in === true && presence.since !== null && Date.parse(presence.since) >= dayBegan(roster.text, at);
  const said = (decision: Decision): Decided => ({ decision, person, first: decision === "already_in" ? presence : undefined });
  if (read.print !== null && read.print < roster.newestPrint(person.id)) return said("older_print");
  if (direction === "out") return said(isIn ? "left" : "not_in");
  if (person.state === "pending" || person.state === "waitlisted") return said("waiting");
  if (person.state === "withdrawn" || person.state === "rejected") return said("withdrawn");
  if (person.state !== "confirmed") return said("unknown");
  if (person.venue !== roster.text.door.venue) return said("other_venue");
  return said(isIn ? "already_in" : "admitted");
}

/** People of this door by name, company, pinyin or code, those whose name begins so first; people of other venues by
 * their whole code alone, since the list has no names of theirs. */
export function search(roster: Roster, typed: string, most = 20): Person[] {
  const wanted = typed.normalize("NFKC").trim().toLowerCase();
  if (wanted === "") return [];
  const pinyin = wanted.replace(/[^a-z0-9]/g, "");
  const found: [number, Person][] = [];
  for (const person of roster.people.values()) {
    const rank = person.name === undefined ? Number(cleanCode(wanted) === person.code) : ranked(person, wanted, pinyin);
    if (rank > 0) found.push([rank, person]);
  }
  const order = new Intl.Collator("zh");
  return found.sort((a, b) => a[0] - b[0] || order.compare(a[1].name ?? "", b[1].name ?? "")).slice(0, most).map(([, person]) => person);
}

/** 0: not found; the smaller the nearer. */
function ranked(person: Person, wanted: string, pinyin: string): number {
  const name = (person.name ?? "").toLowerCase();
  if (cleanCode(wanted) === person.code) return 1;
  if (name.startsWith(wanted)) return 2;
  const sounds = (person.find ?? "").split(" ");
  if (pinyin !== "" && pinyin.length === wanted.replace(/\s/g, "").length && sounds.some((sound) => sound.startsWith(pinyin))) return 3;
  if (name.includes(wanted)) return 4;
  return (person.company ?? "").toLowerCase().includes(wanted) ? 5 : 0;
}

/** "3 h 2 min" as whole hours and minutes, for a clock that is off. */
export function offBy(ms: number): { hours: number; minutes: number; isFast: boolean } {
  const minutes = Math.round(Math.abs(ms) / 60_000);
  return { hours: Math.floor(minutes / 60), minutes: minutes % 60, isFast: ms > 0 };
}

export const CLOCK_TOLERANCE_MS = 120_000;
