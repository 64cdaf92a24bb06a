// Keys that do what the button says that shows them (data-key): for who leads or looks on without a mouse.

/** A key presses its button; who types, stands on a button or reads a question is left alone. */
function onKey(event: KeyboardEvent, isBusy: () => boolean): void {
  if (isBusy() || event.repeat || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const at = event.target instanceof Element ? event.target : document.body;
  if (at.closest("input, textarea, select, [contenteditable]")) return;
  if (event.key === " " && at.closest("button, a, summary")) return;
  const button = document.querySelector<HTMLButtonElement>(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!button) return;
  event.preventDefault();
  button.form?.requestSubmit(button);
}

/** `isBusy`: whether keys mean something else just now. */
export function listenForKeys(isBusy: () => boolean = () => false): void {
  document.addEventListener("keydown", (event) => onKey(event, isBusy));
}
