// Reading QR codes from the camera: by the browser where it can, else by zxing compiled to WebAssembly from our own server.

export interface Reader {
  /** The text of a QR code in the picture, or null. */
  read(source: HTMLVideoElement): Promise<string | null>;
}

interface Detector {
  detect(source: CanvasImageSource): Promise<{ rawValue: string }[]>;
}

interface DetectorClass {
  new (options: { formats: string[] }): Detector;
  getSupportedFormats(): Promise<string[]>;
}

const LONGEST_SIDE = 960;

async function nativeReader(): Promise<Reader | null> {
  const known = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector;
  if (!known) return null;
  try {
    if (!(await known.getSupportedFormats()).includes("qr_code")) return null;
    const detector = new known({ formats: ["qr_code"] });
    return { read: async (source) => (await detector.detect(source))[0]?.rawValue ?? null };
  } catch (reason) {
    console.info("the browser's own reader does not work here", reason);
    return null;
  }
}

async function wasmReader(wasm: string): Promise<Reader> {
  const { prepareZXingModule, readBarcodes } = await import("zxing-wasm/reader");
  await prepareZXingModule({ overrides: { locateFile: () => wasm }, fireImmediately: true });
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return {
    async read(source) {
      const scale = Math.min(1, LONGEST_SIDE / Math.max(source.videoWidth, source.videoHeight, 1));
      canvas.width = Math.round(source.videoWidth * scale);
      canvas.height = Math.round(source.videoHeight * scale);
      if (!context || canvas.width === 0) return null;
      context.drawImage(source, 0, 0, canvas.width, canvas.height);
      const found = await readBarcodes(context.getImageData(0, 0, canvas.width, canvas.height), {
        formats: ["QRCode"],
        maxNumberOfSymbols: 1,
      });
      return found[0]?.text ?? null;
    },
  };
}

export async function openReader(wasm: string): Promise<Reader> {
  return (await nativeReader()) ?? (await wasmReader(wasm));
}

export interface Camera {
  stop(): void;
}

const EVERY_MS = 120;
// The same badge held still is one scan; taken away and shown again, it is another.
const SAME_MS = 3000;

/** Watch the camera and call `onText` once for each code that is shown. Throws DOMException where there is none. */
export async function openCamera(video: HTMLVideoElement, reader: Reader, onText: (text: string) => void): Promise<Camera> {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } }, audio: false });
  video.srcObject = stream;
  await video.play();
  let running = true;
  let last = "";
  let lastAt = 0;
  const look = async (): Promise<void> => {
    while (running) {
      if (!document.hidden && video.readyState >= 2) {
        const text = await reader.read(video).catch((reason: unknown) => (console.info("a picture could not be read", reason), null));
        const at = performance.now();
        if (text !== null && running) {
          if (text !== last || at - lastAt > SAME_MS) onText(text);
          last = text;
          lastAt = at;
        }
      }
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  };
  void look();
  return {
    stop() {
      running = false;
      for (const track of stream.getTracks()) track.stop();
      video.srcObject = null;
    },
  };
}
