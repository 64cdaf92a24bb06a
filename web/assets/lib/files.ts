// File inputs in the page's language. The browser's own input stays where it was, transparent over a face of ours: the
// keyboard, screen readers, dropped files and what the form requires all still meet the real one.

import { el, setText } from "./dom.js";
import { say } from "./messages.js";

/** "1.4 MB" or "640 KB", in thousands as file managers count. */
export function fileSize(bytes: number): string {
  return bytes >= 1_000_000 ? `${(bytes / 1_000_000).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1000))} KB`;
}

function dress(input: HTMLInputElement): void {
  const name = el("span", { class: "file-name" });
  const button = el("span", { class: "btn btn-small" }, say(input.multiple ? "common-file-choose-many" : "common-file-choose"));
  const box = el("div", { class: "file" });
  input.replaceWith(box);
  box.append(input, el("div", { class: "file-face", "aria-hidden": "true" }, button, name));
  const show = (): void => {
    const files = [...(input.files ?? [])];
    box.toggleAttribute("data-chosen", files.length > 0);
    setText(name, files.map((file) => `${file.name} · ${fileSize(file.size)}`).join("\n") || say("common-file-none"));
  };
  input.addEventListener("change", show);
  input.form?.addEventListener("reset", () => window.setTimeout(show));
  // Back from another page: the browser puts the choice in again.
  window.addEventListener("pageshow", show);
  show();
}

export function dressFileInputs(): void {
  for (const input of document.querySelectorAll<HTMLInputElement>("input[type=file].input")) dress(input);
}
