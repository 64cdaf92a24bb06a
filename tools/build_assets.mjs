// Bundles web/assets into static/ under names that carry a hash of their content, and writes static/manifest.json:
// {"js/stage.js": "js/stage-1A2B3C4D.js", …}. Templates ask the manifest through asset('js/stage.js').
import { build } from "esbuild";
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const OUT = path.resolve(process.argv[2] ?? path.join(ROOT, "static"));
const SOURCES = path.join(ROOT, "web", "assets");
const PAGES = ["base", "seat", "stage", "host", "verify", "conference", "register", "planner", "counter", "lead", "monitor", "observe", "witness", "interpreter", "plan", "draw", "check"];

// Each in one file, without parts that it would have to ask for while there is no network.
const OFFLINE = [
  { name: "checkin", format: "esm" },
  { name: "checkin-worker", format: "iife" },
];
const WASM = ["zxing-wasm/dist/reader/zxing_reader.wasm"];

const shared = {
  absWorkingDir: ROOT,
  bundle: true,
  minify: true,
  metafile: true,
  legalComments: "eof",
  logLevel: "warning",
  entryNames: "[name]-[hash]",
  assetNames: "../img/[name]-[hash]",
};

/** Output path in static/ for every entry point, as the manifest names it. */
function named(metafile, folder, extension) {
  const rows = [];
  for (const [file, about] of Object.entries(metafile.outputs)) {
    if (about.entryPoint) rows.push([`${folder}/${path.parse(about.entryPoint).name}.${extension}`, inOut(file)]);
  }
  return rows;
}

function inOut(file) {
  return path.relative(OUT, path.resolve(ROOT, file)).split(path.sep).join("/");
}

async function bundle() {
  const scripts = await build({
    ...shared,
    entryPoints: PAGES.map((page) => path.join(SOURCES, `${page}.ts`)),
    outdir: path.join(OUT, "js"),
    format: "esm",
    target: "es2022",
    splitting: true,
    chunkNames: "part-[hash]",
  });
  const offline = await Promise.all(
    OFFLINE.map(({ name, format }) =>
      build({ ...shared, entryPoints: [path.join(SOURCES, `${name}.ts`)], outdir: path.join(OUT, "js"), format, target: "es2022" }),
    ),
  );
  const wasm = await build({
    ...shared,
    entryPoints: WASM.map((name) => path.join(ROOT, "node_modules", name)),
    outdir: path.join(OUT, "wasm"),
    loader: { ".wasm": "copy" },
  });
  const styles = await build({
    ...shared,
    entryPoints: [path.join(SOURCES, "css", "app.css")],
    outdir: path.join(OUT, "css"),
    target: ["chrome109", "safari16", "firefox115"],
    loader: { ".svg": "file" },
  });
  const images = await build({
    ...shared,
    entryPoints: (await readdir(path.join(SOURCES, "img"))).map((name) => path.join(SOURCES, "img", name)),
    outdir: path.join(OUT, "img"),
    loader: { ".svg": "copy" },
  });
  const manifest = Object.fromEntries([
    ...[scripts, ...offline].flatMap((built) => named(built.metafile, "js", "js")),
    ...named(wasm.metafile, "wasm", "wasm"),
    ...named(styles.metafile, "css", "css"),
    ...named(images.metafile, "img", "svg"),
  ].sort());
  const written = [scripts, ...offline, wasm, styles, images].flatMap((result) => Object.keys(result.metafile.outputs).map(inOut));
  return { manifest, written: new Set(written) };
}

/** Drop what an earlier build left, after the manifest points at the new names. */
async function sweep(written) {
  for (const folder of ["js", "css", "img", "wasm"]) {
    for (const name of await readdir(path.join(OUT, folder)).catch(() => [])) {
      if (!written.has(`${folder}/${name}`)) await rm(path.join(OUT, folder, name), { recursive: true });
    }
  }
}

await mkdir(OUT, { recursive: true });
const { manifest, written } = await bundle();
const temporary = path.join(OUT, `manifest.${process.pid}.tmp`);
await writeFile(temporary, `${JSON.stringify(manifest, null, 1)}\n`);
await rename(temporary, path.join(OUT, "manifest.json"));
await sweep(written);
console.log(Object.values(manifest).join("\n"));
