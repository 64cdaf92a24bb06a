// The drawing: signature_pad on a canvas that keeps its strokes when the phone is turned, and a picture cut to the ink.

import SignaturePad from "signature_pad";

import type { InkSink } from "./ink.js";

export interface Pad {
  isEmpty(): boolean;
  clear(): void;
  undo(): void;
  /** A PNG data URL of at most 600 × 240 pixels, transparent around the ink. */
  picture(): string;
  /** Fit the canvas to its frame; the strokes stay. */
  fit(): void;
}

const WIDTH = 600;
const HEIGHT = 240;
const MARGIN = 6;

interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

function inkBox(canvas: HTMLCanvasElement): Box {
  const { width, height } = canvas;
  const pixels = canvas.getContext("2d")?.getImageData(0, 0, width, height).data ?? new Uint8ClampedArray();
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      if ((pixels[(y * width + x) * 4 + 3] ?? 0) < 8) continue;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      if (y > bottom) bottom = y;
    }
  }
  return { left: Math.max(0, left - MARGIN), top: Math.max(0, top - MARGIN), width: Math.max(1, right - left + 2 * MARGIN), height: Math.max(1, bottom - top + 2 * MARGIN) };
}

/** `ink` is told every stroke while it is drawn; nothing here waits for it. */
export function signaturePad(canvas: HTMLCanvasElement, onChange: () => void, ink: InkSink): Pad {
  const pad = new SignaturePad(canvas, { penColor: "#10183a", minWidth: 1, maxWidth: 3.2, throttle: 8 });
  let drawnAt = 0;
  pad.addEventListener("beginStroke", onChange);
  pad.addEventListener("endStroke", onChange);
  let told = 0;
  const tell = (): void => {
    const points = pad.toData().at(-1)?.points ?? [];
    const fresh = points.slice(told);
    told = points.length;
    ink.draw(fresh, canvas.clientWidth, canvas.clientHeight);
  };
  pad.addEventListener("beginStroke", () => {
    told = 0;
    ink.begin();
  });
  pad.addEventListener("afterUpdateStroke", tell);
  pad.addEventListener("endStroke", tell);

  function fit(): void {
    const ratio = Math.max(1, window.devicePixelRatio || 1);
    const { clientWidth, clientHeight } = canvas;
    if (clientWidth === 0 || (canvas.width === Math.round(clientWidth * ratio) && canvas.height === Math.round(clientHeight * ratio))) return;
    const scale = drawnAt > 0 ? clientWidth / drawnAt : 1;
    const strokes = pad.toData().map((group) => ({ ...group, points: group.points.map((point) => ({ ...point, x: point.x * scale, y: point.y * scale })) }));
    canvas.width = Math.round(clientWidth * ratio);
    canvas.height = Math.round(clientHeight * ratio);
    canvas.getContext("2d")?.scale(ratio, ratio);
    drawnAt = clientWidth;
    pad.fromData(strokes);
  }

  return {
    isEmpty: () => pad.isEmpty(),
    clear() {
      pad.clear();
      ink.clear();
      onChange();
    },
    undo() {
      pad.fromData(pad.toData().slice(0, -1));
      ink.undo();
      onChange();
    },
    picture() {
      const box = inkBox(canvas);
      const scale = Math.min(WIDTH / box.width, HEIGHT / box.height, 1);
      const out = document.createElement("canvas");
      out.width = Math.max(1, Math.round(box.width * scale));
      out.height = Math.max(1, Math.round(box.height * scale));
      const context = out.getContext("2d");
      if (context) context.imageSmoothingQuality = "high";
      context?.drawImage(canvas, box.left, box.top, box.width, box.height, 0, 0, out.width, out.height);
      return out.toDataURL("image/png");
    },
    fit,
  };
}
