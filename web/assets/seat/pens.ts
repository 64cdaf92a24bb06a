// The others' pens on a signer's page, for as long as the signer is in the room and ink is shown.

import { openPanel, type InkPanel } from "../ink/panel.js";
import { need } from "../lib/dom.js";
import type { SeatState } from "./model.js";

export interface PensView {
  show(state: SeatState): void;
}

export function pensView(): PensView {
  let panel: InkPanel | null = null;
  return {
    show(state) {
      const settings = state.ink_panel ?? null;
      if (!settings) {
        panel?.stop();
        panel = null;
      } else if (panel) panel.know(settings);
      else panel = openPanel(need("[data-ink-panel]"), settings);
    },
  };
}
