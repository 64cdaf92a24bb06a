// Bundles tests/web/js/*.test.ts into a temporary folder and runs them with Node's own test runner.
import { build } from "esbuild";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const TESTS = path.join(ROOT, "tests", "web", "js");
const out = mkdtempSync(path.join(tmpdir(), "yunqian-js-"));
let status = 1;
try {
  const names = readdirSync(TESTS).filter((name) => name.endsWith(".test.ts"));
  await build({
    absWorkingDir: ROOT,
    entryPoints: names.map((name) => path.join(TESTS, name)),
    outdir: out,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    sourcemap: "inline",
    // node-forge asks for Node's own crypto where it is in Node.
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    outExtension: { ".js": ".mjs" },
    logLevel: "warning",
  });
  const files = readdirSync(out).filter((name) => name.endsWith(".test.mjs")).map((name) => path.join(out, name));
  if (files.length === 0) throw new Error("no tests found under tests/web/js");
  status = spawnSync(process.execPath, ["--test", "--enable-source-maps", ...files], { stdio: "inherit" }).status ?? 1;
} finally {
  rmSync(out, { recursive: true, force: true });
}
process.exit(status);
