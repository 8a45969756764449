import { existsSync, readdirSync, rmSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import tailwindcss from "@tailwindcss/vite";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const source = resolve(import.meta.dirname, "src/yimaqing");

/** Every file in an `entries` folder is an entry point named as its file: `{% vite "app" %}`. */
const entries = Object.fromEntries(entryFiles().map((file) => [basename(file, ".ts"), file]));

/** Removes what earlier builds left in the output folder. */
function removeOldFiles(): Plugin {
  const fresh = new Set<string>();
  return {
    name: "remove-old-files",
    apply: "build",
    writeBundle(_options, bundle) {
      for (const file of Object.keys(bundle)) fresh.add(basename(file));
      const assets = resolve(source, "ui/static/build/assets");
      for (const file of readdirSync(assets)) {
        if (!fresh.has(file)) rmSync(join(assets, file));
      }
    },
  };
}

/**
 * htmx holds one direct eval, for expressions in attributes. Our pages switch it off
 * (`allowEval: false`) and their content policy forbids it; anywhere else an eval is a finding.
 */
function isHtmxEval(log: { code?: string; id?: string }): boolean {
  return log.code === "EVAL" && /\/node_modules\/htmx\.org\//.test(log.id ?? "");
}

function entryFiles(): string[] {
  const domains = readdirSync(resolve(source, "domains")).map((name) => join("domains", name));
  return ["ui", ...domains]
    .map((folder) => resolve(source, folder, "entries"))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((file) => join(folder, file)));
}

export default defineConfig({
  base: "/static/build/",
  root: source,
  publicDir: false,
  plugins: [tailwindcss(), removeOldFiles()],
  build: {
    outDir: resolve(source, "ui/static/build"),
    // A running server keeps its files until the new manifest stands; then the old ones go.
    emptyOutDir: false,
    manifest: "manifest.json",
    // Office desktops still run Chromium 109 (the last for Windows 7) and its domestic relatives.
    target: ["chrome109", "safari16", "firefox115"],
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: entries,
      onLog(level, log, report) {
        if (!isHtmxEval(log)) report(level, log);
      },
    },
    chunkSizeWarningLimit: 700,
  },
  test: {
    root: source,
    include: ["**/islands/**/*.test.ts", "ui/**/*.test.ts"],
  },
});
