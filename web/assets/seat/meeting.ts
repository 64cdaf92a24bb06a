// The card with the way into the video meeting.

import { el, need, setText } from "../lib/dom.js";
import type { SeatState } from "./model.js";

/** Show how one gets into the meeting, or nothing while there is no link. */
export function showMeeting(view: HTMLElement, meeting: SeatState["meeting"]): void {
  const card = need("[data-meeting]", view);
  card.hidden = !meeting;
  if (!meeting) return;
  const link = need<HTMLAnchorElement>("[data-meeting-link]", card);
  // Only what a browser opens as a page: the server has checked it, and a page is no place to trust that.
  link.href = meeting.url.startsWith("https://") ? meeting.url : "#";
  setText(link, meeting.words);
  const facts = need("[data-meeting-facts]", card);
  facts.replaceChildren(...meeting.facts.flatMap(({ name, value }) => [el("dt", {}, name), el("dd", {}, value)]));
  facts.hidden = meeting.facts.length === 0;
}
